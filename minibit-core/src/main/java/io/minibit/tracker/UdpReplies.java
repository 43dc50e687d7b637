package io.minibit.tracker;

import io.minibit.metainfo.InfoHash;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * What a tracker says over UDP (BEP 15): a packet in, a packet out. Connection ids are not stored: an id is a keyed hash
 * of the asker's IP and the minute, so it proves that packets to this IP arrive. Not thread-safe.
 */
final class UdpReplies {
  private static final long PROTOCOL = 0x41727101980L;
  private static final int CONNECT = 0;
  private static final int ANNOUNCE = 1;
  private static final int SCRAPE = 2;
  private static final int ERROR = 3;
  private static final int ANNOUNCE_LENGTH = 98;
  private static final int MAX_SCRAPED = 74;
  private static final long WINDOW_NANOS = 60_000_000_000L;

  /** A reply that fits the usual path, so that it is not cut into fragments. */
  private static final int MAX_REPLY = 1400;

  private final Tracker tracker;
  private final LongSupplier nanos;
  private final Mac mac;

  UdpReplies(Tracker tracker, LongSupplier nanos) {
    this.tracker = tracker;
    this.nanos = nanos;
    byte[] secret = new byte[32];
    new SecureRandom().nextBytes(secret);
    try {
      mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
    } catch (GeneralSecurityException e) {
      throw new AssertionError("every JDK has HmacSHA256", e);
    }
  }

  /** The reply to a packet; null if it deserves none. The future fails only if the tracker does so by accident. */
  @Nullable CompletableFuture<byte[]> reply(ByteBuffer packet, PeerAddress asker) {
    if (packet.remaining() < 16) {
      return null;
    }
    long connectionId = packet.getLong();
    int action = packet.getInt();
    int transaction = packet.getInt();
    if (action == CONNECT) {
      return connectionId == PROTOCOL ? now(header(CONNECT, transaction).int64(connectionId(asker, window()))) : null;
    }
    if (connectionId != connectionId(asker, window()) && connectionId != connectionId(asker, window() - 1)) {
      // Whether to say so is open; it lets a client connect again at once, and is shorter than what it answers.
      return action == ANNOUNCE || action == SCRAPE ? now(error(transaction, "unknown connection id")) : null;
    }
    if (action == ANNOUNCE && packet.remaining() >= ANNOUNCE_LENGTH - 16) {
      return answered(
          tracker.announce(announce(packet, asker)), transaction, answer -> announced(transaction, answer, asker));
    }
    if (action == SCRAPE && packet.remaining() >= InfoHash.LENGTH) {
      List<InfoHash> torrents = new ArrayList<>();
      while (packet.remaining() >= InfoHash.LENGTH && torrents.size() < MAX_SCRAPED) {
        torrents.add(InfoHash.of(bytes(packet, InfoHash.LENGTH)));
      }
      return answered(tracker.scrape(torrents), transaction, answer -> scraped(transaction, answer, torrents));
    }
    return now(error(transaction, "malformed request"));
  }

  private static AnnounceRequest announce(ByteBuffer packet, PeerAddress asker) {
    InfoHash torrent = InfoHash.of(bytes(packet, InfoHash.LENGTH));
    PeerId peerId = PeerId.of(bytes(packet, PeerId.LENGTH));
    long downloaded = packet.getLong();
    long left = packet.getLong();
    long uploaded = packet.getLong();
    int event = packet.getInt();
    byte[] ip = bytes(packet, 4);
    int key = packet.getInt();
    int numWant = packet.getInt();
    int port = Short.toUnsignedInt(packet.getShort());
    // Counts from this machine only, as over HTTP.
    boolean named = asker.isLoopback() && (ip[0] | ip[1] | ip[2] | ip[3]) != 0;
    return new AnnounceRequest(
        torrent,
        peerId,
        named ? PeerAddress.of(ip, port) : asker.withPort(port),
        uploaded,
        downloaded,
        left,
        AnnounceEvent.ofUdpNumber(event),
        Math.max(-1, numWant),
        key,
        null);
  }

  /** Only peers of the asker's own address family fit into the reply. */
  private static ReplyBuffer announced(int transaction, AnnounceResponse answer, PeerAddress asker) {
    ReplyBuffer reply = header(ANNOUNCE, transaction);
    reply.int32(answer.interval() == null ? 0 : (int) answer.interval().toSeconds());
    reply.int32(Math.max(0, answer.leechers())).int32(Math.max(0, answer.seeders()));
    for (AnnounceResponse.Contact peer : answer.peers()) {
      if (peer.address().isIpv6() == asker.isIpv6() && reply.length() <= MAX_REPLY - PeerAddress.COMPACT_IPV6) {
        reply.endpoint(peer.address());
      }
    }
    return reply;
  }

  private static ReplyBuffer scraped(int transaction, ScrapeResponse answer, List<InfoHash> torrents) {
    ReplyBuffer reply = header(SCRAPE, transaction);
    for (InfoHash torrent : torrents) {
      ScrapeResponse.Counts counts = answer.counts().get(torrent);
      reply.int32(counts == null ? 0 : Math.max(0, counts.seeders()));
      reply.int32(counts == null ? 0 : Math.max(0, counts.completed()));
      reply.int32(counts == null ? 0 : Math.max(0, counts.leechers()));
    }
    return reply;
  }

  private interface Writer<T> {
    ReplyBuffer write(T answer);
  }

  private static <T> CompletableFuture<byte[]> answered(
      CompletableFuture<T> answer, int transaction, Writer<T> writer) {
    return answer.handle(
        (given, failure) ->
            (failure == null ? writer.write(given) : error(transaction, TrackerServer.reason(failure))).toBytes());
  }

  private static CompletableFuture<byte[]> now(ReplyBuffer reply) {
    return CompletableFuture.completedFuture(reply.toBytes());
  }

  private static ReplyBuffer error(int transaction, String message) {
    return header(ERROR, transaction).raw(message.getBytes(StandardCharsets.UTF_8));
  }

  private static ReplyBuffer header(int action, int transaction) {
    return new ReplyBuffer().int32(action).int32(transaction);
  }

  private long window() {
    return Math.floorDiv(nanos.getAsLong(), WINDOW_NANOS);
  }

  private long connectionId(PeerAddress asker, long window) {
    mac.update(asker.ip());
    mac.update(ByteBuffer.allocate(8).putLong(window).flip());
    return ByteBuffer.wrap(mac.doFinal()).getLong();
  }

  private static byte[] bytes(ByteBuffer source, int count) {
    byte[] bytes = new byte[count];
    source.get(bytes);
    return bytes;
  }
}
