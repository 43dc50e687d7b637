package io.minibit.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Sizes in bytes and rates in bytes per second, as people write and read them. KiB, MiB, GiB and TiB are powers of 1024,
 * kB, MB, GB and TB powers of 1000, kbit, Mbit and Gbit powers of 1000 bits.
 */
final class Sizes {
  /** More digits than any size has; keeps hostile numbers small before they are calculated with. */
  private static final Pattern NUMBER_AND_UNIT = Pattern.compile("(\\d{1,20}(?:\\.\\d{1,20})?)\\s*([A-Za-z]*)(/s)?");

  private static final BigDecimal BITS_PER_BYTE = BigDecimal.valueOf(8);

  private Sizes() {}

  /**
   * Bytes of a size such as {@code 1024}, {@code 256KiB} or {@code 1.5MB}; a fraction of a byte is dropped.
   *
   * @throws IllegalArgumentException if it is none, in words for whoever typed it
   */
  static long parseSize(String text) {
    return parse(text, "size", "1024, 256KiB or 1.5MB", false);
  }

  /**
   * Bytes per second of a rate such as {@code 1024}, {@code 100KiB/s} or {@code 1.5Mbit/s}; the {@code /s} may be left
   * out.
   *
   * @throws IllegalArgumentException if it is none, in words for whoever typed it
   */
  static long parseRate(String text) {
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
    BigDecimal whole = bytes.setScale(0, RoundingMode.DOWN);
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
      default -> 0;
    };
  }

  /** A size for people: {@code 999 B}, {@code 1.50 KiB}, {@code 12.3 MiB}, {@code 256 GiB}; three digits, binary units. */
  static String format(long bytes) {
    if (bytes < 1024) {
      return bytes + " B";
    }
    double value = bytes;
    int unit = -1;
    // From 1023.5 on, the rounded number would read 1024.
    while (value >= 1023.5 && unit < 5) {
      value /= 1024;
      unit++;
    }
    if (unit < 0) {
      return bytes + " B";
    }
    String pattern = value < 9.995 ? "%.2f %siB" : value < 99.95 ? "%.1f %siB" : "%.0f %siB";
    return String.format(Locale.ROOT, pattern, value, "KMGTPE".charAt(unit));
  }

  /** A rate for people: {@code 12.3 MiB/s}. */
  static String formatRate(double bytesPerSecond) {
    return format(Math.round(bytesPerSecond)) + "/s";
  }

  /** For options of type {@code long} that are sizes in bytes. */
  static final class SizeConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      try {
        return parseSize(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }

  /** For options of type {@code long} that are rates in bytes per second. */
  static final class RateConverter implements ITypeConverter<Long> {
    @Override
    public Long convert(String text) {
      try {
        return parseRate(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
