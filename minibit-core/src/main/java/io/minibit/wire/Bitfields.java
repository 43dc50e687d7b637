package io.minibit.wire;

import java.nio.ByteBuffer;

/**
 * A bitfield in its two forms. On the wire (BEP 3) piece 0 is the high bit of byte 0 and the spare bits at the end are
 * zero; in memory piece {@code i} is bit {@code i & 63} of word {@code i >> 6}.
 */
public final class Bitfields {
  private Bitfields() {}

  /** Bytes of the wire form. */
  public static int byteLength(int pieceCount) {
    return (pieceCount >>> 3) + ((pieceCount & 7) == 0 ? 0 : 1);
  }

  /** Words of the form in memory. */
  public static int wordLength(int pieceCount) {
    return (pieceCount >>> 6) + ((pieceCount & 63) == 0 ? 0 : 1);
  }

  /** Whether a bit behind the last piece is set in a wire form of the right length. */
  public static boolean hasSpareBits(byte[] wire, int pieceCount) {
    int used = pieceCount & 7;
    return used != 0 && (wire[wire.length - 1] & (0xff >>> used)) != 0;
  }

  /**
   * From the wire.
   *
   * @throws IllegalArgumentException if the length is not that of {@code pieceCount} pieces or a spare bit is set;
   *     what {@link MessageReader} hands out always fits
   */
  public static long[] toWords(byte[] wire, int pieceCount) {
    if (wire.length != byteLength(pieceCount) || hasSpareBits(wire, pieceCount)) {
      throw new IllegalArgumentException("not a bitfield of " + pieceCount + " pieces");
    }
    long[] words = new long[wordLength(pieceCount)];
    ByteBuffer bytes = ByteBuffer.wrap(wire);
    int word = 0;
    while (bytes.remaining() >= Long.BYTES) {
      words[word++] = Long.reverse(bytes.getLong());
    }
    for (int shift = Long.SIZE - Byte.SIZE; bytes.hasRemaining(); shift -= Byte.SIZE) {
      words[word] |= Long.reverse((bytes.get() & 0xffL) << shift);
    }
    return words;
  }

  /** Writes the wire form, {@link #byteLength} bytes; bits behind the last piece are written as zeros. */
  public static void write(ByteBuffer out, long[] words, int pieceCount) {
    int full = pieceCount >>> 6;
    for (int word = 0; word < full; word++) {
      out.putLong(Long.reverse(words[word]));
    }
    int rest = pieceCount & 63;
    if (rest != 0) {
      long last = Long.reverse(words[full] & ((1L << rest) - 1));
      for (int bits = rest; bits > 0; bits -= Byte.SIZE, last <<= Byte.SIZE) {
        out.put((byte) (last >>> (Long.SIZE - Byte.SIZE)));
      }
    }
  }
}
