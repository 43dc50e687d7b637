package io.minibit.cli;

import io.minibit.model.Units;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations for people, and options that are such, in the words of {@link Units}. */
final class Durations {
  private Durations() {}

  /** A duration for people: {@code 0.52 s}, {@code 9.4 s}, {@code 42 s}, {@code 5 m 03 s}, {@code 2 h 05 m}, {@code 3 d 04 h}. */
  static String format(Duration duration) {
    double seconds = duration.toMillis() / 1e3;
    if (seconds < 0.995) {
      return Decimals.fixed(seconds, 2) + " s";
    }
    if (seconds < 9.95) {
      return Decimals.fixed(seconds, 1) + " s";
    }
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + " s";
    }
    if (whole < 3_600) {
      return twoUnits(whole, 60, "m", 1, "s");
    }
    return whole < 86_400 ? twoUnits(whole, 3_600, "h", 60, "m") : twoUnits(whole, 86_400, "d", 3_600, "h");
  }

  private static String twoUnits(long seconds, int large, String largeName, int small, String smallName) {
    return String.format(Locale.ROOT, "%d %s %02d %s", seconds / large, largeName, seconds % large / small, smallName);
  }

  /** For options of type {@code Duration}. */
  static final class Converter implements ITypeConverter<Duration> {
    @Override
    public Duration convert(String text) {
      try {
        return Units.parseDuration(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
