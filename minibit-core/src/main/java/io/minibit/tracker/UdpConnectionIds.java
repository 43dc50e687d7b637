package io.minibit.tracker;

import io.minibit.model.PeerAddress;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.function.LongSupplier;

/**
 * The connection ids of a UDP tracker (BEP 15). None is stored: an id is a keyed hash of the asker's IP and the minute,
 * so it proves that packets to this IP arrive. The hash is SipHash-2-4 (Aumasson and Bernstein, "SipHash: a fast
 * short-input PRF", 2012), made for short inputs that strangers choose.
 */
final class UdpConnectionIds {
  private static final long WINDOW_NANOS = 60_000_000_000L;

  private final LongSupplier nanos;
  private final long key0;
  private final long key1;

  UdpConnectionIds(LongSupplier nanos) {
    this.nanos = nanos;
    byte[] secret = new byte[16];
    new SecureRandom().nextBytes(secret);
    key0 = ByteBuffer.wrap(secret).getLong(0);
    key1 = ByteBuffer.wrap(secret).getLong(8);
  }

  /** A new id for this asker. */
  long give(PeerAddress asker) {
    return sipHash(asker.high(), asker.low(), window());
  }

  /** Whether this asker was given it within the last minute, or at most two. */
  boolean isValid(long id, PeerAddress asker) {
    long window = window();
    return id == sipHash(asker.high(), asker.low(), window) || id == sipHash(asker.high(), asker.low(), window - 1);
  }

  private long window() {
    return Math.floorDiv(nanos.getAsLong(), WINDOW_NANOS);
  }

  private long sipHash(long first, long second, long third) {
    return sipHash(key0, key1, first, second, third);
  }

  /** SipHash-2-4 of three words, which are 24 bytes, the least significant first. */
  static long sipHash(long key0, long key1, long first, long second, long third) {
    long v0 = key0 ^ 0x736f6d6570736575L;
    long v1 = key1 ^ 0x646f72616e646f6dL;
    long v2 = key0 ^ 0x6c7967656e657261L;
    long v3 = key1 ^ 0x7465646279746573L;
    for (int word = 0; word < 5; word++) {
      long m = word == 0 ? first : word == 1 ? second : word == 2 ? third : word == 3 ? 24L << 56 : 0;
      if (word == 4) {
        v2 ^= 0xff;
      } else {
        v3 ^= m;
      }
      for (int round = word == 4 ? 4 : 2; round > 0; round--) {
        v0 += v1;
        v2 += v3;
        v1 = Long.rotateLeft(v1, 13) ^ v0;
        v3 = Long.rotateLeft(v3, 16) ^ v2;
        v0 = Long.rotateLeft(v0, 32);
        v2 += v1;
        v0 += v3;
        v1 = Long.rotateLeft(v1, 17) ^ v2;
        v3 = Long.rotateLeft(v3, 21) ^ v0;
        v2 = Long.rotateLeft(v2, 32);
      }
      v0 ^= m;
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }
}
