package io.minibit.cli;

import io.minibit.sim.PeerOutcome;
import io.minibit.sim.SimulationReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** The plots of a simulation's report that show how something is distributed over the leechers of each group. */
final class GroupPlots {
  /** Kinds of lines that are told apart. */
  private static final int MOST_GROUPS_PER_PLOT = 4;

  /** More lines cannot be followed. */
  private static final int MOST_LINES_PER_PLOT = 8;

  /** The table has them all. */
  private static final int MOST_PLOTS = 8;

  /** What a distribution is read at; more points than pixels are of no use. */
  private static final int POINTS = 400;

  private final RunSet runs;
  private final List<String> groups;
  private final int groupsPerPlot;

  GroupPlots(RunSet runs) {
    this.runs = runs;
    this.groups = runs.leecherGroups();
    groupsPerPlot = Math.max(1, Math.min(MOST_GROUPS_PER_PLOT, MOST_LINES_PER_PLOT / runs.size()));
  }

  /** How many groups are not shown because there are too many. */
  int hidden() {
    return Math.max(0, groups.size() - groupsPerPlot * MOST_PLOTS);
  }

  /** What each peer gave, sorted: legends and plots. */
  Markup uploads() {
    double highest = runs.highest(report -> report.leechers().stream().mapToDouble(copies(report)).max().orElse(0));
    Axis copies = Axis.amount("uploaded (copies of the torrent)", Math.max(highest, 1.05), 0);
    return plots("What each peer gave, sorted", Axis.share("peers of the group, from who gave least"), copies,
        (report, group) -> {
          double[] given = report.group(group).stream().mapToDouble(copies(report)).sorted().toArray();
          int points = given.length == 0 ? 0 : POINTS + 1;
          double[] xs = new double[points];
          double[] ys = new double[points];
          for (int i = 0; i < points; i++) {
            xs[i] = (double) i / POINTS;
            ys[i] = given[(int) Math.min(given.length - 1, (long) i * given.length / POINTS)];
          }
          return new Curve(xs, ys);
        },
        share -> TimePlots.percent(share) + " of the peers gave less than",
        "%.2f copies");
  }

  private static ToDoubleFunction<PeerOutcome> copies(SimulationReport report) {
    return peer -> (double) peer.uploaded() / report.scenario().bytes();
  }

  /** How many had it how soon after they came: legends and plots. */
  Markup downloads() {
    double longest = runs.highest(
        report -> report.leechers().stream().filter(PeerOutcome::isComplete)
            .mapToDouble(PeerOutcome::downloadSeconds).max().orElse(0));
    return plots("Time from arrival to completion", Axis.time("time from arrival to completion", longest),
        Axis.share("peers of the group that were complete by then"),
        (report, group) -> Curve.shares(report.downloadSeconds(group), report.group(group).size(), longest),
        seconds -> RunSet.at(seconds) + " after arrival, complete:",
        "%.0f %%");
  }

  @FunctionalInterface
  private interface Measure {
    Curve of(SimulationReport report, String group);
  }

  private Markup plots(
      String name, Axis horizontal, Axis vertical, Measure measure, DoubleFunction<String> where, String format) {
    Markup all = new Markup();
    int shown = Math.min(groups.size(), groupsPerPlot * MOST_PLOTS);
    for (int from = 0; from < shown; from += groupsPerPlot) {
      List<String> some = groups.subList(from, Math.min(shown, from + groupsPerPlot));
      all.add(legend(some));
      LinePlot plot = new LinePlot(name, horizontal, vertical);
      List<String> names = new ArrayList<>();
      List<Curve> curves = new ArrayList<>();
      for (int group = 0; group < some.size(); group++) {
        for (int run = 0; run < runs.size(); run++) {
          Curve curve = measure.of(runs.report(run), some.get(group));
          plot.steps(style(group, run), curve);
          names.add((runs.size() == 1 ? "" : runs.label(run) + ", ") + some.get(group));
          curves.add(curve);
        }
      }
      double factor = format.endsWith("%%") ? 100 : 1;
      plot.tips(x -> {
        StringBuilder words = new StringBuilder(where.apply(x));
        for (int i = 0; i < curves.size(); i++) {
          words.append('\n').append(names.get(i)).append(": ")
              .append(String.format(Locale.ROOT, format, curves.get(i).at(x) * factor));
        }
        return words.toString();
      });
      all.add(plot.svg());
    }
    return all;
  }

  /** Colours are for runs and kinds of lines for groups; the groups of a single run have colours too. */
  private String style(int group, int run) {
    return "dash" + group + " " + (runs.size() == 1 ? RunSet.style("r", group) : runs.style(run));
  }

  private Markup legend(List<String> some) {
    Markup legend = runs.openLegend();
    for (int group = 0; group < some.size() && (some.size() > 1 || groups.size() > 1 || runs.size() == 1); group++) {
      RunSet.explain(
          legend, "dash" + group + (runs.size() == 1 ? " " + RunSet.style("r", group) : ""), some.get(group));
    }
    return legend.close();
  }
}
