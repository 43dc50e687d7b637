package io.minibit.cli;

import io.minibit.metainfo.PieceLayout;
import io.minibit.sim.PeerOutcome;
import io.minibit.sim.Scenario;
import io.minibit.sim.SimulationReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What simulations came to, in words and columns for a terminal. */
final class SimTable {
  private static final String NOTHING = "-";

  private SimTable() {}

  /** What is going to be simulated, in a line. */
  static String heading(Scenario scenario) {
    String groups = scenario.groups().stream()
        .map(group -> group.count() + " " + group.name())
        .collect(Collectors.joining(", "));
    int pieces = new PieceLayout(scenario.bytes(), scenario.pieceLength()).pieceCount();
    return SafeText.of(scenario.name()) + ": " + Sizes.format(scenario.bytes()) + " in " + Words.count(pieces, "piece")
        + " of " + Sizes.format(scenario.pieceLength()) + "; " + groups + "; seed " + scenario.seed();
  }

  /** One simulation: a row for each group, then the swarm. */
  static List<String> of(SimRun run) {
    TextTable table = new TextTable(
        1, "group", "peers", "complete", "median s", "mean s", "last s", "up", "down", "given/taken", "waste");
    for (SimRun.GroupResult result : run.groups()) {
      boolean seeding = result.isSeeding();
      table.add(
          result.group.name(),
          Integer.toString(result.group.count()),
          seeding ? NOTHING : Integer.toString(result.completed()),
          seeding ? NOTHING : number(result.median()),
          seeding ? NOTHING : number(result.mean()),
          seeding ? NOTHING : number(result.last()),
          rate(result.upRate()),
          seeding ? NOTHING : rate(result.downRate()),
          ratio(result.given()),
          percent(result.waste()));
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.add("");
    lines.add("swarm    " + swarm(run));
    lines.add("uplinks  " + uplinks(run.report()));
    lines.add("seeds    " + seeds(run.report()));
    addFailures(run, lines);
    lines.add(String.format(Locale.ROOT, "trace    %s; %,d events in %s", trace(run), run.report().events(),
        Words.seconds(run.wallNanos())));
    return lines;
  }

  private static String swarm(SimRun run) {
    SimulationReport report = run.report();
    double last = report.lastCompletionSeconds();
    return run.outcome()
        + (Double.isNaN(last) ? "" : ", the last after " + number(last) + " s")
        + (run.hasBound() ? "; fluid bound " + number(report.fluidBoundSeconds()) + " s" : "")
        + (run.hasBound() && !Double.isNaN(last) ? ", times " + ratio(run.timesBound()) : "")
        + (report.complete() ? "" : "; ended by its limit of " + Durations.format(report.scenario().limit()));
  }

  private static String uplinks(SimulationReport report) {
    double used = report.uploadUtilization();
    return Double.isNaN(used) ? "without limits" : percent(used) + " used";
  }

  private static String seeds(SimulationReport report) {
    if (report.seedUploaded() == 0) {
      return "sent nothing";
    }
    return "sent " + ratio(report.seedCopies()) + " copies; "
        + (report.independentAt() < 0
            ? "the swarm never had every piece without them"
            : ratio(report.copiesUntilIndependent()) + " until the swarm could live without them, after "
                + number(report.independentAt() / 1e9) + " s");
  }

  private static void addFailures(SimRun run, List<String> lines) {
    List<PeerOutcome> failures = run.failures();
    if (!failures.isEmpty()) {
      PeerOutcome first = failures.get(0);
      lines.add("failed   " + Words.count(failures.size(), "torrent") + "; the first, of " + first.group() + " "
          + first.index() + ": " + SafeText.of(String.valueOf(first.failure())));
    }
  }

  /**
   * Several simulations side by side: a row for each, or for each of its groups of leechers where there are several.
   * What is true of a whole swarm stands in its first row.
   */
  static List<String> compare(List<SimRun> runs) {
    boolean groups = runs.stream().anyMatch(run -> run.leechers().size() > 1);
    TextTable table = groups
        ? new TextTable(2, "variant", "group", "complete", "median s", "mean s", "last s", "given/taken", "waste",
            "x bound", "uplinks", "seed copies", "until free")
        : new TextTable(1, "variant", "complete", "median s", "mean s", "last s", "given/taken", "waste", "x bound",
            "uplinks", "seed copies", "until free");
    for (SimRun run : runs) {
      List<String> swarm = List.of(
          ratio(run.timesBound()),
          percent(run.report().uploadUtilization()),
          ratio(run.report().seedCopies()),
          ratio(run.report().copiesUntilIndependent()));
      boolean first = true;
      for (SimRun.GroupResult result : run.leechers()) {
        List<String> row = new ArrayList<>();
        row.add(first ? run.label() : "");
        if (groups) {
          row.add(result.group.name());
        }
        row.addAll(List.of(
            result.completed() + "/" + result.group.count(),
            number(result.median()),
            number(result.mean()),
            number(result.last()),
            ratio(result.given()),
            percent(result.waste())));
        row.addAll(first ? swarm : List.of("", "", "", ""));
        table.add(row.toArray(String[]::new));
        first = false;
      }
    }
    List<String> lines = new ArrayList<>(table.lines());
    lines.add("");
    TextTable traces = new TextTable(2, "variant", "trace", "events", "calculated in");
    for (SimRun run : runs) {
      traces.add(run.label(), trace(run), String.format(Locale.ROOT, "%,d", run.report().events()),
          Words.seconds(run.wallNanos()));
    }
    lines.addAll(traces.lines());
    for (SimRun run : runs) {
      List<String> more = new ArrayList<>();
      if (run.leechers().stream().anyMatch(result -> result.completed() < result.group.count())) {
        more.add(run.outcome());
      }
      addFailures(run, more);
      more.forEach(line -> lines.add(run.label() + ": " + line));
    }
    return lines;
  }

  /** How far a simulation is. */
  static String progress(String label, Duration time, int complete, int leechers, int online, double eventsPerSecond) {
    return String.format(Locale.ROOT, "%s: %s, %d of %d complete, %d online, %.1f million events/s", label,
        Durations.format(time), complete, leechers, online, eventsPerSecond / 1e6);
  }

  private static String trace(SimRun run) {
    return String.format(Locale.ROOT, "%016x", run.report().traceHash());
  }

  private static String number(double value) {
    return format(value, value < 9_999.5 ? "%.1f" : "%.0f");
  }

  private static String ratio(double value) {
    return format(value, "%.2f");
  }

  private static String percent(double share) {
    return format(share * 100, "%.1f%%");
  }

  private static String rate(double bytesPerSecond) {
    return Double.isNaN(bytesPerSecond) ? NOTHING : Sizes.formatRate(bytesPerSecond);
  }

  private static String format(double value, String format) {
    return Double.isNaN(value) ? NOTHING : String.format(Locale.ROOT, format, value);
  }
}
