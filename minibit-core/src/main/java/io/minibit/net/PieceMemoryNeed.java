package io.minibit.net;

import io.minibit.metainfo.PieceLayout;
import io.minibit.model.MiniBitException;

/** How much memory a torrent needs to keep going, and whether this JVM can give it. */
final class PieceMemoryNeed {
  private PieceMemoryNeed() {}

  /** One piece to receive while the one before is hashed and stored, bytes. */
  static long of(PieceLayout layout) {
    return layout.pieceCount() == 1 ? layout.pieceLength() : 2L * layout.pieceLength();
  }

  /** Refuses what would exceed half of the maximum heap, by which the JVM bounds direct memory too. */
  static void check(PieceLayout layout) {
    long need = of(layout);
    long heap = Runtime.getRuntime().maxMemory();
    // Some collectors do not count a survivor space, up to a tenth of the young generation.
    long half = heap / 2 + heap / 16;
    if (need > half) {
      throw new MiniBitException(
          "pieces of " + layout.pieceLength() + " bytes need " + need + " bytes of memory, more than half of the maximum heap ("
              + heap + " bytes); raise it with -Xmx");
    }
  }
}
