package io.minibit.sim;

/**
 * The swarm at one moment. Amounts are counted from the start, so that the difference of two samples is what happened
 * between them.
 *
 * @param nanos since the start of the simulation
 * @param online peers that are there
 * @param seeds those of them that have everything
 * @param completed peers that came without everything and have it or had it, from the start
 * @param uploaded payload sent, bytes, from the start
 * @param capacity what the uplinks of those who were there could have sent, bytes, from the start
 * @param leastCopies peers online that have the rarest piece
 * @param meanCopies peers online that have a piece, on average
 */
public record Sample(
    long nanos,
    int online,
    int seeds,
    int completed,
    long uploaded,
    double capacity,
    int leastCopies,
    double meanCopies) {}
