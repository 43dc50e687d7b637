package io.minibit.cli;

import java.util.Locale;

/**
 * The frame of a plot in SVG: axes, grid and names, and where in it values are. Sizes are in units of the drawing, which
 * the page scales to the room it has; colours and fonts come from the page's style.
 */
final class PlotFrame {
  static final int WIDTH = 520;
  static final int LEFT = 52;
  static final int RIGHT = 14;
  static final int TOP = 30;
  static final int BOTTOM = 46;

  private final Axis horizontal;
  private final Axis vertical;
  private final int height;

  PlotFrame(Axis horizontal, Axis vertical, int height) {
    this.horizontal = horizontal;
    this.vertical = vertical;
    this.height = height;
  }

  double x(double value) {
    return LEFT + horizontal.position(value) * (WIDTH - LEFT - RIGHT);
  }

  double y(double value) {
    return bottom() - vertical.position(value) * (bottom() - TOP);
  }

  int bottom() {
    return height - BOTTOM;
  }

  Axis horizontal() {
    return horizontal;
  }

  /** An SVG that is still open, with its axes. */
  Markup open(String description) {
    Markup svg = openDrawing(WIDTH, height, description);
    for (Axis.Tick tick : vertical.ticks()) {
      String y = number(y(tick.value()));
      svg.empty("path", "class", "grid", "d", "M" + LEFT + " " + y + "H" + (WIDTH - RIGHT));
      svg.element("text", tick.label(), "class", "tick end", "x", Integer.toString(LEFT - 7), "y", y);
    }
    for (Axis.Tick tick : horizontal.ticks()) {
      String x = number(x(tick.value()));
      svg.empty("path", "class", "axis", "d", "M" + x + " " + bottom() + "v5");
      svg.element("text", tick.label(), "class", "tick middle", "x", x, "y", Integer.toString(bottom() + 15));
    }
    svg.empty("path", "class", "axis", "d", "M" + LEFT + " " + bottom() + "H" + (WIDTH - RIGHT));
    svg.element("text", vertical.name(), "class", "name", "x", "2", "y", "10");
    svg.element(
        "text", horizontal.name(), "class", "name end", "x", Integer.toString(WIDTH - RIGHT), "y",
        Integer.toString(bottom() + 36));
    return svg;
  }

  static Markup openDrawing(int width, int height, String description) {
    return new Markup()
        .open("svg", "viewBox", "0 0 " + width + " " + height, "role", "img", "aria-label", description);
  }

  /** A part of the plot over its whole height that tells something to whoever points at it. */
  void tip(Markup svg, double from, double to, String words) {
    double left = x(from);
    rectangle(svg, left, TOP, x(to) - left, bottom() - TOP, words);
  }

  static void rectangle(Markup svg, double x, double y, double width, double height, String words) {
    svg.open("rect", "class", "tip", "x", number(x), "y", number(y), "width", number(width), "height", number(height))
        .element("title", words)
        .close();
  }

  /** A coordinate, to a tenth. */
  static String number(double value) {
    double rounded = Math.rint(value * 10) / 10;
    return rounded == Math.rint(rounded)
        ? Long.toString((long) rounded)
        : String.format(Locale.ROOT, "%.1f", rounded);
  }
}
