package io.minibit.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What one {@link Region} sends to another during a window, in the order in which it was sent. Filled by the thread of
 * the one and emptied by that of the other, with a barrier between them.
 */
final class Outbox {
  private final Delivery messages = new Delivery();
  /** When each of the messages arrives. */
  private long[] times = new long[64];

  private final List<Task> tasks = new ArrayList<>();

  private record Task(long time, Runnable what) {}

  /** To what exactly one message is to be added that arrives at this time. */
  Delivery at(long time) {
    int size = messages.size();
    if (size == times.length) {
      times = Arrays.copyOf(times, size * 2);
    }
    times[size] = time;
    return messages;
  }

  void add(long time, Runnable task) {
    tasks.add(new Task(time, task));
  }

  /** Moves all that is in it to the region that it is for. */
  void empty(Region target) {
    for (int i = 0; i < messages.size(); i++) {
      messages.copy(
          messages.type(i), messages.a(i), messages.b(i), messages.c(i), messages.to(i), target.deliveryAt(times[i]));
    }
    messages.clear();
    tasks.forEach(task -> target.at(task.time, task.what));
    tasks.clear();
  }
}
