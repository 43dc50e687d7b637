package io.minibit.metainfo;

import io.minibit.model.MiniBitException;

/**
 * How a torrent's bytes are divided: pieces of equal length (the last one may be shorter), each fetched in blocks of
 * {@value #BLOCK_LENGTH} bytes. All size arithmetic of MiniBit is here. Lengths and offsets in bytes.
 *
 * @param totalLength at least 1
 * @param pieceLength at least 1
 */
public record PieceLayout(long totalLength, int pieceLength) {
  /** What every client asks for at a time, and the only length that all of them serve. */
  public static final int BLOCK_LENGTH = 16 << 10;

  public PieceLayout {
    if (totalLength < 1) {
      throw new MiniBitException("total length " + totalLength + ": a torrent has at least one byte");
    }
    if (pieceLength < 1) {
      throw new MiniBitException("piece length " + pieceLength + " is not positive");
    }
    if ((totalLength - 1) / pieceLength + 1 > Integer.MAX_VALUE) {
      throw new MiniBitException("piece length " + pieceLength + " is too small for " + totalLength + " bytes");
    }
  }

  public int pieceCount() {
    return (int) ((totalLength - 1) / pieceLength + 1);
  }

  /** Where a piece starts in the torrent. */
  public long offset(int piece) {
    return (long) check(piece) * pieceLength;
  }

  public int length(int piece) {
    return (int) Math.min(pieceLength, totalLength - offset(piece));
  }

  public int blockCount(int piece) {
    return (length(piece) - 1) / BLOCK_LENGTH + 1;
  }

  public int blockLength(int piece, int block) {
    int count = blockCount(piece);
    if (block < 0 || block >= count) {
      throw new IndexOutOfBoundsException("block " + block + " of " + count);
    }
    return Math.min(BLOCK_LENGTH, length(piece) - block * BLOCK_LENGTH);
  }

  /** The piece that holds the byte at this offset of the torrent. */
  public int pieceAt(long offset) {
    if (offset < 0 || offset >= totalLength) {
      throw new IndexOutOfBoundsException("offset " + offset + " of " + totalLength);
    }
    return (int) (offset / pieceLength);
  }

  /** Whether a peer may name this range: an existing piece, at least one byte, inside the piece. Any ints are safe. */
  public boolean isRange(int piece, int begin, int length) {
    return piece >= 0
        && piece < pieceCount()
        && begin >= 0
        && length > 0
        && length <= length(piece)
        && begin <= length(piece) - length;
  }

  /** Whether this range is exactly one of our blocks. Any ints are safe. */
  public boolean isBlock(int piece, int begin, int length) {
    return isRange(piece, begin, length)
        && begin % BLOCK_LENGTH == 0
        && length == blockLength(piece, begin / BLOCK_LENGTH);
  }

  /** Bytes of a bitfield message's payload. */
  public int bitfieldLength() {
    return (pieceCount() - 1) / 8 + 1;
  }

  private int check(int piece) {
    if (piece < 0 || piece >= pieceCount()) {
      throw new IndexOutOfBoundsException("piece " + piece + " of " + pieceCount());
    }
    return piece;
  }
}
