package io.minibit.cli;

import io.minibit.sim.Simulation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs simulations one after the other or several at a time, which makes no difference to what comes out, and tells how
 * far they are. A stop ends all of them. For one call of {@link #run}.
 */
final class SimRunner {
  private final StopSignal stop;
  private final StatusLine status;
  private final boolean checked;
  private volatile boolean failed;

  /**
   * @param checked whether invariants are
   */
  SimRunner(StopSignal stop, StatusLine status, boolean checked) {
    this.stop = stop;
    this.status = status;
    this.checked = checked;
  }

  /**
   * What comes out, in the order of the variants.
   *
   * @param atOnce the most that run at one time
   */
  List<SimRun> run(List<SimVariants.Variant> variants, int atOnce) {
    int sideBySide = Math.min(atOnce, variants.size());
    ExecutorService threads = Executors.newFixedThreadPool(sideBySide, task -> {
      Thread thread = new Thread(task, "minibit-simulation");
      thread.setDaemon(true);
      return thread;
    });
    try {
      List<Future<SimRun>> pending = new ArrayList<>();
      variants.forEach(variant -> pending.add(threads.submit(() -> run(variant, sideBySide > 1))));
      List<SimRun> runs = new ArrayList<>();
      for (Future<SimRun> run : pending) {
        runs.add(run.get());
      }
      return runs;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        if (failure.getCause() instanceof CommandException stopped) {
          throw stopped; // a checked simulation takes whatever ends it for a violation
        }
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandException.interrupted("interrupted");
    } finally {
      failed = true; // those that still run would do so for nobody
      threads.shutdownNow();
    }
  }

  private SimRun run(SimVariants.Variant variant, boolean besideOthers) {
    long startedAt = System.nanoTime();
    Simulation simulation = Simulation.of(variant.scenario())
        .checked(checked)
        .onProgress(where -> tell(variant.label(), where, startedAt));
    if (besideOthers) {
      simulation.threads(1);
    }
    return new SimRun(variant.label(), simulation.run(), System.nanoTime() - startedAt);
  }

  private void tell(String label, Simulation.Progress where, long startedAt) {
    stop.throwIfRequested();
    if (failed) {
      throw CommandException.interrupted("another simulation has failed");
    }
    double seconds = Math.max(1e-9, (System.nanoTime() - startedAt) / 1e9);
    String text = SimTable.progress(label, Duration.ofNanos(where.nanos()), where.completed(), where.leechers(),
        where.online(), where.events() / seconds);
    synchronized (status) {
      status.update(text);
    }
  }
}
