package io.minibit.cli;

/**
 * Text from strangers (names in a torrent, messages of a tracker or a peer) made harmless for a terminal. What could
 * steer the terminal, reorder the line or hide in it becomes U+FFFD: control characters and with them every escape
 * sequence, line breaks, bidirectional overrides, invisible format characters, lone surrogates, private and unassigned
 * code points.
 */
final class SafeText {
  private static final char REPLACEMENT = '\ufffd';

  private SafeText() {}

  /** The whole text, one replacement character for each code point that is not safe. */
  static String of(String untrusted) {
    StringBuilder safe = new StringBuilder(untrusted.length());
    untrusted
        .codePoints()
        .forEach(
            codePoint -> {
              if (isSafe(codePoint)) {
                safe.appendCodePoint(codePoint);
              } else {
                safe.append(REPLACEMENT);
              }
            });
    return safe.toString();
  }

  /**
   * At most {@code maxLength} code points of it; a longer text keeps its beginning and its end (which tells files of one
   * series apart) around an ellipsis.
   *
   * @param maxLength at least 3
   */
  static String of(String untrusted, int maxLength) {
    String safe = of(untrusted);
    int length = safe.codePointCount(0, safe.length());
    if (length <= maxLength) {
      return safe;
    }
    int tail = (maxLength - 1) / 2;
    int head = maxLength - 1 - tail;
    return safe.substring(0, safe.offsetByCodePoints(0, head))
        + '\u2026'
        + safe.substring(safe.offsetByCodePoints(safe.length(), -tail));
  }

  private static boolean isSafe(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
