package io.minibit.net;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.TorrentState;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The side that is flooded, in a JVM of 48 MiB. It has two torrents and fetches a third. It says its port, and then
 * answers each line: {@code join} when it has joined the third torrent, anew and with nothing of it; a port with the
 * milliseconds that it took to fetch that torrent from there; {@code memory} with what it uses of it.
 */
final class FloodVictim {
  static final String FLOODED = "flooded";
  static final String OTHER = "other";
  static final String MISSING = "missing";

  /** A fetch that takes longer is given up and counts as this. */
  static final long MOST_MILLIS = 60_000;

  private static final int PIECE = 64 << 10;

  private FloodVictim() {}

  /** With this many bytes in each of its torrents. */
  static JavaProcess start(long length) throws IOException {
    return JavaProcess.start(
        List.of("-Xmx48m", "-XX:+ExitOnOutOfMemoryError"), FloodVictim.class, Long.toString(length));
  }

  /** One of the three by its name. */
  static Metainfo torrent(String name, long length) {
    return SyntheticStore.metainfo(name, length, PIECE);
  }

  static Torrent join(Peer peer, Metainfo metainfo, boolean full) {
    Torrent torrent = peer.join(metainfo, new SyntheticStore(metainfo, full), Loopback.ALONE);
    TorrentState checked = full ? TorrentState.SEEDING : TorrentState.DOWNLOADING;
    Loopback.await("checked", () -> torrent.status().state() == checked);
    return torrent;
  }

  /** How many milliseconds it takes to get everything from there. */
  static long fetch(Torrent torrent, InetSocketAddress from) throws Exception {
    long start = System.nanoTime();
    torrent.connect(from);
    try {
      torrent.completion().get(MOST_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return MOST_MILLIS;
    }
    return (System.nanoTime() - start) / 1_000_000;
  }

  static InetSocketAddress address(String port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port));
  }

  /** The length of each torrent. */
  public static void main(String[] args) throws Exception {
    long length = Long.parseLong(args[0]);
    try (Peer peer = Loopback.peer().build();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      join(peer, torrent(FLOODED, length), true);
      join(peer, torrent(OTHER, length), true);
      System.out.println(peer.address().getPort());
      Torrent missing = null;
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.equals("join")) {
          missing = joinAnew(peer, missing, torrent(MISSING, length));
          System.out.println("joined");
        } else if (line.equals("memory")) {
          System.out.println(memory());
        } else if (missing != null) {
          System.out.println(fetch(missing, address(line)));
        }
      }
    }
  }

  private static Torrent joinAnew(Peer peer, @Nullable Torrent before, Metainfo metainfo) throws Exception {
    if (before != null) {
      before.leave().get(Loopback.MOST_SECONDS, TimeUnit.SECONDS);
    }
    return join(peer, metainfo, false);
  }

  private static String memory() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    long heap = runtime.totalMemory() - runtime.freeMemory();
    long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
    return (heap >> 20) + " + " + (direct >> 20) + " MiB";
  }
}
