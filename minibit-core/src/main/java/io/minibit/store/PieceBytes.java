package io.minibit.store;

import io.minibit.metainfo.PieceLayout;
import java.nio.ByteBuffer;

/** What every store demands of its caller. */
final class PieceBytes {
  private PieceBytes() {}

  /** The length of the piece, which these buffers must have. */
  static int require(PieceLayout layout, int piece, ByteBuffer[] data) {
    long remaining = 0;
    for (ByteBuffer buffer : data) {
      remaining += buffer.remaining();
    }
    int length = layout.length(piece);
    if (remaining != length) {
      throw new IllegalArgumentException("piece " + piece + " has " + length + " bytes, not " + remaining);
    }
    return length;
  }

  /** That the piece has this range, which may be empty. */
  static void require(PieceLayout layout, int piece, int begin, int length) {
    if (begin < 0 || length < 0 || length > layout.length(piece) - begin) {
      throw new IndexOutOfBoundsException(
          "bytes " + begin + " to " + ((long) begin + length) + " of piece " + piece + " of " + layout.length(piece));
    }
  }
}
