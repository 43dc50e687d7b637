package io.minibit.net;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads for jobs that may block: few, since most jobs compute or meet a fast disk, and one more for each job that has
 * been at it for long, so that those who wait for a slow disk do not keep others from a fast one. Thread-safe.
 */
final class BlockingPool extends ThreadPoolExecutor {
  private static final Logger LOG = LoggerFactory.getLogger(BlockingPool.class);

  private static final int IDLE_SECONDS = 10;

  private final int usual;
  private final int most;
  private final long stuckNanos;

  /** Since when each thread works on its job. Guarded by itself. */
  private final Map<Thread, Long> since = new HashMap<>();

  /** Whether somebody will look for stuck jobs. Guarded by {@code since}. */
  private boolean lookPlanned;

  /**
   * No thread yet.
   *
   * @param usual threads while no job takes long
   * @param most threads whatever happens
   * @param stuck a job that takes longer has one more thread stand in for its own
   */
  BlockingPool(int usual, int most, Duration stuck, ThreadFactory threads) {
    super(usual, most, IDLE_SECONDS, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), threads);
    this.usual = usual;
    this.most = most;
    stuckNanos = stuck.toNanos();
    allowCoreThreadTimeOut(true);
  }

  @Override
  public void execute(Runnable job) {
    super.execute(job);
    try {
      planLook();
    } catch (RuntimeException | Error e) {
      // The job is accepted, whatever becomes of the help for it.
      synchronized (since) {
        lookPlanned = false;
      }
      LOG.debug("Nobody will look for stuck jobs", e);
    }
  }

  /** If jobs wait, looks whether that is because others are stuck, when they may be. */
  private void planLook() {
    synchronized (since) {
      if (lookPlanned || getQueue().isEmpty() || isShutdown()) {
        return;
      }
      lookPlanned = true;
    }
    CompletableFuture.delayedExecutor(stuckNanos, TimeUnit.NANOSECONDS, Runnable::run).execute(this::look);
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
    long stuck = since.values().stream().filter(start -> now - start >= stuckNanos).count();
    int wanted = (int) Math.min(most, usual + stuck);
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
