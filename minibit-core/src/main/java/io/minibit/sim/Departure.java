package io.minibit.sim;

import java.time.Duration;
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
}
