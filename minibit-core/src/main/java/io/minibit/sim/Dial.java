package io.minibit.sim;

import io.minibit.engine.TorrentEngine;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;

/**
 * One attempt of a peer to connect to another: a round trip for the connection and one for the handshakes. Each step
 * happens where it belongs, at the caller or at the callee, and looks at nothing of the other side, which may live in
 * another region; what it needs travels with it.
 */
final class Dial {
  private static final Limits LIMITS = Limits.defaults();
  private static final long CONNECT_TIMEOUT = LIMITS.connectTimeout().toNanos();
  private static final long HANDSHAKE_TIMEOUT = LIMITS.handshakeTimeout().toNanos();

  private final World world;
  private final Node caller;
  private final TorrentEngine process;
  private final PeerAddress target;
  private final PeerAddress source;
  private final int callee;
  private final long oneWay;
  private final Region here;
  private final Region there;
  /** The caller's side; in the hands of the callee until it has answered. */
  private final End end;
  private final PeerId id;
  private boolean over;

  /**
   * An attempt that has not begun.
   *
   * @param callee the number of the peer that is called
   * @param source the caller's endpoint
   */
  Dial(World world, Node caller, PeerAddress target, int callee, PeerAddress source) {
    this.world = world;
    this.caller = caller;
    this.target = target;
    this.callee = callee;
    this.source = source;
    process = caller.engine();
    id = caller.id;
    oneWay = caller.group.latency().plus(world.groupOf(callee).latency()).toNanos();
    here = caller.region;
    there = world.regionOf(callee);
    end = new End(caller, oneWay, this);
  }

  void begin() {
    if (world.faults != null && world.faults.isSilent(caller, world.find(callee))) {
      failAt(here.now + CONNECT_TIMEOUT, "timed out");
    } else {
      here.at(there, here.now + oneWay, this::knock);
    }
  }

  /** At the callee: does anybody listen? */
  private void knock() {
    Node other = world.find(callee);
    if (other == null || !other.isOnline()) {
      refuse();
    } else {
      there.at(here, there.now + oneWay, this::greet);
    }
  }

  /** At the caller: the connection is there, its handshake leaves. */
  private void greet() {
    if (isWanted()) {
      here.at(there, here.now + oneWay, this::answer);
      if (world.faults != null) {
        here.at(here.now + oneWay + HANDSHAKE_TIMEOUT, this::giveUp);
      }
    }
  }

  /** At the callee: the handshake has come. */
  private void answer() {
    Node other = world.node(callee);
    if (world.faults != null && world.faults.isSilent(caller, other)) {
      return;
    }
    if (!other.accept(end, source, id)) {
      refuse();
    }
  }

  private void refuse() {
    there.at(here, there.now + oneWay, () -> fail("connection refused"));
  }

  // At the caller.

  /** Whether the process that dials still runs. */
  boolean isWanted() {
    return caller.runs(process);
  }

  private void giveUp() {
    if (!over && !end.announced && isWanted()) {
      end.open = false;
      if (end.isJoined()) {
        here.send(end, World.CLOSED, 0, 0, 0);
      }
      fail("no handshake");
    }
  }

  private void failAt(long time, String reason) {
    here.at(time, () -> fail(reason));
  }

  private void fail(String reason) {
    over = true;
    if (isWanted()) {
      caller.dialFailed(target, reason);
      here.touched(caller);
    }
  }
}
