package io.minibit.net;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
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

  private final ThreadFactory threads;
  private final Executor executor;
  private final @Nullable ExecutorService own;
  private final Queue<Waiting> waiting = new ArrayDeque<>();
  private final ThreadLocal<Boolean> inside = ThreadLocal.withInitial(() -> false);
  private boolean running;
  private boolean complained;

  private record Waiting(Runnable callback, boolean isEvent) {}

  Callbacks(@Nullable Executor given, String name) {
    threads =
        task -> {
          Thread thread = new Thread(task, name);
          thread.setDaemon(true);
          return thread;
        };
    if (given == null) {
      own = Executors.newSingleThreadExecutor(threads);
      executor = own;
    } else {
      own = null;
      executor = given;
    }
  }

  /** For events: dropped when too many wait already. */
  void event(Runnable callback) {
    add(new Waiting(callback, true));
  }

  /** For futures: never dropped. */
  void completion(Runnable callback) {
    add(new Waiting(callback, false));
  }

  /** Whether the calling thread is running a callback now. */
  boolean isInside() {
    return inside.get();
  }

  private void add(Waiting callback) {
    synchronized (waiting) {
      if (callback.isEvent() && waiting.size() >= MOST_WAITING) {
        if (!complained) {
          complained = true;
          LOG.warn("A listener is too slow: {} events wait, more are dropped", MOST_WAITING);
        }
        return;
      }
      waiting.add(callback);
      if (running && !isGone()) {
        return;
      }
      running = true;
    }
    try {
      executor.execute(this::drain);
    } catch (Throwable e) {
      // The user's executor is gone, or no thread is to be had: nobody must wait for ever.
      LOG.debug("The callback executor refuses; running the callback here", e);
      drain();
    }
  }

  private void drain() {
    inside.set(true);
    try {
      while (true) {
        Waiting next;
        synchronized (waiting) {
          next = waiting.poll();
          if (next == null) {
            running = false;
            return;
          }
        }
        run(next.callback());
      }
    } finally {
      inside.remove();
    }
  }

  /** Whoever waits for a future must not wait for a callback that keeps its thread. */
  private void completeTheRest() {
    synchronized (waiting) {
      waiting.removeIf(Waiting::isEvent);
    }
    threads.newThread(this::drain).start();
  }

  private static void run(Runnable callback) {
    try {
      callback.run();
    } catch (Throwable e) {
      try {
        LOG.warn("A callback failed", e);
      } catch (Throwable worse) {
        // With no memory left, to say so may fail, too; those who wait for the next callback are not to blame.
      }
    }
  }

  /** Whether the user's executor took what waits and will never run it. */
  private boolean isGone() {
    return own == null && executor instanceof ExecutorService service && service.isTerminated();
  }

  /** Runs what waits, then ends the thread if it is ours. From inside a callback it does not wait. */
  void close() {
    if (own == null) {
      if (isGone()) {
        drain();
      }
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
        completeTheRest();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
