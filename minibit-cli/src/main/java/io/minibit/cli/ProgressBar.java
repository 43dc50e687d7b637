package io.minibit.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How far something is, with rate and remaining time. On a terminal it is one line that is drawn over itself, as wide as
 * fits; elsewhere (a log, a pipe) it is a plain line every few seconds. Use from one thread.
 *
 * <pre>{@code
 * try (ProgressBar bar = ProgressBar.onErrorOutput("verifying", totalBytes)) {
 *   while (more) {
 *     bar.update(doneBytes);
 *   }
 * }
 * }</pre>
 */
final class ProgressBar implements AutoCloseable {
  /** Often enough to look alive. */
  private static final long REDRAW_NANOS = Duration.ofMillis(100).toNanos();

  /** Often enough for a log. */
  private static final long LINE_NANOS = Duration.ofSeconds(5).toNanos();

  /** The rate shown is that of about the last five seconds. */
  private static final double RATE_SECONDS = 5;

  /** Of the columns of a terminal, the bar gets one in so many: enough to see it grow, not so much as to hide numbers. */
  private static final int BAR_SHARE = 5;

  private static final int MAX_BAR = 30;

  private final PrintStream out;
  private final Terminal terminal;
  private final LongSupplier nanoClock;
  private final String label;
  private final long total;

  private final long startedAt;
  private long lastDrawnAt;
  private long measuredAt;
  private long measuredDone = -1;
  private double bytesPerSecond = Double.NaN;
  private long done;
  private String note = "";
  private int drawnColumns;
  private boolean closed;

  /**
   * A bar that shows nothing before the first update.
   *
   * @param nanoClock a monotonic clock in nanoseconds
   * @param label what is done, for instance a file name; need not be safe for a terminal
   * @param total bytes to do; 0 is nothing to do
   */
  ProgressBar(PrintStream out, Terminal terminal, LongSupplier nanoClock, String label, long total) {
    this.out = out;
    this.terminal = terminal;
    this.nanoClock = nanoClock;
    this.label = SafeText.of(label, 30);
    this.total = total;
    startedAt = nanoClock.getAsLong();
    // A terminal sees the first update at once, a log only what takes longer than its interval.
    lastDrawnAt = terminal.interactive() ? startedAt - REDRAW_NANOS : startedAt;
    measuredAt = startedAt;
  }

  /** A bar on the error output, which leaves the standard output to results. */
  static ProgressBar onErrorOutput(String label, long total) {
    return new ProgressBar(System.err, Terminal.ofErrorOutput(), System::nanoTime, label, total);
  }

  /** So many bytes are done now, of the total; may go down again. Costs nothing when it is not yet time to draw. */
  void update(long bytesDone) {
    update(bytesDone, "");
  }

  /** The same with something to say at the end of the line, for instance how many peers there are. */
  void update(long bytesDone, String remark) {
    done = bytesDone;
    note = remark;
    long now = nanoClock.getAsLong();
    if (now - lastDrawnAt >= (terminal.interactive() ? REDRAW_NANOS : LINE_NANOS)) {
      measure(now);
      draw();
      lastDrawnAt = now;
    }
  }

  /** Prints a line of its own above the bar. */
  void println(String line) {
    erase();
    out.println(line);
    if (terminal.interactive() && !closed && measuredDone >= 0) {
      draw();
    }
  }

  /** Draws the last state and moves to the next line; a log that has seen nothing yet gets nothing. */
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    if (terminal.interactive() && measuredDone >= 0) {
      draw();
      out.println();
      out.flush();
    }
  }

  /** An average in which what is older than {@link #RATE_SECONDS} counts little. */
  private void measure(long now) {
    double seconds = (now - measuredAt) / 1e9;
    if (measuredDone < 0) {
      // What was there at the first look (a resumed download) did not come at any rate.
      measuredDone = done;
      measuredAt = now;
    } else if (seconds > 0) {
      double current = Math.max(0, done - measuredDone) / seconds;
      double weight = -Math.expm1(-seconds / RATE_SECONDS);
      bytesPerSecond = Double.isNaN(bytesPerSecond) ? current : bytesPerSecond + weight * (current - bytesPerSecond);
      measuredDone = done;
      measuredAt = now;
    }
  }

  private void draw() {
    String text = text();
    if (!terminal.interactive()) {
      out.println(label + ": " + text);
      return;
    }
    // One column stays free: many terminals wrap when the last one is written.
    int room = terminal.columns() - 1;
    String line = label + " " + bar(Math.min(MAX_BAR, room / BAR_SHARE)) + " " + text;
    if (line.length() > room) {
      line = label + " " + text;
    }
    if (line.length() > room) {
      line = StatusLine.cut(text, room);
    }
    out.print("\r" + line + " ".repeat(Math.max(0, drawnColumns - line.length())));
    out.flush();
    drawnColumns = line.length();
  }

  private void erase() {
    if (drawnColumns > 0) {
      out.print("\r" + " ".repeat(drawnColumns) + "\r");
      drawnColumns = 0;
    }
  }

  private double fraction() {
    return total <= 0 ? 1 : Math.min(1, Math.max(0, (double) done / total));
  }

  private String bar(int width) {
    int filled = (int) (fraction() * width);
    return "[" + "#".repeat(filled) + "-".repeat(width - filled) + "]";
  }

  private String text() {
    // Rounded down: 100 % means that nothing is missing.
    StringBuilder text = new StringBuilder(4).append((int) (fraction() * 100)).append('%');
    text.insert(0, " ".repeat(4 - text.length()));
    text.append("  ").append(Sizes.format(done)).append(" of ").append(Sizes.format(total));
    // Where nothing moves there is no rate to tell, but perhaps a reason.
    if (bytesPerSecond >= 1) {
      text.append("  ").append(Sizes.formatRate(bytesPerSecond));
      if (done < total) {
        double seconds = Math.min((total - done) / bytesPerSecond, 1e9);
        text.append("  ").append(Durations.format(Duration.ofSeconds(Math.max(1, Math.round(seconds))))).append(" left");
      }
    }
    if (!note.isEmpty()) {
      text.append("  ").append(SafeText.of(note));
    }
    return text.toString();
  }
}
