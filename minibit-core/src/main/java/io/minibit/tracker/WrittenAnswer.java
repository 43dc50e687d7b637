package io.minibit.tracker;

import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The answer to an announce with its peers already in the bytes that go out, so that fifty peers do not become fifty
 * objects. Used again for the next answer. Not thread-safe.
 */
final class WrittenAnswer implements MemoryTracker.Words<WrittenAnswer> {
  /** How peers are written over HTTP; over UDP they are always compact. */
  enum Form {
    /** BEP 23, and BEP 7 for IPv6. */
    COMPACT,
    /** A dictionary each (BEP 3). */
    LIST,
    LIST_WITHOUT_ID
  }

  private final ReplyBuffer peers = new ReplyBuffer();
  private final ReplyBuffer peers6 = new ReplyBuffer();
  private final ByteBuffer id = ByteBuffer.allocate(PeerId.LENGTH);
  private final Duration interval;
  private Form form = Form.COMPACT;
  private long intervalSeconds;
  private long minIntervalSeconds;
  private int seeders;
  private int leechers;
  private @Nullable String warning;

  /**
   * An answer in no words yet.
   *
   * @param interval what a {@link MemoryTracker} tells
   */
  WrittenAnswer(Duration interval) {
    this.interval = interval;
  }

  /** The form of the next answer. */
  WrittenAnswer in(Form wanted) {
    form = wanted;
    return this;
  }

  @Override
  public WrittenAnswer answer(Swarm swarm, int[] places, int count, @Nullable String warningToAsker) {
    begin(interval, null, swarm.seeds(), swarm.size() - swarm.seeds(), warningToAsker);
    for (int i = 0; i < count; i++) {
      int place = places[i];
      if (form == Form.LIST) {
        swarm.copyId(place, id.clear());
      }
      write(swarm.ipHigh(place), swarm.ipLow(place), swarm.port(place), form == Form.LIST ? id.array() : null);
    }
    return this;
  }

  /** Takes over the answer of any tracker. */
  WrittenAnswer answer(AnnounceResponse given) {
    begin(given.interval(), given.minInterval(), given.seeders(), given.leechers(), given.warning());
    for (AnnounceResponse.Contact peer : given.peers()) {
      PeerAddress address = peer.address();
      PeerId named = form == Form.LIST ? peer.id() : null;
      write(address.high(), address.low(), address.port(), named == null ? null : named.toBytes());
    }
    return this;
  }

  /** 0 if none was named. */
  long intervalSeconds() {
    return intervalSeconds;
  }

  /** 0 if none was named. */
  long minIntervalSeconds() {
    return minIntervalSeconds;
  }

  /** -1 if unknown. */
  int seeders() {
    return seeders;
  }

  /** -1 if unknown. */
  int leechers() {
    return leechers;
  }

  @Nullable String warning() {
    return warning;
  }

  boolean isCompact() {
    return form == Form.COMPACT;
  }

  /** Compact IPv4 endpoints, or all dictionaries. */
  ReplyBuffer peers() {
    return peers;
  }

  /** Compact IPv6 endpoints. */
  ReplyBuffer peers6() {
    return peers6;
  }

  private void begin(
      @Nullable Duration regular, @Nullable Duration atLeast, int complete, int incomplete, @Nullable String text) {
    intervalSeconds = regular == null ? 0 : regular.toSeconds();
    minIntervalSeconds = atLeast == null ? 0 : atLeast.toSeconds();
    seeders = complete;
    leechers = incomplete;
    warning = text;
    peers.clear();
    peers6.clear();
  }

  private void write(long ipHigh, long ipLow, int port, byte @Nullable [] peerId) {
    boolean ipv4 = PeerAddress.isIpv4(ipHigh, ipLow);
    if (form != Form.COMPACT) {
      peers.ascii("d2:ip");
      if (ipv4) {
        writeIpv4((int) ipLow);
      } else {
        InetAddress ip = PeerAddress.of(ipHigh, ipLow, port).toSocketAddress().getAddress();
        peers.string(ip.getHostAddress());
      }
      if (peerId != null) {
        peers.ascii("7:peer id20:").raw(peerId);
      }
      peers.ascii("4:porti").number(port).ascii("ee");
    } else if (ipv4) {
      peers.int32((int) ipLow).int16(port);
    } else {
      peers6.int64(ipHigh).int64(ipLow).int16(port);
    }
  }

  private void writeIpv4(int ip) {
    int length = 3;
    for (int shift = 0; shift < 32; shift += 8) {
      int part = (ip >>> shift) & 0xff;
      length += part > 99 ? 3 : part > 9 ? 2 : 1;
    }
    peers.number(length).ascii(":");
    for (int shift = 24; shift >= 0; shift -= 8) {
      peers.number((ip >>> shift) & 0xff);
      if (shift > 0) {
        peers.ascii(".");
      }
    }
  }
}
