package io.minibit.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the regions of a world side by side. Nothing that a peer does can reach another sooner than the shortest way
 * between two of them takes, the look-ahead. So each region may run for that long from the time of the next event
 * anywhere without knowing what the others do meanwhile: a window. At its end the tracker answers, and in the next window
 * each first takes in what the others have sent to it, in a fixed order, so that what happens does not depend on which
 * thread runs which region, on how many there are, or on who is first. There are more regions than threads: a thread that
 * is done with one takes the next, so that none waits long.
 *
 * <p>Conservative simulation with synchronous windows: K. M. Chandy, J. Misra, "Distributed Simulation: A Case Study in
 * Design and Verification of Distributed Programs", 1979; D. M. Nicol, "The Cost of Conservative Synchronization in
 * Parallel Discrete Event Simulations", 1993.
 */
final class Lockstep {
  private final World world;
  private final List<Region> regions;
  private final List<Worker> workers = new ArrayList<>();
  private long window;
  /** When the window ends; read by workers once they were told of the window. */
  private long end;
  /** The first region of the window that nobody has begun to run: whoever is free takes it. */
  private final AtomicInteger next = new AtomicInteger();

  private boolean over;

  /**
   * Regions that stand still.
   *
   * @param threads the most that run at a time, this one included
   */
  Lockstep(World world, int threads) {
    this.world = world;
    regions = world.regions();
    int used = world.inspector == null ? Math.min(threads, regions.size()) : 1;
    for (int i = 1; i < used; i++) {
      workers.add(new Worker());
    }
    workers.forEach(Worker::start);
  }

  /**
   * Lets what is due until then happen: the next event if there is one region, all events of a window if there are
   * several. False if nothing is due.
   */
  boolean advance(long last) {
    long start = Long.MAX_VALUE;
    for (Region region : regions) {
      start = Math.min(start, region.nextTime());
    }
    if (start > last) {
      return false;
    }
    if (world.isWhole()) {
      world.region(0).step();
      return true;
    }
    regions.forEach(Region::turn);
    end = Math.min(start + world.lookAhead(), last + 1);
    if (world.inspector == null) {
      runSideBySide();
    } else {
      runInTurn();
    }
    world.answerAnnounced();
    return true;
  }

  private void runSideBySide() {
    next.set(0);
    window++;
    workers.forEach(worker -> worker.begun.raise(window));
    try {
      runRegions();
    } finally {
      workers.forEach(worker -> worker.done.await(window));
    }
    workers.forEach(Worker::check);
  }

  private void runRegions() {
    for (int i = next.getAndIncrement(); i < regions.size(); i = next.getAndIncrement()) {
      Region region = regions.get(i);
      region.takeIn();
      region.runBefore(end);
    }
  }

  /** In the order of time over all regions, for whoever looks at several at a time. Each does what it would do alone. */
  private void runInTurn() {
    regions.forEach(Region::takeIn);
    while (true) {
      Region first = regions.get(0);
      for (Region region : regions) {
        first = region.nextEvent() < first.nextEvent() ? region : first;
      }
      if (first.nextEvent() >= end) {
        return;
      }
      first.step();
    }
  }

  /** Ends the threads. */
  void stop() {
    over = true;
    window++;
    workers.forEach(worker -> worker.begun.raise(window));
  }

  /** A thread that runs regions from window to window. */
  private final class Worker implements Runnable {
    private final Gate begun = new Gate();
    private final Gate done = new Gate();
    private @Nullable Throwable failure;

    void start() {
      Thread thread = new Thread(this, Thread.currentThread().getName() + "-regions");
      thread.setDaemon(true);
      thread.start();
    }

    @Override
    public void run() {
      for (long number = 1; ; number++) {
        begun.await(number);
        if (over) {
          return;
        }
        try {
          runRegions();
        } catch (RuntimeException | Error e) {
          failure = e;
        }
        done.raise(number);
      }
    }

    /** Passes on what has gone wrong in the window that has ended. */
    void check() {
      if (failure instanceof Error error) {
        throw error;
      }
      if (failure instanceof RuntimeException exception) {
        throw exception;
      }
    }
  }
}
