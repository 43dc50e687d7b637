package io.minibit.net;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that may block: a small pool for hashing and writing, another for reading what is to be sent, so that peers
 * are not kept waiting by pieces that arrive, and a third for what takes long (checking whole stores, looking up names), so
 * that nobody else waits for it. The queues of the first two are bounded by the memory that each job has reserved.
 */
final class Workers {
  private static final int CLOSE_SECONDS = 30;

  /** Looking up a name cannot be interrupted, but holds nothing that others wait for. */
  private static final int LOOKUP_SECONDS = 1;

  private static final int IDLE_SECONDS = 10;

  private final ThreadPoolExecutor disk;
  private final ThreadPoolExecutor reading;
  private final ThreadPoolExecutor background;

  Workers(String name) {
    int cores = Runtime.getRuntime().availableProcessors();
    int diskThreads = Math.min(4, Math.max(2, cores));
    disk = pool(name + "-disk", diskThreads);
    reading = pool(name + "-reading", diskThreads);
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

  /** For hashing and storing one piece, and other short work on the store. */
  ExecutorService disk() {
    return disk;
  }

  /** For reading blocks that peers wait for. */
  ExecutorService reading() {
    return reading;
  }

  /** For work that takes long. */
  ExecutorService background() {
    return background;
  }

  /** Ends the threads; what is under way is finished. */
  void close() throws InterruptedException {
    disk.shutdown();
    reading.shutdown();
    background.shutdownNow();
    disk.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    reading.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS);
    background.awaitTermination(LOOKUP_SECONDS, TimeUnit.SECONDS);
  }
}
