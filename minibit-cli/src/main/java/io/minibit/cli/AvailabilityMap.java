package io.minibit.cli;

import io.minibit.sim.CopyMap;
import io.minibit.sim.Sample;
import io.minibit.sim.SimulationReport;
import java.util.List;

/** How many copies of which piece there were when: a heat map with time from left to right and pieces from top to bottom. */
final class AvailabilityMap {
  /** The colour for a piece that nobody online has; 0 is for moments after the end. */
  private static final int LOST = 1;

  private static final int RAREST = 2;
  private static final int COLORS = 256;
  private static final int HEIGHT = 290;
  private static final int TIPS = 60;

  /** So high is the bar above moments when a piece had no copy: a single line of the map is easily missed. */
  private static final int BAR = 5;

  /** From dark blue to yellow, with a lightness that rises evenly (viridis, of matplotlib); sim.css has them too. */
  private static final int[] RAMP = {
    0x440154, 0x482878, 0x3e4989, 0x31688e, 0x26828e, 0x1f9e89, 0x35b779, 0x6ece58, 0xb5de2b, 0xfde725
  };

  private static final int[] PALETTE = palette();

  private AvailabilityMap() {}

  private static int[] palette() {
    int[] palette = new int[COLORS];
    palette[LOST] = 0xffe8112d;
    for (int i = RAREST; i < COLORS; i++) {
      double at = (double) (i - RAREST) / (COLORS - 1 - RAREST) * (RAMP.length - 1);
      int low = Math.min(RAMP.length - 2, (int) at);
      int color = 0xff;
      for (int shift = 16; shift >= 0; shift -= 8) {
        int from = RAMP[low] >> shift & 0xff;
        int to = RAMP[low + 1] >> shift & 0xff;
        color = color << 8 | (int) Math.round(from + (to - from) * (at - low));
      }
      palette[i] = color;
    }
    return palette;
  }

  /** The most copies in any cell. */
  static int most(SimulationReport report) {
    CopyMap copies = report.copies();
    int most = 1;
    for (int row = 0; row < copies.rows(); row++) {
      for (int column = 0; column < copies.columns(); column++) {
        most = Math.max(most, copies.copies(row, column));
      }
    }
    return most;
  }

  /**
   * The map of one run.
   *
   * @param time what it has in common with other plots
   * @param most the number of copies that has the last colour
   */
  static Markup draw(SimulationReport report, Axis time, int most) {
    CopyMap copies = report.copies();
    double end = Math.min(report.nanos() / 1e9, time.to());
    Axis pieces = new Axis("piece", copies.pieces(), false, pieceTicks(copies.pieces()));
    PlotFrame frame = new PlotFrame(time, pieces, HEIGHT);
    Markup svg = frame.open("Copies of each piece over time");
    int width = Math.max(1, RunSet.sampleIndex(report, end) + 1);
    PalettePng png = new PalettePng(width, copies.columns());
    Markup bars = new Markup();
    for (int x = 0; x < width; x++) {
      int row = RunSet.sampleIndex(report, (x + 0.5) * end / width);
      for (int column = 0; column < copies.columns(); column++) {
        png.set(x, column, color(copies.copies(row, column), most));
      }
      if (report.samples().get(row).leastCopies() == 0) {
        bars.empty("rect", "class", "lost", "x", PlotFrame.number(frame.x(x * end / width)), "y",
            Integer.toString(PlotFrame.TOP - BAR - 1), "width",
            PlotFrame.number(Math.max(1, frame.x(end / width) - frame.x(0))), "height", Integer.toString(BAR));
      }
    }
    svg.empty("image", "href", png.dataUri(PALETTE), "class", width < 100 ? "pixels" : "smooth",
        "preserveAspectRatio", "none", "x", Integer.toString(PlotFrame.LEFT), "y", Integer.toString(PlotFrame.TOP),
        "width", PlotFrame.number(frame.x(end) - PlotFrame.LEFT), "height",
        Integer.toString(frame.bottom() - PlotFrame.TOP));
    svg.add(bars);
    for (int i = 0; i < TIPS; i++) {
      int row = RunSet.sampleIndex(report, (i + 0.5) * end / TIPS);
      frame.tip(svg, end * i / TIPS, end * (i + 1) / TIPS, words(report, row));
    }
    return svg.close();
  }

  private static int color(int copies, int most) {
    if (copies == 0) {
      return LOST;
    }
    double share = most == 1 ? 1 : Math.log(copies) / Math.log(most);
    return RAREST + (int) Math.round(Math.min(1, share) * (COLORS - 1 - RAREST));
  }

  /** Piece 0 is at the top: the axis counts from the other end. */
  private static List<Axis.Tick> pieceTicks(int pieces) {
    return Axis.amount("", pieces, 1).ticks().stream()
        .filter(tick -> tick.value() < pieces)
        .map(tick -> new Axis.Tick(pieces - tick.value(), tick.label()))
        .toList();
  }

  private static String words(SimulationReport report, int row) {
    CopyMap copies = report.copies();
    Sample sample = report.samples().get(row);
    int rarest = 0;
    for (int column = 1; column < copies.columns(); column++) {
      if (copies.copies(row, column) < copies.copies(row, rarest)) {
        rarest = column;
      }
    }
    long first = firstPiece(copies, rarest);
    return RunSet.at(sample.nanos() / 1e9)
        + "\n" + Words.count(sample.online(), "peer") + " online, " + sample.seeds() + " with everything"
        + "\nrarest: " + (sample.leastCopies() == 1 ? "1 copy" : sample.leastCopies() + " copies")
        + (firstPiece(copies, rarest + 1) == first + 1 ? " of piece " + first : " in the row of piece " + first);
  }

  private static long firstPiece(CopyMap copies, int column) {
    return ((long) column * copies.pieces() + copies.columns() - 1) / copies.columns();
  }
}
