package io.minibit.net;

import io.minibit.PeerStatus;
import io.minibit.Torrent;
import io.minibit.TorrentListener;
import io.minibit.model.TorrentState;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a torrent told, for tests to look at from another thread. */
final class Recorder implements TorrentListener {
  final List<TorrentState> states = new CopyOnWriteArrayList<>();
  final List<String> reasons = new CopyOnWriteArrayList<>();
  final List<PeerStatus> banned = new CopyOnWriteArrayList<>();
  final List<Integer> corrupt = new CopyOnWriteArrayList<>();
  final List<PeerStatus> connected = new CopyOnWriteArrayList<>();

  static Recorder of(Torrent torrent) {
    Recorder recorder = new Recorder();
    torrent.addListener(recorder);
    return recorder;
  }

  /** Whether a peer left for a reason with these words. */
  boolean toldReason(String words) {
    return reasons.stream().anyMatch(reason -> reason.contains(words));
  }

  @Override
  public void onState(Torrent torrent, TorrentState state) {
    states.add(state);
  }

  @Override
  public void onPeerConnected(Torrent torrent, PeerStatus peer) {
    connected.add(peer);
  }

  @Override
  public void onPeerLeft(Torrent torrent, PeerStatus peer, String reason) {
    reasons.add(reason);
  }

  @Override
  public void onPeerBanned(Torrent torrent, PeerStatus peer, String reason) {
    banned.add(peer);
  }

  @Override
  public void onCorruptPiece(Torrent torrent, int piece) {
    corrupt.add(piece);
  }
}
