package io.minibit.cli;

import java.io.Console;
import java.lang.reflect.InvocationTargetException;
import org.jspecify.annotations.Nullable;

/**
 * What is at the other end of an output stream. Java cannot tell by itself whether one stream alone is redirected, nor
 * how wide a terminal is, so the launcher script says so in the properties {@code minibit.stdout.columns} and {@code
 * minibit.stderr.columns}: a number of columns, or 0 where there is no terminal.
 *
 * @param interactive whether somebody watches: lines may be redrawn
 * @param columns its width in characters; {@value #DEFAULT_COLUMNS} if unknown
 */
record Terminal(boolean interactive, int columns) {
  /** The width of the terminals that all others imitate. */
  static final int DEFAULT_COLUMNS = 80;

  /** Narrower than this, nothing sensible can be drawn. */
  private static final int MIN_COLUMNS = 20;

  static Terminal ofStandardOutput() {
    return of(System.getProperty("minibit.stdout.columns"));
  }

  static Terminal ofErrorOutput() {
    return of(System.getProperty("minibit.stderr.columns"));
  }

  private static Terminal of(@Nullable String columns) {
    if (columns == null || !columns.matches("\\d{1,5}")) {
      return new Terminal(hasConsole(), DEFAULT_COLUMNS);
    }
    int width = Integer.parseInt(columns);
    return width == 0 ? new Terminal(false, DEFAULT_COLUMNS) : new Terminal(true, Math.max(MIN_COLUMNS, width));
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
