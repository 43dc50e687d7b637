package io.minibit.sim;

import io.minibit.model.Limits;
import io.minibit.wire.MessageReader;
import io.minibit.wire.MessageType;
import io.minibit.wire.ProtocolException;
import java.nio.ByteBuffer;

/** What the production reader would make of a message whose fields are anything. */
final class RawMessage {
  private RawMessage() {}

  /** Whether it would reach the engine; else the connection is closed. */
  static boolean isReadable(int type, int a, int b, int c, int pieceCount) {
    if (type == MessageType.HAVE_NONE) {
      return false; // something has been said before
    }
    int maxMessageBytes = Limits.defaults().maxMessageBytes();
    if (type == World.BLOCK_BEGINS || type == MessageType.PIECE) {
      return a >= 0 && b >= 0 && c >= 0 && c <= maxMessageBytes;
    }
    if (!MessageType.isFixed(type)) {
      return true;
    }
    ByteBuffer bytes = ByteBuffer.allocate(Math.max(MessageReader.MIN_BUFFER, MessageType.size(type)));
    int size = MessageType.size(type);
    bytes.putInt(size - 4).put((byte) type);
    if (type == MessageType.PORT) {
      bytes.putShort((short) a);
    } else {
      int[] fields = {a, b, c};
      for (int i = 0; i < (size - 5) / 4; i++) {
        bytes.putInt(fields[i]);
      }
    }
    bytes.flip();
    try {
      new MessageReader(pieceCount, true, maxMessageBytes).next(bytes);
      return true;
    } catch (ProtocolException e) {
      return false;
    }
  }
}
