package io.minibit.tracker;

import io.minibit.metainfo.InfoHash;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.MiniBitException;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the query of an announce or scrape URL says. Of repeated parameters the last counts, except {@code info_hash} in
 * a scrape; unknown ones are ignored. A literal {@code +} is itself: the values are bytes, not form fields.
 */
final class HttpQuery {
  /** A scrape may name as many torrents as over UDP (BEP 15). */
  private static final int MAX_SCRAPED = 74;

  private static final int MAX_GROUP_BYTES = 64;

  private final List<InfoHash> torrents = new ArrayList<>(1);
  private @Nullable PeerId peerId;
  private int port = -1;
  private long uploaded;
  private long downloaded;
  private long left = 1; // who does not say is taken for a leecher
  private AnnounceEvent event = AnnounceEvent.REGULAR;
  private int numWant = -1;
  private int key;
  private @Nullable String group;
  private @Nullable String ip;
  private boolean compact;
  private boolean withoutPeerId;

  private HttpQuery() {}

  /**
   * Reads the bytes between {@code ?} and the space after the URL. Unescapes them in place: nothing is copied that does
   * not stay.
   *
   * @throws MiniBitException naming the parameter that is malformed
   */
  static HttpQuery parse(byte[] source, int from, int to) {
    HttpQuery query = new HttpQuery();
    for (int start = from; start < to; ) {
      int end = start;
      int equals = -1;
      while (end < to && source[end] != '&') {
        if (source[end] == '=' && equals < 0) {
          equals = end;
        }
        end++;
      }
      if (equals > start) {
        query.take(source, start, equals, equals + 1, unescape(source, equals + 1, end));
      }
      start = end + 1;
    }
    return query;
  }

  List<InfoHash> torrents() {
    return torrents;
  }

  WrittenAnswer.Form form() {
    return compact
        ? WrittenAnswer.Form.COMPACT
        : withoutPeerId ? WrittenAnswer.Form.LIST_WITHOUT_ID : WrittenAnswer.Form.LIST;
  }

  /**
   * The announce that this query makes.
   *
   * @param asker where the connection comes from; an {@code ip} parameter counts only from this machine, since anyone
   *     else could send peers to a victim
   */
  AnnounceRequest announce(PeerAddress asker) {
    if (torrents.isEmpty()) {
      throw new MiniBitException("info_hash is missing");
    }
    if (peerId == null) {
      throw new MiniBitException("peer_id is missing");
    }
    if (port < 0) {
      throw new MiniBitException("port is missing");
    }
    InfoHash torrent = torrents.get(torrents.size() - 1);
    PeerAddress address = addressOf(asker).withPort(port);
    return new AnnounceRequest(torrent, peerId, address, uploaded, downloaded, left, event, numWant, key, group);
  }

  private PeerAddress addressOf(PeerAddress asker) {
    if (ip == null || ip.isEmpty() || !asker.isLoopback() || !HttpTracker.isLiteral(ip)) {
      return asker;
    }
    try {
      return PeerAddress.of(InetAddress.getByName(ip).getAddress(), 0);
    } catch (UnknownHostException e) {
      throw new MiniBitException("ip is not an address", e);
    }
  }

  /** One parameter: its name and its value are these parts of the source. */
  private void take(byte[] source, int name, int nameEnd, int from, int to) {
    if (is("info_hash", source, name, nameEnd)) {
      if (torrents.size() == MAX_SCRAPED) {
        throw new MiniBitException("more than " + MAX_SCRAPED + " info_hash");
      }
      torrents.add(InfoHash.of(Arrays.copyOfRange(source, from, to)));
    } else if (is("peer_id", source, name, nameEnd)) {
      peerId = PeerId.of(Arrays.copyOfRange(source, from, to));
    } else if (is("port", source, name, nameEnd)) {
      long number = number("port", source, from, to);
      if (number < 0 || number > 0xffff) {
        throw new MiniBitException("port is not between 0 and 65535");
      }
      port = (int) number;
    } else if (is("uploaded", source, name, nameEnd)) {
      uploaded = number("uploaded", source, from, to);
    } else if (is("downloaded", source, name, nameEnd)) {
      downloaded = number("downloaded", source, from, to);
    } else if (is("left", source, name, nameEnd)) {
      left = number("left", source, from, to);
    } else if (is("numwant", source, name, nameEnd)) {
      numWant = (int) Math.max(-1, Math.min(Integer.MAX_VALUE, number("numwant", source, from, to)));
    } else if (is("event", source, name, nameEnd)) {
      event = event(source, from, to);
    } else if (is("compact", source, name, nameEnd)) {
      compact = is("1", source, from, to);
    } else if (is("no_peer_id", source, name, nameEnd)) {
      withoutPeerId = is("1", source, from, to);
    } else if (is("key", source, name, nameEnd)) {
      key = key(source, from, to);
    } else if (is("ip", source, name, nameEnd)) {
      ip = text(source, from, to);
    } else if (is("group", source, name, nameEnd)) {
      if (to - from > MAX_GROUP_BYTES) {
        throw new MiniBitException("group is longer than " + MAX_GROUP_BYTES + " bytes");
      }
      group = new String(source, from, to - from, StandardCharsets.UTF_8);
    }
    // Clients send much more that only they know.
  }

  private static AnnounceEvent event(byte[] source, int from, int to) {
    return is("started", source, from, to)
        ? AnnounceEvent.STARTED
        : is("completed", source, from, to)
            ? AnnounceEvent.COMPLETED
            : is("stopped", source, from, to)
                ? AnnounceEvent.STOPPED
                : AnnounceEvent.REGULAR; // "empty", "paused" (BEP 21)
  }

  /** Usually eight hexadecimal digits, but any text will do. */
  private static int key(byte[] source, int from, int to) {
    int number = 0;
    for (int at = from; at < to; at++) {
      int digit = to - from <= 8 ? Character.digit(source[at], 16) : -1;
      if (digit < 0) {
        return text(source, from, to).hashCode();
      }
      number = number << 4 | digit;
    }
    return number;
  }

  private static long number(String name, byte[] source, int from, int to) {
    long number = 0;
    for (int at = from; at < to; at++) {
      int digit = source[at] - '0';
      if (digit < 0 || digit > 9 || to - from > 18) {
        return unusualNumber(name, text(source, from, to)); // a sign, say
      }
      number = 10 * number + digit;
    }
    return from < to ? number : unusualNumber(name, "");
  }

  private static long unusualNumber(String name, String text) {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new MiniBitException(name + " is not a number", e);
    }
  }

  private static boolean is(String expected, byte[] source, int from, int to) {
    if (to - from != expected.length()) {
      return false;
    }
    for (int i = 0; i < expected.length(); i++) {
      if (source[from + i] != expected.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private static String text(byte[] source, int from, int to) {
    return new String(source, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /** Returns where the unescaped bytes end, which begin where the escaped ones did. */
  private static int unescape(byte[] source, int from, int to) {
    int end = from;
    for (int at = from; at < to; at++) {
      byte b = source[at];
      if (b == '%') {
        int high = at + 2 < to ? Character.digit(source[at + 1], 16) : -1;
        int low = at + 2 < to ? Character.digit(source[at + 2], 16) : -1;
        if (high < 0 || low < 0) {
          throw new MiniBitException("a % is not followed by two hexadecimal digits");
        }
        b = (byte) ((high << 4) | low);
        at += 2;
      }
      source[end++] = b;
    }
    return end;
  }
}
