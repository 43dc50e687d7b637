package io.minibit.examples;

import io.minibit.strategy.PieceChoice;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.strategy.RarestFirst;

/**
 * A piece selection for content that is used while it arrives: the piece at the play-head is due now, the next one a
 * little later. What is due within the window is fetched in the order of the deadlines; beyond it the swarm has the
 * say, because peers that all fetch in order have nothing to give each other.
 */
class DeadlineFirst implements PieceSelectionStrategy {
  private final int window;
  private final PieceSelectionStrategy otherwise = new RarestFirst();

  // No lock: it is written by Torrent.execute and read by select, both on the engine's thread.
  private int playHead;

  DeadlineFirst(int window) {
    this.window = window;
  }

  /** On the engine's thread only. */
  void moveTo(int piece) {
    playHead = piece;
  }

  @Override
  public int select(PieceChoice choice) {
    int end = Math.min(playHead + window, choice.pieceCount());
    for (int piece = playHead; piece < end; piece++) {
      if (choice.begun().contains(piece) || choice.fresh().contains(piece)) {
        return piece;
      }
    }
    return otherwise.select(choice);
  }
}
