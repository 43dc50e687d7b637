package io.minibit.cli;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** Points of a line, from left to right. Immutable by agreement: it takes over its arrays. */
final class Curve {
  final double[] xs;
  final double[] ys;

  Curve(double[] xs, double[] ys) {
    this.xs = xs;
    this.ys = ys;
  }

  /** One point for each of some things. */
  static <T> Curve of(List<T> things, ToDoubleFunction<T> x, ToDoubleFunction<T> y) {
    return new Curve(things.stream().mapToDouble(x).toArray(), things.stream().mapToDouble(y).toArray());
  }

  /**
   * The share of {@code all} that has happened by a time: 0 at the start, a step for each of the times.
   *
   * @param times sorted
   * @param end up to where it goes on
   */
  static Curve shares(double[] times, int all, double end) {
    double[] xs = new double[times.length + 2];
    double[] ys = new double[times.length + 2];
    for (int i = 0; i < times.length; i++) {
      xs[i + 1] = times[i];
      ys[i + 1] = (i + 1.0) / Math.max(1, all);
    }
    xs[times.length + 1] = Math.max(end, xs[times.length]);
    ys[times.length + 1] = ys[times.length];
    return new Curve(xs, ys);
  }

  /** The height of the last point that is not right of a place; 0 left of all. */
  double at(double x) {
    int found = Arrays.binarySearch(xs, x);
    int index = found >= 0 ? found : -found - 2;
    return index < 0 ? 0 : ys[index];
  }

  double highest() {
    return Arrays.stream(ys).max().orElse(0);
  }
}
