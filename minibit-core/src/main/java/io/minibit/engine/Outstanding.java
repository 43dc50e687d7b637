package io.minibit.engine;

/**
 * The blocks we have asked one peer for, oldest first. Answers mostly come in order, so removal looks from the front.
 */
final class Outstanding {
  private long[] ring = new long[8];
  private int head;
  private int size;

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  void add(int piece, int block) {
    if (size == ring.length) {
      long[] larger = new long[size * 2];
      for (int i = 0; i < size; i++) {
        larger[i] = at(i);
      }
      ring = larger;
      head = 0;
    }
    ring[(head + size++) & (ring.length - 1)] = (long) piece << 32 | block;
  }

  int piece(int i) {
    return (int) (at(i) >> 32);
  }

  int block(int i) {
    return (int) at(i);
  }

  /** Removes a request; false if there is none for this block. */
  boolean remove(int piece, int block) {
    long wanted = (long) piece << 32 | block;
    for (int i = 0; i < size; i++) {
      if (at(i) == wanted) {
        for (int j = i; j > 0; j--) {
          ring[(head + j) & (ring.length - 1)] = at(j - 1);
        }
        head = (head + 1) & (ring.length - 1);
        size--;
        return true;
      }
    }
    return false;
  }

  boolean contains(int piece, int block) {
    long wanted = (long) piece << 32 | block;
    for (int i = 0; i < size; i++) {
      if (at(i) == wanted) {
        return true;
      }
    }
    return false;
  }

  void clear() {
    size = 0;
  }

  private long at(int i) {
    return ring[(head + i) & (ring.length - 1)];
  }
}
