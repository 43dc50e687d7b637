package io.minibit.tracker;

import java.util.Arrays;

/**
 * A set of peer slots in an array, seeds before leechers, so that "anyone" and "leechers only" are both contiguous
 * ranges from which one can draw. Every operation is O(1). Where a slot stands is kept by the caller in {@code places},
 * one int per slot, because a slot is in one such set only.
 */
class SeedsFirst {
  private int[] slots = new int[2];
  private int seeds;
  private int size;

  int size() {
    return size;
  }

  int seeds() {
    return seeds;
  }

  int slotAt(int place) {
    return slots[place];
  }

  void add(int slot, boolean seed, int[] places) {
    if (size == slots.length) {
      slots = Arrays.copyOf(slots, size + (size >> 1) + 1);
    }
    slots[size] = slot;
    places[slot] = size++;
    if (seed) {
      exchange(places[slot], seeds++, places);
    }
  }

  void remove(int slot, int[] places) {
    setSeed(slot, false, places);
    exchange(places[slot], --size, places);
  }

  boolean isSeed(int slot, int[] places) {
    return isSeedAt(places[slot]);
  }

  boolean isSeedAt(int place) {
    return place < seeds;
  }

  void setSeed(int slot, boolean seed, int[] places) {
    if (seed != isSeed(slot, places)) {
      exchange(places[slot], seed ? seeds++ : --seeds, places);
    }
  }

  /** Makes a leecher the last of all, so that the rest is one range without it. */
  void moveLast(int slot, int[] places) {
    exchange(places[slot], size - 1, places);
  }

  private void exchange(int a, int b, int[] places) {
    if (a == b) {
      return;
    }
    int slot = slots[a];
    slots[a] = slots[b];
    slots[b] = slot;
    places[slots[a]] = a;
    places[slots[b]] = b;
    exchanged(a, b);
  }

  /** Two peers have changed places: whatever else is kept by place has to follow. */
  void exchanged(int a, int b) {}
}
