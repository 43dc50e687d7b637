package io.minibit.engine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A piece on its way: the state of each of its blocks. Its memory is reserved from the moment it is begun until it is
 * stored, found corrupt or given up.
 */
final class BegunPiece {
  private static final byte MISSING = 0;
  private static final byte REQUESTED = 1;
  private static final byte RECEIVING = 2;
  private static final byte RECEIVED = 3;

  final int piece;
  final int length;
  final long begunAt;

  private final byte[] state;
  /** Requests outstanding for the block, from different peers; more than one only in the endgame and after a stall. */
  private final short[] requests;
  /** Those of them whose peers have not stalled. A block is missing unless it has one of these or is here. */
  private final short[] live;
  /** Who was last asked for the block, or who sent it once it is received. */
  private final @Nullable Connection[] source;

  private int missing;
  private int received;
  /** No block below is missing. */
  private int lowestMissing;

  /** After a failed hash: the only peer that may be asked for blocks, so that the culprit can be told; else null. */
  @Nullable Connection exclusive;

  /** Whether the piece failed its hash before, so that digests of its blocks are wanted. */
  final boolean suspect;

  /** Whether it is fetched from one peer only. */
  final boolean oneSource;

  /**
   * Whether a peer stalled in the middle of one of its blocks; what it may still send is then thrown away if need be.
   */
  boolean contested;

  /** All blocks are here and the hash is being checked. */
  boolean verifying;

  /** Where it stands in the book's list of pieces with missing blocks, -1 if it is not there. */
  int openIndex = -1;

  /** Where it stands in the book's list of begun pieces. */
  int listIndex = -1;

  BegunPiece(int piece, int length, int blocks, boolean suspect, boolean oneSource, long now) {
    this.piece = piece;
    this.length = length;
    this.suspect = suspect;
    this.oneSource = oneSource;
    this.begunAt = now;
    state = new byte[blocks];
    requests = new short[blocks];
    live = new short[blocks];
    source = new Connection[blocks];
    missing = blocks;
  }

  int blocks() {
    return state.length;
  }

  /** Blocks that nobody has been asked for, or whose peer has stalled. */
  int missing() {
    return missing;
  }

  int received() {
    return received;
  }

  boolean isComplete() {
    return received == state.length;
  }

  boolean isReceived(int block) {
    return state[block] == RECEIVED;
  }

  boolean isReceiving(int block) {
    return state[block] == RECEIVING;
  }

  boolean isMissing(int block) {
    return state[block] == MISSING;
  }

  int live(int block) {
    return live[block];
  }

  int requests(int block) {
    return requests[block];
  }

  @Nullable Connection source(int block) {
    return source[block];
  }

  /** The first block that nobody is asked for. There must be one. */
  int firstMissing() {
    while (lowestMissing < state.length && state[lowestMissing] != MISSING) {
      lowestMissing++;
    }
    if (lowestMissing == state.length) {
      throw new IllegalStateException("piece " + piece + " has no missing block");
    }
    return lowestMissing;
  }

  /** A block that one slow peer is asked for, the {@code n}-th of {@link #busy()}. */
  int busyBlock(int n) {
    int left = n;
    for (int b = 0; b < state.length; b++) {
      if (isBusy(b) && left-- == 0) {
        return b;
      }
    }
    throw new IllegalStateException("piece " + piece + " has no busy block " + n);
  }

  /** Blocks that one peer is asked for, which is slow with them. */
  int busy() {
    int busy = 0;
    for (int b = 0; b < state.length; b++) {
      busy += isBusy(b) ? 1 : 0;
    }
    return busy;
  }

  /** Two peers at most are asked for a block in the endgame: more would cost more than it gains. */
  private boolean isBusy(int block) {
    Connection asked = source[block];
    return state[block] == REQUESTED && requests[block] == 1 && asked != null && asked.isSlow();
  }

  void requested(int block, Connection by) {
    if (state[block] == MISSING) {
      state[block] = REQUESTED;
      missing--;
    }
    requests[block]++;
    live[block]++;
    source[block] = by;
  }

  /** One request for the block is over, answered or not. */
  void requestEnded(int block, boolean stalled) {
    requests[block]--;
    if (!stalled) {
      release(block);
    }
  }

  /** The peer asked has stalled: the block may be asked elsewhere while its request stays open. */
  void release(int block) {
    live[block]--;
    if (live[block] == 0 && state[block] == REQUESTED) {
      markMissing(block);
    }
  }

  /**
   * The peer that sends it has stalled in the middle: the block may be asked elsewhere, unless somebody is asked for it
   * already; the rest may still come.
   */
  void releaseReceiving(int block) {
    if (state[block] == RECEIVING) {
      contested = true;
      if (live[block] > 0) {
        state[block] = REQUESTED;
      } else {
        markMissing(block);
      }
    }
  }

  /** The stalled peer sends again: what it is still asked for is no longer asked elsewhere. */
  void reclaim(int block) {
    live[block]++;
    if (state[block] == MISSING) {
      state[block] = REQUESTED;
      missing--;
    }
  }

  /** The block's payload has begun to arrive. */
  void receiving(int block, Connection from) {
    if (state[block] == MISSING) {
      missing--;
    }
    state[block] = RECEIVING;
    source[block] = from;
  }

  /** This peer will not send the rest of the block. */
  void receivingAborted(int block, Connection from) {
    if (state[block] != RECEIVING || source[block] != from) {
      return;
    }
    if (live[block] > 0) {
      state[block] = REQUESTED;
    } else {
      markMissing(block);
    }
  }

  private void markMissing(int block) {
    state[block] = MISSING;
    missing++;
    lowestMissing = Math.min(lowestMissing, block);
  }

  void received(int block, Connection from) {
    if (state[block] == MISSING) {
      missing--;
    }
    state[block] = RECEIVED;
    source[block] = from;
    received++;
  }

  /** Peers that are being asked for blocks or have sent some. */
  int sources() {
    List<Connection> distinct = new ArrayList<>();
    for (int b = 0; b < source.length; b++) {
      Connection s = source[b];
      if (s != null && state[b] != MISSING && !distinct.contains(s)) {
        distinct.add(s);
      }
    }
    return distinct.size();
  }

  /** Who sent each block; to be read when all are received. */
  Connection[] senders() {
    Connection[] senders = new Connection[source.length];
    for (int b = 0; b < source.length; b++) {
      Connection sender = source[b];
      if (sender == null) {
        throw new IllegalStateException("piece " + piece + " block " + b + " has no sender");
      }
      senders[b] = sender;
    }
    return senders;
  }

  @Override
  public String toString() {
    char[] picture = new char[state.length];
    for (int b = 0; b < state.length; b++) {
      picture[b] = ".r+#".charAt(state[b]);
    }
    return piece + ":" + new String(picture);
  }
}
