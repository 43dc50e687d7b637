package io.minibit.cli;

import io.minibit.sim.PeerOutcome;
import io.minibit.sim.Sample;
import io.minibit.sim.SimulationReport;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.ToLongFunction;

/** The numbers of a simulation's report, as tables: of each run, and of each group in it. */
final class KeyFigures {
  private static final String NONE = "–";

  private final RunSet runs;

  KeyFigures(RunSet runs) {
    this.runs = runs;
  }

  @FunctionalInterface
  private interface Figure {
    String of(SimulationReport report);
  }

  /** A row for each figure, a column for each run. */
  Markup ofRuns() {
    Markup table = new Markup().open("table");
    table.open("thead").open("tr").element("th", "", "scope", "col");
    for (int run = 0; run < runs.size(); run++) {
      table.open("th", "scope", "col", "class", "run")
          .element("i", "", "class", "dot " + runs.style(run)).text(runs.label(run)).close();
    }
    table.close().close().open("tbody");
    table.open("tr").element("th", "leechers complete", "scope", "row");
    for (int run = 0; run < runs.size(); run++) {
      SimulationReport report = runs.report(run);
      long complete = report.leechers().stream().filter(PeerOutcome::isComplete).count();
      table.element("td", String.format(Locale.ROOT, "%,d of %,d", complete, TheoryBound.leechers(report.scenario())),
          "class", report.complete() ? "" : "bad");
    }
    table.close();
    row(table, "last of them complete after", report -> time(report.lastCompletionSeconds()));
    for (String bound : List.of(TheoryBound.FLUID, TheoryBound.PIECES)) {
      row(table, "… as a multiple of the " + bound, report -> TheoryBound.of(report).stream()
          .filter(any -> any.name().equals(bound))
          .filter(any -> !Double.isNaN(report.lastCompletionSeconds()))
          .map(any -> number("%.2f", report.lastCompletionSeconds() / any.seconds()) + " × " + RunSet.at(any.seconds()))
          .findFirst().orElse(NONE));
    }
    row(table, "median download time", report -> time(report.medianDownloadSeconds()));
    row(table, "mean download time", report -> time(report.leechers().stream()
        .filter(PeerOutcome::isComplete).mapToDouble(PeerOutcome::downloadSeconds).average().orElse(Double.NaN)));
    row(table, "uplinks used", report -> share(report.uploadUtilization()));
    row(table, "sent by the seeds", report -> copies(report.seedCopies()));
    row(table, "… until the swarm could live without them", report -> report.independentAt() < 0
        ? "always needed"
        : copies(report.copiesUntilIndependent()) + ", " + RunSet.at(report.independentAt() / 1e9));
    row(table, "time with a piece that nobody had", KeyFigures::timeWithoutCopy);
    row(table, "received in vain", report -> share(report.waste()));
    row(table, "traffic within racks", report -> report.ownRackBytes() == 0
        ? NONE
        : share((double) report.ownRackBytes() / (report.ownRackBytes() + report.otherRackBytes())));
    row(table, "torrents failed", report -> failures(report.peers()));
    row(table, "simulated", report -> RunSet.at(report.nanos() / 1e9)
        + String.format(Locale.ROOT, ", %,d events", report.events()));
    row(table, "trace hash", report -> String.format(Locale.ROOT, "%016x", report.traceHash()));
    return table.close().close();
  }

  /** Rows about which no run has anything to say are left out. */
  private void row(Markup table, String name, Figure figure) {
    boolean empty = true;
    for (int run = 0; run < runs.size(); run++) {
      empty &= figure.of(runs.report(run)).equals(NONE);
    }
    if (empty) {
      return;
    }
    table.open("tr").element("th", name, "scope", "row");
    for (int run = 0; run < runs.size(); run++) {
      table.element("td", figure.of(runs.report(run)));
    }
    table.close();
  }

  /** A row for each group of each run. */
  Markup ofGroups() {
    Markup table = new Markup().open("table").open("thead").open("tr");
    for (String name : List.of("group", "peers", "complete", "median download", "mean", "slowest 5 % over",
        "gave (copies)", "took (copies)", "in vain")) {
      table.element("th", name, "scope", "col");
    }
    table.close().close().open("tbody");
    for (String group : runs.groupNames().stream().limit(ScenarioTable.MOST_GROUPS).toList()) {
      for (int run = 0; run < runs.size(); run++) {
        group(table, group, run);
      }
    }
    return table.close().close();
  }

  private void group(Markup table, String group, int run) {
    SimulationReport report = runs.report(run);
    List<PeerOutcome> peers = report.group(group);
    boolean seeds = report.scenario().groups().stream()
        .anyMatch(one -> one.name().equals(group) && TheoryBound.isSeed(one));
    table.open("tr").open("th", "scope", "row");
    if (runs.size() > 1) {
      table.element("i", "", "class", "dot " + runs.style(run), "title", runs.label(run));
    }
    table.text(group).close();
    double[] times = report.downloadSeconds(group);
    long complete = peers.stream().filter(PeerOutcome::isComplete).count();
    table.element("td", Integer.toString(peers.size()));
    table.element("td", seeds ? NONE : Long.toString(complete),
        "class", seeds || complete == peers.size() || report.complete() ? "" : "bad");
    table.element("td", seeds ? NONE : time(report.medianDownloadSeconds(group)));
    table.element("td", seeds ? NONE : time(report.meanDownloadSeconds(group)));
    table.element("td", seeds || times.length == 0 ? NONE : time(times[(int) (0.95 * (times.length - 1))]));
    table.element("td", number("%.2f", mean(peers, PeerOutcome::uploaded) / report.scenario().bytes()));
    table.element("td", seeds ? NONE : number("%.2f", mean(peers, PeerOutcome::downloaded) / report.scenario().bytes()));
    table.element("td",
        seeds ? NONE : share(mean(peers, PeerOutcome::wasted) / Math.max(1, mean(peers, PeerOutcome::downloaded))));
    table.close();
  }

  private static double mean(List<PeerOutcome> peers, ToLongFunction<PeerOutcome> amount) {
    return peers.stream().mapToLong(amount).average().orElse(Double.NaN);
  }

  /** The time between samples of which the first lacks a piece. */
  private static String timeWithoutCopy(SimulationReport report) {
    List<Sample> samples = report.samples();
    double nanos = 0;
    for (int i = 0; i + 1 < samples.size(); i++) {
      nanos += samples.get(i).leastCopies() == 0 ? samples.get(i + 1).nanos() - samples.get(i).nanos() : 0;
    }
    return nanos == 0 ? NONE : time(nanos / 1e9);
  }

  private static String failures(List<PeerOutcome> peers) {
    String[] causes = peers.stream().map(PeerOutcome::failure).filter(Objects::nonNull).toArray(String[]::new);
    return causes.length == 0 ? NONE : causes.length + ": " + SafeText.of(Arrays.asList(causes).get(0), 200);
  }

  private static String time(double seconds) {
    return Double.isNaN(seconds) ? NONE : RunSet.at(seconds);
  }

  private static String copies(double copies) {
    return number("%.2f", copies) + " copies";
  }

  private static String share(double share) {
    return Double.isNaN(share) ? NONE : TimePlots.percent(share);
  }

  private static String number(String format, double value) {
    return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, format, value);
  }
}
