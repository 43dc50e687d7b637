package io.minibit.sim;

import org.jspecify.annotations.Nullable;

/**
 * What became of one simulated peer. Times are nanoseconds since the start of the simulation; -1 for what did not
 * happen.
 *
 * @param index its number, from 0, in the order of the groups
 * @param rack from 0; -1 for none
 * @param firstPiece when it stored its first piece
 * @param completed when it had everything; for a seed the time of its arrival
 * @param left when it went the last time
 * @param pieces how many it had at the end
 * @param uploaded payload, bytes
 * @param downloaded payload, bytes, of use or not
 * @param wasted payload that was of no use to it, bytes
 * @param failure why its torrent failed; null if it did not
 */
public record PeerOutcome(
    int index,
    String group,
    int rack,
    long arrived,
    long firstPiece,
    long completed,
    long left,
    int pieces,
    long uploaded,
    long downloaded,
    long wasted,
    @Nullable String failure) {

  public boolean isComplete() {
    return completed >= 0;
  }

  /** From arrival to completion, seconds; NaN if it did not complete. */
  public double downloadSeconds() {
    return isComplete() ? (completed - arrived) / 1e9 : Double.NaN;
  }
}
