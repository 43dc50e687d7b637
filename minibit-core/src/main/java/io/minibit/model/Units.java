package io.minibit.model;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes in bytes, rates in bytes per second and durations as people write them in commands and files, and back without
 * loss. KiB, MiB, GiB and TiB are powers of 1024, kB, MB, GB and TB powers of 1000; kbit, Mbit and Gbit are powers of
 * 1000 bits, Kibit, Mibit and Gibit powers of 1024 bits. Upper and lower case are the same.
 */
public final class Units {
  /** More digits than any size has; keeps hostile numbers small before they are calculated with. */
  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,20}(?:\\.\\d{1,20})?)\\s*([A-Za-z]*)(/s)?");

  private static final Pattern NUMBER_AND_TIME = Pattern.compile("(\\d{1,15}(?:\\.\\d{1,15})?)\\s*(ms|s|m|h|d|)");

  private static final BigDecimal BITS_PER_BYTE = BigDecimal.valueOf(8);

  /** A hundred years: nobody waits longer, and it fits into a long of nanoseconds. */
  private static final Duration LONGEST = Duration.ofDays(36_500);

  private static final String[] SIZE_UNITS = {"TiB", "GiB", "MiB", "KiB", "TB", "GB", "MB", "kB"};
  private static final String[] RATE_UNITS = {"Gbit", "Mbit", "kbit", "MiB", "KiB"};
  private static final String[] TIME_UNITS = {"d", "h", "m", "s", "ms"};

  private Units() {}

  /**
   * Bytes of a size such as {@code 1024}, {@code 256KiB} or {@code 1.5MB}; a fraction of a byte is dropped.
   *
   * @throws IllegalArgumentException if it is none, in words for whoever typed it
   */
  public static long parseSize(String text) {
    return parse(text, "size", "1024, 256KiB or 1.5MB", false);
  }

  /**
   * Bytes per second of a rate such as {@code 1024}, {@code 100KiB/s} or {@code 1.5Mbit/s}, rounded; the {@code /s} may
   * be left out.
   *
   * @throws IllegalArgumentException if it is none, in words for whoever typed it
   */
  public static long parseRate(String text) {
    return parse(text, "rate", "1024, 100KiB/s or 1.5Mbit/s", true);
  }

  private static long parse(String text, String kind, String examples, boolean isRate) {
    Matcher matcher = NUMBER_AND_UNIT.matcher(text.strip());
    if (!matcher.matches() || (!isRate && matcher.group(3) != null)) {
      throw new IllegalArgumentException("'" + text + "' is no " + kind + " such as " + examples);
    }
    String unit = matcher.group(2);
    if (unit.matches("[KMGT]b")) {
      throw new IllegalArgumentException(
          "'" + text + "': is " + unit + " bits or bytes? say " + unit.charAt(0) + "B" + (isRate ? " or " + unit + "it" : ""));
    }
    long bitsPerUnit = bitsPerUnit(unit.toLowerCase(Locale.ROOT));
    if (bitsPerUnit == 0 || (!isRate && unit.toLowerCase(Locale.ROOT).endsWith("bit"))) {
      throw new IllegalArgumentException("'" + text + "': unknown unit " + unit + "; a " + kind + " is " + examples);
    }
    BigDecimal bytes =
        new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(bitsPerUnit)).divide(BITS_PER_BYTE);
    BigDecimal whole = bytes.setScale(0, isRate ? RoundingMode.HALF_UP : RoundingMode.DOWN);
    if (whole.signum() == 0 && bytes.signum() != 0) {
      throw new IllegalArgumentException("'" + text + "' is less than one byte");
    }
    if (whole.compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) > 0) {
      throw new IllegalArgumentException("'" + text + "' is too large a " + kind);
    }
    return whole.longValueExact();
  }

  /** 0 for a unit that is none. */
  private static long bitsPerUnit(String unit) {
    return switch (unit) {
      case "", "b" -> 8;
      case "kib" -> 8L << 10;
      case "mib" -> 8L << 20;
      case "gib" -> 8L << 30;
      case "tib" -> 8L << 40;
      case "kb" -> 8_000;
      case "mb" -> 8_000_000;
      case "gb" -> 8_000_000_000L;
      case "tb" -> 8_000_000_000_000L;
      case "bit" -> 1;
      case "kbit" -> 1_000;
      case "mbit" -> 1_000_000;
      case "gbit" -> 1_000_000_000;
      case "kibit" -> 1L << 10;
      case "mibit" -> 1L << 20;
      case "gibit" -> 1L << 30;
      default -> 0;
    };
  }

  /**
   * A duration such as {@code 500ms}, {@code 10s}, {@code 5m}, {@code 2h} or {@code 1d}, rounded to nanoseconds; a plain
   * number means seconds. At most a hundred years.
   *
   * @throws IllegalArgumentException if it is none, in words for whoever typed it
   */
  public static Duration parseDuration(String text) {
    Matcher matcher = NUMBER_AND_TIME.matcher(text.strip().toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no duration such as 500ms, 10s, 5m or 2h");
    }
    BigDecimal nanos = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(nanosPerUnit(matcher.group(2))));
    if (nanos.compareTo(BigDecimal.valueOf(LONGEST.toNanos())) > 0) {
      throw new IllegalArgumentException("'" + text + "' is too long");
    }
    return Duration.ofNanos(nanos.setScale(0, RoundingMode.HALF_UP).longValueExact());
  }

  private static long nanosPerUnit(String unit) {
    return switch (unit) {
      case "ms" -> 1_000_000L;
      case "m" -> 60_000_000_000L;
      case "h" -> 3_600_000_000_000L;
      case "d" -> 86_400_000_000_000L;
      default -> 1_000_000_000L;
    };
  }

  /** A size that {@link #parseSize} reads as exactly so many bytes: {@code 100MiB}, {@code 1500kB}, {@code 1234}. */
  public static String size(long bytes) {
    for (String unit : SIZE_UNITS) {
      long perUnit = bitsPerUnit(unit.toLowerCase(Locale.ROOT)) / 8;
      if (bytes >= perUnit && bytes % perUnit == 0) {
        return bytes / perUnit + unit;
      }
    }
    return Long.toString(bytes);
  }

  /** A rate that {@link #parseRate} reads as exactly so many bytes per second: {@code 400kbit/s}, {@code 50KiB/s}. */
  public static String rate(long bytesPerSecond) {
    for (String unit : RATE_UNITS) {
      long bitsPerUnit = bitsPerUnit(unit.toLowerCase(Locale.ROOT));
      if (bytesPerSecond >= bitsPerUnit / 8 && bytesPerSecond % (bitsPerUnit / 8) == 0) {
        return bytesPerSecond / (bitsPerUnit / 8) + unit + "/s";
      }
    }
    return bytesPerSecond + "B/s";
  }

  /** A duration of at most a hundred years that {@link #parseDuration} reads as exactly this: {@code 90s}, {@code 4h}. */
  public static String duration(Duration duration) {
    long nanos = duration.toNanos();
    for (String unit : TIME_UNITS) {
      long perUnit = nanosPerUnit(unit);
      if (nanos >= perUnit && nanos % perUnit == 0) {
        return nanos / perUnit + unit;
      }
    }
    return nanos == 0 ? "0s" : BigDecimal.valueOf(nanos, 6).stripTrailingZeros().toPlainString() + "ms";
  }
}
