package io.minibit.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Durations as people write and read them: {@code 500ms}, {@code 10s}, {@code 5m}, {@code 2h}, {@code 1d}. */
final class Durations {
  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)\\s*(ms|s|m|h|d|)");

  /** A hundred years: nobody waits longer, and it fits into a long of nanoseconds. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private Durations() {}

  /**
   * A duration of whole milliseconds; a plain number means seconds.
   *
   * @throws IllegalArgumentException if it is none, in words for whoever typed it
   */
  static Duration parse(String text) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no duration such as 500ms, 10s, 5m or 2h");
    }
    long millisPerUnit =
        switch (matcher.group(2)) {
          case "ms" -> 1;
          case "m" -> 60_000;
          case "h" -> 3_600_000;
          case "d" -> 86_400_000;
          default -> 1_000;
        };
    BigDecimal millis = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(millisPerUnit));
    if (millis.compareTo(BigDecimal.valueOf(LONGEST.toMillis())) > 0) {
      throw new IllegalArgumentException("'" + text + "' is too long");
    }
    return Duration.ofMillis(millis.setScale(0, RoundingMode.HALF_UP).longValueExact());
  }

  /** A duration for people: {@code 0.52 s}, {@code 9.4 s}, {@code 42 s}, {@code 5 m 03 s}, {@code 2 h 05 m}, {@code 3 d 04 h}. */
  static String format(Duration duration) {
    double seconds = duration.toMillis() / 1e3;
    if (seconds < 0.995) {
      return String.format(Locale.ROOT, "%.2f s", seconds);
    }
    if (seconds < 9.95) {
      return String.format(Locale.ROOT, "%.1f s", seconds);
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
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
