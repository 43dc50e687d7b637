package io.minibit.strategy;

/**
 * Fetches pieces in the order of the torrent, the highest priority first, begun ones before new ones: for content that is
 * used while it arrives. A swarm in which everybody does so trades badly, because all have the same.
 */
public final class Sequential implements PieceSelectionStrategy {
  @Override
  public int select(PieceChoice choice) {
    int begun = choice.begun().next(0);
    int fresh = choice.fresh().next(0);
    if (begun == NONE || fresh == NONE) {
      return Math.max(begun, fresh);
    }
    return choice.priority(fresh) > choice.priority(begun) ? fresh : begun;
  }
}
