package io.minibit.cli;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Ctrl-C, or a polite kill: a request that the running command ends in order. The JVM then ends with the exit code that the
 * command answers, whatever the signal was. Thread-safe.
 */
final class StopSignal {
  /** By convention of Unix shells: ended by an interrupt. */
  static final int INTERRUPTED = 130;

  /** Saying goodbye to a tracker may take five seconds; nobody waits much longer after Ctrl-C. */
  private static final long PATIENCE_SECONDS = 10;

  private final CompletableFuture<Void> requested = new CompletableFuture<>();
  private final CompletableFuture<Integer> finished = new CompletableFuture<>();

  /** From now on the JVM's shutdown is this request. */
  void install() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::onShutdown, "minibit-stop"));
  }

  /** Asks the command to end. */
  void request() {
    requested.complete(null);
  }

  boolean isRequested() {
    return requested.isDone();
  }

  /** Ends work that reports its progress. */
  void throwIfRequested() {
    if (isRequested()) {
      throw CommandException.interrupted("interrupted");
    }
  }

  /** The command has ended. */
  void finish(int exitCode) {
    finished.complete(exitCode);
  }

  /**
   * Waits until the future completes in whatever way, a stop is requested or the time is over.
   *
   * @return whether the future is complete
   */
  boolean await(CompletableFuture<?> future, long millis) {
    try {
      CompletableFuture.anyOf(future, requested.copy()).get(millis, TimeUnit.MILLISECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // The caller looks at the future.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      request();
    }
    return future.isDone();
  }

  /** Runs while the JVM shuts down, also at its ordinary end. */
  private void onShutdown() {
    if (finished.isDone()) {
      return;
    }
    request();
    int code = INTERRUPTED;
    try {
      code = finished.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      // It hangs; the user has waited enough.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    // The JVM would answer with the number of the signal, also for a command that was meant to be ended so.
    Runtime.getRuntime().halt(code);
  }
}
