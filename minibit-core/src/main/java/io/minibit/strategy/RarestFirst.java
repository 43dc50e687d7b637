package io.minibit.strategy;

/**
 * Fetches the pieces that the fewest peers have before all others, so that no piece dies out and everybody has
 * something to trade (Cohen, "Incentives Build Robustness in BitTorrent", 2003). Begun pieces are finished first,
 * because only whole pieces can be served; the very first pieces are taken at random, because a newcomer needs any
 * piece soon and the rarest come slowly. The default.
 */
public final class RarestFirst implements PieceSelectionStrategy {
  /** Pieces taken at random; the number of Cohen's client. */
  private static final int RANDOM_PIECES = 4;

  @Override
  public int select(PieceChoice choice) {
    int begun = choice.begun().rarestFirst().next();
    if (begun != NONE) {
      return begun;
    }
    if (choice.piecesHeld() < RANDOM_PIECES) {
      return RandomPiece.any(choice);
    }
    return choice.fresh().rarestFirst().next();
  }
}
