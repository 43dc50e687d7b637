package io.minibit.cli;

import io.minibit.sim.SimulationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Reports of simulations as one HTML page for people: what was simulated, figures and plots, several runs side by side. It
 * needs nothing else: no network, no script; style and pictures are in it. Its size does not grow with the number of
 * peers.
 */
final class SimulationPage {
  /** A scenario's text that is longer is not shown. */
  private static final int MOST_TEXT = 100_000;

  /** Nothing is loaded and nothing runs, whatever should get into the page. */
  private static final String POLICY =
      "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

  private final RunSet runs;
  private final Markup page = new Markup();

  private SimulationPage(RunSet runs) {
    this.runs = runs;
  }

  /**
   * A simulation and what to call it among others.
   *
   * @param label need not be safe
   */
  record Run(String label, SimulationReport report) {}

  /**
   * Writes the page, over one that is there.
   *
   * @param runs at least one
   */
  static void write(Path file, List<Run> runs) throws IOException {
    if (runs.isEmpty()) {
      throw new IllegalArgumentException("no run to report on");
    }
    Files.writeString(file, new SimulationPage(new RunSet(runs)).html(WebFile.style("sim.css")));
  }

  private String html(String style) {
    page.own("<!DOCTYPE html>\n").open("html", "lang", "en").own("\n").open("head").own("\n");
    page.empty("meta", "charset", "utf-8").own("\n");
    page.empty("meta", "http-equiv", "Content-Security-Policy", "content", POLICY).own("\n");
    page.empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1").own("\n");
    page.empty("meta", "name", "color-scheme", "content", "light dark").own("\n");
    page.element("title", title() + " – MiniBit simulation").own("\n");
    page.empty("link", "rel", "icon", "href", "data:,").own("\n");
    page.open("style").own("\n" + style).close().own("\n").close().own("\n").open("body").own("\n");
    page.open("header").element("h1", title());
    page.element("p", "simulated with MiniBit: " + (runs.size() == 1 ? "one run" : runs.size() + " runs side by side"));
    page.close().own("\n").open("main").own("\n");
    figures();
    progress();
    availability();
    distributions();
    traffic();
    scenario();
    return page.close().own("\n").close().own("\n").close().own("\n").toString();
  }

  private String title() {
    Set<String> names = new LinkedHashSet<>();
    for (int run = 0; run < runs.size(); run++) {
      names.add(SafeText.of(runs.report(run).scenario().name(), 200));
    }
    return String.join(", ", names);
  }

  private void figures() {
    section("figures", true, "Key figures");
    page.open("div", "class", "scroll").add(new KeyFigures(runs).ofRuns()).close();
    end();
  }

  private void progress() {
    TimePlots plots = new TimePlots(runs);

    section("completion", false, "How many are complete");
    page.add(runs.openLegend().close());
    page.add(plots.completion());
    note(bounds());
    if (runs.isCut()) {
      note("Some runs go on beyond the right edge, but nothing happens there any more.");
    }
    end();

    section("rates", false, "How fast it goes");
    Markup rates = runs.openLegend();
    RunSet.explain(rates, "", "sent");
    RunSet.explain(rates, "dashed", "what the uplinks of those online could send");
    page.add(rates.close());
    page.add(plots.rates());
    end();

    section("population", false, "Who is there");
    Markup population = runs.openLegend();
    RunSet.explain(population, "", "online");
    RunSet.explain(population, "dashed", "those of them that have everything");
    page.add(population.close());
    page.add(plots.population());
    end();

    section("rarest", false, "How rare pieces are");
    Markup rarest = runs.openLegend();
    RunSet.explain(rarest, "", "copies of the rarest piece online");
    RunSet.explain(rarest, "dashed", "of a piece on average");
    page.add(rarest.close());
    page.add(plots.rarest());
    end();
  }

  private String bounds() {
    String fluid = "Fluid bound: nobody could give everything to all of them sooner, even in infinitely small pieces; "
        + "it counts the uplinks of all peers, also of those that serve nobody.";
    String pieces = " Piece bound: the same for whole pieces, as all uplinks are equal and there is one seed "
        + "(Mundinger, Weber and Weiss).";
    boolean some = false;
    boolean whole = false;
    Set<String> absences = new LinkedHashSet<>();
    for (int run = 0; run < runs.size(); run++) {
      String absence = TheoryBound.absence(runs.report(run));
      if (absence != null) {
        absences.add(absence);
      }
      List<TheoryBound> bounds = TheoryBound.of(runs.report(run));
      some |= !bounds.isEmpty();
      whole |= bounds.size() > 1;
    }
    String none = "There is no bound to compare with" + (some ? " for some runs" : "") + ", because "
        + String.join(" and ", absences) + ".";
    return (some ? fluid + (whole ? pieces : "") + (absences.isEmpty() ? "" : " ") : "") + (absences.isEmpty() ? "" : none);
  }

  private void availability() {
    section("availability", true, "Which pieces there were when");
    int most = 1;
    int pieces = 1;
    for (int run = 0; run < runs.size(); run++) {
      most = Math.max(most, AvailabilityMap.most(runs.report(run)));
      pieces = Math.max(pieces, runs.report(run).copies().pieces() / runs.report(run).copies().columns());
    }
    page.open("p", "class", "legend").open("span").text("1 copy online").element("i", "", "class", "scale copies");
    page.text(most + " copies (logarithmic)").close().text(" ");
    page.open("span").element("i", "", "class", "lost").text(" no copy online").close().close();
    page.open("div", "class", runs.size() == 1 ? "single" : "pair");
    for (int run = 0; run < runs.size(); run++) {
      page.open("div");
      runTitle(run);
      page.add(AvailabilityMap.draw(runs.report(run), runs.time(), most)).close();
    }
    page.close();
    if (pieces > 1) {
      note("Several neighbouring pieces share a row; it shows the rarest of them.");
    }
    if (runs.highest(report -> report.samples().stream().filter(sample -> sample.leastCopies() == 0).count()) > 0) {
      note("A red bar above a map marks the times when some piece had no copy online.");
    }
    end();
  }

  private void runTitle(int run) {
    if (runs.size() > 1) {
      page.open("h3").element("i", "", "class", "dot " + runs.style(run)).text(runs.label(run)).close();
    }
  }

  private void distributions() {
    GroupPlots plots = new GroupPlots(runs);
    section("uploads", false, "Who uploaded how much");
    page.add(plots.uploads());
    end();
    section("downloads", false, "Who waited how long");
    page.add(plots.downloads());
    end();
    section("groups", true, "Groups");
    page.open("div", "class", "scroll").add(new KeyFigures(runs).ofGroups()).close();
    if (plots.hidden() > 0) {
      note("The plots above leave out " + Words.count(plots.hidden(), "group") + " of leechers for lack of room.");
    }
    tableLimit();
    end();
  }

  private void tableLimit() {
    int more = runs.groupNames().size() - ScenarioTable.MOST_GROUPS;
    if (more > 0) {
      note("And " + Words.count(more, "more group") + ".");
    }
  }

  private void traffic() {
    section("traffic", true, "Who gave what to whom");
    List<TrafficMap> maps = new ArrayList<>();
    double copies = 0;
    double seconds = 0;
    boolean byPeer = false;
    for (int run = 0; run < runs.size(); run++) {
      if (runs.report(run).traffic().names().size() > TrafficMap.MOST_ROWS) {
        note("There are too many groups for a picture.");
        end();
        return;
      }
      byPeer |= TrafficMap.isByPeer(runs.report(run));
      TrafficMap map = new TrafficMap(runs.report(run), runs.size());
      maps.add(map);
      copies = Math.max(copies, map.mostCopies());
      seconds = Math.max(seconds, map.mostSeconds());
    }
    for (int run = 0; run < runs.size(); run++) {
      runTitle(run);
      page.open("div", "class", "pair").open("div");
      scale("payload: a taker got 0", TrafficMap.copiesText(copies) + " copies of the torrent");
      page.add(maps.get(run).copies(copies)).close().open("div");
      scale("time: a taker was unchoked for 0", RunSet.at(seconds));
      page.add(maps.get(run).served(seconds)).close().close();
    }
    note(byPeer
        ? "Rows and columns are peers, in the order of their groups."
        : "Rows and columns are groups: what a taker of the column got from all peers of the row together, on average. "
            + "Times are summed over those who unchoked it.");
    end();
  }

  private void scale(String from, String to) {
    page.open("p", "class", "legend").open("span").text(from);
    page.element("i", "", "class", "scale traffic").text(to).close().close();
  }

  private void scenario() {
    ScenarioTable table = new ScenarioTable(runs);
    section("scenario", true, "What was simulated");
    page.add(runs.openLegend().close());
    page.add(table.swarm());
    page.element("h3", "Groups of peers");
    page.open("div", "class", "scroll").add(table.groups()).close();
    tableLimit();
    String text = runs.report(0).scenario().toText();
    if (text.length() <= MOST_TEXT) {
      page.open("details").element("summary", "The first of them as text, for minibit sim FILE");
      page.open("div", "class", "scroll").element("pre", text).close().close();
    }
    end();
  }

  private void section(String id, boolean wide, String name) {
    page.open("section", "id", id, "class", wide ? "wide" : "half").element("h2", name).own("\n");
  }

  private void note(String words) {
    page.element("p", words, "class", "note");
  }

  private void end() {
    page.close().own("\n");
  }
}
