package io.minibit.cli;

import io.minibit.model.TorrentState;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;

/**
 * A {@link LocalSwarm} at one moment, for whoever draws it. Immutable. Rates in bytes of payload per second, totals in
 * bytes since trading began.
 *
 * @param name of the file that is traded; from a torrent, so not safe for a terminal or a page
 * @param pieceCount pieces of the file
 * @param totalLength bytes of the file
 * @param elapsed since trading began
 * @param members the peers in the order of their numbers
 * @param tracker what the tracker knows
 */
record SwarmSnapshot(
    String name, int pieceCount, long totalLength, Duration elapsed, List<Member> members, TrackerView tracker) {

  SwarmSnapshot {
    members = List.copyOf(members);
  }

  /**
   * One peer.
   *
   * @param number from 1
   * @param address where it accepts connections
   * @param held the pieces that it has verified and stored
   * @param had how many of them it had before trading began
   * @param chokingRounds periodic reviews of whom to serve so far
   * @param connections to other members, in the order in which they were made
   * @param explanation one sentence on what it does and, if nothing moves, why; not safe for a terminal or a page
   */
  record Member(
      int number,
      InetSocketAddress address,
      TorrentState state,
      BitSet held,
      int had,
      long downloadRate,
      long uploadRate,
      long downloaded,
      long uploaded,
      long wasted,
      long chokingRounds,
      List<Connection> connections,
      String explanation) {

    Member {
      held = (BitSet) held.clone();
      connections = List.copyOf(connections);
    }

    /** {@code peer 3}. */
    String name() {
      return "peer " + number;
    }

    /** A copy. */
    @Override
    public BitSet held() {
      return (BitSet) held.clone();
    }

    boolean holds(int piece) {
      return held.get(piece);
    }

    int heldCount() {
      return held.cardinality();
    }

    /** How many of the pieces from one (inclusive) to another (exclusive) it has. */
    int heldCount(int from, int to) {
      int count = 0;
      for (int piece = held.nextSetBit(from); piece >= 0 && piece < to; piece = held.nextSetBit(piece + 1)) {
        count++;
      }
      return count;
    }

    boolean isComplete() {
      return state == TorrentState.SEEDING;
    }

    /** The connections over which it lets the other fetch, optimistic choices included. */
    List<Connection> served() {
      return connections.stream().filter(Connection::served).toList();
    }
  }

  /**
   * One end of a connection, seen by the member that it is listed with.
   *
   * @param key names the connection at this end; never used again by the same member
   * @param to the number of the member at the other end
   * @param served whether we let the other fetch
   * @param optimistic whether we do so to find out what it gives
   * @param interested whether the other wants something that we have
   * @param interesting whether we want something that the other has
   * @param unchokesUs whether the other lets us fetch
   * @param downloadRate what the other sends us
   * @param uploadRate what we send the other
   */
  record Connection(
      long key,
      int to,
      boolean served,
      boolean optimistic,
      boolean interested,
      boolean interesting,
      boolean unchokesUs,
      long downloadRate,
      long uploadRate) {}

  /**
   * What the tracker knows of this swarm.
   *
   * @param seeds peers that said that they have everything
   * @param leechers peers that said that they do not
   * @param completed how often a peer said that it has completed its download
   * @param announces answered so far
   */
  record TrackerView(int seeds, int leechers, int completed, long announces) {
    /** Seeds and leechers. */
    int size() {
      return seeds + leechers;
    }
  }

  /** For each piece, how many members have it. */
  int[] availability() {
    int[] copies = new int[pieceCount];
    for (Member member : members) {
      for (int piece = member.held.nextSetBit(0); piece >= 0; piece = member.held.nextSetBit(piece + 1)) {
        copies[piece]++;
      }
    }
    return copies;
  }

  /** How many members have everything. */
  int completeCount() {
    return (int) members.stream().filter(Member::isComplete).count();
  }
}
