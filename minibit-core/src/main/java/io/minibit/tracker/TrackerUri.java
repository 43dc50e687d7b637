package io.minibit.tracker;

import java.io.IOException;
import java.net.IDN;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An announce URL taken apart, and the words in which errors speak of it.
 *
 * @param scheme lower case
 * @param host without brackets, ASCII
 * @param port the scheme's default if the URL has none; 0 if there is no default
 * @param path starts with a slash, escaped
 * @param query escaped, with its leading {@code ?}; empty if there is none
 */
record TrackerUri(String scheme, String host, int port, String path, String query) {
  /** How much of a foreign text goes into a message. */
  private static final int MESSAGE_LENGTH = 200;

  /** Names, underscores included, and addresses of both families, with a zone. */
  private static final Pattern HOST = Pattern.compile("[\\w.-]+|[0-9A-Fa-f:.]+(%[\\w.%-]+)?");

  /**
   * Takes a URL apart.
   *
   * @throws TrackerException if it names no host or port
   */
  static TrackerUri of(URI uri) {
    String shown = clean(uri.toString());
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    String authority = uri.getRawAuthority();
    if (authority == null) {
      throw new TrackerException(shown + ": no host in the tracker's address");
    }
    // Not URI.getHost(): it knows no host with an underscore, which container networks have.
    String hostAndPort = authority.substring(authority.lastIndexOf('@') + 1);
    int colon = hostAndPort.lastIndexOf(':');
    boolean named = colon > hostAndPort.lastIndexOf(']');
    String host = named ? hostAndPort.substring(0, colon) : hostAndPort;
    String portDigits = named ? hostAndPort.substring(colon + 1) : "";
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else {
      try {
        host = IDN.toASCII(host);
      } catch (IllegalArgumentException e) {
        throw new TrackerException(shown + ": not a host name", e);
      }
    }
    if (host.isEmpty()) {
      throw new TrackerException(shown + ": no host in the tracker's address");
    }
    // Compatibility forms of a few characters hold a space, which would go into the request as it is.
    if (!HOST.matcher(host).matches()) {
      throw new TrackerException(shown + ": not a host name");
    }
    int port = scheme.equals("http") ? 80 : scheme.equals("https") ? 443 : 0;
    if (!portDigits.isEmpty()) {
      try {
        port = Integer.parseInt(portDigits);
      } catch (NumberFormatException e) {
        port = -1;
      }
      if (port < 1 || port > 0xffff) {
        throw new TrackerException(shown + ": port is not between 1 and 65535");
      }
    }
    URI ascii = URI.create(uri.toASCIIString());
    String path = ascii.getRawPath() == null || ascii.getRawPath().isEmpty() ? "/" : ascii.getRawPath();
    String query = ascii.getRawQuery() == null ? "" : "?" + ascii.getRawQuery();
    return new TrackerUri(scheme, host, port, path, query);
  }

  /** Host and port as a URL and a {@code Host} header have them. */
  String authority() {
    String bracketed = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    boolean implied = (scheme.equals("http") && port == 80) || (scheme.equals("https") && port == 443);
    return implied ? bracketed : bracketed + ":" + port;
  }

  /** The addresses of the host; asks the system's resolver, which may take long. */
  InetAddress[] resolve() throws IOException {
    try {
      return InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      throw new TrackerException(this + ": unknown host", e);
    }
  }

  /** For messages: without the query, which may hold a key. */
  @Override
  public String toString() {
    return clean(scheme + "://" + authority() + path);
  }

  /** Text from the network as it may be shown: one line, printable, of bounded length. */
  static String clean(String text) {
    StringBuilder cleaned = new StringBuilder();
    text.codePoints()
        .limit(MESSAGE_LENGTH + 1)
        .map(c -> isPrintable(c) ? c : ' ')
        .forEach(cleaned::appendCodePoint);
    if (cleaned.codePointCount(0, cleaned.length()) > MESSAGE_LENGTH) {
      cleaned.setLength(cleaned.offsetByCodePoints(0, MESSAGE_LENGTH));
      cleaned.append('…');
    }
    return cleaned.toString().strip();
  }

  static String clean(byte[] text) {
    return clean(new String(text, 0, Math.min(text.length, 4 * MESSAGE_LENGTH + 4), StandardCharsets.UTF_8));
  }

  private static boolean isPrintable(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL, // terminal escapes
          Character.FORMAT, // changes of writing direction
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED -> false;
      default -> true;
    };
  }
}
