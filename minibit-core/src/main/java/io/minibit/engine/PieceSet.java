package io.minibit.engine;

import java.util.Arrays;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/**
 * A set of the piece indices of one torrent: a bit each, of fixed size. Piece i is bit {@code i & 63} of word
 * {@code i >> 6}.
 */
public final class PieceSet {
  private final int size;
  private final long[] words;
  private int count;

  /** An empty set for a torrent of {@code size} pieces. */
  public PieceSet(int size) {
    this.size = size;
    this.words = new long[(size + 63) >> 6];
  }

  /** A set of these words; bits beyond {@code size} must be zero. The array is copied. */
  public static PieceSet of(int size, long[] words) {
    PieceSet set = new PieceSet(size);
    System.arraycopy(words, 0, set.words, 0, Math.min(words.length, set.words.length));
    set.recount();
    return set;
  }

  /** The pieces below {@code size} that are set in {@code bits}. */
  public static PieceSet of(int size, BitSet bits) {
    return of(size, bits.get(0, size).toLongArray());
  }

  /** Pieces of the torrent, in the set or not. */
  public int size() {
    return size;
  }

  /** Pieces in the set. */
  public int count() {
    return count;
  }

  public boolean isFull() {
    return count == size;
  }

  public boolean get(int piece) {
    return (words[piece >> 6] & 1L << piece) != 0;
  }

  /** Adds a piece; false if it was there. */
  public boolean set(int piece) {
    long bit = 1L << piece;
    if ((words[piece >> 6] & bit) != 0) {
      return false;
    }
    words[piece >> 6] |= bit;
    count++;
    return true;
  }

  /** Adds the pieces of another set of the same torrent. */
  void addAll(PieceSet other) {
    for (int i = 0; i < words.length; i++) {
      words[i] |= other.words[i];
    }
    recount();
  }

  void removeAll(PieceSet other) {
    for (int i = 0; i < words.length; i++) {
      words[i] &= ~other.words[i];
    }
    recount();
  }

  /** Removes a piece; false if it was not there. */
  public boolean clear(int piece) {
    long bit = 1L << piece;
    if ((words[piece >> 6] & bit) == 0) {
      return false;
    }
    words[piece >> 6] &= ~bit;
    count--;
    return true;
  }

  public void setAll() {
    for (int i = 0; i < words.length; i++) {
      words[i] = -1L;
    }
    if ((size & 63) != 0) {
      words[words.length - 1] = (1L << size) - 1;
    }
    count = size;
  }

  public void clearAll() {
    Arrays.fill(words, 0);
    count = 0;
  }

  /** The lowest piece at or above {@code from} that is in the set, or -1. */
  public int next(int from) {
    return next(from, null);
  }

  /** The lowest piece at or above {@code from} that is in this set and in {@code other} (null: any piece), or -1. */
  int next(int from, @Nullable PieceSet other) {
    if (from >= size) {
      return -1;
    }
    int i = from >> 6;
    long word = words[i] & (-1L << from) & (other == null ? -1L : other.words[i]);
    while (word == 0) {
      if (++i == words.length) {
        return -1;
      }
      word = words[i] & (other == null ? -1L : other.words[i]);
    }
    return (i << 6) + Long.numberOfTrailingZeros(word);
  }

  /** Pieces in both sets. */
  int countShared(PieceSet other) {
    int shared = 0;
    for (int i = 0; i < words.length; i++) {
      shared += Long.bitCount(words[i] & other.words[i]);
    }
    return shared;
  }

  /** A copy of the words. */
  public long[] toWords() {
    return words.clone();
  }

  /** A copy as the JDK's type. */
  public BitSet toBitSet() {
    return BitSet.valueOf(words);
  }

  private void recount() {
    count = 0;
    for (long word : words) {
      count += Long.bitCount(word);
    }
  }
}
