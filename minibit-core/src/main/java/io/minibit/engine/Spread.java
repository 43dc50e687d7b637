package io.minibit.engine;

import io.minibit.model.SeededRandom;

/**
 * How far each piece has come among the connected peers: who was told of it, and who has it. A {@link RarityIndex} keeps
 * the order: a peer counts once for a piece that it was told of and twice for one that it has, so that a piece which is
 * stuck on its way to one peer comes before one that has arrived somewhere.
 */
final class Spread {
  private final RarityIndex index;
  private final int[] owners;
  /** Pieces that nobody has, and pieces that one peer has. */
  private int unowned;
  private int onceOwned;

  Spread(int pieces, SeededRandom random) {
    index = new RarityIndex(pieces, random);
    index.expectManyChanges();
    for (int p = 0; p < pieces; p++) {
      index.place(p, 0);
    }
    owners = new int[pieces];
    unowned = pieces;
  }

  /** Connected peers that have the piece. */
  int owners(int piece) {
    return owners[piece];
  }

  /** Whether every piece is at that many peers, 1 or 2. */
  boolean isEverywhere(int copies) {
    return unowned == 0 && (copies < 2 || onceOwned == 0);
  }

  void tell(Disclosure peer, int piece) {
    if (!peer.owned.get(piece) && peer.told.set(piece)) {
      peer.known++;
      index.copyAdded(piece);
    }
  }

  /** The peer has the piece; false if that was known. */
  boolean own(Disclosure peer, int piece) {
    if (!peer.owned.set(piece)) {
      return false;
    }
    if (!peer.told.get(piece)) {
      peer.known++;
      index.copyAdded(piece);
    }
    index.copyAdded(piece);
    count(piece, 1);
    return true;
  }

  void leave(Disclosure peer) {
    for (int p = peer.owned.next(0); p >= 0; p = peer.owned.next(p + 1)) {
      count(p, -1);
    }
    index.copiesRemoved(peer.owned);
    PieceSet known = PieceSet.of(peer.told.size(), peer.told.toWords());
    known.addAll(peer.owned);
    index.copiesRemoved(known);
  }

  private void count(int piece, int change) {
    unowned -= owners[piece] == 0 ? 1 : 0;
    onceOwned -= owners[piece] == 1 ? 1 : 0;
    owners[piece] += change;
    unowned += owners[piece] == 0 ? 1 : 0;
    onceOwned += owners[piece] == 1 ? 1 : 0;
  }

  /** A piece that nobody was told of and nobody has, or -1. */
  int untouched() {
    int first = index.pieceAt(index.walkStart(0, true));
    return index.availability(first) == 0 ? first : -1;
  }

  /** What has come least far of what the peer does not know, or -1 if it knows everything. */
  int rarestFor(Disclosure peer) {
    int end = index.walkStart(0, true) + owners.length;
    for (int i = end - owners.length; i < end; i++) {
      if (!peer.knows(index.pieceAt(i))) {
        return index.pieceAt(i);
      }
    }
    return -1;
  }
}
