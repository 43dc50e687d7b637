package io.minibit.cli;

import java.util.ArrayList;
import java.util.List;

/**
 * The rates of all peers since trading began, as many samples as a chart can show: when there are too many, every second one
 * goes and new ones are taken half as often. Thread-safe.
 */
final class RateHistory {
  /** A chart is hardly wider; the JSON of 30 peers stays below 200 KiB. */
  static final int MOST_SAMPLES = 400;

  private record Sample(long millis, List<Long> up, List<Long> down) {
    void write(JsonText json) {
      json.openArray();
      json.number(millis);
      write(json, up);
      write(json, down);
      json.closeArray();
    }

    private static void write(JsonText json, List<Long> values) {
      json.openArray();
      for (long value : values) {
        json.number(value);
      }
      json.closeArray();
    }
  }

  private final List<Sample> samples = new ArrayList<>();
  private long step = 1;

  /**
   * Takes a sample, if it is time for one.
   *
   * @param millis since trading began, never less than before
   * @param up bytes per second, one per peer
   * @param down bytes per second, one per peer
   */
  synchronized void add(long millis, List<Long> up, List<Long> down) {
    if (!samples.isEmpty() && millis - samples.get(samples.size() - 1).millis < step) {
      return;
    }
    if (samples.size() == MOST_SAMPLES) {
      step = 2 * (millis - samples.get(0).millis) / MOST_SAMPLES;
      for (int kept = 1; kept < samples.size(); kept++) {
        samples.remove(kept);
      }
    }
    samples.add(new Sample(millis, List.copyOf(up), List.copyOf(down)));
  }

  /** An array of {@code [millis, [up, …], [down, …]]}, those after the given moment only. */
  synchronized void write(JsonText json, long since) {
    json.openArray();
    samples.stream().filter(sample -> sample.millis > since).forEach(sample -> sample.write(json));
    json.closeArray();
  }
}
