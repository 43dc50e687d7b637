package io.minibit.cli;

import io.minibit.sim.PeerOutcome;
import io.minibit.sim.Sample;
import io.minibit.sim.SimulationReport;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/** The plots of a simulation's report that have time as their axis and one line or two per run. */
final class TimePlots {
  /** Rates are means over the windows between so many moments; blocks and choking rounds make finer ones restless. */
  private static final int WINDOWS = 100;

  /** More lines of theory than that hide the curves. */
  private static final int MOST_MARKS = 4;

  private final RunSet runs;

  TimePlots(RunSet runs) {
    this.runs = runs;
  }

  /** The share of the leechers that are complete, and the bounds. */
  Markup completion() {
    LinePlot plot = new LinePlot(
        "Share of leechers complete over time", runs.time(), Axis.share("leechers complete"));
    Curve[] curves = new Curve[runs.size()];
    Map<TheoryBound, Integer> bounds = new LinkedHashMap<>(); // to the only run that has it, or -1
    for (int run = 0; run < runs.size(); run++) {
      curves[run] = completion(runs.report(run));
      plot.steps(runs.style(run), curves[run]);
      int own = run;
      TheoryBound.of(runs.report(run)).forEach(bound -> bounds.merge(bound, own, (one, other) -> -1));
    }
    bounds.entrySet().stream()
        .filter(bound -> bound.getKey().seconds() <= runs.seconds())
        .limit(MOST_MARKS)
        .forEach(bound -> plot.mark(
            bound.getValue() < 0 || runs.size() == 1 ? "" : runs.style(bound.getValue()),
            bound.getKey().seconds(),
            bound.getKey().name() + " " + RunSet.at(bound.getKey().seconds())));
    plot.tips(seconds -> runs.tip(
        seconds, run -> percent(curves[run].at(seconds)) + " of the leechers complete"));
    return plot.svg();
  }

  private static Curve completion(SimulationReport report) {
    double[] times = report.leechers().stream()
        .filter(PeerOutcome::isComplete)
        .mapToDouble(peer -> peer.completed() / 1e9)
        .sorted()
        .toArray();
    return Curve.shares(times, TheoryBound.leechers(report.scenario()), report.nanos() / 1e9);
  }

  /** What the uplinks send and what they could. */
  Markup rates() {
    double highest = 0;
    Curve[] sent = new Curve[runs.size()];
    Curve[] possible = new Curve[runs.size()];
    for (int run = 0; run < runs.size(); run++) {
      sent[run] = rate(runs.report(run), Sample::uploaded);
      possible[run] = rate(runs.report(run), Sample::capacity);
      highest = Math.max(highest, Math.max(sent[run].highest(), possible[run].highest()));
    }
    LinePlot plot = new LinePlot(
        "Total upload and uplink capacity over time", runs.time(), Axis.rate("upload of all peers", highest));
    for (int run = 0; run < runs.size(); run++) {
      if (possible[run].highest() > 0) {
        plot.line("dashed " + runs.style(run), possible[run]);
      }
      plot.line(runs.style(run), sent[run]);
    }
    plot.tips(seconds -> runs.tip(seconds, run -> {
      double could = possible[run].at(seconds);
      return Sizes.formatRate(sent[run].at(seconds)) + (could > 0 ? " of " + Sizes.formatRate(could) : "");
    }));
    return plot.svg();
  }

  /** A rate in the middles of its windows. */
  private Curve rate(SimulationReport report, ToDoubleFunction<Sample> amount) {
    List<Sample> samples = report.samples();
    double end = Math.min(runs.seconds(), report.nanos() / 1e9);
    int last = RunSet.sampleIndex(report, end);
    int windows = Math.min(WINDOWS, last);
    double[] seconds = new double[windows];
    double[] perSecond = new double[windows];
    int used = 0;
    for (int window = 0; window < windows; window++) {
      Sample from = samples.get((int) ((long) window * last / windows));
      Sample to = samples.get((int) ((long) (window + 1) * last / windows));
      double length = (to.nanos() - from.nanos()) / 1e9;
      if (length > 0) {
        seconds[used] = (from.nanos() + to.nanos()) / 2e9;
        perSecond[used++] = (amount.applyAsDouble(to) - amount.applyAsDouble(from)) / length;
      }
    }
    return new Curve(Arrays.copyOf(seconds, used), Arrays.copyOf(perSecond, used));
  }

  /** Who is there. */
  Markup population() {
    LinePlot plot = new LinePlot(
        "Peers online over time", runs.time(), Axis.amount("peers", runs.highestSample(Sample::online), 1));
    for (int run = 0; run < runs.size(); run++) {
      plot.steps(runs.style(run), curve(runs.report(run), Sample::online));
      plot.steps("dashed " + runs.style(run), curve(runs.report(run), Sample::seeds));
    }
    plot.tips(seconds -> runs.tip(seconds, run -> {
      Sample sample = RunSet.sample(runs.report(run), seconds);
      return Words.count(sample.online(), "peer") + " online, " + sample.seeds() + " with everything";
    }));
    return plot.svg();
  }

  /** How rare the rarest piece is. */
  Markup rarest() {
    double highest = runs.highestSample(sample -> Math.max(sample.meanCopies(), sample.leastCopies()));
    LinePlot plot = new LinePlot("Copies of the rarest piece over time", runs.time(), Axis.copies("copies", highest));
    for (int run = 0; run < runs.size(); run++) {
      plot.line("dashed " + runs.style(run), curve(runs.report(run), Sample::meanCopies));
      plot.steps(runs.style(run), curve(runs.report(run), Sample::leastCopies));
    }
    plot.tips(seconds -> runs.tip(seconds, run -> {
      Sample sample = RunSet.sample(runs.report(run), seconds);
      return String.format(
          Locale.ROOT, "%d of the rarest piece, %.1f on average", sample.leastCopies(), sample.meanCopies());
    }));
    return plot.svg();
  }

  private static Curve curve(SimulationReport report, ToDoubleFunction<Sample> figure) {
    return Curve.of(report.samples(), sample -> sample.nanos() / 1e9, figure);
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, share < 0.0995 ? "%.1f %%" : "%.0f %%", share * 100);
  }
}
