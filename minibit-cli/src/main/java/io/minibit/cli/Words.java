package io.minibit.cli;

import io.minibit.metainfo.PieceLayout;
import java.util.Locale;

/** Phrases that several commands print. */
final class Words {
  private Words() {}

  /** {@code 1 piece}, {@code 2 pieces}. */
  static String count(long number, String noun) {
    return number + " " + noun + (number == 1 ? "" : "s");
  }

  /** {@code 12.3 MiB (12,897,484 bytes)}, or bytes only where that says all. */
  static String size(long bytes) {
    return bytes < 1024
        ? count(bytes, "byte")
        : String.format(Locale.ROOT, "%s (%,d bytes)", Sizes.format(bytes), bytes);
  }

  /** {@code 40 of 256 KiB}, with the length of the last piece where it differs. */
  static String pieces(PieceLayout layout) {
    int last = layout.length(layout.pieceCount() - 1);
    if (layout.pieceCount() == 1) {
      return "1 of " + Sizes.format(last);
    }
    return layout.pieceCount()
        + " of "
        + Sizes.format(layout.pieceLength())
        + (last == layout.pieceLength() ? "" : ", the last of " + Sizes.format(last));
  }

  /** {@code 3.21 s}: finer than {@link Durations#format}, for measurements. */
  static String seconds(long nanos) {
    return Decimals.fixed(nanos / 1e9, 2) + " s";
  }

  /** What moved how fast: {@code 12345 bytes in 3.21 s, 12.3 MiB/s}. */
  static String transfer(long bytes, long nanos) {
    return count(bytes, "byte") + " in " + seconds(nanos) + ", " + Sizes.formatRate(bytes * 1e9 / Math.max(1, nanos));
  }
}
