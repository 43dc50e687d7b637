package io.minibit.net;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The share of the disk threads that one torrent may use: a few at a time, so that a torrent whose disk hangs leaves the
 * other threads to others. Jobs begin in the order in which they came. Thread-safe.
 */
final class Lane implements Executor {
  private final Executor threads;
  private final int most;

  // Guarded by this.

  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private int running;

  Lane(Executor threads, int most) {
    this.threads = threads;
    this.most = most;
  }

  @Override
  public void execute(Runnable job) {
    synchronized (this) {
      if (running == most) {
        waiting.add(job);
        return;
      }
      running++;
    }
    boolean taken = false;
    try {
      threads.execute(() -> run(job));
      taken = true;
    } finally {
      if (!taken) {
        passOn();
      }
    }
  }

  private void run(Runnable job) {
    try {
      job.run();
    } finally {
      passOn();
    }
  }

  /** A job has ended: the next one stands in line behind those of others. */
  private void passOn() {
    for (Runnable next = next(); next != null; next = next()) {
      Runnable job = next;
      try {
        threads.execute(() -> run(job));
        return;
      } catch (RuntimeException | Error e) {
        // All is being closed, or no thread is to be had: what was accepted before is still done.
        job.run();
      }
    }
  }

  private synchronized @Nullable Runnable next() {
    Runnable job = waiting.poll();
    if (job == null) {
      running--;
    }
    return job;
  }
}
