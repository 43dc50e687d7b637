/**
 * Which piece to fetch and whom to serve: two interfaces that users may implement, and the stock strategies.
 *
 * <p>{@link io.minibit.strategy.PieceSelectionStrategy} answers a {@link io.minibit.strategy.PieceChoice} with a piece;
 * {@link io.minibit.strategy.ChokingStrategy} answers a {@link io.minibit.strategy.ChokingRound}, which shows all connected
 * peers at once, with an {@link io.minibit.strategy.UploadPlan}. Strategies run on the engine's thread and see read-only
 * views. The stock ones are short and meant to be read: {@link io.minibit.strategy.RarestFirst}, {@link
 * io.minibit.strategy.TitForTat}.
 */
@NullMarked
package io.minibit.strategy;

import org.jspecify.annotations.NullMarked;
