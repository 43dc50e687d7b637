package io.minibit.strategy;

import io.minibit.model.SeededRandom;
import java.util.List;

/** What a {@link ChokingStrategy} sees: all connected peers at once. Valid during the call only. */
public interface ChokingRound {
  /** All connected peers, in the order in which they connected. */
  List<RemotePeer> peers();

  /** The upload limit in bytes per second; without a limit, the highest rate seen lately, at least 1. */
  long uploadCapacity();

  /** Whether everything wanted is here, so that peers can give us nothing. */
  boolean seeding();

  /** Periodic reviews so far, this one included if it is periodic. */
  long number();

  /** Nanoseconds of a monotonic clock with an arbitrary origin. */
  long now();

  /** The torrent's own random source; with it a run can be repeated. */
  SeededRandom random();

  /** Why there is a review now. */
  Trigger trigger();

  /** Reviews other than periodic ones come at once, but at most ten a second. */
  enum Trigger {
    /** The interval is over. */
    PERIODIC,
    /**
     * A peer that is not served became interested (unless the last plan was {@link UploadPlan#full}), one that is served
     * lost its interest, or we became complete.
     */
    INTEREST_CHANGED,
    PEER_LEFT,
    /** While we have all we want: a peer was sent the last of a piece, so that it can be choked without loss. */
    PIECE_SENT,
    /** While we have all we want: one that we serve {@linkplain RemotePeer#asksForNothing asks for nothing}, others wait. */
    NOTHING_ASKED
  }
}
