package io.minibit.net;

import io.minibit.PeerStatus;
import io.minibit.Torrent;
import io.minibit.TorrentListener;
import io.minibit.engine.EngineListener;
import io.minibit.model.TorrentState;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Passes an engine's events on: to the log, and by way of the callbacks to users' listeners. Called on the loop's thread.
 */
abstract class EventFanout implements EngineListener, TorrentDriver.AnnounceListener {
  private final List<TorrentListener> listeners = new CopyOnWriteArrayList<>();
  private final TorrentLog log;
  private final Callbacks callbacks;

  EventFanout(TorrentLog log, Callbacks callbacks) {
    this.log = log;
    this.callbacks = callbacks;
  }

  /** The torrent that listeners are told of. */
  abstract Torrent torrent();

  abstract PeerStatus statusOf(RemotePeer peer);

  void add(TorrentListener listener) {
    listeners.add(listener);
  }

  void remove(TorrentListener listener) {
    listeners.remove(listener);
  }

  private void tell(Consumer<TorrentListener> event) {
    for (TorrentListener listener : listeners) {
      callbacks.event(() -> event.accept(listener));
    }
  }

  @Override
  public void stateChanged(TorrentState state) {
    log.stateChanged(state);
    tell(l -> l.onState(torrent(), state));
  }

  @Override
  public void pieceStored(int piece) {
    log.pieceStored(piece);
    tell(l -> l.onPiece(torrent(), piece));
  }

  @Override
  public void pieceCorrupt(int piece) {
    log.pieceCorrupt(piece);
    tell(l -> l.onCorruptPiece(torrent(), piece));
  }

  @Override
  public void completed() {
    log.completed();
    tell(l -> l.onCompleted(torrent()));
  }

  @Override
  public void peerConnected(RemotePeer peer) {
    log.peerConnected(peer);
    if (!listeners.isEmpty()) {
      PeerStatus status = statusOf(peer);
      tell(l -> l.onPeerConnected(torrent(), status));
    }
  }

  @Override
  public void peerLeft(RemotePeer peer, String reason) {
    log.peerLeft(peer, reason);
    if (!listeners.isEmpty()) {
      PeerStatus status = statusOf(peer);
      tell(l -> l.onPeerLeft(torrent(), status, reason));
    }
  }

  @Override
  public void peerBanned(RemotePeer peer, String reason) {
    log.peerBanned(peer, reason);
    if (!listeners.isEmpty()) {
      PeerStatus status = statusOf(peer);
      tell(l -> l.onPeerBanned(torrent(), status, reason));
    }
  }

  @Override
  public void choked(ChokingRound round, UploadPlan plan) {
    log.choked(round, plan);
    if (!listeners.isEmpty()) {
      List<PeerStatus> served = plan.slots().stream().map(slot -> statusOf(slot.peer())).toList();
      long number = round.number();
      ChokingRound.Trigger trigger = round.trigger();
      tell(l -> l.onChokingRound(torrent(), number, trigger, served));
    }
  }

  @Override
  public void announced(int peers) {
    tell(l -> l.onAnnounced(torrent(), peers));
  }

  @Override
  public void announceFailed(String reason) {
    tell(l -> l.onAnnounceFailed(torrent(), reason));
  }

  @Override
  public void wishDropped(String why) {
    log.wishDropped(why);
  }

  @Override
  public void strategyIgnored(String what) {
    log.strategyIgnored(what);
  }

  @Override
  public void failed(Throwable cause) {
    log.failed(cause);
  }

  @Override
  public void detail(String what) {
    log.detail(what);
  }
}
