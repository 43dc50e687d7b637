package io.minibit.wire;

import java.nio.ByteBuffer;

/**
 * Writes messages in their wire form into big-endian buffers (BEP 3, 5, 6, 10). Sizes are known beforehand, and
 * the caller sees to it that the buffer has the room. Makes no objects; any thread.
 */
public final class MessageWriter {
  /** Bytes of a piece message before its block: length prefix, id, piece, begin. */
  public static final int PIECE_HEADER = 13;

  private MessageWriter() {}

  /** Writes a message without fields: keep-alive, choke, unchoke, interested, not interested, have all, have none. */
  public static void write(ByteBuffer out, int type) {
    write(out, type, 0, 0, 0);
  }

  /**
   * Writes a message of fixed size, {@link MessageType#size} bytes. Fields that the type does not have are ignored.
   *
   * @throws IllegalArgumentException if the type's size is not fixed
   */
  public static void write(ByteBuffer out, int type, int a, int b, int c) {
    int size = MessageType.size(type);
    out.putInt(size - 4);
    if (type == MessageType.KEEP_ALIVE) {
      return;
    }
    out.put((byte) type);
    if (type == MessageType.PORT) {
      out.putShort((short) a);
    } else if (size > 5) {
      out.putInt(a);
      if (size > 9) {
        out.putInt(b).putInt(c);
      }
    }
  }

  /** Writes the first {@value #PIECE_HEADER} bytes of a piece message, which {@code length} bytes must follow. */
  public static void pieceHeader(ByteBuffer out, int piece, int begin, int length) {
    out.putInt(PIECE_HEADER - 4 + length).put((byte) MessageType.PIECE).putInt(piece).putInt(begin);
  }

  /** Bytes of a bitfield message. */
  public static int bitfieldSize(int pieceCount) {
    return 5 + Bitfields.byteLength(pieceCount);
  }

  /** Writes a bitfield message, {@link #bitfieldSize} bytes, from words as {@link Bitfields} defines them. */
  public static void bitfield(ByteBuffer out, long[] words, int pieceCount) {
    out.putInt(1 + Bitfields.byteLength(pieceCount)).put((byte) MessageType.BITFIELD);
    Bitfields.write(out, words, pieceCount);
  }

  /** Bytes of an extended message. */
  public static int extendedSize(byte[] payload) {
    return 6 + payload.length;
  }

  /**
   * Writes an extended message, {@link #extendedSize} bytes (BEP 10).
   *
   * @param extendedId 0 for the extended handshake, else the id that the receiver gave the extension
   */
  public static void extended(ByteBuffer out, int extendedId, byte[] payload) {
    out.putInt(2 + payload.length).put((byte) MessageType.EXTENDED).put((byte) extendedId).put(payload);
  }
}
