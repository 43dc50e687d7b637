package io.minibit.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * One axis of a plot: from 0 to {@code to}, with ticks at round numbers.
 *
 * @param name what is measured, with the unit of the labels
 * @param to the largest value, positive
 * @param logarithmic whether equal distances are equal ratios (of one more than the value, so that 0 has a place)
 */
record Axis(String name, double to, boolean logarithmic, List<Tick> ticks) {
  /** A value and what stands beside it. */
  record Tick(double value, String label) {}

  /** So many ticks at most, or labels meet on a small screen. */
  private static final int MOST_TICKS = 6;

  private static final double MINUTE = 60;
  private static final double HOUR = 3_600;
  private static final double DAY = 86_400;

  Axis {
    ticks = List.copyOf(ticks);
  }

  /** Where a value is, 0 to 1; beyond for what is too large. */
  double position(double value) {
    return logarithmic ? Math.log1p(value) / Math.log1p(to) : value / to;
  }

  /** Seconds, told in the unit that suits them. It ends where they end. */
  static Axis time(String what, double seconds) {
    double end = Math.max(seconds, 1e-3);
    if (end <= 3 * MINUTE) {
      return time(what + " (s)", end, 1, step(end / MOST_TICKS));
    }
    if (end <= 3 * HOUR) {
      return time(what + " (min)", end, MINUTE, ofClock(end / MINUTE));
    }
    if (end <= 3 * DAY) {
      return time(what + " (h)", end, HOUR, ofClock(end / HOUR));
    }
    return time(what + " (days)", end, DAY, Math.max(1, step(end / DAY / MOST_TICKS)));
  }

  private static Axis time(String name, double end, double unit, double step) {
    return new Axis(name, end, false, ticks(end / unit, step, unit));
  }

  /** A number of minutes or hours that divides an hour or a day, as people expect it of clocks. */
  private static double ofClock(double units) {
    for (double step : new double[] {1, 2, 5, 10, 15, 30}) {
      if (units / step <= MOST_TICKS) {
        return step;
      }
    }
    return 60;
  }

  /** Shares from 0 to 1, told in per cent. */
  static Axis share(String what) {
    return new Axis(what + " (%)", 1, false, ticks(100, 20, 0.01));
  }

  /** Bytes per second. */
  static Axis rate(String what, double highest) {
    double unit = 1;
    int prefix = 0;
    while (highest / unit >= 1024 && prefix < 4) {
      unit *= 1024;
      prefix++;
    }
    String[] units = {"B/s", "KiB/s", "MiB/s", "GiB/s", "TiB/s"};
    return rounded(what + " (" + units[prefix] + ")", highest / unit, unit, 0);
  }

  /** Plain numbers; {@code leastStep} is 1 if only whole ones make sense, else 0. */
  static Axis amount(String what, double highest, double leastStep) {
    return rounded(what, highest, 1, leastStep);
  }

  private static Axis rounded(String name, double highest, double unit, double leastStep) {
    double safe = Math.max(highest, 1e-9);
    double step = Math.max(leastStep, step(safe / (MOST_TICKS - 1)));
    double top = step * Math.max(1, Math.ceil(safe / step - 1e-9));
    return new Axis(name, top * unit, false, ticks(top, step, unit));
  }

  /** Whole numbers, of which the small ones have most room. */
  static Axis copies(String what, double highest) {
    double to = Math.max(2, highest);
    List<Tick> ticks = new ArrayList<>();
    ticks.add(new Tick(0, "0"));
    double[] factors = to <= 200 ? new double[] {1, 2, 5} : new double[] {1};
    for (double power = 1; power <= to; power *= 10) {
      for (double factor : factors) {
        if (power * factor <= to) {
          ticks.add(new Tick(power * factor, number(power * factor)));
        }
      }
    }
    return new Axis(what, to, true, ticks);
  }

  private static List<Tick> ticks(double to, double step, double unit) {
    List<Tick> ticks = new ArrayList<>();
    for (int i = 0; i * step <= to * (1 + 1e-9); i++) {
      ticks.add(new Tick(i * step * unit, number(i * step)));
    }
    return ticks;
  }

  /** The smallest of …, 0.1, 0.2, 0.5, 1, 2, 5, 10, … that is not below a number. */
  private static double step(double least) {
    double power = Math.pow(10, Math.floor(Math.log10(least)));
    for (double factor : new double[] {1, 2, 5}) {
      if (power * factor >= least * (1 - 1e-9)) {
        return power * factor;
      }
    }
    return power * 10;
  }

  private static String number(double value) {
    if (value >= 1e6) {
      return String.format(Locale.ROOT, "%.4g", value / 1e6).replaceAll("\\.?0+$", "") + "M";
    }
    String digits = String.format(Locale.ROOT, "%.6f", value);
    return digits.replaceAll("\\.?0+$", "");
  }
}
