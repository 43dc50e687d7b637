package io.minibit.net;

import io.minibit.wire.MessageWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * What waits to be written to one connection: small messages, collected, buffers of framed blocks, and blocks that are in memory
 * anyway. Loop's thread.
 */
final class SendQueue {
  /** Room for messages that are collected into one buffer. */
  private static final int SMALL = 1 << 10;

  /** Buffers handed to one write. */
  private static final int GATHERED = 32;

  /** A buffer on its way out. */
  private abstract static class Segment {
    final ByteBuffer data;
    /** Where {@code data} begins, to know how far it has got. */
    final int start;

    Segment(ByteBuffer data) {
      this.data = data;
      this.start = data.position();
    }

    /** Bytes of blocks that have left. */
    abstract int payloadSent();

    /** It has left, or will not. */
    abstract void end();
  }

  /** Small messages: a part of the buffer in which they are collected. */
  private final class Messages extends Segment {
    Messages(ByteBuffer data) {
      super(data);
    }

    @Override
    int payloadSent() {
      return 0;
    }

    @Override
    void end() {
      controlBytes -= data.limit() - start;
    }
  }

  /** Blocks, each behind its header, in a buffer that goes back to the reads. */
  private final class Frames extends Segment {
    Frames(ByteBuffer data) {
      super(data);
    }

    /** Found by walking the frames. */
    @Override
    int payloadSent() {
      int sum = 0;
      int at = start;
      while (at < data.position()) {
        int length = data.getInt(at) - (MessageWriter.PIECE_HEADER - 4);
        int payloadStart = at + MessageWriter.PIECE_HEADER;
        sum += Math.max(0, Math.min(length, data.position() - payloadStart));
        at = payloadStart + length;
      }
      return sum;
    }

    @Override
    void end() {
      reads.release(data);
    }
  }

  /** A block without its header, which is among the messages before it. */
  private final class FreshBlock extends Segment {
    private final FreshPieces.Piece piece;

    FreshBlock(FreshPieces.Piece piece, int begin, int length) {
      super(freshPieces.send(piece, begin, length));
      this.piece = piece;
    }

    @Override
    int payloadSent() {
      return data.position() - start;
    }

    @Override
    void end() {
      freshPieces.sent(piece);
    }
  }

  private final BlockReads reads;
  private final FreshPieces freshPieces;
  private final ArrayDeque<Segment> segments = new ArrayDeque<>();
  /** Where further messages go; the last segment shows its content. */
  private @Nullable ByteBuffer tail;
  private int controlBytes;
  private boolean progress;

  SendQueue(BlockReads reads, FreshPieces freshPieces) {
    this.reads = reads;
    this.freshPieces = freshPieces;
  }

  boolean isEmpty() {
    return segments.isEmpty();
  }

  /** Bytes of small messages that wait: a peer that does not read lets them grow. */
  int controlBytes() {
    return controlBytes;
  }

  /** Whether anything was written since this was last asked. */
  boolean takeProgress() {
    boolean written = progress;
    progress = false;
    return written;
  }

  /** Where to write a message of this size; {@link #written} must follow. */
  ByteBuffer room(int size) {
    ByteBuffer buffer = tail;
    boolean fits = buffer != null && buffer.remaining() >= size;
    if (buffer == null || !fits) {
      buffer = ByteBuffer.allocate(Math.max(SMALL, size));
      tail = buffer;
    }
    if (!fits || !(segments.peekLast() instanceof Messages)) {
      segments.addLast(new Messages(buffer.duplicate().limit(buffer.position())));
    }
    return buffer;
  }

  /** A message was written to the room given last. */
  void written() {
    Segment last = segments.getLast();
    ByteBuffer buffer = tail;
    if (buffer == null) {
      throw new IllegalStateException("nothing was written");
    }
    controlBytes += buffer.position() - last.data.limit();
    last.data.limit(buffer.position());
  }

  void message(int type, int size, int a, int b, int c) {
    MessageWriter.write(room(size), type, a, b, c);
    written();
  }

  /** Framed blocks; the buffer goes back to the reads when it is sent. */
  void blocks(ByteBuffer frames) {
    segments.addLast(new Frames(frames));
  }

  /** A block that is in memory. */
  void block(FreshPieces.Piece fresh, int piece, int begin, int length) {
    MessageWriter.pieceHeader(room(MessageWriter.PIECE_HEADER), piece, begin, length);
    written();
    segments.addLast(new FreshBlock(fresh, begin, length));
  }

  /**
   * Writes as much as the channel takes.
   *
   * @return bytes of blocks that were written, their headers not counted
   */
  int writeTo(GatheringByteChannel channel) throws IOException {
    int payload = 0;
    while (!segments.isEmpty()) {
      ByteBuffer[] buffers = new ByteBuffer[Math.min(GATHERED, segments.size())];
      int n = 0;
      for (Segment segment : segments) {
        if (n == buffers.length) {
          break;
        }
        buffers[n++] = segment.data;
      }
      long offered = remaining(buffers);
      int before = payloadSent();
      long written = buffers.length == 1 ? channel.write(buffers[0]) : channel.write(buffers);
      payload += payloadSent() - before;
      progress |= written > 0;
      drop();
      if (written < offered) {
        break;
      }
    }
    return payload;
  }

  private static long remaining(ByteBuffer[] buffers) {
    long sum = 0;
    for (ByteBuffer buffer : buffers) {
      sum += buffer.remaining();
    }
    return sum;
  }

  /** Bytes of blocks that have left of the segments at the front. */
  private int payloadSent() {
    int sum = 0;
    for (Segment segment : segments) {
      if (segment.data.position() == segment.start) {
        break;
      }
      sum += segment.payloadSent();
    }
    return sum;
  }

  private void drop() {
    Segment first = segments.peekFirst();
    while (first != null && !first.data.hasRemaining()) {
      segments.removeFirst();
      first.end();
      first = segments.peekFirst();
    }
    if (segments.isEmpty()) {
      tail = null;
    }
  }

  /** The connection is closed: gives the buffers back. */
  void close() {
    segments.forEach(Segment::end);
    segments.clear();
    tail = null;
  }
}
