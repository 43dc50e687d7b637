package io.minibit.net;

import io.minibit.metainfo.Metainfo;
import io.minibit.store.PieceStore;
import io.minibit.store.PieceVerifier;
import java.io.IOException;
import java.util.BitSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Verifies in the background, on all cores, what a store claims to have, as far as that is not known already. */
final class StoreCheck {
  private final Metainfo metainfo;
  private final PieceStore store;
  private final ExecutorService background;
  private volatile boolean cancelled;
  private final AtomicInteger verified = new AtomicInteger();
  private final Checkpoints checkpoints;

  StoreCheck(Metainfo metainfo, PieceStore store, Checkpoints checkpoints, ExecutorService background) {
    this.metainfo = metainfo;
    this.store = store;
    this.checkpoints = checkpoints;
    this.background = background;
  }

  /** Share of all pieces that have been verified, 0 to 1. Any thread. */
  double progress() {
    return Math.min(1, (double) verified.get() / metainfo.layout().pieceCount());
  }

  /** The check under way stops soon and reports what it found until then. */
  void cancel() {
    cancelled = true;
  }

  /** Verifies; then reports the good pieces, or why the store cannot be read at all. Exactly one of the two is null. */
  void run(BiConsumer<@Nullable BitSet, @Nullable String> report) {
    verified.set(0);
    try {
      background.execute(() -> verify(report));
    } catch (RejectedExecutionException e) {
      report.accept(null, "the peer is closed");
    }
  }

  private void verify(BiConsumer<@Nullable BitSet, @Nullable String> report) {
    try {
      BitSet remembered = checkpoints.recall();
      if (remembered != null) {
        report.accept(remembered, null);
        return;
      }
      BitSet held =
          new PieceVerifier(metainfo, store)
              .verify(
                  background,
                  Runtime.getRuntime().availableProcessors(),
                  (piece, good) -> verified.incrementAndGet(),
                  () -> cancelled);
      report.accept(held, null);
    } catch (IOException | RuntimeException | Error e) {
      report.accept(null, Failures.describe(e));
    }
  }
}
