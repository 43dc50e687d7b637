package io.minibit.net;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that may block: a small pool for disk and hashing, whose queue is bounded by the memory that each job has
 * reserved, and another for what takes long (checking whole stores, looking up names), so that the first never waits for it.
 */
final class Workers {
  private static final int CLOSE_SECONDS = 30;

  /** Looking up a name cannot be interrupted, but holds nothing that others wait for. */
  private static final int LOOKUP_SECONDS = 1;

  private static final int IDLE_SECONDS = 10;

  private final ThreadPoolExecutor disk;
  private final ThreadPoolExecutor background;

  Workers(String name) {
    int cores = Runtime.getRuntime().availableProcessors();
    disk = pool(name + "-disk", Math.min(4, Math.max(2, cores)));
    background = pool(name + "-background", cores + 1);
  }

  private ThreadPoolExecutor pool(String name, int threads) {
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread thread = new Worker(task, name, this);
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** A thread that knows whose it is. */
  private static final class Worker extends Thread {
    private final Workers owner;

    Worker(Runnable task, String name, Workers owner) {
      super(task, name);
      this.owner = owner;
    }
  }

  /** Whether the calling thread is one of these. */
  boolean isInside() {
    return Thread.currentThread() instanceof Worker worker && worker.owner == this;
  }

  /** For short work on one piece or block. */
  ExecutorService disk() {
    return disk;
  }

  /** For work that takes long. */
  ExecutorService background() {
    return background;
  }

  /** Ends the threads; what is under way is finished. */
  void close() throws InterruptedException {
    disk.shutdown();
    background.shutdownNow();
    disk.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    background.awaitTermination(LOOKUP_SECONDS, TimeUnit.SECONDS);
  }
}
