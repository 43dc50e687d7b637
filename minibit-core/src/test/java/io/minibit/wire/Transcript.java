package io.minibit.wire;

import io.minibit.model.SeededRandom;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.StringJoiner;
import java.util.function.IntUnaryOperator;

/**
 * What a {@link MessageReader} makes of a stream of bytes, as one line: {@code have 5 | piece 1 0 5 "hello"}. The
 * stream arrives in pieces of any size and goes through a buffer as small as the reader allows.
 */
final class Transcript {
  private static final int PIECES = 10;
  private static final int MAX_MESSAGE = 1000;

  private Transcript() {}

  static MessageReader reader(boolean fast) {
    return new MessageReader(PIECES, fast, MAX_MESSAGE);
  }

  /** The bytes arrive at once. */
  static String of(byte[] stream) {
    return of(stream, left -> left);
  }

  /** The bytes arrive in two parts. */
  static String cutAt(int position, byte[] stream) {
    return of(stream, left -> left > stream.length - position ? left - (stream.length - position) : left);
  }

  /** The bytes arrive in parts of 1 to 40. */
  static String cutAtRandom(SeededRandom random, byte[] stream) {
    return of(stream, left -> 1 + random.nextInt(Math.min(40, left)));
  }

  static String ofHex(String hex) {
    return of(bytes(hex));
  }

  static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  /**
   * Reads the stream with the fast extension.
   *
   * @param arriving how many bytes come next if so many are left
   */
  private static String of(byte[] stream, IntUnaryOperator arriving) {
    StringJoiner transcript = new StringJoiner(" | ");
    read(reader(true), stream, arriving, transcript);
    return transcript.toString();
  }

  /** As above, up to what breaks the protocol, if something does: then that is the last entry. */
  static String withEnd(boolean fast, byte[] stream, IntUnaryOperator arriving) {
    StringJoiner transcript = new StringJoiner(" | ");
    try {
      read(reader(fast), stream, arriving, transcript);
    } catch (ProtocolException e) {
      transcript.add("! " + e.getMessage());
    }
    return transcript.toString();
  }

  private static void read(MessageReader reader, byte[] stream, IntUnaryOperator arriving, StringJoiner transcript) {
    ByteBuffer wire = ByteBuffer.wrap(stream);
    ByteBuffer in = ByteBuffer.allocate(MessageReader.MIN_BUFFER);
    ByteBuffer block = ByteBuffer.allocate(MAX_MESSAGE);
    String pending = "";
    while (wire.hasRemaining()) {
      for (int chunk = arriving.applyAsInt(wire.remaining()); chunk > 0; ) {
        if (reader.payloadRemaining() > 0) {
          // As the driver does: the rest of a block comes straight from the wire.
          int direct = Math.min(chunk, reader.payloadRemaining());
          block.put(wire.slice().limit(direct));
          wire.position(wire.position() + direct);
          reader.payloadTaken(direct);
          chunk -= direct;
        }
        int count = Math.min(chunk, in.remaining());
        in.put(wire.slice().limit(count));
        wire.position(wire.position() + count);
        chunk -= count;
        in.flip();
        while (true) {
          if (!pending.isEmpty()) {
            reader.takePayload(in, block);
            if (reader.payloadRemaining() > 0) {
              break;
            }
            transcript.add(pending + " \"" + text(block.flip()) + "\"");
            block.clear();
            pending = "";
          }
          int type = reader.next(in);
          if (type == MessageType.NEED_MORE) {
            break;
          }
          String line = MessageType.describe(type, reader.a(), reader.b(), reader.c());
          switch (type) {
            case MessageType.PIECE -> pending = line;
            case MessageType.BITFIELD -> transcript.add(line + " " + HexFormat.of().formatHex(reader.payload()));
            case MessageType.EXTENDED -> transcript.add(line + " \"" + text(ByteBuffer.wrap(reader.payload())) + "\"");
            default -> transcript.add(line);
          }
        }
        in.compact();
      }
    }
  }

  private static String text(ByteBuffer bytes) {
    return StandardCharsets.US_ASCII.decode(bytes).toString();
  }
}
