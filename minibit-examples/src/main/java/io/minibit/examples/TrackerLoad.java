package io.minibit.examples;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How many announces per second any tracker answers: 100,000 peers in 1,000 swarms announce themselves in turn, over
 * HTTP with one connection per request or over UDP, and 64 requests are always under way. A tracker that serves a
 * whitelist only needs the info-hashes that {@code --hashes} prints.
 */
public final class TrackerLoad {
  private static final int PEERS = 100_000;
  private static final int SWARMS = 1000;
  private static final int UNDER_WAY = 64;
  private static final long LOST_NANOS = 500_000_000;

  private TrackerLoad() {}

  /**
   * Announces that were answered.
   *
   * @param refused answers that were errors
   * @param lost requests without an answer
   */
  record Result(long answered, long refused, long lost, double seconds) {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "%,.0f announces/s (%,d answered, %,d refused, %,d lost, %.1f s)", answered / seconds, answered,
          refused, lost, seconds);
    }
  }

  /** {@code TrackerLoad URL… [--seconds N]}, or {@code TrackerLoad --hashes}. */
  public static void main(String[] args) throws IOException {
    List<URI> trackers = new ArrayList<>();
    int seconds = 10;
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--hashes")) {
        for (int swarm = 0; swarm < SWARMS; swarm++) {
          System.out.printf(Locale.ROOT, "%04x%s%n", swarm, "5a".repeat(18));
        }
        return;
      } else if (args[i].equals("--seconds") && i + 1 < args.length) {
        seconds = Integer.parseInt(args[++i]);
      } else {
        trackers.add(URI.create(args[i]));
      }
    }
    if (trackers.isEmpty()) {
      System.err.println("usage: TrackerLoad URL... [--seconds N] | --hashes");
      System.exit(2);
    }
    for (URI tracker : trackers) {
      load(tracker, seconds * 1_000_000_000L / 2); // a tracker in Java is compiled while it works
      System.out.println(tracker + ": " + load(tracker, seconds * 1_000_000_000L));
    }
  }

  static Result load(URI tracker, long nanos) throws IOException {
    InetSocketAddress address = new InetSocketAddress(tracker.getHost(), tracker.getPort());
    return tracker.getScheme().equals("udp") ? overUdp(address, nanos) : overHttp(address, tracker.getRawPath(), nanos);
  }

  private static Result overHttp(InetSocketAddress tracker, String path, long nanos) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(16 << 10);
    long answered = 0;
    long refused = 0;
    long lost = 0;
    int next = 0;
    long start = System.nanoTime();
    try (Selector selector = Selector.open()) {
      while (System.nanoTime() - start < nanos) {
        while (selector.keys().size() < UNDER_WAY) {
          SocketChannel channel = SocketChannel.open();
          channel.configureBlocking(false);
          channel.connect(tracker);
          channel.register(selector, SelectionKey.OP_CONNECT, httpAnnounce(tracker, path, next++ % PEERS));
        }
        selector.select(100);
        for (SelectionKey key : selector.selectedKeys()) {
          SocketChannel channel = (SocketChannel) key.channel();
          try {
            if (key.isConnectable()) {
              channel.finishConnect();
              channel.write(ByteBuffer.wrap((byte[]) key.attachment()));
              key.interestOps(SelectionKey.OP_READ);
              continue;
            }
            int count = channel.read(buffer.clear());
            if (count > 0) { // an answer fits into one segment of the loopback interface
              boolean failure = indexOf(buffer.flip(), "failure") >= 0 || buffer.get(9) != '2';
              answered += failure ? 0 : 1;
              refused += failure ? 1 : 0;
            } else {
              lost++;
            }
          } catch (IOException e) {
            lost++;
          }
          channel.close();
        }
        selector.selectedKeys().clear();
        selector.selectNow(); // forgets what was closed
        selector.selectedKeys().clear();
      }
      double seconds = (System.nanoTime() - start) / 1e9;
      for (SelectionKey key : selector.keys()) {
        key.channel().close();
      }
      return new Result(answered, refused, lost, seconds);
    }
  }

  private static byte[] httpAnnounce(InetSocketAddress tracker, String path, int peer) {
    String hash = String.format(Locale.ROOT, "%%%02x%%%02x", peer % SWARMS >> 8, peer % SWARMS & 0xff) + "%5a".repeat(18);
    return ("GET " + path + "?info_hash=" + hash
            + "&peer_id=-TL0001-" + (100_000_000_000L + peer) + "&port=" + (1 + peer % 65_535)
            + "&uploaded=0&downloaded=0&left=" + peer % 3 + "&compact=1&no_peer_id=1&key=0A0B0C0D HTTP/1.1\r\nHost: "
            + tracker.getHostString() + "\r\nUser-Agent: TrackerLoad\r\nConnection: close\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  private static int indexOf(ByteBuffer buffer, String ascii) {
    for (int at = 0; at + ascii.length() <= buffer.limit(); at++) {
      int matched = 0;
      while (matched < ascii.length() && buffer.get(at + matched) == ascii.charAt(matched)) {
        matched++;
      }
      if (matched == ascii.length()) {
        return at;
      }
    }
    return -1;
  }

  private static Result overUdp(InetSocketAddress tracker, long nanos) throws IOException {
    ByteBuffer packet = ByteBuffer.allocateDirect(4096);
    long answered = 0;
    long refused = 0;
    long lost = 0;
    int next = 0;
    int underWay = 0;
    long start = System.nanoTime();
    try (DatagramChannel channel = DatagramChannel.open();
        Selector selector = Selector.open()) {
      channel.connect(tracker);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ);
      channel.write(packet.putLong(0x41727101980L).putInt(0).putInt(0).flip());
      selector.select(5000);
      if (channel.read(packet.clear()) < 16) {
        throw new IOException("no tracker answers at " + tracker);
      }
      long connection = packet.getLong(8);
      long heard = System.nanoTime();
      while (System.nanoTime() - start < nanos) {
        for (; underWay < UNDER_WAY; underWay++) {
          channel.write(udpAnnounce(packet.clear(), connection, next++));
        }
        selector.select(100);
        selector.selectedKeys().clear();
        while (channel.read(packet.clear()) > 0) {
          answered += packet.getInt(0) == 1 ? 1 : 0;
          refused += packet.getInt(0) == 1 ? 0 : 1;
          underWay = Math.max(0, underWay - 1);
          heard = System.nanoTime();
        }
        if (System.nanoTime() - heard > LOST_NANOS) {
          lost += underWay;
          underWay = 0;
        }
      }
    }
    return new Result(answered, refused, lost, (System.nanoTime() - start) / 1e9);
  }

  private static ByteBuffer udpAnnounce(ByteBuffer packet, long connection, int number) {
    int peer = number % PEERS;
    packet.putLong(connection).putInt(1).putInt(number);
    packet.putShort((short) (peer % SWARMS));
    for (int i = 0; i < 18; i++) {
      packet.put((byte) 0x5a);
    }
    packet.putLong(0x2d544c303030312dL).putLong(0).putInt(peer); // -TL0001-
    packet.putLong(0).putLong(peer % 3).putLong(0).putInt(0).putInt(0).putInt(number).putInt(-1);
    return packet.putShort((short) (1 + peer % 65_535)).flip();
  }
}
