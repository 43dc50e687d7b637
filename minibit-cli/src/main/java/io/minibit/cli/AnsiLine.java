package io.minibit.cli;

/**
 * One line for a terminal, with colours where wanted, which never becomes wider than it may: what does not fit is cut.
 * Letters of East Asia and pictures count as two columns, accents as none.
 */
final class AnsiLine {
  /** A few of the sixteen colours that every terminal has, chosen by its owner. */
  enum Style {
    PLAIN(""),
    BOLD("1"),
    DIM("2"),
    GREEN("32"),
    YELLOW("33"),
    CYAN("36"),
    RED("31");

    private final String code;

    Style(String code) {
      this.code = code;
    }
  }

  private static final String RESET = "\u001b[0m";

  private final int room;
  private final boolean color;
  private final StringBuilder text = new StringBuilder();
  private int columns;

  /** An empty line of at most so many columns. */
  AnsiLine(int room, boolean color) {
    this.room = room;
    this.color = color;
  }

  /** Appends text that is safe for a terminal. */
  AnsiLine add(Style style, String safe) {
    boolean colored = color && style != Style.PLAIN && !safe.isEmpty() && columns < room;
    if (colored) {
      text.append("\u001b[").append(style.code).append('m');
    }
    for (int i = 0; i < safe.length(); ) {
      int codePoint = safe.codePointAt(i);
      int width = columnsOf(codePoint);
      if (columns + width > room) {
        columns = room; // nothing narrower may follow either
        break;
      }
      text.appendCodePoint(codePoint);
      columns += width;
      i += Character.charCount(codePoint);
    }
    if (colored) {
      text.append(RESET);
    }
    return this;
  }

  AnsiLine add(String safe) {
    return add(Style.PLAIN, safe);
  }

  /** Fills with spaces up to a column, counted from 0; at least one if there is text already. */
  AnsiLine tab(int column) {
    return add(" ".repeat(Math.max(columns == 0 ? 0 : 1, column - columns)));
  }

  /** Appends text so that it ends where the line may end at most. */
  AnsiLine right(Style style, String safe) {
    return tab(room - columnsOf(safe)).add(style, safe);
  }

  /** How many columns of a terminal it takes. */
  static int columnsOf(String text) {
    return text.codePoints().map(AnsiLine::columnsOf).sum();
  }

  private static int columnsOf(int codePoint) {
    if (codePoint < 0x300) {
      return 1;
    }
    int type = Character.getType(codePoint);
    if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK) {
      return 0;
    }
    boolean wide =
        (codePoint >= 0x1100 && codePoint < 0x1160) // Hangul consonants
            || (codePoint >= 0x2e80 && codePoint < 0xa4d0) // from radicals over kana and ideographs to Yi
            || (codePoint >= 0xac00 && codePoint < 0xd7a4) // Hangul syllables
            || (codePoint >= 0xf900 && codePoint < 0xfb00) // compatibility ideographs
            || (codePoint >= 0xff01 && codePoint < 0xff61) // full-width forms
            || (codePoint >= 0x1f300 && codePoint < 0x1fb00) // pictures
            || (codePoint >= 0x20000 && codePoint < 0x40000); // more ideographs
    return wide ? 2 : 1;
  }

  /** The line without spaces at its end. */
  @Override
  public String toString() {
    return text.toString().stripTrailing();
  }
}
