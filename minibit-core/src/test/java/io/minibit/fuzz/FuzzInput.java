package io.minibit.fuzz;

import java.util.Arrays;

/** Reads decisions out of the bytes of a fuzzer; when they have run out, every decision is 0. */
public final class FuzzInput {
  private final byte[] bytes;
  private int at;

  public FuzzInput(byte[] bytes) {
    this.bytes = bytes;
  }

  public boolean isOver() {
    return at >= bytes.length;
  }

  /** 0 to 255. */
  public int next() {
    return isOver() ? 0 : bytes[at++] & 0xff;
  }

  /** 0 to {@code bound - 1}, of one byte. */
  public int below(int bound) {
    return next() % bound;
  }

  /** Any int, of four bytes. */
  public int nextInt() {
    return next() << 24 | next() << 16 | next() << 8 | next();
  }

  /** The next bytes, as many as there are if need be. */
  public byte[] take(int count) {
    int from = Math.min(at, bytes.length);
    at = Math.min(bytes.length, from + count);
    return Arrays.copyOfRange(bytes, from, at);
  }

  /** Everything that is left. */
  public byte[] rest() {
    return take(bytes.length);
  }
}
