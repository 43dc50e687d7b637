package io.minibit.strategy;

/**
 * Fetches the pieces that the fewest peers have before all others, so that no piece dies out and everybody has
 * something to trade (Cohen, "Incentives Build Robustness in BitTorrent", 2003). Begun pieces are finished first,
 * because only whole pieces can be served, unless this peer alone has something new and others can go on with what is
 * begun: the only seed must not be asked for what is elsewhere. The very first pieces are taken at random, because a
 * newcomer needs any piece soon and the rarest come slowly. What the peer suggests comes before what is equally rare.
 * The default.
 */
public final class RarestFirst implements PieceSelectionStrategy {
  /** Pieces taken at random; the number of Cohen's client. */
  private static final int RANDOM_PIECES = 4;

  @Override
  public int select(PieceChoice choice) {
    int begun = choice.begun().rarestFirst().next();
    int fresh = choice.piecesHeld() < RANDOM_PIECES ? early(choice) : rarest(choice);
    return begun == NONE || onlyHere(choice, fresh, begun) ? fresh : begun;
  }

  private static int early(PieceChoice choice) {
    int suggested = choice.suggested();
    return suggested != NONE ? suggested : RandomPiece.any(choice);
  }

  private static int rarest(PieceChoice choice) {
    int rarest = choice.fresh().rarestFirst().next();
    int suggested = choice.suggested();
    return suggested != NONE && isAsGood(choice, suggested, rarest) ? suggested : rarest;
  }

  private static boolean isAsGood(PieceChoice choice, int one, int other) {
    return choice.priority(one) >= choice.priority(other) && choice.availability(one) <= choice.availability(other);
  }

  /** Whether this peer alone can give the fresh piece, while others can go on with the begun one. */
  private static boolean onlyHere(PieceChoice choice, int fresh, int begun) {
    return fresh != NONE
        && choice.availability(fresh) == 1
        && choice.availability(begun) > 1
        && choice.priority(fresh) >= choice.priority(begun);
  }
}
