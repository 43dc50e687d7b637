package io.minibit.engine;

import io.minibit.wire.MessageType;

/**
 * Tells those that we serve what nobody else has yet, something different to each of them ({@code suggest}, BEP 6). The
 * pieces of a new torrent are all equally rare, so that two peers that cannot see each other would often fetch the same
 * from its only seed. Whoever does not know the message, or has better to fetch, loses nothing.
 *
 * <p>Each piece is suggested once, until somebody has it or the peer that was to fetch it is not served any more.
 */
final class Suggestions {
  /** Pieces suggested to a peer and not asked for: one to go on with while its requests for another are on the way. */
  private static final int AHEAD = 2;

  private final Swarm swarm;
  /** Pieces that may be suggested: nobody has them, as far as we know, and nobody is to fetch them. */
  private final PieceSet left;
  private boolean begun;

  Suggestions(Swarm swarm) {
    this.swarm = swarm;
    left = new PieceSet(swarm.layout.pieceCount());
  }

  /** The peer is served, or has begun to fetch another piece: it should know what to fetch next. */
  void offer(Connection peer) {
    if (!peer.fast || peer.seed() || peer.disclosure != null || !swarm.book.held().isFull()) {
      return;
    }
    if (!begun) {
      begun = true;
      left.setAll();
    }
    while (peer.suggested.size() < AHEAD) {
      int piece = take();
      if (piece < 0) {
        return;
      }
      peer.suggested.add(piece);
      swarm.send(peer, MessageType.SUGGEST, piece, 0, 0);
    }
  }

  /** A piece that nobody has, from a random place on; -1 if there is none. */
  private int take() {
    int from = left.count() == 0 ? 0 : swarm.random.nextInt(left.size());
    while (left.count() > 0) {
      int ahead = left.next(from);
      int piece = ahead < 0 ? left.next(0) : ahead;
      left.clear(piece);
      if (swarm.book.index().availability(piece) == 0) {
        return piece;
      }
    }
    return -1;
  }

  /** The peer fetches this piece, suggested or not. */
  void onAsked(Connection peer, int piece) {
    if (piece == peer.lastAsked) {
      return;
    }
    peer.lastAsked = piece;
    left.clear(piece);
    peer.suggested.remove(piece);
    offer(peer);
  }

  /** The peer is not served any more: what it has not begun to fetch is for others. */
  void onChoked(Connection peer) {
    if (begun && peer.sending >= 0 && peer.sendingBytes < swarm.layout.length(peer.sending)) {
      left.set(peer.sending);
    }
    for (int i = 0; i < peer.suggested.size(); i++) {
      left.set(peer.suggested.get(i));
    }
    peer.suggested.clear();
  }
}
