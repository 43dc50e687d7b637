package io.minibit.examples.yardsticks;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One measure beside what it should be.
 *
 * @param within whether it is as it should be; null where nobody says what it should be
 * @param virtualSeconds simulated; 0 for a row that compares several runs
 * @param wallSeconds needed for it; 0 for a row that compares several runs
 */
record Row(
    String yardstick,
    String configuration,
    String measure,
    String measured,
    String published,
    @Nullable Boolean within,
    double virtualSeconds,
    double wallSeconds) {
  private static final String COLUMNS = "%-13s  %-46s  %-44s  %9s  %-24s  %-6s  %9s  %8s";

  static String heading() {
    return String.format(COLUMNS,
        "yardstick", "configuration", "measure", "measured", "published or bound", "within", "virtual", "wall");
  }

  @Override
  public String toString() {
    return String.format(COLUMNS, yardstick, configuration, measure, measured, published,
        within == null ? "" : within ? "yes" : "NO", time("%.0f s", virtualSeconds), time("%.1f s", wallSeconds))
        .stripTrailing();
  }

  private static String time(String format, double seconds) {
    return seconds == 0 ? "" : String.format(Locale.ROOT, format, seconds);
  }
}
