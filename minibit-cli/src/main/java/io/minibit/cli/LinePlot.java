package io.minibit.cli;

import java.util.function.DoubleFunction;

/** Lines over an axis, with marks for what theory says. Its size is bounded by its resolution, not by its data. */
final class LinePlot {
  private static final int HEIGHT = 290;

  /** Moves below half a unit are not seen. */
  private static final double LEAST_MOVE = 0.5;

  private static final int TIPS = 60;
  private static final int LINE_OF_TEXT = 17;
  private static final int NEAR = 120;
  private static final int ROOM_FOR_NAME = 235;

  private final PlotFrame frame;
  private final Markup svg;
  private int marks;
  private double firstMark;

  LinePlot(String description, Axis horizontal, Axis vertical) {
    frame = new PlotFrame(horizontal, vertical, HEIGHT);
    svg = frame.open(description);
  }

  /** A line through points, from left to right. */
  LinePlot line(String style, Curve curve) {
    return draw(style, curve.xs, curve.ys, false);
  }

  /** A line that keeps the value of a point until the next. */
  LinePlot steps(String style, Curve curve) {
    return draw(style, curve.xs, curve.ys, true);
  }

  private LinePlot draw(String style, double[] xs, double[] ys, boolean steps) {
    StringBuilder path = new StringBuilder();
    double x = 0;
    double y = 0;
    for (int i = 0; i < xs.length; i++) {
      double nextX = frame.x(xs[i]);
      double nextY = frame.y(ys[i]);
      boolean first = path.isEmpty();
      if (nextX > PlotFrame.WIDTH - PlotFrame.RIGHT + LEAST_MOVE) {
        if (!first && steps) { // the rest is beyond the plot
          path.append('H').append(PlotFrame.WIDTH - PlotFrame.RIGHT);
        }
        break;
      }
      boolean last = i == xs.length - 1;
      if (!first && !last && Math.abs(nextX - x) < LEAST_MOVE && Math.abs(nextY - y) < LEAST_MOVE) {
        continue;
      }
      if (first) {
        path.append('M').append(PlotFrame.number(nextX)).append(' ').append(PlotFrame.number(nextY));
      } else if (steps) {
        path.append('H').append(PlotFrame.number(nextX)).append('V').append(PlotFrame.number(nextY));
      } else {
        path.append('L').append(PlotFrame.number(nextX)).append(' ').append(PlotFrame.number(nextY));
      }
      x = nextX;
      y = nextY;
    }
    if (!path.isEmpty()) {
      svg.empty("path", "class", "line " + style, "d", path.toString());
    }
    return this;
  }

  /** A dashed line at a place of the horizontal axis, with its name where curves that rise are not. */
  LinePlot mark(String style, double value, String name) {
    double x = frame.x(value);
    int line = marks++;
    firstMark = marks == 1 ? x : firstMark;
    boolean left = firstMark > ROOM_FOR_NAME;
    int y = PlotFrame.TOP + LINE_OF_TEXT * line + (left ? 10 : -7); // right of it curves may be at their top
    double side = left && x - firstMark < NEAR ? firstMark : x; // names do not cross the lines of their neighbours
    svg.empty("path", "class", "mark " + style, "d",
        "M" + PlotFrame.number(x) + " " + PlotFrame.TOP + "V" + frame.bottom());
    svg.element("text", name, "class", "name mark-name" + (left ? " end" : ""), "x",
        PlotFrame.number(left ? side - 6 : side + 6), "y", Integer.toString(y));
    return this;
  }

  /** Tells those who point at a place what is there. */
  LinePlot tips(DoubleFunction<String> words) {
    double to = frame.horizontal().to();
    for (int i = 0; i < TIPS; i++) {
      frame.tip(svg, to * i / TIPS, to * (i + 1) / TIPS, words.apply(to * (i + 0.5) / TIPS));
    }
    return this;
  }

  /** The drawing. Nothing can be added any more. */
  Markup svg() {
    return svg.close();
  }
}
