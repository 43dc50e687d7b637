package io.minibit.cli;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * HTML and SVG being written, well-formed as XML too. All text and all values of attributes are escaped and made harmless
 * ({@link SafeText}), so that no name can become markup; names of elements and attributes are the program's own.
 */
final class Markup {
  private final StringBuilder text = new StringBuilder();
  private final Deque<String> open = new ArrayDeque<>();

  /** Begins an element. {@code attributes} are names and values in turn. */
  Markup open(String element, String... attributes) {
    start(element, attributes);
    text.append('>');
    open.push(element);
    return this;
  }

  /** Ends the element that was begun last. */
  Markup close() {
    text.append("</").append(open.pop()).append('>');
    return this;
  }

  /** An element without content; for those that HTML knows as such, and for shapes of SVG. */
  Markup empty(String element, String... attributes) {
    start(element, attributes);
    text.append("/>");
    return this;
  }

  /** An element with nothing but text in it. */
  Markup element(String element, String content, String... attributes) {
    return open(element, attributes).text(content).close();
  }

  /** Text of any origin. Lines stay lines. */
  Markup text(String untrusted) {
    String separator = "";
    for (String line : untrusted.split("\n", -1)) {
      text.append(separator).append(escape(line));
      separator = "\n";
    }
    return this;
  }

  /** What another has written to its end. */
  Markup add(Markup other) {
    text.append(other);
    return this;
  }

  /** What this program brings along, as it is: its style. */
  Markup own(String markup) {
    text.append(markup);
    return this;
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private void start(String element, String... attributes) {
    text.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      text.append(' ').append(attributes[i]).append("=\"").append(escape(attributes[i + 1])).append('"');
    }
  }

  private static String escape(String untrusted) {
    return SafeText.of(untrusted)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }
}
