package io.minibit.net;

import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The work of one torrent on the threads that may block. It is counted, so that the store is checked or closed only when
 * nobody uses it; so each job ends, whatever is thrown in it and even if no thread is to be had for it. Lives on the loop's
 * thread.
 */
final class StoreJobs {
  private final Loop loop;
  private final Consumer<Throwable> onBug;
  private int underWay;
  private @Nullable Runnable whenIdle;

  /**
   * No work yet.
   *
   * @param onBug told, on the loop's thread, what a job threw
   */
  StoreJobs(Loop loop, Consumer<Throwable> onBug) {
    this.loop = loop;
    this.onBug = onBug;
  }

  /** Has this done on one of these threads and then, on the loop's thread, what it returns. */
  void run(Executor threads, Supplier<Runnable> work) {
    begins();
    try {
      threads.execute(() -> returned(outcome(work)));
    } catch (Throwable e) {
      returned(() -> onBug.accept(e));
    }
  }

  /** Everything is caught, checked exceptions too: other languages throw them from where Java would not. */
  private Runnable outcome(Supplier<Runnable> work) {
    try {
      return work.get();
    } catch (Throwable e) {
      return () -> onBug.accept(e);
    }
  }

  private void returned(Runnable event) {
    loop.execute(
        () -> {
          try {
            event.run();
          } catch (Throwable e) {
            onBug.accept(e);
          } finally {
            ends();
          }
        });
  }

  /** A job begins that is run elsewhere; {@link #ends} must follow. */
  void begins() {
    underWay++;
  }

  void ends() {
    underWay--;
    Runnable next = whenIdle;
    if (underWay == 0 && next != null) {
      whenIdle = null;
      next.run();
    }
  }

  /** Runs this when no job is under way, maybe at once; in place of what was to be run then before. */
  void whenIdle(Runnable action) {
    if (underWay == 0) {
      whenIdle = null;
      action.run();
    } else {
      whenIdle = action;
    }
  }
}
