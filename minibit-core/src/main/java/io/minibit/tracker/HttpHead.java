package io.minibit.tracker;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The request line and the headers of a request to a tracker, as far as they matter. Used again for the next request;
 * what it says are places in the bytes it has read. Not thread-safe.
 */
final class HttpHead {
  private static final Refusal NOT_HTTP = new Refusal("400 Bad Request", "not an HTTP/1 request\n");
  private static final Refusal NOT_GET = new Refusal("405 Method Not Allowed", "a tracker is asked with GET\n");
  private static final Refusal HAS_BODY = new Refusal("413 Content Too Large", "a request to a tracker has no body\n");

  private int targetFrom;
  private int targetTo;
  private boolean keepAlive;

  /** A request that is not taken: why, as HTTP says it and in words. */
  record Refusal(String status, String text) {}

  /** Where the empty line after the headers ends; -1 if it is not there yet. */
  static int end(byte[] source, int from, int to) {
    for (int at = from; at < to; at++) {
      if (source[at] == '\n') {
        if (at + 1 < to && source[at + 1] == '\n') {
          return at + 2;
        }
        if (at + 2 < to && source[at + 1] == '\r' && source[at + 2] == '\n') {
          return at + 3;
        }
      }
    }
    return -1;
  }

  /** Reads a head, up to the end of the empty line. Returns null if the request can be answered. */
  @Nullable Refusal read(byte[] source, int from, int end) {
    int lineFeed = find('\n', source, from, end);
    int lineEnd = lineFeed > from && source[lineFeed - 1] == '\r' ? lineFeed - 1 : lineFeed;
    int methodEnd = find(' ', source, from, lineEnd);
    targetFrom = Math.min(methodEnd + 1, lineEnd);
    targetTo = find(' ', source, targetFrom, lineEnd);
    if (!startsWith("http/1.", source, targetTo + 1, lineEnd)) {
      return NOT_HTTP;
    }
    keepAlive = lineEnd - targetTo != 9 || source[lineEnd - 1] != '0'; // HTTP/1.0 closes unless asked not to
    boolean body = false;
    for (int line = lineFeed + 1; line < end; line = find('\n', source, line, end) + 1) {
      if (startsWith("connection:", source, line, end)) {
        int value = skipSpaces(source, line + 11, end);
        keepAlive = (keepAlive || startsWith("keep-alive", source, value, end)) && !startsWith("close", source, value, end);
      } else if (startsWith("content-length:", source, line, end)) {
        int value = skipSpaces(source, line + 15, end);
        body |= source[value] != '0' || source[value + 1] > ' ';
      } else {
        body |= startsWith("transfer-encoding:", source, line, end);
      }
    }
    if (body) {
      return HAS_BODY;
    }
    return startsWith("get ", source, from, targetFrom) ? null : NOT_GET;
  }

  /** Whether the client wants to send more requests over this connection. */
  boolean keepAlive() {
    return keepAlive;
  }

  int targetFrom() {
    return targetFrom;
  }

  int targetTo() {
    return targetTo;
  }

  /** Whether the text is there, in whatever case. */
  private static boolean startsWith(String lowerCase, byte[] source, int from, int to) {
    if (to - from < lowerCase.length()) {
      return false;
    }
    for (int i = 0; i < lowerCase.length(); i++) {
      byte b = source[from + i];
      if ((b >= 'A' && b <= 'Z' ? b + 32 : b) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static int skipSpaces(byte[] source, int from, int to) {
    int at = from;
    while (at < to && (source[at] == ' ' || source[at] == '\t')) {
      at++;
    }
    return at;
  }

  /** Where it is first, or {@code to}. */
  static int find(char wanted, byte[] source, int from, int to) {
    int at = from;
    while (at < to && source[at] != wanted) {
      at++;
    }
    return at;
  }

  static String ascii(byte[] source, int from, int to) {
    return new String(source, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
