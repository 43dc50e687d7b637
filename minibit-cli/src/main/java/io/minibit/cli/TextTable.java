package io.minibit.cli;

import java.util.ArrayList;
import java.util.List;

/** Rows of cells under a heading, in columns as wide as they need: words to the left, numbers to the right. */
final class TextTable {
  private static final String GAP = "  ";

  private final int words;
  private final List<String[]> rows = new ArrayList<>();

  /**
   * A table of its heading.
   *
   * @param words how many columns, from the first, are words
   */
  TextTable(int words, String... heading) {
    this.words = words;
    rows.add(heading);
  }

  /** Adds a row of as many cells as the heading has, safe for a terminal. */
  void add(String... cells) {
    rows.add(cells);
  }

  List<String> lines() {
    int[] widths = new int[rows.get(0).length];
    for (String[] row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], AnsiLine.columnsOf(row[i]));
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private String line(String[] row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String padding = " ".repeat(widths[i] - AnsiLine.columnsOf(row[i]));
      line.append(i == 0 ? "" : GAP).append(i < words ? row[i] + padding : padding + row[i]);
    }
    return line.toString().stripTrailing();
  }
}
