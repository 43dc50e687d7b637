package io.minibit;

import io.minibit.model.TorrentState;
import io.minibit.strategy.ChokingRound;
import java.util.List;

/**
 * Told what happens in a torrent. Every method has an empty default. Called on the callback executor, one event at a time
 * and in order; a listener that is far too slow misses events rather than filling the memory.
 */
public interface TorrentListener {
  default void onState(Torrent torrent, TorrentState state) {}

  /** A piece was verified and stored. */
  default void onPiece(Torrent torrent, int piece) {}

  /** A piece did not match its hash and will be fetched again. */
  default void onCorruptPiece(Torrent torrent, int piece) {}

  /** Every wanted piece is verified and stored. */
  default void onCompleted(Torrent torrent) {}

  default void onPeerConnected(Torrent torrent, PeerStatus peer) {}

  default void onPeerLeft(Torrent torrent, PeerStatus peer, String reason) {}

  /** A peer sent corrupt data and will not be talked to again. */
  default void onPeerBanned(Torrent torrent, PeerStatus peer, String reason) {}

  /**
   * Whom to serve was reviewed.
   *
   * @param number periodic reviews so far
   * @param served whom the torrent lets fetch from now on
   */
  default void onChokingRound(
      Torrent torrent, long number, ChokingRound.Trigger trigger, List<PeerStatus> served) {}

  /** A tracker answered with this many peers. */
  default void onAnnounced(Torrent torrent, int peers) {}

  /** No tracker answered, or it refused. */
  default void onAnnounceFailed(Torrent torrent, String reason) {}
}
