package io.minibit.strategy;

import io.minibit.model.SeededRandom;

/**
 * What a {@link PieceSelectionStrategy} sees: one remote peer that can be asked for a block, and what it could give.
 */
public interface PieceChoice {
  /** The peer that would be asked. */
  RemotePeer peer();

  /** Nanoseconds of a monotonic clock with an arbitrary origin. */
  long now();

  /** The torrent's own random source; with it a run can be repeated. */
  SeededRandom random();

  /** Pieces of the torrent. */
  int pieceCount();

  /** Pieces that are verified and stored. */
  int piecesHeld();

  /** Whether a piece is verified and stored. */
  boolean holds(int piece);

  /** How many connected peers have a piece. */
  int availability(int piece);

  /** 0 (unwanted) to 7 (most wanted); 1 unless the user said otherwise. Candidates are never unwanted. */
  int priority(int piece);

  /** Pieces that the peer has, that we want, and that nobody has begun to fetch. */
  Candidates fresh();

  /**
   * A fresh piece that the peer suggested to fetch from it (BEP 6), as a seed does that hands a new torrent out evenly;
   * {@link PieceSelectionStrategy#NONE} if there is none.
   */
  default int suggested() {
    return PieceSelectionStrategy.NONE;
  }

  /** Pieces that the peer has, that were begun, and of which some block is not requested from anybody yet. */
  BegunPieces begun();

  /** A set of pieces that can be walked in index order and from the rarest up, without sorting. */
  interface Candidates {
    boolean contains(int piece);

    /** The lowest candidate at or above {@code from}, or {@link PieceSelectionStrategy#NONE}. */
    int next(int from);

    /** Starts a walk from the highest priority and, within it, from the rarest up; ties come in random order. */
    Walk rarestFirst();

    /** Whether there is none at all. */
    default boolean isEmpty() {
      return next(0) == PieceSelectionStrategy.NONE;
    }
  }

  /** One step at a time through candidates; starting another walk of the same set ends this one. */
  interface Walk {
    /** The next candidate, or {@link PieceSelectionStrategy#NONE} after the last. */
    int next();
  }

  /** Candidates that are already on their way. */
  interface BegunPieces extends Candidates {
    /** Blocks that nobody has been asked for yet. */
    int missingBlocks(int piece);

    /** Peers that have been asked for blocks of it. */
    int sources(int piece);

    /** Nanoseconds since it was begun. */
    long age(int piece);
  }
}
