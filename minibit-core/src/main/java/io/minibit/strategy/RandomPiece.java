package io.minibit.strategy;

/**
 * Fetches pieces in random order, begun ones first: the plain strategy that {@link RarestFirst} is measured against.
 */
public final class RandomPiece implements PieceSelectionStrategy {
  @Override
  public int select(PieceChoice choice) {
    int begun = choice.begun().rarestFirst().next();
    return begun != NONE ? begun : any(choice);
  }

  /**
   * The first fresh piece of the highest priority at or after a random place; begins again from the front when there is
   * none.
   */
  static int any(PieceChoice choice) {
    int first = choice.fresh().rarestFirst().next();
    if (first == NONE) {
      return NONE;
    }
    int start = choice.random().nextInt(choice.pieceCount());
    int piece = find(choice, start, choice.priority(first));
    return piece != NONE ? piece : find(choice, 0, choice.priority(first));
  }

  private static int find(PieceChoice choice, int from, int priority) {
    int piece = choice.fresh().next(from);
    while (piece != NONE && choice.priority(piece) < priority) {
      piece = choice.fresh().next(piece + 1);
    }
    return piece;
  }
}
