package io.minibit.tracker;

import java.util.Arrays;

/**
 * A set of peer slots in an array, seeds before leechers, so that "anyone" and "leechers only" are both contiguous
 * ranges from which one can draw. Every operation is O(1). Where a slot stands is kept beside what else is known of it.
 */
abstract class SeedsFirst {
  private int[] slots = new int[2];
  private int seeds;
  private int size;

  /** Where a slot stands. */
  abstract int place(int slot);

  abstract void setPlace(int slot, int place);

  int size() {
    return size;
  }

  int seeds() {
    return seeds;
  }

  int slotAt(int place) {
    return slots[place];
  }

  void add(int slot, boolean seed) {
    if (size == slots.length) {
      slots = Arrays.copyOf(slots, size + (size >> 1) + 1);
    }
    slots[size] = slot;
    setPlace(slot, size++);
    if (seed) {
      exchange(place(slot), seeds++);
    }
  }

  void remove(int slot) {
    setSeed(slot, false);
    exchange(place(slot), --size);
  }

  boolean isSeed(int slot) {
    return isSeedAt(place(slot));
  }

  boolean isSeedAt(int place) {
    return place < seeds;
  }

  void setSeed(int slot, boolean seed) {
    if (seed != isSeed(slot)) {
      exchange(place(slot), seed ? seeds++ : --seeds);
    }
  }

  /** Makes a leecher the last of all, so that the rest is one range without it. */
  void moveLast(int slot) {
    exchange(place(slot), size - 1);
  }

  private void exchange(int a, int b) {
    if (a == b) {
      return;
    }
    int slot = slots[a];
    slots[a] = slots[b];
    slots[b] = slot;
    setPlace(slots[a], a);
    setPlace(slots[b], b);
    exchanged(a, b);
  }

  /** Two peers have changed places: whatever else is kept by place has to follow. */
  void exchanged(int a, int b) {}
}
