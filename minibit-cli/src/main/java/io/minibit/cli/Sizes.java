package io.minibit.cli;

import io.minibit.model.Units;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Sizes and rates for people, and options that are such, in the words of {@link Units}. */
final class Sizes {
  private Sizes() {}

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
    int digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
    return Decimals.fixed(value, digits) + " " + "KMGTPE".charAt(unit) + "iB";
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
        return Units.parseSize(text);
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
        return Units.parseRate(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
