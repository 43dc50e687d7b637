package io.minibit.tracker;

import io.minibit.bencode.Bencode;
import io.minibit.bencode.BencodeBytes;
import io.minibit.bencode.BencodeDictionary;
import io.minibit.bencode.BencodeException;
import io.minibit.bencode.BencodeList;
import io.minibit.bencode.BencodeValue;
import io.minibit.metainfo.InfoHash;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Client of a tracker that speaks HTTP or HTTPS (BEP 3, 7, 23, 48), with the JDK's trusted certificates. Whatever the
 * server does, an answer is at most {@code maxTrackerBytes} long and takes at most {@code trackerTimeout} ({@code
 * stoppedTimeout} for the last announce).
 *
 * <p>Thread-safe; see {@link Tracker}.
 */
public final class HttpTracker implements Tracker {
  /** So many escaped hashes make a request of less than 5 KiB; servers take 8 KiB. */
  private static final int MAX_SCRAPED = 64;

  /** Host names in one answer that are looked up; more would be a way to make us ask for someone else. */
  private static final int MAX_LOOKUPS = 20;

  private final TrackerUri uri;
  private final Limits limits;
  /** Asked when it is needed: what a JVM trusts takes it a tenth of a second to read. */
  private final Supplier<SSLSocketFactory> tls;

  private final HostNames names;
  private final TrackerCalls calls;
  private final Map<InfoHash, byte[]> trackerIds = new ConcurrentHashMap<>();

  /** Finds the address of a peer that an answer gives by name; may take long. */
  interface HostNames {
    InetAddress resolve(String host) throws UnknownHostException;
  }

  /**
   * A client of the tracker with this announce URL.
   *
   * @throws TrackerException if it is no http or https URL
   */
  public HttpTracker(URI uri, Limits limits) {
    this(uri, limits, () -> (SSLSocketFactory) SSLSocketFactory.getDefault());
  }

  HttpTracker(URI uri, Limits limits, Supplier<SSLSocketFactory> tls) {
    this(uri, limits, tls, InetAddress::getByName);
  }

  HttpTracker(URI uri, Limits limits, Supplier<SSLSocketFactory> tls, HostNames names) {
    this.uri = TrackerUri.of(uri);
    this.limits = limits;
    this.tls = tls;
    this.names = names;
    if (!isHttp(this.uri)) {
      throw new TrackerException(this.uri + ": not an http or https address");
    }
    calls = new TrackerCalls(this.uri);
  }

  @Override
  public CompletableFuture<AnnounceResponse> announce(AnnounceRequest request) {
    return BothFamilies.announce(
        calls, uri, request, limits, (call, addresses) -> announce(call, request, addresses));
  }

  @Override
  public CompletableFuture<ScrapeResponse> scrape(List<InfoHash> torrents) {
    int lastSlash = uri.path().lastIndexOf('/');
    String lastElement = uri.path().substring(lastSlash + 1);
    if (!lastElement.startsWith("announce")) {
      return CompletableFuture.failedFuture(
          new TrackerException(uri + ": cannot be scraped, its last path element is not 'announce'"));
    }
    String path = uri.path().substring(0, lastSlash + 1) + "scrape" + lastElement.substring("announce".length());
    List<InfoHash> asked = List.copyOf(torrents);
    return calls.start(limits.trackerTimeout(), call -> scrape(call, path, asked));
  }

  @Override
  public void close() {
    calls.close();
  }

  @Override
  public String toString() {
    return uri.toString();
  }

  private AnnounceResponse announce(
      TrackerCalls.Call call, AnnounceRequest request, Predicate<InetAddress> addresses) throws IOException {
    StringBuilder query = new StringBuilder();
    query.append("info_hash=").append(escape(request.infoHash().toBytes()));
    query.append("&peer_id=").append(escape(request.peerId().toBytes()));
    query.append("&port=").append(request.address().port());
    query.append("&uploaded=").append(request.uploaded());
    query.append("&downloaded=").append(request.downloaded());
    query.append("&left=").append(request.left());
    query.append("&compact=1&no_peer_id=1");
    query.append("&key=").append(String.format(Locale.ROOT, "%08X", request.key()));
    if (request.numWant() >= 0) {
      query.append("&numwant=").append(request.numWant());
    }
    switch (request.event()) {
      case STARTED -> query.append("&event=started");
      case COMPLETED -> query.append("&event=completed");
      case STOPPED -> query.append("&event=stopped");
      case REGULAR -> {
        // No event is sent: that is what makes it a regular announce.
      }
    }
    byte[] trackerId = trackerIds.get(request.infoHash());
    if (trackerId != null) {
      query.append("&trackerid=").append(escape(trackerId));
    }
    String group = request.group();
    if (group != null) {
      query.append("&group=").append(escape(group.getBytes(StandardCharsets.UTF_8)));
    }

    BencodeDictionary answer = ask(call, addresses, uri.path(), query.toString());
    BencodeBytes newTrackerId = answer.getBytes("tracker id");
    if (request.event() == AnnounceEvent.STOPPED) {
      trackerIds.remove(request.infoHash());
    } else if (newTrackerId != null) {
      trackerIds.put(request.infoHash(), newTrackerId.toBytes());
    }
    return announced(answer, call::ended);
  }

  /**
   * What an answer to an announce says.
   *
   * @param ended whether nobody waits for it any more, so that names need not be looked up
   */
  AnnounceResponse announced(BencodeDictionary answer, BooleanSupplier ended) {
    BencodeBytes warning = answer.getBytes("warning message");
    return new AnnounceResponse(
        interval(answer.getLong("interval")),
        interval(answer.getLong("min interval")),
        count(answer.getLong("complete")),
        count(answer.getLong("incomplete")),
        peers(answer, ended),
        warning == null ? null : TrackerUri.clean(warning.toBytes()));
  }

  private ScrapeResponse scrape(TrackerCalls.Call call, String path, List<InfoHash> torrents) throws IOException {
    Map<InfoHash, ScrapeResponse.Counts> counts = new LinkedHashMap<>();
    for (int from = 0; from < torrents.size(); from += MAX_SCRAPED) {
      StringBuilder query = new StringBuilder();
      for (InfoHash torrent : torrents.subList(from, Math.min(torrents.size(), from + MAX_SCRAPED))) {
        query.append(query.length() == 0 ? "" : "&").append("info_hash=").append(escape(torrent.toBytes()));
      }
      scraped(ask(call, address -> true, path, query.toString()), counts);
    }
    counts.keySet().retainAll(torrents); // some trackers send everything they have
    return new ScrapeResponse(counts);
  }

  /** Adds what an answer to a scrape says. */
  void scraped(BencodeDictionary answer, Map<InfoHash, ScrapeResponse.Counts> counts) {
    BencodeDictionary files = answer.getDictionary("files");
    if (files == null) {
      throw new TrackerException(uri + ": the answer to a scrape has no 'files'");
    }
    for (BencodeDictionary.Entry entry : files) {
      if (entry.key().length() == InfoHash.LENGTH && entry.value() instanceof BencodeDictionary file) {
        counts.put(
            InfoHash.of(entry.key().toBytes()),
            new ScrapeResponse.Counts(
                count(file.getLong("complete")), count(file.getLong("downloaded")), count(file.getLong("incomplete"))));
      }
    }
  }

  /**
   * Asks, follows redirects and reads the answer; a refusal is a {@link TrackerException}.
   *
   * @param addresses which of the tracker's own addresses may be used
   */
  private BencodeDictionary ask(
      TrackerCalls.Call call, Predicate<InetAddress> addresses, String path, String parameters) throws IOException {
    String query = uri.query();
    String joint = query.isEmpty() ? "?" : query.endsWith("?") || query.endsWith("&") ? "" : "&";
    TrackerUri at = uri;
    String target = path + query + joint + parameters;
    boolean fromPublic = false;
    for (int redirects = 0; ; redirects++) {
      boolean publicOnly = fromPublic;
      Predicate<InetAddress> allowed = redirects == 0 ? addresses : address -> !publicOnly || !isPrivate(address);
      HttpAnswer answer =
          HttpAnswer.get(
              at,
              target,
              call,
              allowed,
              limits.connectTimeout(),
              limits.maxTrackerBytes(),
              tls);
      String location = answer.header("location");
      if (answer.status() < 300 || answer.status() > 399 || location == null) {
        return read(answer);
      }
      if (redirects == limits.maxRedirects()) {
        throw new TrackerException(uri + ": more than " + limits.maxRedirects() + " redirects");
      }
      fromPublic |= !isPrivate(answer.from());
      at = redirected(at, target, location);
      target = at.path() + at.query();
    }
  }

  /** Where a redirect leads. */
  TrackerUri redirected(TrackerUri from, String target, String location) {
    try {
      TrackerUri to = TrackerUri.of(URI.create(from.scheme() + "://" + from.authority() + target).resolve(location));
      if (isHttp(to)) {
        return to;
      }
    } catch (IllegalArgumentException | TrackerException e) {
      throw new TrackerException(uri + ": redirected to '" + TrackerUri.clean(location) + "', which is no address", e);
    }
    throw new TrackerException(
        uri + ": redirected to '" + TrackerUri.clean(location) + "', which is neither http nor https");
  }

  /** The dictionary that is an answer's body; a refusal, or anything else, is a {@link TrackerException}. */
  BencodeDictionary read(HttpAnswer answer) {
    try {
      // Many trackers do not sort their keys, some end with a line feed.
      if (Bencode.decodeLenient(answer.body(), limits) instanceof BencodeDictionary dictionary) {
        BencodeBytes failure = dictionary.getBytes("failure reason");
        if (failure != null) {
          throw new TrackerException(uri + ": " + TrackerUri.clean(failure.toBytes()));
        }
        if (answer.status() == 200) {
          return dictionary;
        }
      }
    } catch (BencodeException e) {
      if (answer.status() == 200) {
        throw new TrackerException(uri + ": " + notAnAnswer(answer), e);
      }
    }
    throw new TrackerException(uri + ": " + (answer.status() == 200 ? notAnAnswer(answer) : answer.statusLine()));
  }

  private static String notAnAnswer(HttpAnswer answer) {
    if (answer.body().length == 0) {
      return "not a tracker's answer (it is empty)";
    }
    String start = new String(answer.body(), 0, Math.min(40, answer.body().length), StandardCharsets.UTF_8);
    String type = answer.header("content-type");
    return "not a tracker's answer ("
        + (type == null ? "" : TrackerUri.clean(type) + ", ")
        + "starts with '"
        + TrackerUri.clean(start)
        + "')";
  }

  /** All forms a tracker may choose, whatever was asked: compact, list, and IPv6 beside either. */
  private List<AnnounceResponse.Contact> peers(BencodeDictionary answer, BooleanSupplier ended) {
    List<AnnounceResponse.Contact> contacts = new ArrayList<>();
    for (String key : List.of("peers", "peers6")) {
      BencodeValue value = answer.get(key);
      if (value instanceof BencodeBytes compact) {
        readCompact(key, compact, key.equals("peers6"), contacts);
      } else if (value instanceof BencodeList list) {
        readList(list, ended, contacts);
      }
    }
    return contacts;
  }

  private void readCompact(
      String key, BencodeBytes compact, boolean ipv6, List<AnnounceResponse.Contact> contacts) {
    int length = ipv6 ? PeerAddress.COMPACT_IPV6 : PeerAddress.COMPACT_IPV4;
    if (compact.length() % length != 0) {
      throw new TrackerException(uri + ": " + key + ": " + compact.length() + " bytes is not a multiple of " + length);
    }
    ByteBuffer bytes = ByteBuffer.wrap(compact.toBytes());
    while (bytes.hasRemaining()) {
      add(PeerAddress.readCompact(bytes, ipv6), null, contacts);
    }
  }

  private void readList(BencodeList list, BooleanSupplier ended, List<AnnounceResponse.Contact> contacts) {
    int lookups = 0;
    for (BencodeValue entry : list) {
      if (!(entry instanceof BencodeDictionary peer)) {
        continue;
      }
      BencodeBytes ip = peer.getBytes("ip");
      Long port = peer.getLong("port");
      if (ip == null || port == null || port < 1 || port > 0xffff) {
        continue;
      }
      String host = ip.toText();
      if (!isLiteral(host) && (++lookups > MAX_LOOKUPS || ended.getAsBoolean())) {
        continue;
      }
      try {
        BencodeBytes id = peer.getBytes("peer id");
        add(
            PeerAddress.of(names.resolve(host).getAddress(), port.intValue()),
            id != null && id.length() == PeerId.LENGTH ? PeerId.of(id.toBytes()) : null,
            contacts);
      } catch (UnknownHostException e) {
        // One peer less; the others may be fine.
      }
    }
  }

  private void add(PeerAddress address, @Nullable PeerId id, List<AnnounceResponse.Contact> contacts) {
    if (address.port() != 0 && contacts.size() < limits.maxKnownPeers()) {
      contacts.add(new AnnounceResponse.Contact(address, id));
    }
  }

  /** Whether the JDK reads it as an address without asking a name server. */
  static boolean isLiteral(String host) {
    return host.indexOf(':') >= 0 || host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9'));
  }

  /** Whether this is an address inside of some network, where a public server has no business sending us. */
  static boolean isPrivate(InetAddress address) {
    byte[] ip = address.getAddress();
    boolean shared = // 100.64.0.0/10, between a provider and its customers (RFC 6598)
        address instanceof Inet4Address && ip[0] == 100 && (ip[1] & 0xc0) == 64;
    boolean uniqueLocal = ip.length == 16 && (ip[0] & 0xfe) == 0xfc; // fc00::/7 (RFC 4193)
    boolean thisNetwork = ip.length == 4 && ip[0] == 0; // 0.0.0.0/8
    InetAddress inside = embedded(ip);
    return address.isLoopbackAddress()
        || address.isAnyLocalAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()
        || shared
        || uniqueLocal
        || thisNetwork
        || (inside != null && isPrivate(inside));
  }

  /** The IPv4 address that an IPv6 address leads to by a translator or tunnel; null if there is none. */
  private static @Nullable InetAddress embedded(byte[] ip) {
    if (ip.length != 16) {
      return null;
    }
    long first = ByteBuffer.wrap(ip).getLong();
    int middle = ByteBuffer.wrap(ip).getInt(8);
    boolean compatible = first == 0 && middle == 0; // ::/96 (RFC 4291)
    boolean translated = first == 0x0064_ff9b_0000_0000L && middle == 0; // 64:ff9b::/96 (RFC 6052)
    boolean locallyTranslated = first >>> 16 == 0x0064_ff9b_0001L; // 64:ff9b:1::/48 (RFC 8215)
    boolean tunnelled = first >>> 48 == 0x2002; // 2002::/16, 6to4 (RFC 3056)
    if (!compatible && !translated && !locallyTranslated && !tunnelled) {
      return null;
    }
    try {
      return InetAddress.getByAddress(tunnelled ? Arrays.copyOfRange(ip, 2, 6) : Arrays.copyOfRange(ip, 12, 16));
    } catch (UnknownHostException e) {
      throw new AssertionError("4 bytes are always an address", e);
    }
  }

  private static boolean isHttp(TrackerUri uri) {
    return uri.scheme().equals("http") || uri.scheme().equals("https");
  }

  private static @Nullable Duration interval(@Nullable Long seconds) {
    return seconds == null ? null : AnnounceResponse.interval(seconds);
  }

  private static int count(@Nullable Long value) {
    return value == null ? -1 : (int) Math.max(-1, Math.min(Integer.MAX_VALUE, value));
  }

  /** Raw bytes as a URL carries them: everything but RFC 3986's unreserved characters is escaped. */
  static String escape(byte[] bytes) {
    StringBuilder escaped = new StringBuilder(3 * bytes.length);
    for (byte b : bytes) {
      if ((b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || (b >= '0' && b <= '9') || "-._~".indexOf(b) >= 0) {
        escaped.append((char) b);
      } else {
        escaped.append('%').append(Character.toUpperCase(Character.forDigit((b >> 4) & 0xf, 16)));
        escaped.append(Character.toUpperCase(Character.forDigit(b & 0xf, 16)));
      }
    }
    return escaped.toString();
  }
}
