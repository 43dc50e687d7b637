package io.minibit.model;

import java.util.List;

/**
 * A small deterministic random source: xoshiro256** seeded by SplitMix64 (Blackman and Vigna, "Scrambled Linear
 * Pseudorandom Number Generators", 2018). The same seed gives the same numbers on every JDK, bounded draws and shuffles
 * included, which the generators of the JDK do not promise. Not for secrets. Not thread-safe: each owner has its own,
 * made with {@link #fork()}.
 */
public final class SeededRandom {
  private long s0;
  private long s1;
  private long s2;
  private long s3;

  public SeededRandom(long seed) {
    long state = seed;
    s0 = splitMix(state += 0x9e3779b97f4a7c15L);
    s1 = splitMix(state += 0x9e3779b97f4a7c15L);
    s2 = splitMix(state += 0x9e3779b97f4a7c15L);
    s3 = splitMix(state + 0x9e3779b97f4a7c15L);
  }

  private static long splitMix(long z) {
    long mixed = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94d049bb133111ebL;
    return mixed ^ (mixed >>> 31);
  }

  /** A source of its own, whose numbers are independent of what this one gives afterwards. */
  public SeededRandom fork() {
    return new SeededRandom(nextLong());
  }

  public long nextLong() {
    long result = Long.rotateLeft(s1 * 5, 7) * 9;
    long t = s1 << 17;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= t;
    s3 = Long.rotateLeft(s3, 45);
    return result;
  }

  /**
   * A number from 0 to {@code bound} - 1, each equally likely.
   *
   * @param bound at least 1
   */
  public int nextInt(int bound) {
    if (bound <= 0) {
      throw new IllegalArgumentException("bound must be positive: " + bound);
    }
    // Lemire's multiplication method; the rejected share is below bound / 2^32.
    long product = (nextLong() >>> 32) * bound;
    long low = product & 0xffffffffL;
    if (low < bound) {
      long threshold = (0x100000000L - bound) % bound;
      while (low < threshold) {
        product = (nextLong() >>> 32) * bound;
        low = product & 0xffffffffL;
      }
    }
    return (int) (product >>> 32);
  }

  /** A number from 0 (inclusive) to 1 (exclusive), a multiple of 2^-53. */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** Fills the whole array with random bytes. */
  public void nextBytes(byte[] target) {
    for (int i = 0; i < target.length; ) {
      long bits = nextLong();
      for (int n = Math.min(8, target.length - i); n > 0; n--, bits >>>= 8) {
        target[i++] = (byte) bits;
      }
    }
  }

  /** Shuffles the first {@code length} elements (Fisher and Yates). */
  public void shuffle(int[] values, int length) {
    for (int i = length - 1; i > 0; i--) {
      int j = nextInt(i + 1);
      int swapped = values[i];
      values[i] = values[j];
      values[j] = swapped;
    }
  }

  /** Shuffles a list in place (Fisher and Yates). */
  public <T> void shuffle(List<T> values) {
    for (int i = values.size() - 1; i > 0; i--) {
      int j = nextInt(i + 1);
      T swapped = values.get(i);
      values.set(i, values.get(j));
      values.set(j, swapped);
    }
  }
}
