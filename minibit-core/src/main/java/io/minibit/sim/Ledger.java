package io.minibit.sim;

import io.minibit.engine.PieceSet;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** What has gone over one side of a connection, as seen from outside of the engines. */
final class Ledger {
  /** Pieces that the other side was told of. */
  final PieceSet told;
  /** Blocks that this side has asked for and not got, refused or withdrawn; piece << 32 | begin, and how often. */
  private final TreeMap<Long, Integer> asked = new TreeMap<>();
  /** Blocks that the other side has asked for and neither got nor been refused. */
  private final TreeMap<Long, Integer> owed = new TreeMap<>();

  /** Requests that this side has sent in all. */
  long requests;
  boolean serving;
  boolean interested;
  /** A block is on its way, wanted or not. */
  boolean coming;
  /** Whether the engine says that this side could ask and does not. */
  boolean idle;
  /** Since when this side could ask and does not, and its requests by then; -1 if it does. */
  long idleSince = -1;
  long requestsThen;
  /** Since when the other side waits for a place that is free; -1 if it does not. */
  long waitingSince = -1;

  Ledger(int pieces) {
    told = new PieceSet(pieces);
  }

  private static long key(int piece, int begin) {
    return (long) piece << 32 | begin;
  }

  /** Notes a request of this side; false if the block was asked for already. */
  boolean ask(int piece, int begin) {
    requests++;
    return add(asked, key(piece, begin)) == 1;
  }

  /** One request for this block has ended; false if there was none. */
  boolean unask(int piece, int begin) {
    return remove(asked, key(piece, begin));
  }

  void owe(int piece, int begin) {
    add(owed, key(piece, begin));
  }

  /** One request of the other side was answered; false if there was none. */
  boolean answer(int piece, int begin) {
    return remove(owed, key(piece, begin));
  }

  private static int add(Map<Long, Integer> blocks, long key) {
    return blocks.merge(key, 1, Integer::sum);
  }

  private static boolean remove(Map<Long, Integer> blocks, long key) {
    Integer count = blocks.get(key);
    if (count == null) {
      return false;
    }
    if (count == 1) {
      blocks.remove(key);
    } else {
      blocks.put(key, count - 1);
    }
    return true;
  }

  boolean asksExactly(long[] blocks) {
    return Arrays.equals(blocks, flat(asked));
  }

  boolean owesExactly(long[] blocks) {
    return Arrays.equals(blocks, flat(owed));
  }

  private static long[] flat(Map<Long, Integer> blocks) {
    long[] all = new long[blocks.values().stream().mapToInt(Integer::intValue).sum()];
    int size = 0;
    for (var entry : blocks.entrySet()) {
      for (int i = 0; i < entry.getValue(); i++) {
        all[size++] = entry.getKey();
      }
    }
    return all;
  }

  @Override
  public String toString() {
    return "asked " + text(asked) + ", owes " + text(owed);
  }

  private static String text(Map<Long, Integer> blocks) {
    StringBuilder text = new StringBuilder();
    for (long key : flat(blocks)) {
      text.append(' ').append(key >> 32).append(':').append((int) key);
    }
    return text.isEmpty() ? "nothing" : text.substring(1);
  }
}
