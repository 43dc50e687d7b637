package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class StopSignalTest {
  private final StopSignal stop = new StopSignal();

  @Test
  void waitingEndsWithTheFuture() {
    assertTrue(stop.await(CompletableFuture.completedFuture(null), Long.MAX_VALUE));
    assertTrue(stop.await(CompletableFuture.failedFuture(new IllegalStateException()), Long.MAX_VALUE));
  }

  @Test
  void waitingEndsWithARequest() {
    stop.request();

    assertFalse(stop.await(new CompletableFuture<>(), Long.MAX_VALUE));
  }

  @Test
  void workThatReportsProgressIsEndedByARequest() {
    stop.throwIfRequested();
    stop.request();

    assertEquals(130, assertThrows(CommandException.class, stop::throwIfRequested).exitCode());
  }
}
