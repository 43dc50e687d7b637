package io.minibit.cli;

import io.minibit.sim.PeerOutcome;
import io.minibit.sim.SimulationReport;
import io.minibit.sim.TrafficMatrix;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.DoubleFunction;

/**
 * Who gave what to whom: heat maps with givers from top to bottom and takers from left to right, peers of few and groups
 * of many. Groups differ in size, so what a group got is told per taker.
 */
final class TrafficMap {
  private static final int COLORS = 256;
  private static final int BLUE = 0x1c7ed6;
  private static final int LEFT = 128;
  private static final int TOP = 24;
  private static final int SIDE = 340;
  private static final int BOTTOM_UPRIGHT = 26;
  private static final int BOTTOM_SLANTED = 86;

  /** A cell with a number in it needs not be higher. */
  private static final int HIGHEST_CELL = 56;

  private static final int LINE_OF_TEXT = 15;
  private static final int LONGEST_NAME = 14;

  /** Up to so many rows there is room for numbers. */
  private static final int MOST_WITH_NUMBERS = 6;

  /** Every cell that can be pointed at takes some 100 bytes; over all runs not more than a third of a megabyte. */
  private static final int MOST_TIPS = 4_200;

  /** More groups than that are no picture any more. */
  static final int MOST_ROWS = 400;

  private static final int[] PALETTE = palette();

  private final TrafficMatrix traffic;
  private final int size;
  private final double torrent;
  private final int[] takers;
  private final boolean tips;
  private final double cellWidth;
  private final double cellHeight;
  private final List<Segment> segments = new ArrayList<>();

  /** Neighbouring rows under one name. */
  private record Segment(String name, int from, int to) {}

  /**
   * The maps of one run.
   *
   * @param runs among how many runs the room for what cells tell is shared
   */
  TrafficMap(SimulationReport report, int runs) {
    traffic = report.traffic();
    size = traffic.names().size();
    torrent = (double) report.scenario().bytes();
    takers = new int[size];
    tips = runs * size * size <= MOST_TIPS;
    cellWidth = (double) SIDE / size;
    cellHeight = Math.min(cellWidth, HIGHEST_CELL);
    boolean byPeer = isByPeer(report);
    Map<String, Integer> members = new HashMap<>();
    report.peers().forEach(peer -> members.merge(peer.group(), 1, Integer::sum));
    for (int i = 0; i < size; i++) {
      takers[i] = byPeer ? 1 : Math.max(1, members.getOrDefault(traffic.names().get(i), 1));
      String name = byPeer ? groupOf(report, i) : traffic.names().get(i);
      Segment last = segments.isEmpty() ? null : segments.get(segments.size() - 1);
      if (last != null && last.name.equals(name)) {
        segments.set(segments.size() - 1, new Segment(name, last.from, i + 1));
      } else {
        segments.add(new Segment(name, i, i + 1));
      }
    }
  }

  /** Whether peers stand for themselves. */
  static boolean isByPeer(SimulationReport report) {
    return report.scenario().groups().size() != report.traffic().names().size()
        || report.scenario().peers() == report.scenario().groups().size();
  }

  private static String groupOf(SimulationReport report, int row) {
    String name = report.traffic().names().get(row);
    List<PeerOutcome> peers = report.peers();
    return row < peers.size() ? peers.get(row).group() : name;
  }

  private static int[] palette() {
    int[] palette = new int[COLORS];
    for (int i = 1; i < COLORS; i++) {
      palette[i] = (int) Math.round(255 * (0.06 + 0.84 * i / (COLORS - 1))) << 24 | BLUE;
    }
    return palette;
  }

  /** The most that a taker got from a giver, as copies of the torrent. */
  double mostCopies() {
    return most(false);
  }

  /** The longest time for which a taker was unchoked by a giver, seconds. */
  double mostSeconds() {
    return most(true);
  }

  private double most(boolean time) {
    double most = 0;
    for (int giver = 0; giver < size; giver++) {
      for (int taker = 0; taker < size; taker++) {
        most = Math.max(most, value(giver, taker, time));
      }
    }
    return most;
  }

  private double value(int giver, int taker, boolean time) {
    double sum = time ? traffic.servedNanos(giver, taker) / 1e9 : traffic.bytes(giver, taker) / torrent;
    return sum / takers[taker];
  }

  /** What the takers got. */
  Markup copies(double most) {
    return draw("Payload by giver and taker", most, false, TrafficMap::copiesText);
  }

  /** How long they were unchoked. */
  Markup served(double most) {
    return draw("Time unchoked by giver and taker", most, true, RunSet::at);
  }

  static String copiesText(double copies) {
    return String.format(Locale.ROOT, copies >= 0.0995 ? "%.2f" : "%.3f", copies);
  }

  private Markup draw(String description, double most, boolean time, DoubleFunction<String> words) {
    boolean upright = segments.stream().allMatch(segment -> (segment.to - segment.from) * cellWidth >= 90);
    int bottom = TOP + (int) Math.ceil(size * cellHeight);
    Markup svg = PlotFrame.openDrawing(
        PlotFrame.WIDTH, bottom + (upright ? BOTTOM_UPRIGHT : BOTTOM_SLANTED), description);
    PalettePng png = new PalettePng(size, size);
    for (int giver = 0; giver < size; giver++) {
      for (int taker = 0; taker < size; taker++) {
        double value = value(giver, taker, time);
        png.set(taker, giver, value == 0 ? 0 : 1 + (int) Math.round((COLORS - 2) * Math.min(1, value / most)));
      }
    }
    svg.empty("image", "href", png.dataUri(PALETTE), "class", "pixels", "preserveAspectRatio", "none",
        "x", Integer.toString(LEFT), "y", Integer.toString(TOP), "width", Integer.toString(SIDE), "height",
        PlotFrame.number(size * cellHeight));
    names(svg, upright);
    for (int giver = 0; giver < size; giver++) {
      for (int taker = 0; taker < size; taker++) {
        double value = value(giver, taker, time);
        double x = LEFT + taker * cellWidth;
        double y = TOP + giver * cellHeight;
        if (size <= MOST_WITH_NUMBERS) {
          svg.element("text", value == 0 ? "–" : words.apply(value), "class", "cell-value",
              "x", PlotFrame.number(x + cellWidth / 2), "y", PlotFrame.number(y + cellHeight / 2));
        }
        if (tips && value > 0) {
          PlotFrame.rectangle(svg, x, y, cellWidth, cellHeight,
              traffic.names().get(giver) + " → " + traffic.names().get(taker) + ": " + words.apply(value));
        }
      }
    }
    return svg.close();
  }

  private void names(Markup svg, boolean upright) {
    double height = size * cellHeight;
    svg.element("text", "giver ↓", "class", "name end", "x", Integer.toString(LEFT - 8), "y", "10");
    svg.element("text", "taker →", "class", "name", "x", Integer.toString(LEFT), "y", "10");
    double freeX = 0;
    double freeY = 0;
    for (Segment segment : segments) {
      String name = SafeText.of(segment.name, LONGEST_NAME);
      double x = segment.from * cellWidth;
      double y = segment.from * cellHeight;
      svg.empty("path", "class", "grid", "d",
          "M" + LEFT + " " + PlotFrame.number(TOP + y) + "h" + SIDE
              + "M" + PlotFrame.number(LEFT + x) + " " + TOP + "v" + PlotFrame.number(height));
      double middleY = (segment.from + segment.to) / 2.0 * cellHeight;
      if (middleY >= freeY) { // else names would overlap
        freeY = middleY + LINE_OF_TEXT;
        svg.element("text", name, "class", "end", "x", Integer.toString(LEFT - 8), "y", PlotFrame.number(TOP + middleY));
      }
      double middleX = (segment.from + segment.to) / 2.0 * cellWidth;
      if (middleX >= freeX) {
        freeX = middleX + LINE_OF_TEXT;
        String left = PlotFrame.number(LEFT + middleX);
        String under = PlotFrame.number(TOP + height + (upright ? 14 : 10));
        if (upright) {
          svg.element("text", name, "class", "middle", "x", left, "y", under);
        } else {
          svg.element("text", name, "class", "end", "x", left, "y", under,
              "transform", "rotate(-40 " + left + " " + under + ")");
        }
      }
    }
    svg.empty("path", "class", "grid", "d",
        "M" + LEFT + " " + PlotFrame.number(TOP + height) + "h" + SIDE + "v-" + PlotFrame.number(height));
  }
}
