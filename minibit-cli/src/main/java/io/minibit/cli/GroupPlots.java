package io.minibit.cli;

import io.minibit.sim.PeerOutcome;
import io.minibit.sim.SimulationReport;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** The plots of a simulation's report that show how something is distributed over the leechers of each group. */
final class GroupPlots {
  /** Kinds of lines that are told apart. */
  private static final int GROUPS_PER_PLOT = 4;

  /** The table has them all. */
  private static final int MOST_PLOTS = 4;

  /** What a distribution is read at; more points than pixels are of no use. */
  private static final int POINTS = 400;

  private final RunSet runs;
  private final List<String> groups;

  GroupPlots(RunSet runs) {
    this.runs = runs;
    this.groups = runs.leecherGroups();
  }

  /** How many groups are not shown because there are too many. */
  int hidden() {
    return Math.max(0, groups.size() - GROUPS_PER_PLOT * MOST_PLOTS);
  }

  /** What each peer gave, sorted: legends and plots. */
  Markup uploads() {
    double highest = runs.highest(report -> report.leechers().stream().mapToDouble(copies(report)).max().orElse(0));
    Axis copies = Axis.amount("uploaded (copies of the torrent)", Math.max(highest, 1.05), 0);
    return plots("What each peer gave, sorted", Axis.share("peers of the group, from who gave least"), copies,
        (report, group) -> {
          double[] given = report.group(group).stream().mapToDouble(copies(report)).sorted().toArray();
          double[] ys = new double[given.length == 0 ? 0 : POINTS + 1];
          for (int i = 0; i < ys.length; i++) {
            ys[i] = given[(int) Math.min(given.length - 1, (long) i * given.length / POINTS)];
          }
          return new Curve(shares(ys.length), ys);
        },
        share -> TimePlots.percent(share) + " of the peers gave less than",
        "%.2f copies");
  }

  private static double[] shares(int length) {
    double[] shares = new double[length];
    for (int i = 0; i < length; i++) {
      shares[i] = (double) i / POINTS;
    }
    return shares;
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
        (report, group) -> {
          double[] times = report.downloadSeconds(group);
          double peers = report.group(group).size();
          double[] xs = new double[times.length + 2];
          double[] ys = new double[times.length + 2];
          for (int i = 0; i < times.length; i++) {
            xs[i + 1] = times[i];
            ys[i + 1] = (i + 1) / peers;
          }
          xs[times.length + 1] = longest;
          ys[times.length + 1] = peers == 0 ? 0 : times.length / peers;
          return new Curve(xs, ys);
        },
        seconds -> RunSet.at(seconds) + " after arrival, complete:",
        "%.0f %%");
  }

  /** A step function. */
  private record Curve(double[] xs, double[] ys) {
    double at(double x) {
      int found = Arrays.binarySearch(xs, x);
      int index = found >= 0 ? found : -found - 2;
      return ys.length == 0 || index < 0 ? 0 : ys[index];
    }
  }

  @FunctionalInterface
  private interface Measure {
    Curve of(SimulationReport report, String group);
  }

  private Markup plots(
      String name, Axis horizontal, Axis vertical, Measure measure, DoubleFunction<String> where, String format) {
    Markup all = new Markup();
    int shown = Math.min(groups.size(), GROUPS_PER_PLOT * MOST_PLOTS);
    for (int from = 0; from < shown; from += GROUPS_PER_PLOT) {
      List<String> some = groups.subList(from, Math.min(shown, from + GROUPS_PER_PLOT));
      all.add(legend(some));
      LinePlot plot = new LinePlot(name, horizontal, vertical);
      List<String> names = new ArrayList<>();
      List<Curve> curves = new ArrayList<>();
      for (int group = 0; group < some.size(); group++) {
        for (int run = 0; run < runs.size(); run++) {
          Curve curve = measure.of(runs.report(run), some.get(group));
          plot.steps(style(group, run), curve.xs, curve.ys);
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
