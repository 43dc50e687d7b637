package io.minibit.strategy;

/** Fetches pieces in random order, begun ones first: the plain strategy that {@link RarestFirst} is measured against. */
public final class RandomPiece implements PieceSelectionStrategy {
  @Override
  public int select(PieceChoice choice) {
    int begun = choice.begun().next(0);
    return begun != NONE ? begun : any(choice);
  }

  /** The first fresh piece at or after a random place; begins again from the front when there is none. */
  static int any(PieceChoice choice) {
    int piece = choice.fresh().next(choice.random().nextInt(choice.pieceCount()));
    return piece != NONE ? piece : choice.fresh().next(0);
  }
}
