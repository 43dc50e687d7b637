package io.minibit.strategy;

/**
 * Decides which piece to fetch next. One instance serves one torrent; it may keep state and is only called on that
 * torrent's engine thread, once for every request that is about to be sent, so it should be quick and must not block.
 *
 * <p>It cannot do harm: the choice is a read-only view, an answer that is not a candidate is ignored, and an exception
 * fails this torrent only.
 *
 * <p>The simplest possible strategy:
 *
 * <pre>{@code
 * PieceSelectionStrategy lowestFirst = choice -> {
 *   int begun = choice.begun().next(0);
 *   return begun != PieceSelectionStrategy.NONE ? begun : choice.fresh().next(0);
 * };
 * }</pre>
 */
@FunctionalInterface
public interface PieceSelectionStrategy {
  /** Nothing is wanted from this peer now. It is asked again when something has changed. */
  int NONE = -1;

  /**
   * A piece from {@code choice.begun()} or {@code choice.fresh()}, of which the next missing block is then requested
   * from {@code choice.peer()}; or {@link #NONE}. The view is valid during the call only.
   */
  int select(PieceChoice choice);
}
