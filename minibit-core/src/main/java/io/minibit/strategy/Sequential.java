package io.minibit.strategy;

/**
 * Fetches pieces in the order of the torrent, the highest priority first, begun ones before new ones: for content that
 * is used while it arrives. A swarm in which everybody does so trades badly, because all have the same.
 */
public final class Sequential implements PieceSelectionStrategy {
  @Override
  public int select(PieceChoice choice) {
    int begun = lowest(choice, choice.begun());
    int fresh = lowest(choice, choice.fresh());
    if (begun == NONE || fresh == NONE) {
      return Math.max(begun, fresh);
    }
    return choice.priority(fresh) > choice.priority(begun) ? fresh : begun;
  }

  /** The lowest of those with the highest priority among them. */
  private static int lowest(PieceChoice choice, PieceChoice.Candidates candidates) {
    int first = candidates.rarestFirst().next();
    if (first == NONE) {
      return NONE;
    }
    int piece = candidates.next(0);
    while (choice.priority(piece) < choice.priority(first)) {
      piece = candidates.next(piece + 1);
    }
    return piece;
  }
}
