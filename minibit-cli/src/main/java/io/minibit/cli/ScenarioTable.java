package io.minibit.cli;

import io.minibit.sim.Arrival;
import io.minibit.sim.Departure;
import io.minibit.sim.Fault;
import io.minibit.sim.Handout;
import io.minibit.sim.InitialPieces;
import io.minibit.sim.PeerGroup;
import io.minibit.sim.Scenario;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** What was simulated, as tables. Where runs differ, each says its own. */
final class ScenarioTable {
  /** Every group has a row; more are of no use to anybody. */
  static final int MOST_GROUPS = 60;

  private static final String DEFAULT = "";

  private final RunSet runs;

  ScenarioTable(RunSet runs) {
    this.runs = runs;
  }

  /** All but the groups. */
  Markup swarm() {
    Map<String, Function<Scenario, String>> rows = new LinkedHashMap<>();
    rows.put("torrent", scenario -> Words.size(scenario.bytes()) + " in "
        + Words.count(TheoryBound.pieces(scenario), "piece") + " of " + Sizes.format(scenario.pieceLength()));
    rows.put("peers", scenario -> String.format(Locale.ROOT, "%,d", scenario.peers()));
    rows.put("tracker hands out", scenario -> handout(scenario.handout()));
    rows.put("faults", scenario -> scenario.faults().isEmpty()
        ? "none"
        : String.join("\n", scenario.faults().stream().limit(MOST_GROUPS).map(ScenarioTable::fault).toList()));
    rows.put("ends", scenario -> (scenario.endsWhenComplete() ? "when nobody is left to complete, at the latest " : "")
        + "after " + Durations.format(scenario.limit()));
    rows.put("random seed", scenario -> Long.toString(scenario.seed()));
    Markup table = new Markup().open("table").open("tbody");
    rows.forEach((name, value) -> {
      table.open("tr").element("th", name, "scope", "row");
      cell(table, run -> value.apply(runs.report(run).scenario()), "words");
      table.close();
    });
    return table.close().close();
  }

  /** A row for each group, a column for each property that is not the usual one everywhere. */
  Markup groups() {
    Map<String, Function<PeerGroup, String>> columns = new LinkedHashMap<>();
    columns.put("peers", group -> Integer.toString(group.count()));
    columns.put("uplink", group -> rate(group.upload()));
    columns.put("downlink", group -> rate(group.download()));
    columns.put("own upload limit",
        group -> group.uploadLimit() == PeerGroup.UNLIMITED ? DEFAULT : rate(group.uploadLimit()));
    columns.put("latency", group -> millis(group.latency()));
    columns.put("come", group -> arrival(group.arrival()));
    columns.put("leave", group -> departure(group.departure()));
    columns.put("come with", group -> pieces(group.pieces()));
    columns.put("fetch", group -> group.selection().name());
    columns.put("serve", group -> group.choking().name());
    columns.put("super-seeding", group -> group.superSeeding() ? "yes" : DEFAULT);
    columns.put("connections", group -> group.connections() + " (dial " + group.dials() + ")");
    columns.put("racks", group -> group.racks() == 0 ? DEFAULT : Integer.toString(group.racks()));
    columns.put("store a piece in",
        group -> group.storing().equals(Duration.ofMillis(5)) ? DEFAULT : millis(group.storing()));
    columns.put("piece memory", group -> group.pieceMemory() == 64L << 20 ? DEFAULT : Sizes.format(group.pieceMemory()));
    columns.values().removeIf(property -> all().stream().allMatch(group -> property.apply(group).equals(DEFAULT)));

    Markup table = new Markup().open("table").open("thead").open("tr").element("th", "group", "scope", "col");
    columns.keySet().forEach(name -> table.element("th", name, "scope", "col", "class", "words"));
    table.close().close().open("tbody");
    for (String name : runs.groupNames().stream().limit(MOST_GROUPS).toList()) {
      table.open("tr").element("th", name, "scope", "row");
      columns.values().forEach(property -> cell(
          table, run -> find(runs.report(run).scenario(), name).map(property).reduce("–", (none, value) -> value),
          "words"));
      table.close();
    }
    return table.close().close();
  }

  private List<PeerGroup> all() {
    List<PeerGroup> all = new ArrayList<>();
    for (int run = 0; run < runs.size(); run++) {
      all.addAll(runs.report(run).scenario().groups());
    }
    return all;
  }

  private static Stream<PeerGroup> find(Scenario scenario, String name) {
    return scenario.groups().stream().filter(group -> group.name().equals(name));
  }

  /** One value if the runs agree, else one for each in its colour. */
  private void cell(Markup table, Function<Integer, String> value, String style) {
    table.open("td", "class", style);
    boolean same = true;
    for (int run = 1; run < runs.size(); run++) {
      same &= value.apply(run).equals(value.apply(0));
    }
    for (int run = 0; run < (same ? 1 : runs.size()); run++) {
      for (String line : value.apply(run).split("\n", -1)) {
        table.open("div");
        if (!same) {
          table.element("i", "", "class", "dot " + runs.style(run), "title", runs.label(run));
        }
        table.text(line.isEmpty() ? "–" : line).close();
      }
    }
    table.close();
  }

  private static String rate(long bytesPerSecond) {
    return bytesPerSecond == PeerGroup.UNLIMITED
        ? "no limit"
        : Sizes.formatRate((double) bytesPerSecond) + "\n" + bits(bytesPerSecond * 8.0);
  }

  /** As providers of links tell it. */
  private static String bits(double bits) {
    String[] units = {"bit/s", "kbit/s", "Mbit/s", "Gbit/s", "Tbit/s"};
    int unit = 0;
    double value = bits;
    while (value >= 999.5 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, "%.3g", value).replaceAll("(\\.\\d*?)0+$", "$1").replaceAll("\\.$", "")
        + " " + units[unit];
  }

  private static String millis(Duration time) {
    return time.compareTo(Duration.ofSeconds(1)) < 0
        ? String.format(Locale.ROOT, "%.0f ms", time.toNanos() / 1e6)
        : Durations.format(time);
  }

  private static String arrival(Arrival arrival) {
    if (arrival instanceof Arrival.AtOnce once) {
      return once.start().isZero() ? "at the start" : "after " + Durations.format(once.start());
    }
    if (arrival instanceof Arrival.AtRate rate) {
      return perSecond(rate.perSecond()) + from(rate.start());
    }
    if (arrival instanceof Arrival.Poisson poisson) {
      return "at random, " + perSecond(poisson.perSecond()) + from(poisson.start());
    }
    Arrival.FlashCrowd crowd = (Arrival.FlashCrowd) arrival;
    return "in a flash crowd, after " + Durations.format(crowd.mean()) + " on average" + from(crowd.start());
  }

  private static String perSecond(double rate) {
    return rate < 0.1
        ? String.format(Locale.ROOT, "%.3g an hour", rate * 3600)
        : String.format(Locale.ROOT, "%.3g a second", rate);
  }

  private static String from(Duration start) {
    return start.isZero() ? "" : ", from " + Durations.format(start) + " on";
  }

  private static String departure(Departure departure) {
    List<String> ways = new ArrayList<>();
    Duration afterCompletion = departure.afterCompletion();
    if (afterCompletion != null) {
      ways.add(afterCompletion.isZero() ? "when complete" : Durations.format(afterCompletion) + " after completion");
    }
    Duration afterArrival = departure.afterArrival();
    if (afterArrival != null) {
      ways.add(Durations.format(afterArrival) + " after arrival");
    }
    if (departure.seedsPerSecond() > 0) {
      ways.add("when complete, after " + mean(departure.seedsPerSecond()));
    }
    if (departure.abortsPerSecond() > 0) {
      ways.add("incomplete, after " + mean(departure.abortsPerSecond()));
    }
    return ways.isEmpty() ? "never" : String.join("\n", ways);
  }

  private static String mean(double perSecond) {
    return Durations.format(Duration.ofMillis(Math.round(1e3 / Math.max(1e-9, perSecond)))) + " on average";
  }

  private static String pieces(InitialPieces pieces) {
    return pieces.share() == 0
        ? "nothing"
        : pieces.share() == 1 ? "everything" : TimePlots.percent(pieces.share()) + " of the pieces";
  }

  private static String handout(Handout handout) {
    return (handout.insiders()
            ? handout.peers() + " peers, of the own rack first, " + handout.outsiders() + " others at least"
            : handout.peers() + " peers at random")
        + "; peers ask every " + Durations.format(handout.interval());
  }

  private static String fault(Fault fault) {
    return fault.kind().name().toLowerCase(Locale.ROOT).replace('_', ' ')
        + (fault.group().isEmpty() ? "" : " in " + fault.group())
        + (fault.share() == 1 ? "" : ", " + TimePlots.percent(fault.share()) + " of the peers")
        + ", strength " + String.format(Locale.ROOT, "%.4g", fault.strength())
        + ", from " + Durations.format(fault.start()) + " to " + Durations.format(fault.end());
  }
}
