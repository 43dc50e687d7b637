package io.minibit.sim;

import java.time.Duration;

/**
 * Something that goes wrong for a while. Everything has healed at its end: what a fault did to a peer's links, disk or
 * manners is over; what it did to its connections stays done.
 *
 * @param kind what goes wrong
 * @param group whose peers it meets; empty for those of all groups. The tracker's faults meet those who ask it
 * @param share the part of those peers that it meets, above 0 to 1; drawn once
 * @param start when it begins
 * @param end when it has healed; after {@code start}
 * @param strength how strong it is; what that means each {@link Kind} says
 */
public record Fault(Kind kind, String group, double share, Duration start, Duration end, double strength) {

  /** What can go wrong. */
  public enum Kind {
    /** Processes end without goodbye and come back at the end with what they had stored. Strength: crashes per second. */
    CRASH,
    /** Machines vanish: nobody is told, connections stay half open; they come back as above. Strength: per second. */
    VANISH,
    /** Links get slow. Strength: what is left of their rates, above 0 to 1. */
    SLOW,
    /** Peers keep what they were asked for: blocks are not sent. Strength: the probability, 0 to 1, for each block. */
    SNUB,
    /** The peers met and the others cannot reach each other; connections are silent. */
    PARTITION,
    /** What the peers met send does not reach the others; the opposite way works. */
    ONE_WAY_PARTITION,
    /** The tracker does not answer. */
    TRACKER_DOWN,
    /** The tracker fails at times. Strength: the probability, 0 to 1. */
    TRACKER_FLAKY,
    /** The tracker hands out endpoints where nobody is, and the asker's own. Strength: their share of the answer. */
    TRACKER_LYING,
    /** Blocks arrive altered. Strength: the probability, 0 to 1, for each block that the peers met send. */
    CORRUPT_BLOCKS,
    /** Nothing can be stored. */
    DISK_FULL,
    /** Hashing and storing a piece takes long. Strength: seconds. */
    DISK_SLOW,
    /** Peers say that they have pieces that they lack, and refuse them. Strength: lies per second. */
    LYING_HAVES,
    /** Peers choke and unchoke all the time. Strength: times per second and connection. */
    CHOKE_FLAPPING,
    /** Peers say what makes no sense: pieces, blocks and numbers that do not exist, answers to nothing. Per second. */
    NONSENSE,
    /** Peers ask for everything all the time. Strength: requests per second and connection. */
    REQUEST_FLOOD,
    /** Peers connect a second time, also at the same moment. Strength: dials per second. */
    DUPLICATE_CONNECTIONS
  }

  public Fault {
    if (!(share > 0 && share <= 1)) {
      throw new ScenarioException("fault " + kind + ": a share of " + share + " is not above 0 and up to 1");
    }
    if (start.isNegative() || end.compareTo(start) <= 0) {
      throw new ScenarioException("fault " + kind + ": it cannot last from " + start + " to " + end);
    }
    if (!(strength >= 0) || Double.isInfinite(strength)) {
      throw new ScenarioException("fault " + kind + ": a strength of " + strength + " is not 0 or more");
    }
  }
}
