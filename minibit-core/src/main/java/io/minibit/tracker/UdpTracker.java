package io.minibit.tracker;

import io.minibit.metainfo.InfoHash;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Client of a tracker that speaks UDP (BEP 15, BEP 41), over IPv4 and IPv6. Asks again after 15, 30, 60… seconds until
 * the limit {@code trackerTimeout} ({@code stoppedTimeout} for the last announce) is over.
 *
 * <p>Thread-safe; see {@link Tracker}.
 */
public final class UdpTracker implements Tracker {
  // Of the protocol, for both sides of it.

  static final long PROTOCOL = 0x41727101980L;
  static final int CONNECT = 0;
  static final int ANNOUNCE = 1;
  static final int SCRAPE = 2;
  static final int ERROR = 3;

  /** So many hashes keep the reply within an unfragmented packet (BEP 15). */
  static final int MAX_SCRAPED = 74;

  /** Bytes of the reply to an announce behind its header and before the peers. */
  static final int ANNOUNCED = 12;

  private static final int MAX_PACKET = 65_507; // the largest UDP payload over IPv4
  private static final Duration FIRST_RETRY = Duration.ofSeconds(15);
  private static final long CONNECTION_ID_NANOS = 60_000_000_000L;

  /** For transaction ids only: who guesses one can forge an answer. */
  private static final SecureRandom RANDOM = new SecureRandom();

  private final TrackerUri uri;
  private final Limits limits;
  private final Duration firstRetry;
  private final TrackerCalls calls;

  /**
   * A client of the tracker at {@code udp://host:port/…}.
   *
   * @throws TrackerException if the URI is no such address
   */
  public UdpTracker(URI uri, Limits limits) {
    this(uri, limits, FIRST_RETRY);
  }

  /** As above; asks again after {@code firstRetry}, then after twice as long, and so on. */
  UdpTracker(URI uri, Limits limits, Duration firstRetry) {
    this.uri = TrackerUri.of(uri);
    this.limits = limits;
    this.firstRetry = firstRetry;
    if (!this.uri.scheme().equals("udp")) {
      throw new TrackerException(this.uri + ": not a udp address");
    }
    if (this.uri.port() == 0) {
      throw new TrackerException(this.uri + ": a udp tracker's address needs a port");
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
    List<InfoHash> asked = List.copyOf(torrents);
    return calls.start(limits.trackerTimeout(), call -> scrape(call, asked));
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
    return converse(
        call,
        addresses,
        exchange -> {
          byte[] options = urlOptions();
          ByteBuffer body =
              ByteBuffer.allocate(82 + options.length)
                  .put(request.infoHash().toBytes())
                  .put(request.peerId().toBytes())
                  .putLong(request.downloaded())
                  .putLong(request.left())
                  .putLong(request.uploaded())
                  .putInt(request.event().udpNumber())
                  .putInt(0) // our IP: the tracker takes it from the packet
                  .putInt(request.key())
                  .putInt(request.numWant() < 0 ? -1 : request.numWant())
                  .putShort((short) request.address().port())
                  .put(options);
          return announced(exchange.ask(ANNOUNCE, body.array(), ANNOUNCED), exchange.ipv6);
        });
  }

  /** What the reply to an announce says, of at least {@link #ANNOUNCED} bytes behind its header. */
  AnnounceResponse announced(ByteBuffer reply, boolean ipv6) {
    int interval = reply.getInt();
    int leechers = reply.getInt();
    int seeders = reply.getInt();
    int length = ipv6 ? PeerAddress.COMPACT_IPV6 : PeerAddress.COMPACT_IPV4;
    List<AnnounceResponse.Contact> peers = new ArrayList<>();
    while (reply.remaining() >= length && peers.size() < limits.maxKnownPeers()) {
      PeerAddress address = PeerAddress.readCompact(reply, ipv6);
      if (address.port() != 0) {
        peers.add(new AnnounceResponse.Contact(address, null));
      }
    }
    return new AnnounceResponse(
        AnnounceResponse.interval(interval), null, Math.max(-1, seeders), Math.max(-1, leechers), peers, null);
  }

  private ScrapeResponse scrape(TrackerCalls.Call call, List<InfoHash> torrents) throws IOException {
    return converse(
        call,
        address -> true,
        exchange -> {
          Map<InfoHash, ScrapeResponse.Counts> counts = new LinkedHashMap<>();
          for (int from = 0; from < torrents.size(); from += MAX_SCRAPED) {
            List<InfoHash> asked = torrents.subList(from, Math.min(torrents.size(), from + MAX_SCRAPED));
            ByteBuffer body = ByteBuffer.allocate(asked.size() * InfoHash.LENGTH);
            asked.forEach(torrent -> body.put(torrent.toBytes()));
            scraped(exchange.ask(SCRAPE, body.array(), 0), asked, counts);
          }
          return new ScrapeResponse(counts);
        });
  }

  /** Adds what the reply to a scrape says of these torrents; it may end early. */
  static void scraped(ByteBuffer reply, List<InfoHash> asked, Map<InfoHash, ScrapeResponse.Counts> counts) {
    for (InfoHash torrent : asked) {
      if (reply.remaining() >= 12) {
        counts.put(torrent, new ScrapeResponse.Counts(reply.getInt(), reply.getInt(), reply.getInt()));
      }
    }
  }

  /**
   * Path and query of the URL (BEP 41), where trackers look for a passkey. Left out when there is nothing beyond the
   * usual {@code /announce}: some trackers take packets of 98 bytes only.
   */
  private byte[] urlOptions() {
    String data = uri.path() + uri.query();
    if (data.equals("/") || data.equals("/announce")) {
      return new byte[0];
    }
    byte[] text = data.getBytes(StandardCharsets.US_ASCII);
    ByteBuffer options = ByteBuffer.allocate(text.length + 2 * (text.length / 255 + 1) + 1);
    for (int from = 0; from < text.length; from += 255) {
      int length = Math.min(255, text.length - from);
      options.put((byte) 2).put((byte) length).put(text, from, length);
    }
    options.put((byte) 0);
    return Arrays.copyOf(options.array(), options.position());
  }

  private interface Questions<T> {
    T ask(Exchange exchange) throws IOException;
  }

  /** Tries the tracker's addresses in turn; only a refusal moves on to the next, silence takes the whole time. */
  private <T> T converse(TrackerCalls.Call call, Predicate<InetAddress> addresses, Questions<T> questions)
      throws IOException {
    IOException refusal = null;
    for (InetAddress address : uri.resolve()) {
      if (!addresses.test(address)) {
        continue;
      }
      try (DatagramSocket socket = new DatagramSocket()) {
        call.closeAtEnd(socket);
        // A connected socket takes packets from this source only, and reports that nothing listens there.
        socket.connect(new InetSocketAddress(address, uri.port()));
        return questions.ask(new Exchange(call, socket));
      } catch (SocketException e) { // PortUnreachableException, or no route
        refusal = e;
      }
      if (call.ended()) {
        break;
      }
    }
    throw refusal != null ? refusal : new IOException("no address");
  }

  /** Questions and answers with one address of the tracker. */
  private final class Exchange {
    final boolean ipv6;
    private final TrackerCalls.Call call;
    private final DatagramSocket socket;
    private final DatagramPacket packet = new DatagramPacket(new byte[MAX_PACKET], MAX_PACKET);
    private @Nullable Long connectionId;
    private long connectedAt;

    Exchange(TrackerCalls.Call call, DatagramSocket socket) {
      this.call = call;
      this.socket = socket;
      ipv6 = socket.getInetAddress() instanceof Inet6Address;
    }

    /** Sends until there is a reply of at least {@code minimum} bytes after its header; its position is there. */
    ByteBuffer ask(int action, byte[] body, int minimum) throws IOException {
      long waitMillis = firstRetry.toMillis();
      while (true) {
        long until = System.nanoTime() + waitMillis * 1_000_000;
        if (connectionId == null || System.nanoTime() - connectedAt > CONNECTION_ID_NANOS) {
          ByteBuffer reply = attempt(PROTOCOL, CONNECT, new byte[0], 8, until);
          connectionId = reply == null ? null : reply.getLong();
          connectedAt = System.nanoTime();
        }
        if (connectionId != null) {
          ByteBuffer reply = attempt(connectionId, action, body, minimum, until);
          if (reply != null) {
            return reply;
          }
        }
        waitMillis *= 2;
      }
    }

    private @Nullable ByteBuffer attempt(long id, int action, byte[] body, int minimum, long until)
        throws IOException {
      int transaction = RANDOM.nextInt();
      byte[] question =
          ByteBuffer.allocate(16 + body.length).putLong(id).putInt(action).putInt(transaction).put(body).array();
      socket.send(new DatagramPacket(question, question.length));
      while (true) {
        long left = (until - System.nanoTime()) / 1_000_000;
        if (left <= 0) {
          return null;
        }
        socket.setSoTimeout((int) Math.min(left, call.remainingMillis()));
        packet.setLength(MAX_PACKET);
        try {
          socket.receive(packet);
        } catch (SocketTimeoutException e) {
          if (call.ended()) {
            throw e;
          }
          continue;
        }
        ByteBuffer reply = ByteBuffer.wrap(packet.getData(), 0, packet.getLength()).slice();
        if (answers(reply, action, transaction, minimum)) {
          return reply;
        }
      }
    }
  }

  /**
   * Whether a packet is the reply that is waited for, of at least {@code minimum} bytes behind its header: then its
   * position is there.
   *
   * @throws TrackerException if it is a refusal
   */
  boolean answers(ByteBuffer packet, int action, int transaction, int minimum) {
    if (packet.remaining() < 8) {
      return false;
    }
    int answered = packet.getInt();
    if (packet.getInt() != transaction) {
      return false; // an answer to an earlier attempt, or forged
    }
    if (answered == ERROR) {
      byte[] message = new byte[packet.remaining()];
      packet.get(message);
      throw new TrackerException(uri + ": " + TrackerUri.clean(message));
    }
    return answered == action && packet.remaining() >= minimum;
  }
}
