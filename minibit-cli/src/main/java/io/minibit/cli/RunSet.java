package io.minibit.cli;

import io.minibit.sim.PeerGroup;
import io.minibit.sim.Sample;
import io.minibit.sim.SimulationReport;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.ToDoubleFunction;

/** The runs that a report puts side by side: their colours, their names and the axes that they share. Immutable. */
final class RunSet {
  /** Colours there are in sim.css. */
  private static final int COLORS = 8;

  private static final int LONGEST_LABEL = 60;

  private final List<SimulationPage.Run> runs;
  private final double seconds;

  RunSet(List<SimulationPage.Run> runs) {
    this.runs = List.copyOf(runs);
    double end = highest(RunSet::activeSeconds);
    double bound = highest(
        report -> TheoryBound.of(report).stream().mapToDouble(TheoryBound::seconds).max().orElse(0));
    seconds = bound < 10 * end ? Math.max(end, bound * 1.03) : end;
  }

  int size() {
    return runs.size();
  }

  SimulationReport report(int run) {
    return runs.get(run).report();
  }

  String label(int run) {
    return SafeText.of(runs.get(run).label(), LONGEST_LABEL);
  }

  /** The class of elements that have a run's colour. */
  String style(int run) {
    return style("r", run);
  }

  static String style(String prefix, int number) {
    return prefix + number % COLORS;
  }

  /** The time since the start over which anything happens in any of the runs. */
  double seconds() {
    return seconds;
  }

  Axis time() {
    return Axis.time("time since the start", seconds);
  }

  double highest(ToDoubleFunction<SimulationReport> figure) {
    return runs.stream().mapToDouble(run -> figure.applyAsDouble(run.report())).max().orElse(0);
  }

  double highestSample(ToDoubleFunction<Sample> figure) {
    return highest(report -> report.samples().stream().mapToDouble(figure).max().orElse(0));
  }

  /** A swarm that cannot go on is simulated to its limit; how it waits there is not worth showing. */
  private static double activeSeconds(SimulationReport report) {
    List<Sample> samples = report.samples();
    int last = samples.size() - 1;
    while (last > 0 && isSame(samples.get(last - 1), samples.get(samples.size() - 1))) {
      last--;
    }
    double active = samples.get(last).nanos() / 1e9;
    return Math.min(report.nanos() / 1e9, active * 1.05);
  }

  private static boolean isSame(Sample one, Sample other) {
    return one.uploaded() == other.uploaded()
        && one.online() == other.online()
        && one.completed() == other.completed();
  }

  /** Whether some runs go on beyond what is shown. */
  boolean isCut() {
    return highest(report -> report.nanos() / 1e9) > seconds * 1.001;
  }

  /** The groups that have leechers in any run, by name. */
  List<String> leecherGroups() {
    return groups().values().stream().filter(group -> !TheoryBound.isSeed(group)).map(PeerGroup::name).toList();
  }

  private Map<String, PeerGroup> groups() {
    Map<String, PeerGroup> groups = new LinkedHashMap<>();
    runs.forEach(run -> run.report().scenario().groups().forEach(group -> groups.putIfAbsent(group.name(), group)));
    return groups;
  }

  List<String> groupNames() {
    return List.copyOf(groups().keySet());
  }

  /** What a moment tells: the time, and one line for each run with its name and what is said of it. */
  String tip(double at, IntFunction<String> words) {
    StringBuilder lines = new StringBuilder(at(at));
    for (int run = 0; run < runs.size(); run++) {
      lines.append('\n').append(runs.size() == 1 ? "" : label(run) + ": ")
          .append(at > report(run).nanos() / 1e9 ? "over" : words.apply(run));
    }
    return lines.toString();
  }

  /** A legend of the runs, still open, for what else is to be explained. */
  Markup openLegend() {
    Markup legend = new Markup().open("p", "class", "legend");
    for (int run = 0; run < runs.size() && runs.size() > 1; run++) {
      explain(legend, style(run), label(run));
    }
    return legend;
  }

  /** A kind of line and what it means. */
  static void explain(Markup legend, String lineStyle, String words) {
    legend.open("span").open("svg", "class", "key", "viewBox", "0 0 26 8", "aria-hidden", "true")
        .empty("path", "class", "line " + lineStyle, "d", "M0 4h26").close();
    legend.text(" " + words).close().text(" ");
  }

  static String at(double seconds) {
    return Durations.format(Duration.ofMillis(Math.round(seconds * 1e3)));
  }

  /** The sample that was taken last before a moment. */
  static Sample sample(SimulationReport report, double seconds) {
    return report.samples().get(sampleIndex(report, seconds));
  }

  static int sampleIndex(SimulationReport report, double seconds) {
    List<Sample> samples = report.samples();
    int low = 0;
    int high = samples.size() - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (samples.get(middle).nanos() / 1e9 <= seconds) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }
}
