package io.minibit.engine;

/** Blocks that one peer has asked for and that wait for the next step towards it, oldest first. */
public final class UploadQueue {
  private static final int FIELDS = 3;

  /** piece, begin, length of each request; the ones before {@code first} are done. */
  private int[] ring = new int[8 * FIELDS];

  private int first;
  private int size;

  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public void add(int piece, int begin, int length) {
    int capacity = ring.length / FIELDS;
    if (size == capacity) {
      int[] larger = new int[ring.length * 2];
      for (int i = 0; i < size; i++) {
        System.arraycopy(ring, slot(i), larger, i * FIELDS, FIELDS);
      }
      ring = larger;
      first = 0;
    }
    int at = slot(size++);
    ring[at] = piece;
    ring[at + 1] = begin;
    ring[at + 2] = length;
  }

  public int piece(int i) {
    return ring[slot(i)];
  }

  public int begin(int i) {
    return ring[slot(i) + 1];
  }

  public int length(int i) {
    return ring[slot(i) + 2];
  }

  public void removeFirst() {
    first = (first + 1) % (ring.length / FIELDS);
    size--;
  }

  /** Removes a request; false if it is not there. */
  boolean remove(int piece, int begin, int length) {
    for (int i = 0; i < size; i++) {
      if (piece(i) == piece && begin(i) == begin && length(i) == length) {
        for (int j = i; j > 0; j--) {
          System.arraycopy(ring, slot(j - 1), ring, slot(j), FIELDS);
        }
        removeFirst();
        return true;
      }
    }
    return false;
  }

  void clear() {
    size = 0;
  }

  private int slot(int i) {
    return (first + i) % (ring.length / FIELDS) * FIELDS;
  }
}
