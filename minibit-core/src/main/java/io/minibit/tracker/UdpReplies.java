package io.minibit.tracker;

import io.minibit.metainfo.InfoHash;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What a tracker says over UDP (BEP 15): a packet in, a packet out. Not thread-safe. */
final class UdpReplies {
  private static final int ANNOUNCE_LENGTH = 98;
  private static final int END_OF_OPTIONS = 0;
  private static final int NO_OPTION = 1;
  private static final int URL_DATA = 2;
  /** A reply that fits the usual path, so that it is not cut into fragments. */
  private static final int MAX_REPLY = 1400;

  private final Tracker tracker;
  private final @Nullable AccessToken token;
  private final UdpConnectionIds connectionIds;
  private final WrittenAnswer written;
  private final ReplyBuffer reply = new ReplyBuffer();

  UdpReplies(Tracker tracker, @Nullable AccessToken token, WrittenAnswer written, LongSupplier nanos) {
    this.tracker = tracker;
    this.token = token;
    this.written = written;
    connectionIds = new UdpConnectionIds(nanos);
  }

  /**
   * The reply to a packet; null if it deserves none. One that is there at once is valid until the next packet. The future
   * fails only if the tracker does so by accident.
   */
  @Nullable CompletableFuture<ByteBuffer> reply(ByteBuffer packet, PeerAddress asker) {
    if (packet.remaining() < 16) {
      return null;
    }
    long connectionId = packet.getLong();
    int action = packet.getInt();
    int transaction = packet.getInt();
    if (action == UdpTracker.CONNECT) {
      return connectionId == UdpTracker.PROTOCOL
          ? now(header(UdpTracker.CONNECT, transaction).int64(connectionIds.give(asker)))
          : null;
    }
    if (!connectionIds.isValid(connectionId, asker)) {
      // Whether to say so is open; it lets a client connect again at once, and is shorter than what it answers.
      return action == UdpTracker.ANNOUNCE || action == UdpTracker.SCRAPE
          ? now(error(transaction, "unknown connection id"))
          : null;
    }
    if (action == UdpTracker.ANNOUNCE && packet.remaining() >= ANNOUNCE_LENGTH - 16) {
      AnnounceRequest announce = announce(packet, asker);
      if (token != null) {
        byte[] path = path(packet);
        if (!token.opens(path, 0, path.length)) {
          return now(error(transaction, AccessToken.REFUSAL));
        }
      }
      return announced(announce, transaction, asker);
    }
    if (action == UdpTracker.SCRAPE && token != null) {
      return now(error(transaction, AccessToken.REFUSAL + ", which a scrape over UDP cannot carry"));
    }
    if (action == UdpTracker.SCRAPE && packet.remaining() >= InfoHash.LENGTH) {
      List<InfoHash> torrents = new ArrayList<>();
      while (packet.remaining() >= InfoHash.LENGTH && torrents.size() < UdpTracker.MAX_SCRAPED) {
        torrents.add(InfoHash.of(bytes(packet, InfoHash.LENGTH)));
      }
      return answered(
          tracker.scrape(torrents), transaction, answer -> scraped(new ReplyBuffer(), transaction, answer, torrents));
    }
    return now(error(transaction, "malformed request"));
  }

  /** The path and query of the announce URL, from the options behind an announce (BEP 41); empty if it names none. */
  private static byte[] path(ByteBuffer options) {
    ByteBuffer path = ByteBuffer.allocate(options.remaining());
    while (options.hasRemaining()) {
      int option = options.get();
      if (option == END_OF_OPTIONS) {
        break;
      }
      if (option == NO_OPTION) {
        continue;
      }
      int length = options.hasRemaining() ? Byte.toUnsignedInt(options.get()) : 0;
      byte[] value = bytes(options, Math.min(length, options.remaining()));
      if (option == URL_DATA) {
        path.put(value);
      }
    }
    return bytes(path.flip(), path.limit());
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

  private CompletableFuture<ByteBuffer> announced(AnnounceRequest announce, int transaction, PeerAddress asker) {
    boolean ipv6 = asker.isIpv6();
    if (tracker instanceof MemoryTracker memory) {
      try {
        WrittenAnswer answer = memory.answer(announce, written.in(WrittenAnswer.Form.COMPACT));
        return now(announced(reply.clear(), transaction, answer, ipv6));
      } catch (TrackerException e) {
        return now(error(transaction, TrackerServer.reason(e)));
      }
    }
    return answered(
        tracker.announce(announce),
        transaction,
        given -> announced(new ReplyBuffer(), transaction, new WrittenAnswer(Duration.ZERO).answer(given), ipv6));
  }

  /** Only peers of the asker's own address family fit into the reply. */
  private static ReplyBuffer announced(ReplyBuffer target, int transaction, WrittenAnswer answer, boolean ipv6) {
    target.int32(UdpTracker.ANNOUNCE).int32(transaction).int32((int) answer.intervalSeconds());
    target.int32(Math.max(0, answer.leechers())).int32(Math.max(0, answer.seeders()));
    ReplyBuffer peers = ipv6 ? answer.peers6() : answer.peers();
    int each = ipv6 ? PeerAddress.COMPACT_IPV6 : PeerAddress.COMPACT_IPV4;
    int room = (MAX_REPLY - target.length()) / each * each;
    return target.raw(peers, Math.min(peers.length(), room));
  }

  private static ReplyBuffer scraped(
      ReplyBuffer target, int transaction, ScrapeResponse answer, List<InfoHash> torrents) {
    target.int32(UdpTracker.SCRAPE).int32(transaction);
    for (InfoHash torrent : torrents) {
      ScrapeResponse.Counts counts = answer.counts().get(torrent);
      target.int32(counts == null ? 0 : Math.max(0, counts.seeders()));
      target.int32(counts == null ? 0 : Math.max(0, counts.completed()));
      target.int32(counts == null ? 0 : Math.max(0, counts.leechers()));
    }
    return target;
  }

  /** On whichever thread the tracker answers, so with buffers of its own. */
  private static <T> CompletableFuture<ByteBuffer> answered(
      CompletableFuture<T> answer, int transaction, Function<T, ReplyBuffer> writer) {
    return answer.handle(
        (given, failure) ->
            (failure == null
                    ? writer.apply(given)
                    : error(new ReplyBuffer(), transaction, TrackerServer.reason(failure)))
                .finished());
  }

  private static CompletableFuture<ByteBuffer> now(ReplyBuffer reply) {
    return CompletableFuture.completedFuture(reply.finished());
  }

  private ReplyBuffer error(int transaction, String message) {
    return error(reply.clear(), transaction, message);
  }

  private static ReplyBuffer error(ReplyBuffer target, int transaction, String message) {
    return target.int32(UdpTracker.ERROR).int32(transaction).raw(message.getBytes(StandardCharsets.UTF_8));
  }

  private ReplyBuffer header(int action, int transaction) {
    return reply.clear().int32(action).int32(transaction);
  }

  private static byte[] bytes(ByteBuffer source, int count) {
    byte[] bytes = new byte[count];
    source.get(bytes);
    return bytes;
  }
}
