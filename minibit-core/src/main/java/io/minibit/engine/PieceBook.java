package io.minibit.engine;

import io.minibit.metainfo.PieceLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which pieces we hold, want and have begun, and who has them.
 *
 * <p>Invariants: {@code wanted} holds what has a priority above 0 and is not held; {@code fresh} is {@code wanted}
 * without what is begun; exactly the fresh pieces are pickable in the rarity index; {@code open} lists the begun pieces
 * with missing blocks; every connection's {@code wanted} counts the pieces of {@code wanted} that it has.
 */
final class PieceBook {
  private static final int HIGHEST_PRIORITY = 7;

  /** Pieces of a torrent whose bits fill no more than a few cache lines. */
  private static final int SMALL = 2048;

  private final Swarm swarm;
  private final PieceLayout layout;
  private PieceSet held;
  private final PieceSet wanted;
  private final PieceSet fresh;
  private final byte[] priorities;
  private final RarityIndex index;
  private final @Nullable BegunPiece[] begun;
  private final List<BegunPiece> begunList = new ArrayList<>();
  private final List<BegunPiece> open = new ArrayList<>();
  private long bytesLeft;
  private long wantedBytesLeft;
  private int seeds;
  /** The index level of each priority. */
  private int[] levels = {};

  PieceBook(Swarm swarm) {
    this.swarm = swarm;
    this.layout = swarm.layout;
    int pieces = layout.pieceCount();
    priorities = new byte[pieces];
    Arrays.fill(priorities, (byte) 1);
    held = new PieceSet(pieces);
    wanted = new PieceSet(pieces);
    fresh = new PieceSet(pieces);
    index = new RarityIndex(pieces, swarm.random.fork());
    begun = new BegunPiece[pieces];
    recount();
  }

  private static byte[] checked(byte[] priorities, int pieces) {
    if (priorities.length != pieces) {
      throw new IllegalArgumentException(priorities.length + " priorities for " + pieces + " pieces");
    }
    for (byte p : priorities) {
      if (p < 0 || p > HIGHEST_PRIORITY) {
        throw new IllegalArgumentException("priority " + p + " is not between 0 and " + HIGHEST_PRIORITY);
      }
    }
    return priorities.clone();
  }

  // What we hold and want.

  PieceSet held() {
    return held;
  }

  PieceSet wanted() {
    return wanted;
  }

  PieceSet fresh() {
    return fresh;
  }

  RarityIndex index() {
    return index;
  }

  int priority(int piece) {
    return priorities[piece];
  }

  /** Bytes of all pieces that we do not hold. */
  long bytesLeft() {
    return bytesLeft;
  }

  /** Bytes of the wanted pieces that we do not hold. */
  long wantedBytesLeft() {
    return wantedBytesLeft;
  }

  boolean isComplete() {
    return wanted.count() == 0;
  }

  int seeds() {
    return seeds;
  }

  /** Replaces what we hold, after a check. Nothing may be begun but what is being verified. */
  void setHeld(PieceSet pieces) {
    held = pieces;
    recount();
  }

  /** Replaces the priorities. Begun pieces stay begun, wanted or not. */
  void setPriorities(byte[] newPriorities) {
    byte[] valid = checked(newPriorities, priorities.length);
    System.arraycopy(valid, 0, priorities, 0, valid.length);
    recount();
  }

  private void recount() {
    boolean[] used = new boolean[HIGHEST_PRIORITY + 1];
    for (byte p : priorities) {
      used[p] = true;
    }
    int[] levelOf = new int[HIGHEST_PRIORITY + 1];
    int level = 0;
    for (int p = HIGHEST_PRIORITY; p > 0; p--) {
      levelOf[p] = level;
      level += used[p] ? 1 : 0;
    }
    levels = levelOf;
    bytesLeft = 0;
    wantedBytesLeft = 0;
    wanted.clearAll();
    fresh.clearAll();
    index.expectManyChanges();
    for (int p = 0; p < priorities.length; p++) {
      if (held.get(p)) {
        index.place(p, -1);
        continue;
      }
      bytesLeft += layout.length(p);
      if (priorities[p] == 0) {
        index.place(p, -1);
        continue;
      }
      wantedBytesLeft += layout.length(p);
      wanted.set(p);
      if (begun[p] == null) {
        fresh.set(p);
        index.place(p, levelOf[priorities[p]]);
      } else {
        index.place(p, -1);
      }
    }
    for (Connection peer : swarm.connections) {
      countWanted(peer);
    }
  }

  /** A piece is verified and stored. */
  void store(BegunPiece piece) {
    removeBegun(piece);
    int p = piece.piece;
    if (held.set(p)) {
      bytesLeft -= piece.length;
    }
    if (wanted.clear(p)) {
      wantedBytesLeft -= piece.length;
      for (Connection peer : swarm.connections) {
        if (peer.has(p)) {
          forget(peer, p);
        }
      }
    }
  }

  // What is begun.

  @Nullable BegunPiece begun(int piece) {
    return begun[piece];
  }

  /** All begun pieces, in no particular order. */
  List<BegunPiece> begun() {
    return begunList;
  }

  /** Begun pieces of which some block can be asked for, in no particular order. */
  List<BegunPiece> open() {
    return open;
  }

  /** Every block that some connected peer could give is requested from someone, or here. */
  boolean isEndgame() {
    return open.isEmpty() && !begunList.isEmpty() && index.pickableOnOffer() == 0;
  }

  /** Whether all that may be begun is on offer from somebody who is no seed. */
  boolean isBesideSeeds() {
    return fresh.count() == 0 || index.rarest() > seeds;
  }

  BegunPiece begin(int piece, boolean suspect, boolean oneSource) {
    int blocks = layout.blockCount(piece);
    BegunPiece p = new BegunPiece(piece, layout.length(piece), blocks, suspect, oneSource, swarm.now);
    begun[piece] = p;
    p.listIndex = begunList.size();
    begunList.add(p);
    fresh.clear(piece);
    index.place(piece, -1);
    updateOpen(p);
    return p;
  }

  /** The piece is not on its way any more, and not here either. */
  void giveUp(BegunPiece piece) {
    removeBegun(piece);
    if (wanted.get(piece.piece)) {
      fresh.set(piece.piece);
      index.place(piece.piece, levels[priorities[piece.piece]]);
    }
  }

  private void removeBegun(BegunPiece piece) {
    begun[piece.piece] = null;
    BegunPiece last = begunList.remove(begunList.size() - 1);
    if (last != piece) {
      begunList.set(piece.listIndex, last);
      last.listIndex = piece.listIndex;
    }
    if (piece.openIndex >= 0) {
      removeOpen(piece);
    }
  }

  /** To be called after anything that may change the number of missing blocks. */
  void updateOpen(BegunPiece piece) {
    if (piece.missing() > 0 && piece.openIndex < 0) {
      piece.openIndex = open.size();
      open.add(piece);
    } else if (piece.missing() == 0 && piece.openIndex >= 0) {
      removeOpen(piece);
    }
  }

  private void removeOpen(BegunPiece piece) {
    BegunPiece last = open.remove(open.size() - 1);
    if (last != piece) {
      open.set(piece.openIndex, last);
      last.openIndex = piece.openIndex;
    }
    piece.openIndex = -1;
  }

  // Who has what.

  /** A peer said what it has when it connected; it had nothing before. */
  void join(Connection peer) {
    if (peer.seed()) {
      seeds++;
      index.seedJoined();
    } else {
      PieceSet has = peer.pieceSet();
      if (has != null) {
        index.copiesAdded(has);
      }
    }
    countWanted(peer);
  }

  void leave(Connection peer) {
    if (peer.seed()) {
      seeds--;
      index.seedLeft();
    } else {
      PieceSet has = peer.pieceSet();
      if (has != null) {
        index.copiesRemoved(has);
      }
    }
  }

  /** A peer got a piece; false if that was known. */
  boolean have(Connection peer, int piece) {
    if (!peer.addPiece(piece)) {
      return false;
    }
    index.copyAdded(piece);
    if (wanted.get(piece)) {
      peer.wanted++;
      FewPieces few = peer.few;
      if (few != null) {
        if (few.size() == FewPieces.MOST) {
          peer.few = null;
        } else {
          few.add(piece);
        }
      }
    }
    PieceSet has = peer.pieceSet();
    if (has != null && has.isFull()) {
      index.copiesRemoved(has);
      peer.becomeSeed();
      seeds++;
      index.seedJoined();
    }
    return true;
  }

  private void countWanted(Connection peer) {
    PieceSet has = peer.pieceSet();
    peer.wanted = peer.seed() ? wanted.count() : has == null ? 0 : has.countShared(wanted);
    peer.few = null;
    noteFew(peer, FewPieces.MOST);
  }

  private void forget(Connection peer, int piece) {
    peer.wanted--;
    FewPieces few = peer.few;
    if (few != null) {
      few.remove(piece);
    } else {
      // Only at half of the room, so that a peer at the edge does not cost a search again and again.
      noteFew(peer, FewPieces.MOST / 2);
    }
  }

  private void noteFew(Connection peer, int most) {
    // In a small torrent the bits are searched as quickly.
    if (peer.wanted > most || priorities.length < SMALL) {
      return;
    }
    FewPieces few = new FewPieces();
    if (peer.wanted > 0) {
      PieceSet has = peer.pieceSet();
      for (int p = wanted.next(0, has); p >= 0; p = wanted.next(p + 1, has)) {
        few.add(p);
      }
    }
    peer.few = few;
  }

  /** The sum of 1 / availability over the pieces that the peer has and we want. */
  double rarityOf(Connection peer) {
    double sum = 0;
    if (peer.wanted > 0) {
      PieceSet has = peer.pieceSet();
      for (int p = wanted.next(0, has); p >= 0; p = wanted.next(p + 1, has)) {
        sum += 1.0 / index.availability(p);
      }
    }
    return sum;
  }
}
