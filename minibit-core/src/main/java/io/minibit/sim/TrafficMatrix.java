package io.minibit.sim;

import java.util.List;

/**
 * Who gave what to whom. Up to {@link #MOST_PEERS} peers stand for themselves, more of them for their groups. Immutable.
 */
public final class TrafficMatrix {
  /** The most peers that have rows of their own. */
  public static final int MOST_PEERS = 64;

  private final List<String> names;
  private final long[][] bytes;
  private final long[][] servedNanos;

  /** Takes over the arrays. */
  TrafficMatrix(List<String> names, long[][] bytes, long[][] servedNanos) {
    this.names = List.copyOf(names);
    this.bytes = bytes;
    this.servedNanos = servedNanos;
  }

  /** What givers and takers are called, by their numbers. */
  public List<String> names() {
    return names;
  }

  /** Payload that arrived, bytes. */
  public long bytes(int giver, int taker) {
    return bytes[giver][taker];
  }

  /** How long the taker was unchoked, nanoseconds, summed over all pairs of such peers. */
  public long servedNanos(int giver, int taker) {
    return servedNanos[giver][taker];
  }
}
