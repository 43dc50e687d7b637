package io.minibit.sim;

import io.minibit.model.Units;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * When the peers of a group go, all in order: they say goodbye. Whatever comes first counts; a peer for which nothing
 * is given stays.
 *
 * @param afterCompletion so long after it has everything; null for never
 * @param afterArrival so long after it came, complete or not; null for never
 * @param seedsPerSecond the rate at which a peer that has everything goes: an exponentially distributed time with the
 *     mean 1/rate; 0 for never (γ of Qiu and Srikant)
 * @param abortsPerSecond the rate at which a peer that lacks something goes; 0 for never (θ of Qiu and Srikant)
 */
public record Departure(
    @Nullable Duration afterCompletion,
    @Nullable Duration afterArrival,
    double seedsPerSecond,
    double abortsPerSecond) {

  public Departure {
    requireNotNegative("after completion", afterCompletion);
    requireNotNegative("after arrival", afterArrival);
    requireRate("seeds", seedsPerSecond);
    requireRate("aborts", abortsPerSecond);
  }

  private static void requireNotNegative(String what, @Nullable Duration time) {
    if (time != null && time.isNegative()) {
      throw new ScenarioException("a departure " + time + " " + what + " is before it");
    }
  }

  private static void requireRate(String what, double rate) {
    if (!(rate >= 0) || Double.isInfinite(rate)) {
      throw new ScenarioException("a departure rate of " + rate + " " + what + " per second is not 0 or more");
    }
  }

  /** It stays as a seed. */
  public static Departure never() {
    return new Departure(null, null, 0, 0);
  }

  /** It goes as soon as it has everything. */
  public static Departure onCompletion() {
    return new Departure(Duration.ZERO, null, 0, 0);
  }

  /** It seeds for so long. */
  public static Departure afterCompletion(Duration time) {
    return new Departure(time, null, 0, 0);
  }

  /** It stays for so long, complete or not. */
  public static Departure afterArrival(Duration time) {
    return new Departure(null, time, 0, 0);
  }

  /** Seeds go at the first rate, those who are not complete at the second, both per second. */
  public static Departure atRate(double seedsPerSecond, double abortsPerSecond) {
    return new Departure(null, null, seedsPerSecond, abortsPerSecond);
  }

  /**
   * Reads {@code never}, or one or several of {@code on completion}, {@code after completion 5m}, {@code after 1h} (since
   * it came), {@code seeds 0.005/s} and {@code aborts 0.001/s}.
   *
   * @throws ScenarioException if it is none
   */
  public static Departure parse(String text) {
    Phrase phrase = new Phrase(text, "no departure such as 'never', 'on completion', 'after completion 5m', 'after 1h' or "
        + "'seeds 0.005/s, aborts 0.001/s'");
    if (phrase.accept("never")) {
      phrase.end();
      return never();
    }
    Duration afterCompletion = null;
    Duration afterArrival = null;
    double seeds = 0;
    double aborts = 0;
    do {
      if (afterCompletion == null && phrase.accept("on", "completion")) {
        afterCompletion = Duration.ZERO;
      } else if (afterCompletion == null && phrase.accept("after", "completion")) {
        afterCompletion = phrase.duration();
      } else if (afterArrival == null && phrase.accept("after")) {
        afterArrival = phrase.duration();
      } else if (seeds == 0 && phrase.accept("seeds")) {
        seeds = phrase.perSecond();
      } else if (aborts == 0 && phrase.accept("aborts")) {
        aborts = phrase.perSecond();
      } else {
        throw phrase.unexpected();
      }
    } while (!phrase.atEnd());
    return new Departure(afterCompletion, afterArrival, seeds, aborts);
  }

  /** The text form, which {@link #parse} reads. */
  public String toText() {
    List<String> parts = new ArrayList<>();
    if (afterCompletion != null) {
      parts.add(afterCompletion.isZero() ? "on completion" : "after completion " + Units.duration(afterCompletion));
    }
    if (afterArrival != null) {
      parts.add("after " + Units.duration(afterArrival));
    }
    if (seedsPerSecond > 0) {
      parts.add("seeds " + Phrase.text(seedsPerSecond) + "/s");
    }
    if (abortsPerSecond > 0) {
      parts.add("aborts " + Phrase.text(abortsPerSecond) + "/s");
    }
    return parts.isEmpty() ? "never" : String.join(", ", parts);
  }
}
