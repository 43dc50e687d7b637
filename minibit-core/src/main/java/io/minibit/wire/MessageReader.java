package io.minibit.wire;

import io.minibit.model.Limits;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads the messages that follow the handshakes, however their bytes are cut up (BEP 3, 5, 6, 10).
 *
 * <pre>{@code
 * for (int type; (type = reader.next(in)) != MessageType.NEED_MORE; ) {
 *   if (type == MessageType.PIECE) {
 *     ... // take reader.payloadRemaining() bytes before the next call of next
 *   }
 *   ... // type, reader.a(), reader.b(), reader.c(), reader.payload()
 * }
 * in.compact(); // keeps what next did not want yet, at most 16 bytes unless a payload is due
 * }</pre>
 *
 * <p>No object is made per message, except for the payloads of bitfield and extended messages. Memory for those grows
 * with the bytes that have arrived, never by a length that a peer merely claims. Messages of unknown ids are skipped
 * without being kept.
 *
 * <p>Checked here: lengths; piece indices of have, suggest and allowed fast; that other numbers are at most 2^31 - 1;
 * the length and spare bits of a bitfield; that have none does not come after something else was said; that fast messages
 * come only if negotiated. BEP 3 and 6 allow one bitfield, have all or have none and only as the first message, but aria2
 * sends a bitfield (or have all) again and again instead of many haves, so those may come at any time. Whether a block exists or was asked for is the engine's business. After a
 * {@link ProtocolException} the connection is to be closed and the reader is of no more use. Not thread-safe.
 */
public final class MessageReader {
  /** Bytes that the input buffer must be able to hold: the longest header (request) is 17. */
  public static final int MIN_BUFFER = 32;

  private static final byte[] NO_PAYLOAD = {};

  /** The length prefix of a piece message without a block: id, piece, begin. */
  private static final int EMPTY_PIECE = MessageWriter.PIECE_HEADER - 4;

  /** What a collected payload gets to begin with: an extended handshake usually fits. */
  private static final int FIRST_ALLOCATION = 512;

  /** Which kind of variable message is partly read. */
  private enum Open {
    NOTHING,
    SKIPPED,
    BITFIELD,
    EXTENDED
  }

  private final int pieceCount;
  private final boolean fast;
  private final int maxMessageBytes;
  private final int maxExtendedBytes;
  private final int longest;

  private int a;
  private int b;
  private int c;
  private byte[] payload = NO_PAYLOAD;
  private int payloadRemaining;

  private Open open = Open.NOTHING;
  private int openLength;
  private int openDone;
  private boolean piecesAnnounced;

  /**
   * A reader for one connection.
   *
   * @param pieceCount pieces of the torrent, at least 1
   * @param fast whether both handshakes announced the fast extension (BEP 6)
   * @param maxMessageBytes longest message, bytes; the block of a piece message may be as long, and a bitfield as long
   *     as the torrent needs
   * @param maxExtendedBytes extended messages that are longer are passed over like unknown ones
   */
  public MessageReader(int pieceCount, boolean fast, int maxMessageBytes, int maxExtendedBytes) {
    if (pieceCount < 1 || maxMessageBytes < 1) {
      throw new IllegalArgumentException(pieceCount + " pieces, messages of " + maxMessageBytes + " bytes");
    }
    this.pieceCount = pieceCount;
    this.fast = fast;
    this.maxExtendedBytes = maxExtendedBytes;
    this.maxMessageBytes = Math.min(maxMessageBytes, Integer.MAX_VALUE - EMPTY_PIECE);
    this.longest = Math.max(this.maxMessageBytes + EMPTY_PIECE, Bitfields.byteLength(pieceCount) + 1);
  }

  /** As the other, with the extended messages that {@link Limits#defaults()} allow. */
  public MessageReader(int pieceCount, boolean fast, int maxMessageBytes) {
    this(pieceCount, fast, maxMessageBytes, Limits.defaults().maxExtendedBytes());
  }

  /**
   * Reads up to the end of the next message, or of the header if it is a piece.
   *
   * @param in big-endian, in read mode; bytes that it leaves unread must be offered again, followed by more
   * @return a constant of {@link MessageType}, {@code NEED_MORE} if there is no whole message
   * @throws ProtocolException if the peer broke the protocol
   * @throws IllegalStateException if the payload of the last piece message was not taken
   */
  public int next(ByteBuffer in) {
    if (payloadRemaining > 0) {
      throw new IllegalStateException(payloadRemaining + " bytes of a block have not been taken");
    }
    while (true) {
      if (open == Open.NOTHING) {
        int type = begin(in);
        if (type != MessageType.NEED_MORE || open == Open.NOTHING) {
          return type;
        }
      }
      if (!fill(in)) {
        return MessageType.NEED_MORE;
      }
      Open done = open;
      open = Open.NOTHING;
      if (done == Open.BITFIELD) {
        if (Bitfields.hasSpareBits(payload, pieceCount)) {
          throw new ProtocolException("bitfield: bits behind the last of " + pieceCount + " pieces are set");
        }
        return MessageType.BITFIELD;
      }
      if (done == Open.EXTENDED) {
        return MessageType.EXTENDED;
      }
    }
  }

  /** The first field of the last message: the piece, port or extended id. */
  public int a() {
    return a;
  }

  /** The second field of the last message: where in the piece, bytes. */
  public int b() {
    return b;
  }

  /** The third field of the last message: how long, bytes. */
  public int c() {
    return c;
  }

  /** The payload of the last message if it was a bitfield or extended, else empty; the caller may keep the array. */
  public byte[] payload() {
    return payload;
  }

  /** Bytes of the current piece message that are still to come, in the input buffer or behind it. */
  public int payloadRemaining() {
    return payloadRemaining;
  }

  /** Says that the caller itself has taken bytes of the payload, out of the input buffer or from behind it. */
  public void payloadTaken(int bytes) {
    if (bytes < 0 || bytes > payloadRemaining) {
      throw new IllegalArgumentException(bytes + " bytes taken of " + payloadRemaining);
    }
    payloadRemaining -= bytes;
  }

  /**
   * Moves what there is of the payload, and fits, from one buffer to the other.
   *
   * @return bytes moved
   */
  public int takePayload(ByteBuffer in, ByteBuffer out) {
    int count = Math.min(Math.min(in.remaining(), out.remaining()), payloadRemaining);
    int end = in.limit();
    in.limit(in.position() + count);
    out.put(in);
    in.limit(end);
    payloadRemaining -= count;
    return count;
  }

  /**
   * Moves past what there is of the payload.
   *
   * @return bytes discarded
   */
  public int discardPayload(ByteBuffer in) {
    int count = Math.min(in.remaining(), payloadRemaining);
    in.position(in.position() + count);
    payloadRemaining -= count;
    return count;
  }

  /** Reads a message of fixed size, or the header of another, which is then {@link #open} unless it is a piece. */
  private int begin(ByteBuffer in) {
    if (in.remaining() < 4) {
      return MessageType.NEED_MORE;
    }
    int start = in.position();
    int length = in.getInt(start);
    if (length == 0) {
      in.position(start + 4);
      return message(MessageType.KEEP_ALIVE, 0, 0, 0);
    }
    if (length < 0 || length > longest) {
      throw new ProtocolException(
          "message of " + Integer.toUnsignedString(length) + " bytes, more than " + maxMessageBytes);
    }
    if (in.remaining() < 5) {
      return MessageType.NEED_MORE;
    }
    int type = in.get(start + 4) & 0xff;
    if (MessageType.isFast(type) && !fast) {
      throw new ProtocolException(MessageType.name(type) + " without the fast extension");
    }
    return MessageType.isFixed(type) ? fixed(in, type, length) : variable(in, type, length);
  }

  private int fixed(ByteBuffer in, int type, int length) {
    int size = MessageType.size(type);
    if (length != size - 4) {
      throw wrongLength(type, length, size - 4);
    }
    if (in.remaining() < size) {
      return MessageType.NEED_MORE;
    }
    int start = in.position();
    int fields = start + 5;
    in.position(start + size);
    return switch (type) {
      case MessageType.HAVE -> {
        piecesAnnounced = true;
        yield message(type, existingPiece(type, in.getInt(fields)), 0, 0);
      }
      case MessageType.SUGGEST, MessageType.ALLOWED_FAST ->
          message(type, existingPiece(type, in.getInt(fields)), 0, 0);
      case MessageType.REQUEST, MessageType.CANCEL, MessageType.REJECT ->
          message(
              type,
              notNegative(type, in.getInt(fields)),
              notNegative(type, in.getInt(fields + 4)),
              notNegative(type, in.getInt(fields + 8)));
      case MessageType.PORT -> message(type, Short.toUnsignedInt(in.getShort(fields)), 0, 0);
      case MessageType.HAVE_ALL -> {
        piecesAnnounced = true;
        yield message(type, 0, 0, 0);
      }
      case MessageType.HAVE_NONE -> {
        if (piecesAnnounced) {
          throw new ProtocolException("have none after the peer has already said what it has");
        }
        piecesAnnounced = true;
        yield message(type, 0, 0, 0);
      }
      default -> message(type, 0, 0, 0);
    };
  }

  private int variable(ByteBuffer in, int type, int length) {
    int start = in.position();
    switch (type) {
      case MessageType.PIECE -> {
        if (length < EMPTY_PIECE) {
          throw wrongLength(type, length, EMPTY_PIECE);
        }
        if (length - EMPTY_PIECE > maxMessageBytes) {
          throw tooLong(type, length);
        }
        if (in.remaining() < MessageWriter.PIECE_HEADER) {
          return MessageType.NEED_MORE;
        }
        in.position(start + MessageWriter.PIECE_HEADER);
        int piece = notNegative(type, in.getInt(start + 5));
        int begin = notNegative(type, in.getInt(start + 9));
        payloadRemaining = length - EMPTY_PIECE;
        return message(type, piece, begin, payloadRemaining);
      }
      case MessageType.BITFIELD -> {
        if (length - 1 != Bitfields.byteLength(pieceCount)) {
          throw wrongLength(type, length, Bitfields.byteLength(pieceCount) + 1);
        }
        in.position(start + 5);
        piecesAnnounced = true;
        message(type, 0, 0, 0);
        open(Open.BITFIELD, length - 1);
      }
      case MessageType.EXTENDED -> {
        if (length < 2) {
          throw wrongLength(type, length, 2);
        }
        if (length > maxMessageBytes) {
          throw tooLong(type, length);
        }
        if (in.remaining() < 6) {
          return MessageType.NEED_MORE;
        }
        in.position(start + 6);
        message(type, in.get(start + 5) & 0xff, 0, 0);
        open(length > maxExtendedBytes ? Open.SKIPPED : Open.EXTENDED, length - 2);
      }
      default -> {
        if (length > maxMessageBytes) {
          throw tooLong(type, length);
        }
        in.position(start + 5);
        open(Open.SKIPPED, length - 1);
      }
    }
    return MessageType.NEED_MORE;
  }

  private int message(int type, int first, int second, int third) {
    a = first;
    b = second;
    c = third;
    payload = NO_PAYLOAD;
    return type;
  }

  private void open(Open kind, int length) {
    open = kind;
    openLength = length;
    openDone = 0;
  }

  /** Takes what there is of the open message's payload; whether that was all. */
  private boolean fill(ByteBuffer in) {
    int count = Math.min(in.remaining(), openLength - openDone);
    if (open == Open.SKIPPED) {
      in.position(in.position() + count);
    } else {
      int needed = openDone + count;
      if (needed > payload.length) {
        // Doubled, but never beyond the message: when the last byte is in, the array is exactly full.
        int grown = (int) Math.min(openLength, Math.max(2L * payload.length, Math.max(needed, FIRST_ALLOCATION)));
        payload = Arrays.copyOf(payload, grown);
      }
      in.get(payload, openDone, count);
    }
    openDone += count;
    return openDone == openLength;
  }

  private int existingPiece(int type, int piece) {
    if (piece < 0 || piece >= pieceCount) {
      throw new ProtocolException(
          MessageType.name(type) + ": piece " + Integer.toUnsignedString(piece) + " of " + pieceCount);
    }
    return piece;
  }

  private static int notNegative(int type, int value) {
    if (value < 0) {
      throw new ProtocolException(MessageType.name(type) + ": " + Integer.toUnsignedString(value) + " is out of range");
    }
    return value;
  }

  private static ProtocolException wrongLength(int type, int length, int right) {
    return new ProtocolException(MessageType.name(type) + " of " + length + " bytes instead of " + right);
  }

  private ProtocolException tooLong(int type, int length) {
    return new ProtocolException(MessageType.name(type) + " of " + length + " bytes, more than " + maxMessageBytes);
  }
}
