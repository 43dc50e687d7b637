package io.minibit.sim;

import io.minibit.tracker.PeerHandout;
import java.time.Duration;

/**
 * The tracker of a simulation: the production {@code MemoryTracker}, and whom it hands out.
 *
 * @param peers the most peers in one answer
 * @param insiders whether peers of the asker's own rack come first
 * @param outsiders with {@code insiders}: how many of the others come along at least
 * @param interval between announces
 */
public record Handout(int peers, boolean insiders, int outsiders, Duration interval) {
  public Handout {
    if (peers < 1 || peers > 10_000) {
      throw new ScenarioException("a hand-out of " + peers + " peers is not between 1 and 10000");
    }
    if (outsiders < 0) {
      throw new ScenarioException("a hand-out of " + outsiders + " outsiders is negative");
    }
    if (outsiders > 0 && !insiders) {
      throw new ScenarioException("a hand-out of " + outsiders + " outsiders is for those who get insiders first");
    }
    if (interval.isNegative() || interval.isZero()) {
      throw new ScenarioException("an announce interval of " + interval + " is not positive");
    }
  }

  /** A random subset of at most so many peers; announces every two minutes. */
  public static Handout random(int peers) {
    return new Handout(peers, false, 0, Duration.ofMinutes(2));
  }

  /** Peers of the asker's own rack, and so many others; announces every two minutes. */
  public static Handout ownRack(int peers, int outsiders) {
    return new Handout(peers, true, outsiders, Duration.ofMinutes(2));
  }

  /** The same with another announce interval. */
  public Handout every(Duration time) {
    return new Handout(peers, insiders, outsiders, time);
  }

  /**
   * Reads {@code random 50} or {@code own-rack 30 outsiders 5}, with announces every two minutes.
   *
   * @throws ScenarioException if it is none
   */
  public static Handout parse(String text) {
    Phrase phrase = new Phrase(text, "no hand-out such as 'random 50' or 'own-rack 30 outsiders 5'");
    Handout handout;
    if (phrase.accept("random")) {
      handout = random(phrase.count());
    } else if (phrase.accept("own-rack")) {
      handout = ownRack(phrase.count(), phrase.accept("outsiders") ? phrase.count() : 0);
    } else {
      throw phrase.unexpected();
    }
    phrase.end();
    return handout;
  }

  /** The text form of whom it hands out, which {@link #parse} reads; without the interval. */
  public String toText() {
    return insiders ? "own-rack " + peers + (outsiders > 0 ? " outsiders " + outsiders : "") : "random " + peers;
  }

  PeerHandout policy() {
    return insiders ? PeerHandout.preferGroup(outsiders) : PeerHandout.random();
  }
}
