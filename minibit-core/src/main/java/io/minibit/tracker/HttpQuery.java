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
import java.util.HexFormat;
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
   * Reads the bytes between {@code ?} and the space after the URL.
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
        query.take(
            new String(source, start, equals - start, StandardCharsets.ISO_8859_1), unescape(source, equals + 1, end));
      }
      start = end + 1;
    }
    return query;
  }

  List<InfoHash> torrents() {
    return torrents;
  }

  boolean compact() {
    return compact;
  }

  boolean withoutPeerId() {
    return withoutPeerId;
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

  private void take(String name, byte[] value) {
    switch (name) {
      case "info_hash" -> {
        if (torrents.size() == MAX_SCRAPED) {
          throw new MiniBitException("more than " + MAX_SCRAPED + " info_hash");
        }
        torrents.add(InfoHash.of(value));
      }
      case "peer_id" -> peerId = PeerId.of(value);
      case "port" -> {
        long number = number(name, value);
        if (number < 0 || number > 0xffff) {
          throw new MiniBitException("port is not between 0 and 65535");
        }
        port = (int) number;
      }
      case "uploaded" -> uploaded = number(name, value);
      case "downloaded" -> downloaded = number(name, value);
      case "left" -> left = number(name, value);
      case "numwant" -> numWant = (int) Math.max(-1, Math.min(Integer.MAX_VALUE, number(name, value)));
      case "event" -> event = event(text(value));
      case "compact" -> compact = text(value).equals("1");
      case "no_peer_id" -> withoutPeerId = text(value).equals("1");
      case "key" -> key = key(text(value));
      case "ip" -> ip = text(value);
      case "group" -> {
        if (value.length > MAX_GROUP_BYTES) {
          throw new MiniBitException("group is longer than " + MAX_GROUP_BYTES + " bytes");
        }
        group = new String(value, StandardCharsets.UTF_8);
      }
      default -> {
        // Clients send much that only they know.
      }
    }
  }

  private static AnnounceEvent event(String name) {
    return switch (name) {
      case "started" -> AnnounceEvent.STARTED;
      case "completed" -> AnnounceEvent.COMPLETED;
      case "stopped" -> AnnounceEvent.STOPPED;
      default -> AnnounceEvent.REGULAR; // "empty", "paused" (BEP 21)
    };
  }

  /** Usually eight hexadecimal digits, but any text will do. */
  private static int key(String text) {
    try {
      return text.isEmpty() || text.length() > 8 ? text.hashCode() : HexFormat.fromHexDigits(text);
    } catch (IllegalArgumentException e) {
      return text.hashCode();
    }
  }

  private static long number(String name, byte[] value) {
    try {
      return Long.parseLong(text(value));
    } catch (NumberFormatException e) {
      throw new MiniBitException(name + " is not a number", e);
    }
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.ISO_8859_1);
  }

  private static byte[] unescape(byte[] source, int from, int to) {
    byte[] bytes = new byte[to - from];
    int length = 0;
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
      bytes[length++] = b;
    }
    return Arrays.copyOf(bytes, length);
  }
}
