package io.minibit.sim;

import java.time.Duration;

/**
 * Something that goes wrong for a while. Everything has healed at its end: what a fault did to a peer's links, disk or
 * manners is over; what it did to its connections stays done.
 *
 * @param kind what goes wrong
 * @param group whose peers it meets; empty for those of all groups. The tracker's faults meet those who ask it
 * @param share the part of those peers that it meets, above 0 to 1; drawn once, at least one peer
 * @param start when it begins
 * @param end when it has healed; after {@code start}
 * @param strength how strong it is; what that means each {@link Kind} says
 */
public record Fault(Kind kind, String group, double share, Duration start, Duration end, double strength) {

  /** What can go wrong. */
  public enum Kind {
    /**
     * Processes die: their connections are reset, nobody else is told. They come back with what they had stored after
     * half a minute on average, at the end at the latest. Strength: crashes per second and peer.
     */
    CRASH(false),
    /**
     * Machines vanish: nobody is told, connections stay half open until somebody notices, dials get no answer. They come
     * back as above. Strength: per second and peer.
     */
    VANISH(false),
    /** Links get slow. Strength: what is left of their rates, above 0 to 1. */
    SLOW(false),
    /** Peers keep what they were asked for: blocks are not sent. Strength: the probability, 0 to 1, for each block. */
    SNUB(false),
    /**
     * Peers take places for uploads and leave them unused: their requests do not go out. Strength: the probability, 0 to 1,
     * for each request.
     */
    IDLE_INTEREST(false),
    /** The peers met and the others cannot reach each other; connections are silent. */
    PARTITION(false),
    /** What the peers met send does not reach the others; the opposite way works. */
    ONE_WAY_PARTITION(false),
    /** The tracker does not answer. */
    TRACKER_DOWN(false),
    /** The tracker fails at times, before or after it has noted who asks. Strength: the probability, 0 to 1. */
    TRACKER_FLAKY(false),
    /**
     * The tracker hands out endpoints where nobody is, port 0, the asker's own and others twice. Strength: their share of
     * the answer.
     */
    TRACKER_LYING(false),
    /**
     * The tracker names ports of a machine that has no part in the swarm before all others, so that everybody would dial
     * it. Strength: how many in each answer.
     */
    TRACKER_INCITING(false),
    /** Blocks arrive altered. Strength: the probability, 0 to 1, for each block that the peers met send. */
    CORRUPT_BLOCKS(true),
    /** Nothing can be stored. */
    DISK_FULL(false),
    /** Hashing and storing a piece takes longer. Strength: seconds. */
    DISK_SLOW(false),
    /** Blocks that were stored cannot be read at times, so that all is checked again. Strength: the probability. */
    DISK_ERRORS(false),
    /**
     * What is stored gets lost, as when somebody deletes or edits it: noticed when a block is to be read or a piece to be
     * stored, so that all is checked again, which at times cannot be done at once. Peers that had everything from the start
     * lose nothing. Strength: the probability.
     */
    DISK_LOSSES(false),
    /** Peers say that they have pieces that they lack, and refuse them or say nothing. Strength: lies per second. */
    LYING_HAVES(true),
    /** Peers choke and unchoke whatever their engine wants. Strength: times per second and connection. */
    CHOKE_FLAPPING(true),
    /** Peers say what makes no sense: pieces, blocks and numbers that do not exist, answers to nothing. Per second. */
    NONSENSE(true),
    /** Peers ask for everything all the time. Strength: requests per second and connection. */
    REQUEST_FLOOD(true),
    /** Peers connect a second time, also under another id or at the same moment. Strength: dials per second. */
    DUPLICATE_CONNECTIONS(true);

    private final boolean misconduct;

    Kind(boolean misconduct) {
      this.misconduct = misconduct;
    }

    /** Whether a peer that is met breaks the rules, so that others may refuse it, also afterwards. */
    public boolean isMisconduct() {
      return misconduct;
    }

    /** Whether it concerns what the tracker says. */
    boolean isTrackers() {
      return this == TRACKER_DOWN || this == TRACKER_FLAKY || this == TRACKER_LYING || this == TRACKER_INCITING;
    }
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
    if (kind == Kind.SLOW && !(strength > 0 && strength <= 1)) {
      throw new ScenarioException("fault SLOW: what is left of a rate, " + strength + ", is not above 0 and up to 1");
    }
  }
}
