package io.minibit.cli;

import org.jspecify.annotations.Nullable;

/** Writes JSON (RFC 8259) in one line of ASCII: everything else is escaped, so no terminal can be steered with it. */
final class JsonText {
  private final StringBuilder text = new StringBuilder();
  private boolean comma;

  JsonText field(String name) {
    string(name);
    text.append(':');
    comma = false;
    return this;
  }

  void openObject() {
    open('{');
  }

  void closeObject() {
    close('}');
  }

  void openArray() {
    open('[');
  }

  void closeArray() {
    close(']');
  }

  void number(long value) {
    value(Long.toString(value));
  }

  void bool(boolean value) {
    value(Boolean.toString(value));
  }

  void string(@Nullable String value) {
    if (value == null) {
      value("null");
      return;
    }
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c >= ' ' && c < 0x7f) {
        quoted.append(c);
      } else {
        quoted.append(String.format("\\u%04x", (int) c));
      }
    }
    value(quoted.append('"').toString());
  }

  @Override
  public String toString() {
    return text.toString();
  }

  private void value(String json) {
    separate();
    text.append(json);
    comma = true;
  }

  private void open(char bracket) {
    separate();
    text.append(bracket);
    comma = false;
  }

  private void close(char bracket) {
    text.append(bracket);
    comma = true;
  }

  private void separate() {
    if (comma) {
      text.append(',');
    }
  }
}
