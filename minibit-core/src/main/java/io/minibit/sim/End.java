package io.minibit.sim;

import org.jspecify.annotations.Nullable;

/** One side of a connection. What it sends arrives at {@link #other} in the order in which it was sent. */
final class End {
  final Node owner;
  /** The connection's number in its owner's engine; -1 until its owner knows of it. */
  int number = -1;
  /** One way to the other side, nanoseconds. */
  final long latency;
  private @Nullable End peer;
  private @Nullable Region remoteRegion;
  /** How its owner came by it; null if the other side called. */
  final @Nullable Dial dial;

  boolean open = true;
  /** Whether the engine knows of the connection. */
  boolean announced;
  /** Bytes of blocks that were handed over and have not left. */
  int queuedBytes;
  /** When the last block that was handed over has left. */
  long uplinkFreeAt;
  /** When the last of what was sent arrives. */
  long lastArrival;
  /** What arrives waits for the downlink until then, as long as {@link #waiting} says that something does. */
  long downlinkFreeAt;
  int waiting;
  /** Whether a block that has begun to come is kept. */
  boolean keeps;
  /** Whether the owner's engine knows nothing of it. */
  boolean ghost;
  /** Whether it ended without a word, as its owner's machine vanished. */
  boolean lost;
  /** What cannot reach this side now, in the order in which it was sent; null if nothing waits. */
  @Nullable Delivery backlog;
  /** What went over it, while invariants are checked. */
  @Nullable Ledger ledger;
  /** Since when the other side is served; -1 if it is not. */
  long servingSince = -1;

  End(Node owner, long latency, @Nullable Dial dial) {
    this.owner = owner;
    this.latency = latency;
    this.dial = dial;
  }

  /** What the records need of the other side, at hand, since looking there for each message would be slow. */
  int remoteIndex;
  int remoteGroup;
  int remoteRack;

  static void join(End one, End two) {
    one.know(two);
    two.know(one);
  }

  private void know(End other) {
    peer = other;
    remoteIndex = other.owner.index;
    remoteGroup = other.owner.groupIndex;
    remoteRack = other.owner.rack;
    remoteRegion = other.owner.region;
  }

  boolean isJoined() {
    return peer != null;
  }

  /** Where what it sends arrives. */
  Region remoteRegion() {
    Region region = remoteRegion;
    if (region == null) {
      throw new IllegalStateException("a connection with one end");
    }
    return region;
  }

  End other() {
    End end = peer;
    if (end == null) {
      throw new IllegalStateException("a connection with one end");
    }
    return end;
  }
}
