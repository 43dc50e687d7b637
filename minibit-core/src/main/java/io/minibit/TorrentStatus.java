package io.minibit;

import io.minibit.model.TorrentState;
import java.util.BitSet;
import java.util.List;

/**
 * A torrent at one moment. Immutable. Rates in bytes of payload per second, totals in bytes since it was joined.
 *
 * @param checked how much of what the store claimed has been verified, 0 to 1; 1 once trading
 * @param pieceCount pieces of the torrent
 * @param held the pieces that are verified and stored
 * @param wantedBytesLeft bytes of the wanted pieces that are missing
 * @param downloaded payload received, useful or not
 * @param wasted payload received that was of no use: duplicates, corrupt or given-up pieces
 * @param peers connected peers in the order in which they connected
 * @param explanation one sentence on what is going on and, if nothing moves, why
 */
public record TorrentStatus(
    TorrentState state,
    double checked,
    int pieceCount,
    BitSet held,
    long wantedBytesLeft,
    long downloaded,
    long uploaded,
    long wasted,
    long downloadRate,
    long uploadRate,
    List<PeerStatus> peers,
    String explanation) {

  public TorrentStatus {
    held = (BitSet) held.clone();
    peers = List.copyOf(peers);
  }

  /** A copy. */
  @Override
  public BitSet held() {
    return (BitSet) held.clone();
  }

  public int piecesHeld() {
    return held.cardinality();
  }

  /** Whether every wanted piece is verified and stored. */
  public boolean isComplete() {
    return state == TorrentState.SEEDING;
  }

  /** The peers that we let fetch. */
  public List<PeerStatus> served() {
    return peers.stream().filter(PeerStatus::served).toList();
  }
}
