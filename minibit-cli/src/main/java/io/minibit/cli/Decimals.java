package io.minibit.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** Numbers for people, without what String.format loads for it: the rules of all languages, a sixth of a short start. */
final class Decimals {
  private Decimals() {}

  /** With that many digits after the point, as {@code %.2f} has them. */
  static String fixed(double value, int digits) {
    return BigDecimal.valueOf(value).setScale(digits, RoundingMode.HALF_UP).toPlainString();
  }
}
