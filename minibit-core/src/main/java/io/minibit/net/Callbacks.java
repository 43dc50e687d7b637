package io.minibit.net;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs user code, one piece at a time and in order, away from the selector thread, so that it may block or close the peer. */
final class Callbacks {
  private static final Logger LOG = LoggerFactory.getLogger(Callbacks.class);

  /** Events that may wait for a slow listener; more are dropped. */
  private static final int MOST_WAITING = 100_000;

  /** How long closing waits for a callback; as long as for a tracker. */
  private static final long CLOSE_SECONDS = 5;

  private final Executor executor;
  private final @Nullable ExecutorService own;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private final ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);
  private boolean running;
  private boolean complained;

  Callbacks(@Nullable Executor given, String name) {
    if (given == null) {
      own =
          Executors.newSingleThreadExecutor(
              task -> {
                Thread thread = new Thread(task, name);
                thread.setDaemon(true);
                return thread;
              });
      executor = own;
    } else {
      own = null;
      executor = given;
    }
  }

  /** For events: dropped when too many wait already. */
  void event(Runnable callback) {
    add(callback, false);
  }

  /** For futures: never dropped. */
  void completion(Runnable callback) {
    add(callback, true);
  }

  /** Whether the calling thread is running a callback now. */
  boolean isInside() {
    return inside.get();
  }

  private void add(Runnable callback, boolean always) {
    synchronized (waiting) {
      if (!always && waiting.size() >= MOST_WAITING) {
        if (!complained) {
          complained = true;
          LOG.warn("A listener is too slow: {} events wait, more are dropped", MOST_WAITING);
        }
        return;
      }
      waiting.add(callback);
      if (running) {
        return;
      }
      running = true;
    }
    try {
      executor.execute(this::drain);
    } catch (RuntimeException e) {
      // The user's executor is gone: nobody can be told, but nobody must wait for ever either.
      LOG.debug("The callback executor refuses; running the callback here", e);
      drain();
    }
  }

  private void drain() {
    inside.set(true);
    try {
      while (true) {
        Runnable next;
        synchronized (waiting) {
          next = waiting.poll();
          if (next == null) {
            running = false;
            return;
          }
        }
        try {
          next.run();
        } catch (RuntimeException | Error e) {
          LOG.warn("A callback failed", e);
        }
      }
    } finally {
      inside.remove();
    }
  }

  /** Runs what waits, then ends the thread if it is ours. From inside a callback it does not wait. */
  void close() {
    if (own == null) {
      return;
    }
    own.shutdown();
    if (isInside()) {
      return;
    }
    try {
      if (!own.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("A callback has been running for {} s; interrupting it and not waiting any more", CLOSE_SECONDS);
        own.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
