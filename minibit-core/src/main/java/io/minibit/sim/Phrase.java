package io.minibit.sim;

import io.minibit.model.Units;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * A value of a scenario's text form that is made of words, read from left to right: {@code poisson 2/s from 10s}. Upper
 * and lower case are the same; commas are spaces.
 */
final class Phrase {
  /** Enough digits for every double, few enough to calculate with. */
  private static final Pattern NUMBER = Pattern.compile("\\d{1,25}(\\.\\d{1,25})?(e[+-]?\\d{1,3})?");

  /** Control and formatting characters, line separators, halves of characters, and what is none. */
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{C}\\p{Zl}\\p{Zp}]");

  private static final int MOST_SHOWN = 60;

  private final String text;
  private final String expected;
  private final List<String> words;
  private int next;

  /**
   * @param expected what it should be, with examples: "no arrival such as 'at once'"
   */
  Phrase(String text, String expected) {
    this.text = text;
    this.expected = expected;
    words = List.of(text.strip().toLowerCase(Locale.ROOT).split("[\\s,]+", 20));
  }

  /** Whether these words come next; if so, what follows them is next. */
  boolean accept(String... wanted) {
    if (next + wanted.length > words.size() || !words.subList(next, next + wanted.length).equals(List.of(wanted))) {
      return false;
    }
    next += wanted.length;
    return true;
  }

  boolean atEnd() {
    return next == words.size();
  }

  /** A duration that must come next. */
  Duration duration() {
    return read(Units::parseDuration);
  }

  /** A number of times per second that must come next: {@code 0.5/s}. */
  double perSecond() {
    return read(word -> word.endsWith("/s") ? number(word.substring(0, word.length() - 2)) : Double.NaN);
  }

  /** A whole number, not negative, that must come next. */
  int count() {
    return read(word -> {
      if (!word.matches("[0-9]{1,9}")) {
        throw new IllegalArgumentException(word);
      }
      return Integer.valueOf(word);
    });
  }

  /** A part of something that must come next: {@code 30%} or {@code 0.3}. */
  double share() {
    return read(word -> word.endsWith("%")
        ? decimal(word.substring(0, word.length() - 1)).movePointLeft(2).doubleValue()
        : number(word));
  }

  /** A number, not negative, that must come next. */
  double number() {
    return read(Phrase::number);
  }

  private static double number(String word) {
    return decimal(word).doubleValue();
  }

  private static BigDecimal decimal(String word) {
    if (!NUMBER.matcher(word).matches()) {
      throw new IllegalArgumentException(word);
    }
    return new BigDecimal(word);
  }

  private <T> T read(Function<String, T> meaning) {
    if (atEnd()) {
      throw unexpected();
    }
    T value;
    try {
      value = meaning.apply(words.get(next));
    } catch (IllegalArgumentException e) {
      throw unexpected();
    }
    if (value instanceof Double number && !Double.isFinite(number)) {
      throw unexpected();
    }
    next++;
    return value;
  }

  /** Refuses what is left over. */
  void end() {
    if (!atEnd()) {
      throw unexpected();
    }
  }

  ScenarioException unexpected() {
    return new ScenarioException("'" + shown(text) + "' is " + expected);
  }

  /** As much of a stranger's text as an error may repeat. */
  static String shown(String text) {
    return printable(text.length() <= MOST_SHOWN ? text : text.substring(0, MOST_SHOWN) + "\u2026");
  }

  /** The text without what could steer a terminal. */
  static String printable(String text) {
    return UNPRINTABLE.matcher(text).replaceAll("\ufffd");
  }

  /** A number that {@link #number()} reads as exactly this. */
  static String text(double number) {
    String text = Double.toString(number);
    return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
  }

  /** A share that {@link #share()} reads as exactly this. */
  static String percent(double share) {
    BigDecimal percent = new BigDecimal(Double.toString(share)).movePointRight(2).stripTrailingZeros();
    return (percent.scale() <= 20 ? percent.toPlainString() : percent.toString()) + "%";
  }

  /** A time of a beginning, or nothing for the beginning of all. */
  static String from(Duration start) {
    return start.isZero() ? "" : " from " + Units.duration(start);
  }
}
