package io.minibit.cli;

import java.io.PrintStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * What goes on, for something that has no end to wait for. On a terminal it is one line that is drawn over itself;
 * elsewhere it is a plain line now and then when it has changed. Use from one thread.
 */
final class StatusLine implements AutoCloseable {
  /** A log that nobody reads at once must not grow fast. */
  private static final long LINE_NANOS = Duration.ofSeconds(30).toNanos();

  private final PrintStream out;
  private final Terminal terminal;
  private final LongSupplier nanoClock;
  private long lastLineAt;
  private String shown = "";

  StatusLine(PrintStream out, Terminal terminal, LongSupplier nanoClock) {
    this.out = out;
    this.terminal = terminal;
    this.nanoClock = nanoClock;
    lastLineAt = nanoClock.getAsLong();
  }

  static StatusLine onErrorOutput() {
    return new StatusLine(System.err, Terminal.ofErrorOutput(), System::nanoTime);
  }

  /** Shows a text, which need not be safe for a terminal, where and when it is time. */
  void update(String text) {
    String safe = SafeText.of(text);
    if (safe.equals(shown)) {
      return;
    }
    if (terminal.interactive()) {
      // One column stays free: many terminals wrap when the last one is written.
      String line = cut(safe, terminal.columns() - 1);
      out.print("\r" + line + " ".repeat(Math.max(0, shown.length() - line.length())));
      out.flush();
      shown = line;
      return;
    }
    long now = nanoClock.getAsLong();
    if (now - lastLineAt >= LINE_NANOS) {
      out.println(safe);
      lastLineAt = now;
      shown = safe;
    }
  }

  /** Without its end, unlike a name: the most important word of a line is its first. */
  static String cut(String safe, int most) {
    return safe.length() <= most ? safe : safe.substring(0, most - 1).stripTrailing() + "\u2026";
  }

  /** Removes the line from a terminal, so that something else can be printed. */
  @Override
  public void close() {
    if (terminal.interactive() && !shown.isEmpty()) {
      out.print("\r" + " ".repeat(shown.length()) + "\r");
      out.flush();
      shown = "";
    }
  }
}
