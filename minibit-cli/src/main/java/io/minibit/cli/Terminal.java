package io.minibit.cli;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is at the other end of an output stream. Java cannot tell by itself whether one stream alone is redirected, nor
 * how large a terminal is, so the launcher script says so in the properties {@code minibit.stdout.columns} and {@code
 * minibit.stderr.columns}: a number of columns, or 0 where there is no terminal; and {@code minibit.rows}.
 *
 * @param interactive whether somebody watches: lines may be redrawn
 * @param columns its width in characters; {@value #DEFAULT_COLUMNS} if unknown
 * @param rows its height in characters; {@value #DEFAULT_ROWS} if unknown
 */
record Terminal(boolean interactive, int columns, int rows) {
  /** The size of the terminals that all others imitate. */
  static final int DEFAULT_COLUMNS = 80;

  static final int DEFAULT_ROWS = 24;

  /** Narrower than this, nothing sensible can be drawn. */
  private static final int MIN_COLUMNS = 20;

  private static final int MIN_ROWS = 4;

  /** Of the usual height. */
  Terminal(boolean interactive, int columns) {
    this(interactive, columns, DEFAULT_ROWS);
  }

  static Terminal ofStandardOutput() {
    return of(System.getProperty("minibit.stdout.columns"));
  }

  static Terminal ofErrorOutput() {
    return of(System.getProperty("minibit.stderr.columns"));
  }

  /** A terminal of this size, as it says itself; 0 is unknown. */
  static Terminal sized(int columns, int rows) {
    return new Terminal(
        true,
        columns == 0 ? DEFAULT_COLUMNS : Math.max(MIN_COLUMNS, columns),
        rows == 0 ? DEFAULT_ROWS : Math.max(MIN_ROWS, rows));
  }

  private static Terminal of(@Nullable String columns) {
    if (columns == null || !columns.matches("\\d{1,5}")) {
      return new Terminal(hasConsole(), DEFAULT_COLUMNS);
    }
    int width = Integer.parseInt(columns);
    String rows = System.getProperty("minibit.rows", "");
    return width == 0
        ? new Terminal(false, DEFAULT_COLUMNS)
        : sized(width, rows.matches("\\d{1,5}") ? Integer.parseInt(rows) : 0);
  }

  /**
   * Whether this kind of terminal has a cursor that can be moved.
   *
   * @param environment of this process
   * @param os its operating system, as in the property {@code os.name}
   */
  static boolean movesCursor(Map<String, String> environment, String os) {
    String term = environment.getOrDefault("TERM", "");
    if (os.toLowerCase(Locale.ROOT).startsWith("windows") && term.isEmpty()) {
      // The old console prints escape sequences as they are; its successor makes itself known.
      return environment.containsKey("WT_SESSION");
    }
    return !term.isEmpty() && !term.equals("dumb");
  }

  /** Whether whoever watches wants colours: see no-color.org. */
  static boolean wantsColor(Map<String, String> environment) {
    return environment.getOrDefault("NO_COLOR", "").isEmpty();
  }

  /** Whether input and output both are a terminal. From JDK 22 on there may be a console without one. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean hasConsole() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      return (boolean) Console.class.getMethod("isTerminal").invoke(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (IllegalAccessException | InvocationTargetException e) {
      return false;
    }
  }
}
