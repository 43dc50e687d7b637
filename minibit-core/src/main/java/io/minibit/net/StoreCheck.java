package io.minibit.net;

import io.minibit.metainfo.Metainfo;
import io.minibit.store.PieceStore;
import io.minibit.store.PieceVerifier;
import java.io.IOException;
import java.util.BitSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicInteger;

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

  /**
   * The good pieces. On a thread that may block, with no other call to the store under way.
   *
   * @throws IOException if the store cannot be read at all
   */
  BitSet run() throws IOException {
    verified.set(0);
    BitSet remembered = checkpoints.recall();
    if (remembered != null) {
      return remembered;
    }
    return new PieceVerifier(metainfo, store)
        .verify(
            background,
            Runtime.getRuntime().availableProcessors(),
            (piece, good) -> verified.incrementAndGet(),
            () -> cancelled);
  }
}
