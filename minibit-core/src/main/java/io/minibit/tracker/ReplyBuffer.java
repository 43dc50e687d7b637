package io.minibit.tracker;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Bytes of a reply while it is written; grows as needed and is used again. Not thread-safe. */
final class ReplyBuffer {
  private ByteBuffer bytes = ByteBuffer.allocate(2048);

  ReplyBuffer clear() {
    bytes.clear();
    return this;
  }

  int length() {
    return bytes.position();
  }

  /** What was written, to be read from here; valid until the next {@link #clear}, which must come before more is written. */
  ByteBuffer finished() {
    return bytes.flip();
  }

  ReplyBuffer ascii(String text) {
    room(text.length());
    for (int i = 0; i < text.length(); i++) {
      bytes.put((byte) text.charAt(i));
    }
    return this;
  }

  ReplyBuffer number(long value) {
    if (value < 0 || value > 999) {
      return ascii(Long.toString(value));
    }
    int small = (int) value;
    room(3);
    if (small > 99) {
      bytes.put((byte) ('0' + small / 100));
    }
    if (small > 9) {
      bytes.put((byte) ('0' + small / 10 % 10));
    }
    bytes.put((byte) ('0' + small % 10));
    return this;
  }

  ReplyBuffer raw(byte[] source) {
    room(source.length);
    bytes.put(source);
    return this;
  }

  ReplyBuffer raw(ReplyBuffer source) {
    return raw(source, source.length());
  }

  /** The first {@code count} bytes of another. */
  ReplyBuffer raw(ReplyBuffer source, int count) {
    room(count);
    bytes.put(source.bytes.array(), 0, count);
    return this;
  }

  ReplyBuffer int16(int value) {
    room(2);
    bytes.putShort((short) value);
    return this;
  }

  ReplyBuffer int32(int value) {
    room(4);
    bytes.putInt(value);
    return this;
  }

  ReplyBuffer int64(long value) {
    room(8);
    bytes.putLong(value);
    return this;
  }

  /** A bencoded key or string of ASCII. */
  ReplyBuffer key(String ascii) {
    return number(ascii.length()).ascii(":").ascii(ascii);
  }

  /** A bencoded byte string. */
  ReplyBuffer string(byte[] content) {
    return number(content.length).ascii(":").raw(content);
  }

  ReplyBuffer string(ReplyBuffer content) {
    return number(content.length()).ascii(":").raw(content);
  }

  /** A bencoded text. */
  ReplyBuffer string(String text) {
    return string(text.getBytes(StandardCharsets.UTF_8));
  }

  /** A bencoded integer. */
  ReplyBuffer integer(long value) {
    return ascii("i").number(value).ascii("e");
  }

  private void room(int count) {
    if (bytes.remaining() < count) {
      bytes.flip();
      bytes = ByteBuffer.allocate(Math.max(2 * bytes.capacity(), bytes.limit() + count)).put(bytes);
    }
  }
}
