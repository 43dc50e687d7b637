package io.minibit.engine;

import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import io.minibit.strategy.ChokingRound;
import io.minibit.wire.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Who is connected: whom to admit, what a newcomer is told, what peers say of themselves, and what becomes of everything
 * when one leaves.
 */
final class Connections {
  /**
   * How often one connection can have all pieces counted anew, at most: a bitfield that brings less than this part of them
   * counts as so many haves.
   */
  private static final int MOST_RECOUNTS = 64;

  private final Swarm swarm;
  private final EnginePort port;
  private final Downloader downloader;
  private final Uploader uploader;
  private final Dialer dialer;
  private final ChokingRounds choking;
  private final SuperSeeding superSeeding;
  private long nextKey;
  /** Nobody can have been silent, or owe a keep-alive, before this time. */
  private long nextDueAt = Long.MAX_VALUE;

  Connections(
      Swarm swarm,
      Downloader downloader,
      Uploader uploader,
      Dialer dialer,
      ChokingRounds choking,
      SuperSeeding superSeeding) {
    this.swarm = swarm;
    this.port = swarm.port;
    this.downloader = downloader;
    this.uploader = uploader;
    this.dialer = dialer;
    this.choking = choking;
    this.superSeeding = superSeeding;
  }

  // Coming.

  /** Handshakes have been exchanged: closes the connection or keeps it and introduces us. */
  void onConnected(
      int connection, PeerAddress address, PeerId id, boolean incoming, boolean fast, boolean extended) {
    if (!incoming) {
      dialer.onConnected(address, true);
    }
    Connection twin = twinOf(id);
    String refusal = refusal(address, id, incoming, twin);
    if (refusal != null) {
      port.close(connection, refusal);
      return;
    }
    PeerAddress listening = null;
    if (twin != null) {
      // The same peer goes on by another connection; where it listens stays known.
      listening = twin.listening;
      twin.listening = null;
      if (!incoming && listening != null && !listening.equals(address)) {
        dialer.forget(listening);
      }
      remove(twin, "connected twice", true);
    }
    Connection peer = new Connection(swarm, connection, nextKey++, address, id, incoming, fast, extended);
    peer.listening = incoming ? listening : address;
    swarm.add(peer);
    nextDueAt = Math.min(nextDueAt, idleAt(peer));
    swarm.listener.peerConnected(peer);
    introduce(peer);
  }

  private @Nullable Connection twinOf(PeerId id) {
    for (Connection other : swarm.connections) {
      if (other.id().equals(id)) {
        return other;
      }
    }
    return null;
  }

  private @Nullable String refusal(PeerAddress address, PeerId id, boolean incoming, @Nullable Connection twin) {
    if (!swarm.isTrading()) {
      if (!incoming) {
        dialer.onLeft(address, false, true);
      }
      return "not trading";
    }
    if (id.equals(swarm.settings.ownId())) {
      if (!incoming) {
        dialer.isOurs(address);
      }
      return "connected to ourselves";
    }
    if (dialer.isBanned(address, id)) {
      dialer.forget(address);
      return "banned";
    }
    if (twin != null && (twin.incoming == incoming || dialedByLarger(id, twin.incoming))) {
      PeerAddress listening = twin.listening;
      if (!incoming && listening == null) {
        twin.listening = address;
      } else if (!incoming && listening != null && !listening.equals(address)) {
        dialer.forget(address);
      }
      return "connected already";
    }
    return null;
  }

  /** Of two connections in opposite directions both sides keep the one that the peer with the larger id dialed. */
  private boolean dialedByLarger(PeerId remote, boolean incoming) {
    boolean remoteIsLarger = remote.compareTo(swarm.settings.ownId()) > 0;
    return incoming == remoteIsLarger;
  }

  private void introduce(Connection peer) {
    if (!superSeeding.introduce(peer)) {
      tellWhatWeHave(peer);
    }
    if (peer.extended) {
      port.sendExtendedHandshake(peer.number, swarm.limits.maxIncomingRequests());
    }
  }

  private void tellWhatWeHave(Connection peer) {
    PieceSet held = swarm.book.held();
    if (peer.fast && held.isFull()) {
      swarm.send(peer, MessageType.HAVE_ALL);
    } else if (peer.fast && held.count() == 0) {
      swarm.send(peer, MessageType.HAVE_NONE);
    } else if (held.count() > 0) {
      port.sendBitfield(peer.number, held);
    }
  }

  // What they say of themselves.

  void onChoke(Connection peer) {
    if (!peer.peerChoking) {
      peer.peerChoking = true;
      peer.servesUsSince = swarm.now;
      downloader.onChoked(peer);
    }
  }

  void onUnchoke(Connection peer) {
    if (peer.peerChoking) {
      peer.peerChoking = false;
      peer.servesUsSince = swarm.now;
      downloader.onUnchoked(peer);
    }
  }

  void onInterest(Connection peer, boolean interested) {
    if (peer.peerInterested != interested) {
      peer.peerInterested = interested;
      superSeeding.onInterest(peer);
      choking.onInterest(peer);
    }
  }

  void onHave(Connection peer, int piece) {
    if (swarm.book.have(peer, piece)) {
      superSeeding.onHave(peer, piece);
      if (swarm.book.wanted().get(piece)) {
        updateInterest(peer);
        if (peer.canServe() && (peer.hungry || peer.outstanding.isEmpty())) {
          downloader.fill(peer);
        }
      }
      closeIfBothComplete(peer);
    }
  }

  void onHaveAll(Connection peer) {
    if (peer.seed()) {
      return; // to count all pieces again and again would be a cheap way to keep us busy
    }
    swarm.book.leave(peer); // for what it said before
    peer.becomeSeed();
    onPiecesKnown(peer);
    closeIfBothComplete(peer);
  }

  /** What the peer has as it connects or, from aria2, what it has by now. */
  void onBitfield(Connection peer, PieceSet pieces) {
    PieceSet known = peer.pieceSet();
    if (known != null) {
      pieces.removeAll(known);
      if (pieces.count() <= pieces.size() / MOST_RECOUNTS) {
        for (int piece = pieces.next(0); piece >= 0; piece = pieces.next(piece + 1)) {
          onHave(peer, piece);
        }
        return;
      }
      pieces.addAll(known); // nobody loses pieces
    }
    if (pieces.isFull()) {
      onHaveAll(peer);
    } else if (!peer.seed()) {
      swarm.book.leave(peer);
      peer.setPieces(pieces);
      onPiecesKnown(peer);
    }
  }

  private void onPiecesKnown(Connection peer) {
    swarm.book.join(peer);
    superSeeding.onPieces(peer);
    updateInterest(peer);
    // Some programs unchoke before they say what they have.
    if (peer.canServe()) {
      downloader.fill(peer);
    }
  }

  void onExtendedHandshake(Connection peer, int requestQueue, int listenPort, @Nullable String client) {
    if (requestQueue > 0) {
      peer.requestQueue = requestQueue;
    }
    if (client != null) {
      peer.client = client;
    }
    if (listenPort > 0 && peer.incoming && peer.listening == null) {
      PeerAddress listening = peer.address().withPort(listenPort);
      peer.listening = listening;
      dialer.onConnected(listening, false);
    }
  }

  void updateInterest(Connection peer) {
    boolean interested = peer.wanted > 0;
    if (interested != peer.amInterested) {
      peer.amInterested = interested;
      swarm.send(peer, interested ? MessageType.INTERESTED : MessageType.NOT_INTERESTED);
    }
  }

  /** Two peers that have everything are of no use to each other. */
  void closeIfBothComplete(Connection peer) {
    if (peer.seed() && swarm.book.held().isFull()) {
      swarm.condemn(peer, "both have everything");
    }
  }

  // Going.

  /** Forgets a connection and all that hung on it; closes it if it is still open. */
  void remove(Connection peer, String reason, boolean close) {
    swarm.remove(peer);
    if (close) {
      port.close(peer.number, reason);
    }
    swarm.book.leave(peer);
    superSeeding.onLeft(peer);
    downloader.onLeft(peer);
    uploader.onLeft(peer);
    PeerAddress listening = peer.listening;
    if (listening != null) {
      dialer.onLeft(listening, peer.seed(), peer.downloaded() + peer.uploaded() > 0);
    }
    if (peer.slot != null || peer.peerInterested) {
      choking.ask(ChokingRound.Trigger.PEER_LEFT);
    }
    swarm.listener.peerLeft(peer, reason);
  }

  void closeCondemned() {
    while (swarm.hasCondemned()) {
      Connection peer = swarm.nextCondemned();
      String reason = swarm.nextReason();
      if (swarm.connection(peer.number) == peer) {
        remove(peer, reason, true);
      }
    }
  }

  void ban(Connection culprit, String reason) {
    PeerAddress listening = culprit.listening;
    if (dialer.ban(listening == null ? culprit.address() : listening, culprit.id())) {
      swarm.listener.peerBanned(culprit, reason);
    }
    for (Connection peer : swarm.connections) {
      // The culprit, and if that makes too many of one host, the others there.
      if (dialer.isBanned(peer.address(), peer.id())) {
        swarm.condemn(peer, "banned: " + reason);
      }
    }
  }

  /** When something has to be done about this peer if nothing is sent or received until then. */
  private long idleAt(Connection peer) {
    return Math.min(
        peer.lastReceivedAt + swarm.limits.silenceTimeout().toNanos(),
        peer.lastSentAt + swarm.limits.keepAliveInterval().toNanos());
  }

  /** When {@link #closeSilent} has something to do at the earliest. */
  long dueAt() {
    return nextDueAt;
  }

  /** Closes who is silent, and is not silent itself. */
  void closeSilent() {
    if (swarm.now < nextDueAt) {
      return;
    }
    nextDueAt = Long.MAX_VALUE;
    for (Connection peer : swarm.connections) {
      if (swarm.now - peer.lastReceivedAt >= swarm.limits.silenceTimeout().toNanos()) {
        swarm.condemn(peer, "silent for " + swarm.limits.silenceTimeout().toSeconds() + " s");
        continue;
      }
      if (swarm.now - peer.lastSentAt >= swarm.limits.keepAliveInterval().toNanos()) {
        swarm.send(peer, MessageType.KEEP_ALIVE);
      }
      nextDueAt = Math.min(nextDueAt, idleAt(peer));
    }
  }
}
