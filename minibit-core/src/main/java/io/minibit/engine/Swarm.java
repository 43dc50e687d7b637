package io.minibit.engine;

import io.minibit.metainfo.PieceLayout;
import io.minibit.model.Limits;
import io.minibit.model.SeededRandom;
import io.minibit.model.TorrentState;
import io.minibit.strategy.RemotePeer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the parts of one engine share: the time, the connected peers, the book of pieces, and the way out. */
final class Swarm {
  final EngineSettings settings;
  final PieceLayout layout;
  final Limits limits;
  final EnginePort port;
  final EngineListener listener;
  final SeededRandom random;
  final PieceBook book;
  /** In the order in which they connected. */
  final List<Connection> connections = new ArrayList<>();
  /** Those that have a slot. */
  final List<Connection> served = new ArrayList<>();
  /** Those that we wait for: something is on its way from them, or was when they were last looked at. */
  final List<Connection> asked = new ArrayList<>();

  /** The time of the event being handled. */
  long now;

  TorrentState state = TorrentState.CHECKING;

  /** Connections that have room for requests should be tried again: there are blocks that they did not see before. */
  boolean refill;

  /** While we seed: the last block of a piece was handed over to some peer. */
  boolean pieceSent;

  /** Some connection may be hungry. */
  boolean someHungry;

  /**
   * Something is to be done, or to be woken for, that was not before. Whatever changes what {@link TorrentEngine} has to do
   * after an event says so here; most messages do not, and cost no more than themselves.
   */
  boolean stirred;

  /** What a strategy threw; it ends this torrent when the event is handled. */
  @Nullable Throwable failure;

  /** Connections that broke the protocol or are of no use; closed when the event is handled. */
  private final List<Connection> condemned = new ArrayList<>();

  private final List<String> reasons = new ArrayList<>();
  private @Nullable Connection[] byNumber = new Connection[16];
  /** The connections as strategies see them; null after somebody came or went. */
  private @Nullable List<RemotePeer> view;

  Swarm(EngineSettings settings, EnginePort port, EngineListener listener, long now) {
    this.settings = settings;
    this.layout = settings.layout();
    this.limits = settings.limits();
    this.port = port;
    this.listener = listener;
    this.random = settings.random();
    this.now = now;
    this.book = new PieceBook(this);
  }

  /** Whether pieces are being traded: not while checking, paused, failed or left. */
  boolean isTrading() {
    return state == TorrentState.DOWNLOADING || state == TorrentState.SEEDING || state == TorrentState.STORE_TROUBLE;
  }

  @Nullable Connection connection(int number) {
    return number >= 0 && number < byNumber.length ? byNumber[number] : null;
  }

  void add(Connection peer) {
    if (peer.number >= byNumber.length) {
      @Nullable Connection[] larger = new Connection[Math.max(byNumber.length * 2, peer.number + 1)];
      System.arraycopy(byNumber, 0, larger, 0, byNumber.length);
      byNumber = larger;
    }
    byNumber[peer.number] = peer;
    connections.add(peer);
    view = null;
  }

  void remove(Connection peer) {
    byNumber[peer.number] = null;
    connections.remove(peer);
    served.remove(peer);
    asked.remove(peer);
    view = null;
  }

  /** All connections, in the order in which they connected; never changes. */
  List<RemotePeer> view() {
    List<RemotePeer> now = view;
    if (now == null) {
      now = List.copyOf(connections);
      view = now;
    }
    return now;
  }

  /** Sends a message and notes that the connection was not idle. */
  void send(Connection peer, int type, int a, int b, int c) {
    peer.lastSentAt = now;
    port.send(peer.number, type, a, b, c);
  }

  void send(Connection peer, int type) {
    send(peer, type, 0, 0, 0);
  }

  /** Closes a connection as soon as the event at hand has been dealt with. */
  void condemn(Connection peer, String reason) {
    if (!condemned.contains(peer)) {
      condemned.add(peer);
      reasons.add(reason);
    }
  }

  boolean hasCondemned() {
    return !condemned.isEmpty();
  }

  Connection nextCondemned() {
    return condemned.remove(0);
  }

  String nextReason() {
    return reasons.remove(0);
  }
}
