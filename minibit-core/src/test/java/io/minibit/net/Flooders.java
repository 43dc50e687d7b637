package io.minibit.net;

import io.minibit.metainfo.Metainfo;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Those who flood, each on a thread of its own, until they are closed. The tireless ones never stop, and connect anew
 * when the victim closes them; the others say it once and stay.
 */
final class Flooders implements Closeable {
  private final Flood flood;
  private final InetSocketAddress victim;
  private final Set<RawPeer> peers = new HashSet<>();
  private final AtomicLong connected = new AtomicLong();
  private final AtomicLong sentBytes = new AtomicLong();
  private boolean over;

  /** The torrents are flooded in turn. */
  Flooders(Flood flood, InetSocketAddress victim, List<Metainfo> torrents, int connections, int tireless) {
    this.flood = flood;
    this.victim = victim;
    List<byte[]> said = torrents.stream().map(torrent -> flood.bytes(torrent.layout().pieceCount())).toList();
    for (int i = 0; i < connections; i++) {
      int turn = i % torrents.size();
      boolean again = i < tireless;
      start("flooder-" + i, () -> run(torrents.get(turn), said.get(turn), again));
    }
  }

  /**
   * Floods from a process of its own until its input ends, and answers each line with what it has sent: the flood, the
   * port of a {@link FloodVictim}, the name and the length of its torrent, and the number of connections, all tireless.
   */
  public static void main(String[] args) throws IOException {
    Metainfo torrent = FloodVictim.torrent(args[2], Long.parseLong(args[3]));
    int connections = Integer.parseInt(args[4]);
    Flooders flooders =
        new Flooders(Flood.valueOf(args[0]), FloodVictim.address(args[1]), List.of(torrent), connections, connections);
    System.out.println("flooding");
    try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      in.lines().forEach(line -> System.out.println(flooders.sent()));
    }
    flooders.close();
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private void run(Metainfo torrent, byte[] said, boolean tireless) {
    do {
      try {
        RawPeer peer = RawPeer.dial(victim);
        if (!add(peer)) {
          return;
        }
        connected.incrementAndGet();
        try {
          flood.begin(peer, torrent);
          if (flood.reads()) {
            start("reader", () -> drain(peer));
          }
          do {
            peer.send(said);
            sentBytes.addAndGet(said.length);
          } while (tireless && said.length > 0);
        } finally {
          if (tireless) {
            remove(peer);
          }
        }
      } catch (IOException e) {
        // The victim has closed it, or it is over.
      }
    } while (tireless && !isOver());
  }

  private static void drain(RawPeer peer) {
    try {
      peer.awaitClosed();
    } catch (IOException e) {
      // Nothing came for long.
    }
  }

  private String sent() {
    return (sentBytes.get() >> 20) + " MiB over " + connected.get() + " connections";
  }

  private synchronized boolean isOver() {
    return over;
  }

  private synchronized boolean add(RawPeer peer) throws IOException {
    if (over) {
      peer.close();
    } else {
      peers.add(peer);
    }
    return !over;
  }

  private synchronized void remove(RawPeer peer) throws IOException {
    peers.remove(peer);
    peer.close();
  }

  /** Closes all connections. A thread that is about to connect sees that it is over. */
  @Override
  public synchronized void close() throws IOException {
    over = true;
    for (RawPeer peer : peers) {
      peer.close();
    }
  }
}
