package io.minibit.sim;

import io.minibit.engine.PieceSet;
import io.minibit.wire.MessageType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Messages that arrive at one moment, in the order in which they were sent; one event for all of them. Reused, so that
 * a message costs no object.
 */
final class Delivery {
  private static final int FIELDS = 4;

  long time;
  private @Nullable End[] ends = new End[8];
  private int[] fields = new int[8 * FIELDS];
  private int size;
  private final List<PieceSet> bitfields = new ArrayList<>();

  int size() {
    return size;
  }

  void add(End to, int type, int a, int b, int c) {
    if (size == ends.length) {
      ends = Arrays.copyOf(ends, size * 2);
      fields = Arrays.copyOf(fields, size * 2 * FIELDS);
    }
    ends[size] = to;
    int at = size++ * FIELDS;
    fields[at] = type;
    fields[at + 1] = a;
    fields[at + 2] = b;
    fields[at + 3] = c;
  }

  /** Adds one of its messages, given by its fields, to another delivery. */
  void copy(int flags, int a, int b, int c, End to, Delivery other) {
    boolean bitfield = (flags & World.TYPE) == MessageType.BITFIELD;
    other.add(to, flags, bitfield ? other.keep(bitfields.get(a)) : a, b, c);
  }

  /** Keeps a bitfield; its number is a field of the message that carries it. */
  int keep(PieceSet bitfield) {
    bitfields.add(bitfield);
    return bitfields.size() - 1;
  }

  PieceSet bitfield(int number) {
    return bitfields.get(number);
  }

  End to(int i) {
    End end = ends[i];
    if (end == null) {
      throw new IndexOutOfBoundsException(i);
    }
    return end;
  }

  int type(int i) {
    return fields[i * FIELDS];
  }

  int a(int i) {
    return fields[i * FIELDS + 1];
  }

  int b(int i) {
    return fields[i * FIELDS + 2];
  }

  int c(int i) {
    return fields[i * FIELDS + 3];
  }

  void clear() {
    Arrays.fill(ends, 0, size, null);
    size = 0;
    bitfields.clear();
  }
}
