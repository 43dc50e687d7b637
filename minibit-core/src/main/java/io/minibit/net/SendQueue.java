package io.minibit.net;

import io.minibit.wire.MessageWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.GatheringByteChannel;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/** What waits to be written to one connection: small messages, collected, and buffers of framed blocks. Loop's thread. */
final class SendQueue {
  /** Room for messages that are collected into one buffer. */
  private static final int SMALL = 1 << 10;

  /** Buffers handed to one write. */
  private static final int GATHERED = 16;

  /** A buffer on its way out. */
  private static final class Segment {
    final ByteBuffer data;
    /** Where {@code data} begins, to know how far it has got. */
    final int start;
    /** It holds framed blocks and goes back to the reads; otherwise small messages. */
    final boolean blocks;

    Segment(ByteBuffer data, boolean blocks) {
      this.data = data;
      this.start = data.position();
      this.blocks = blocks;
    }
  }

  private final BlockReads reads;
  private final ArrayDeque<Segment> segments = new ArrayDeque<>();
  /** Where further messages go; the last segment shows its content. */
  private @Nullable ByteBuffer tail;
  private int controlBytes;
  private boolean progress;

  SendQueue(BlockReads reads) {
    this.reads = reads;
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
    Segment last = segments.peekLast();
    if (buffer == null || buffer.remaining() < size || last == null || last.blocks) {
      buffer = ByteBuffer.allocate(Math.max(SMALL, size));
      tail = buffer;
      segments.addLast(new Segment(buffer.duplicate().limit(0), false));
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
    segments.addLast(new Segment(frames, true));
    tail = null;
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
      sum += segment.blocks ? payloadBefore(segment) : 0;
    }
    return sum;
  }

  /** Bytes of blocks before the position of a segment, found by walking its frames. */
  private static int payloadBefore(Segment segment) {
    ByteBuffer data = segment.data;
    int sum = 0;
    int at = segment.start;
    while (at < data.position()) {
      int length = data.getInt(at) - (MessageWriter.PIECE_HEADER - 4);
      int payloadStart = at + MessageWriter.PIECE_HEADER;
      sum += Math.max(0, Math.min(length, data.position() - payloadStart));
      at = payloadStart + length;
    }
    return sum;
  }

  private void drop() {
    Segment first = segments.peekFirst();
    while (first != null && !first.data.hasRemaining()) {
      segments.removeFirst();
      if (first.blocks) {
        reads.release(first.data);
      } else {
        controlBytes -= first.data.position() - first.start;
      }
      first = segments.peekFirst();
    }
    if (segments.isEmpty()) {
      tail = null;
      controlBytes = 0;
    }
  }

  /** The connection is closed: gives the buffers back. */
  void close() {
    for (Segment segment : segments) {
      if (segment.blocks) {
        reads.release(segment.data);
      }
    }
    segments.clear();
    tail = null;
  }
}
