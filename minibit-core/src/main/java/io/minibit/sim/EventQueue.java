package io.minibit.sim;

import java.util.Arrays;

/**
 * What is to happen, ordered by time and, at the same time, by the order in which it was scheduled. A heap of four
 * children per node in plain arrays: an event is two numbers and no object.
 */
final class EventQueue {
  private static final int FIRST_CAPACITY = 1024;

  private long[] times = new long[FIRST_CAPACITY];
  private long[] orders = new long[FIRST_CAPACITY];
  private long[] events = new long[FIRST_CAPACITY];
  private int size;
  private long sequence;

  int size() {
    return size;
  }

  /** When the next event is due; {@link Long#MAX_VALUE} if there is none. */
  long nextTime() {
    return size == 0 ? Long.MAX_VALUE : times[0];
  }

  void add(long time, long event) {
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
      orders = Arrays.copyOf(orders, size * 2);
      events = Arrays.copyOf(events, size * 2);
    }
    long order = sequence++;
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) >> 2;
      if (!isBefore(time, order, parent)) {
        break;
      }
      move(parent, at);
      at = parent;
    }
    put(at, time, order, event);
  }

  /** Takes the next event out; there must be one. */
  long remove() {
    long first = events[0];
    int last = --size;
    long time = times[last];
    long order = orders[last];
    long event = events[last];
    int at = 0;
    while (true) {
      int child = (at << 2) + 1;
      if (child >= last) {
        break;
      }
      int end = Math.min(child + 4, last);
      int least = child;
      for (int other = child + 1; other < end; other++) {
        if (isBefore(times[other], orders[other], least)) {
          least = other;
        }
      }
      if (isBefore(time, order, least)) {
        break;
      }
      move(least, at);
      at = least;
    }
    put(at, time, order, event);
    return first;
  }

  private boolean isBefore(long time, long order, int at) {
    return time < times[at] || (time == times[at] && order < orders[at]);
  }

  private void move(int from, int to) {
    times[to] = times[from];
    orders[to] = orders[from];
    events[to] = events[from];
  }

  private void put(int at, long time, long order, long event) {
    times[at] = time;
    orders[at] = order;
    events[at] = event;
  }
}
