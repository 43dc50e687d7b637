package io.minibit.sim;

import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What the pieces that one simulated peer is fetching hold: for each block a tag instead of bytes. A tag of
 * {@link #RIGHT} stands for the right bytes, any other for wrong ones; equal tags stand for equal bytes.
 */
final class PieceMemory {
  static final long RIGHT = 1;

  private static final long NOTHING = 0;

  private final long[] @Nullable [] pieces;
  private final ArrayDeque<long[]> unused = new ArrayDeque<>();
  private final int blocks;
  private int open;

  PieceMemory(int pieceCount, int blocksPerPiece) {
    pieces = new long[pieceCount][];
    blocks = blocksPerPiece;
  }

  int open() {
    return open;
  }

  boolean isOpen(int piece) {
    return pieces[piece] != null;
  }

  void open(int piece) {
    if (pieces[piece] != null) {
      throw new IllegalStateException("piece " + piece + " has memory already");
    }
    long[] tags = unused.poll();
    pieces[piece] = tags == null ? new long[blocks] : tags;
    open++;
  }

  void write(int piece, int block, long tag) {
    tags(piece)[block] = tag;
  }

  /** Whether all of its first {@code count} blocks are there and right. */
  boolean isRight(int piece, int count) {
    long[] tags = tags(piece);
    for (int i = 0; i < count; i++) {
      if (tags[i] != RIGHT) {
        return false;
      }
    }
    return true;
  }

  /** The tags of its first {@code count} blocks. */
  long[] digests(int piece, int count) {
    return Arrays.copyOf(tags(piece), count);
  }

  void close(int piece) {
    long[] tags = tags(piece);
    Arrays.fill(tags, NOTHING);
    pieces[piece] = null;
    unused.push(tags);
    open--;
  }

  private long[] tags(int piece) {
    long @Nullable [] tags = pieces[piece];
    if (tags == null) {
      throw new IllegalStateException("piece " + piece + " has no memory");
    }
    return tags;
  }
}
