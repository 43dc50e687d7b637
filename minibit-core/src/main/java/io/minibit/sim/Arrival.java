package io.minibit.sim;

import io.minibit.model.SeededRandom;
import io.minibit.model.Units;
import java.time.Duration;
import java.util.Arrays;

/** When the peers of a group come. Times count from the start of the simulation. */
public sealed interface Arrival {
  /**
   * When each of {@code count} peers comes, nanoseconds, not decreasing.
   */
  long[] times(int count, SeededRandom random);

  /** The text form, which {@link #parse} reads. */
  String toText();

  /**
   * Reads {@code at once}, {@code rate 100/s}, {@code poisson 2/s} or {@code flash crowd 5m} (the mean), each with
   * {@code from 10s} where it does not start with the simulation.
   *
   * @throws ScenarioException if it is none
   */
  static Arrival parse(String text) {
    Phrase phrase =
        new Phrase(text, "no arrival such as 'at once', 'rate 100/s', 'poisson 2/s from 10s' or 'flash crowd 5m'");
    Arrival arrival;
    if (phrase.accept("at", "once")) {
      arrival = new AtOnce(start(phrase));
    } else if (phrase.accept("rate")) {
      arrival = new AtRate(phrase.perSecond(), start(phrase));
    } else if (phrase.accept("poisson")) {
      arrival = new Poisson(phrase.perSecond(), start(phrase));
    } else if (phrase.accept("flash", "crowd")) {
      arrival = new FlashCrowd(phrase.duration(), start(phrase));
    } else {
      throw phrase.unexpected();
    }
    phrase.end();
    return arrival;
  }

  private static Duration start(Phrase phrase) {
    return phrase.accept("from") ? phrase.duration() : Duration.ZERO;
  }

  /** All at one time. */
  record AtOnce(Duration start) implements Arrival {
    public AtOnce {
      requireNotNegative(start);
    }

    @Override
    public String toText() {
      return "at once" + Phrase.from(start);
    }

    @Override
    public long[] times(int count, SeededRandom random) {
      long[] times = new long[count];
      Arrays.fill(times, start.toNanos());
      return times;
    }
  }

  /** One after the other at equal distances, so many a second. */
  record AtRate(double perSecond, Duration start) implements Arrival {
    public AtRate {
      requirePositive(perSecond);
      requireNotNegative(start);
    }

    @Override
    public String toText() {
      return "rate " + Phrase.text(perSecond) + "/s" + Phrase.from(start);
    }

    @Override
    public long[] times(int count, SeededRandom random) {
      long[] times = new long[count];
      for (int i = 0; i < count; i++) {
        times[i] = start.toNanos() + (long) (i * 1e9 / perSecond);
      }
      return times;
    }
  }

  /** A Poisson process: independent of each other, so many a second on average. */
  record Poisson(double perSecond, Duration start) implements Arrival {
    public Poisson {
      requirePositive(perSecond);
      requireNotNegative(start);
    }

    @Override
    public String toText() {
      return "poisson " + Phrase.text(perSecond) + "/s" + Phrase.from(start);
    }

    @Override
    public long[] times(int count, SeededRandom random) {
      long[] times = new long[count];
      double at = (double) start.toNanos();
      for (int i = 0; i < count; i++) {
        at += exponential(1e9 / perSecond, random);
        times[i] = (long) at;
      }
      return times;
    }
  }

  /**
   * A flash crowd: most come soon and the stream thins out, as after a release. Each peer comes after an exponentially
   * distributed time with this mean.
   */
  record FlashCrowd(Duration mean, Duration start) implements Arrival {
    public FlashCrowd {
      requirePositive(mean.toNanos() / 1e9);
      requireNotNegative(start);
    }

    @Override
    public String toText() {
      return "flash crowd " + Units.duration(mean) + Phrase.from(start);
    }

    @Override
    public long[] times(int count, SeededRandom random) {
      long[] times = new long[count];
      for (int i = 0; i < count; i++) {
        times[i] = start.toNanos() + (long) exponential((double) mean.toNanos(), random);
      }
      Arrays.sort(times);
      return times;
    }
  }

  static Arrival atOnce() {
    return new AtOnce(Duration.ZERO);
  }

  static Arrival atOnce(Duration start) {
    return new AtOnce(start);
  }

  static Arrival atRate(double perSecond) {
    return new AtRate(perSecond, Duration.ZERO);
  }

  static Arrival poisson(double perSecond) {
    return new Poisson(perSecond, Duration.ZERO);
  }

  static Arrival flashCrowd(Duration mean) {
    return new FlashCrowd(mean, Duration.ZERO);
  }

  /** An exponentially distributed number with this mean. */
  static double exponential(double mean, SeededRandom random) {
    return -StrictMath.log1p(-random.nextDouble()) * mean;
  }

  private static void requirePositive(double rate) {
    if (!(rate > 0) || Double.isInfinite(rate)) {
      throw new ScenarioException("an arrival rate or mean of " + rate + " is not positive");
    }
  }

  private static void requireNotNegative(Duration start) {
    if (start.isNegative()) {
      throw new ScenarioException("an arrival cannot start at " + start);
    }
  }
}
