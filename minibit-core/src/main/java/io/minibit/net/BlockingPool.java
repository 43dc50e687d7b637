package io.minibit.net;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Threads for jobs that may block: few, since most jobs compute or meet a fast disk, and one more for each job that has
 * been at it for long, so that those who wait for a slow disk do not keep others from a fast one. Thread-safe.
 */
final class BlockingPool extends ThreadPoolExecutor {
  /** Longer than it takes to hash and write a piece of usual length. */
  private static final long STUCK_NANOS = 100_000_000L;

  /** More than that wait for disks in vain. */
  private static final int MOST_THREADS = 64;

  private static final int IDLE_SECONDS = 10;

  private final int usual;

  /** Since when each thread works on its job. Guarded by itself. */
  private final Map<Thread, Long> since = new HashMap<>();

  /** Whether somebody will look for stuck jobs. Guarded by {@code since}. */
  private boolean lookPlanned;

  BlockingPool(int usual, ThreadFactory threads) {
    super(usual, MOST_THREADS, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    this.usual = usual;
    allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable job) {
    super.execute(job);
    planLook();
  }

  /** If jobs wait, looks whether that is because others are stuck, when they may be. */
  private void planLook() {
    synchronized (since) {
      if (lookPlanned || getQueue().isEmpty() || isShutdown()) {
        return;
      }
      lookPlanned = true;
    }
    CompletableFuture.delayedExecutor(STUCK_NANOS, TimeUnit.NANOSECONDS, Runnable::run).execute(this::look);
  }

  private void look() {
    synchronized (since) {
      lookPlanned = false;
      adjust();
    }
    planLook();
  }

  /** Under the lock. */
  private void adjust() {
    long now = System.nanoTime();
    long stuck = since.values().stream().filter(start -> now - start >= STUCK_NANOS).count();
    int wanted = (int) Math.min(MOST_THREADS, usual + stuck);
    if (wanted != getCorePoolSize() && !isShutdown()) {
      setCorePoolSize(wanted);
    }
  }

  @Override
  protected void beforeExecute(Thread thread, Runnable job) {
    synchronized (since) {
      since.put(thread, System.nanoTime());
    }
  }

  @Override
  protected void afterExecute(Runnable job, @Nullable Throwable failure) {
    synchronized (since) {
      since.remove(Thread.currentThread());
      if (getCorePoolSize() > usual) {
        adjust();
      }
    }
  }
}
