package io.minibit.cli;

import java.io.PrintWriter;
import java.util.List;

/**
 * Draws frames over each other on a terminal: on its second screen, where neither a resize nor what others print does
 * lasting harm, without a cursor, each frame in one write and without erasing first, so that nothing flickers. However the
 * program ends, the terminal is as it was before. Thread-safe.
 */
final class LiveScreen implements AutoCloseable {
  private static final String ENTER = "\u001b[?1049h\u001b[?25l";
  private static final String LEAVE = "\u001b[?25h\u001b[?1049l";
  private static final String HOME = "\u001b[H";
  private static final String ERASE_REST_OF_LINE = "\u001b[K";
  private static final String ERASE_BELOW = "\u001b[J";

  private final PrintWriter out;
  private final Thread restoration = new Thread(this::close, "minibit-terminal-restoration");
  private boolean entered;
  private boolean closed;

  LiveScreen(PrintWriter out) {
    this.out = out;
  }

  /** Shows this frame instead of the one before; nothing happens any more after the end. */
  synchronized void draw(List<String> lines) {
    if (closed) {
      return;
    }
    StringBuilder frame = new StringBuilder();
    if (!entered) {
      try {
        Runtime.getRuntime().addShutdownHook(restoration);
      } catch (IllegalStateException e) {
        return; // the JVM is about to end
      }
      frame.append(ENTER);
      entered = true;
    }
    frame.append(HOME);
    for (String line : lines) {
      frame.append(line).append(ERASE_REST_OF_LINE).append("\r\n");
    }
    out.print(frame.append(ERASE_BELOW));
    out.flush();
  }

  /** Back to the first screen and its cursor. Twice is harmless. */
  @Override
  public void close() {
    if (leave() && Thread.currentThread() != restoration) {
      try {
        Runtime.getRuntime().removeShutdownHook(restoration);
      } catch (IllegalStateException e) {
        // It runs, and will find nothing to do.
      }
    }
  }

  /** Whether there was something to leave. */
  private synchronized boolean leave() {
    if (closed) {
      return false;
    }
    closed = true;
    if (entered) {
      out.print(LEAVE);
      out.flush();
    }
    return entered;
  }
}
