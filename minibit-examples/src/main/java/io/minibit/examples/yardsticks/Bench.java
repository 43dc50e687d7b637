package io.minibit.examples.yardsticks;

import io.minibit.sim.Scenario;
import io.minibit.sim.ScenarioException;
import io.minibit.sim.Simulation;
import io.minibit.sim.SimulationReport;
import io.minibit.sim.StrategyCatalog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a yardstick needs to measure: its scenarios from their files, somebody who runs them, and a table for its rows. */
final class Bench {
  private final Yardstick yardstick;
  private final boolean quick;
  private final String wanted;
  private final Consumer<Row> table;

  /**
   * A place to measure.
   *
   * @param quick whether small swarms will do
   * @param wanted only configurations whose names contain this are run
   * @param table gets each row as soon as it is known
   */
  Bench(Yardstick yardstick, boolean quick, String wanted, Consumer<Row> table) {
    this.yardstick = yardstick;
    this.quick = quick;
    this.wanted = wanted;
    this.table = table;
  }

  boolean quick() {
    return quick;
  }

  /**
   * The scenario of a file, with some of its values altered.
   *
   * @param changes {@code key=value}, as in {@link Scenario#with}
   */
  Scenario scenario(String name, String... changes) throws IOException {
    try (InputStream in = Bench.class.getResourceAsStream("/yardsticks/" + name + ".scenario")) {
      if (in == null) {
        throw new ScenarioException("no scenario is called '" + name + "'");
      }
      return with(Scenario.parse(new String(in.readAllBytes(), StandardCharsets.UTF_8)), changes);
    }
  }

  static Scenario with(Scenario scenario, String... changes) {
    Scenario altered = scenario;
    for (String change : changes) {
      String[] parts = change.split("=", 2);
      altered = altered.with(parts[0], parts[1], StrategyCatalog.stock());
    }
    return altered;
  }

  /** A simulation that has run, and how long that took. */
  record Run(String configuration, SimulationReport report, double wallSeconds) {}

  /** Runs a scenario; null if nobody wants this configuration. */
  @Nullable Run run(String configuration, Scenario scenario) {
    if (!configuration.contains(wanted)) {
      return null;
    }
    long start = System.nanoTime();
    SimulationReport report = Simulation.run(scenario);
    return new Run(configuration, report, (System.nanoTime() - start) / 1e9);
  }

  /**
   * Adds a measure of one run to the table.
   *
   * @param within whether it is as published; null where nobody says what it should be
   */
  void row(Run run, String measure, String measured, String published, @Nullable Boolean within) {
    table.accept(new Row(yardstick.name(), run.configuration, measure, measured, published, within,
        run.report.nanos() / 1e9, run.wallSeconds));
  }

  /** Adds a measure that compares several runs. */
  void row(String runs, String measure, String measured, String published, @Nullable Boolean within) {
    table.accept(new Row(yardstick.name(), runs, measure, measured, published, within, 0, 0));
  }

  static String number(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  static String seconds(double value) {
    return String.format(Locale.ROOT, "%.0f s", value);
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }
}
