package io.minibit.net;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Gives connections small numbers, by which engines name them; freed numbers are given again. Loop's thread. */
final class ConnectionNumbers {
  private final List<@Nullable PeerSocket> sockets = new ArrayList<>();
  private final ArrayDeque<Integer> free = new ArrayDeque<>();

  int take(PeerSocket socket) {
    Integer number = free.poll();
    if (number == null) {
      sockets.add(socket);
      return sockets.size() - 1;
    }
    sockets.set(number, socket);
    return number;
  }

  void free(int number) {
    sockets.set(number, null);
    free.add(number);
  }

  PeerSocket socket(int number) {
    PeerSocket socket = sockets.get(number);
    if (socket == null) {
      throw new IllegalStateException("connection " + number + " is closed");
    }
    return socket;
  }
}
