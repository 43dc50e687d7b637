package io.minibit.net;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads that may block: a small pool for hashing and writing, another for reading what is to be sent, so that peers
 * are not kept waiting by pieces that arrive, and a third for what takes long (checking whole stores, looking up names), so
 * that nobody else waits for it. The queues of the first two are bounded by the memory that each job has reserved.
 */
final class Workers {
  private static final int CLOSE_SECONDS = 30;

  /** Longer than it takes to hash and write, or to read, a piece of usual length. */
  private static final Duration STUCK = Duration.ofMillis(100);

  /** More threads than that wait for disks in vain. */
  private static final int MOST_STUCK = 64;

  /** A check of a large store takes long without being stuck, and many at once only take the disk from each other. */
  private static final Duration LONG_STUCK = Duration.ofSeconds(10);

  /** Looking up a name cannot be interrupted, but holds nothing that others wait for. */
  private static final int LOOKUP_SECONDS = 1;

  private final int diskThreads;
  private final BlockingPool disk;
  private final BlockingPool reading;
  private final BlockingPool background;

  Workers(String name) {
    int cores = Runtime.getRuntime().availableProcessors();
    diskThreads = Math.min(4, Math.max(2, cores));
    disk = pool(name + "-disk", diskThreads, MOST_STUCK, STUCK);
    reading = pool(name + "-reading", diskThreads, MOST_STUCK, STUCK);
    background = pool(name + "-background", cores + 1, 4 * (cores + 1), LONG_STUCK);
  }

  private BlockingPool pool(String name, int threads, int most, Duration stuck) {
    return new BlockingPool(
        threads,
        most,
        stuck,
        task -> {
          Thread thread = new Worker(task, name, this);
          thread.setDaemon(true);
          return thread;
        });
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

  /** For hashing and storing the pieces of one torrent, and other short work on its store. */
  Executor diskLane() {
    return new Lane(disk, diskThreads);
  }

  /** For reading blocks of one torrent that peers wait for. */
  Executor readingLane() {
    return new Lane(reading, diskThreads);
  }

  /** For work that takes long. */
  ExecutorService background() {
    return background;
  }

  /** For tests. */
  List<ThreadPoolExecutor> pools() {
    return List.of(disk, reading, background);
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
