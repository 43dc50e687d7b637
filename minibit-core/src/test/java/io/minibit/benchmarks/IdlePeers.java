package io.minibit.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.TorrentOptions;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.Limits;
import io.minibit.model.TorrentState;
import io.minibit.store.MemoryPieceStore;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What 1,000 connected peers cost that do nothing, on a torrent of 1,000 pieces of which everybody has half: the share of a
 * core during a minute, and bytes per peer, on the heap and in direct buffers, after a collection. The remote ends are in a
 * process of their own.
 *
 * <pre>{@code
 * mvn -B -pl minibit-core -Pbench test -Dbench.main=io.minibit.benchmarks.IdlePeers -Dbench=1000
 * }</pre>
 */
public final class IdlePeers {
  private static final int PIECES = 1000;
  private static final int PIECE = 16 << 10;
  private static final int SECONDS = 60;

  private IdlePeers() {}

  /** The number of peers. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length == 3) {
      remoteEnds(Integer.parseInt(args[0]), Integer.parseInt(args[1]), args[2]);
      return;
    }
    int count = args.length == 0 ? 1000 : Integer.parseInt(args[0]);
    byte[] hashes = new byte[PIECES * Metainfo.HASH_LENGTH];
    Metainfo metainfo = MetainfoBuilder.ofHashes("idle", (long) PIECES * PIECE, PIECE, hashes).build();
    try (Peer peer = Peer.builder()
        .listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
        .limits(Limits.defaults().with(limits -> limits.maxConnections = 2 * count))
        .build()) {
      Torrent torrent = peer.join(metainfo, MemoryPieceStore.empty(metainfo), TorrentOptions.defaults());
      while (torrent.status().state() == TorrentState.CHECKING) {
        Thread.sleep(10);
      }
      long before = memory();
      Process remote = new ProcessBuilder(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp", System.getProperty("java.class.path"),
              IdlePeers.class.getName(),
              Integer.toString(count),
              Integer.toString(peer.address().getPort()),
              metainfo.infoHash().toString())
          .inheritIO()
          .start();
      try {
        while (torrent.status().peers().stream().filter(p -> p.pieces() > 0).count() < count) {
          Thread.sleep(100);
        }
        Thread.sleep(5000);
        long after = memory();
        OperatingSystemMXBean process = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpu = process.getProcessCpuTime();
        Thread.sleep(SECONDS * 1000L);
        cpu = process.getProcessCpuTime() - cpu;
        System.out.printf(
            Locale.ROOT,
            "%d idle peers: %.2f %% of a core, %d bytes per peer on the heap and in direct buffers; %d still connected%n",
            count, cpu / 1e7 / SECONDS, (after - before) / count, torrent.status().peers().size());
      } finally {
        remote.destroy();
      }
    }
  }

  /** Bytes in use after a collection: heap and direct buffers. */
  private static long memory() throws InterruptedException {
    for (int i = 0; i < 3; i++) {
      System.gc();
      Thread.sleep(100);
    }
    Runtime runtime = Runtime.getRuntime();
    long direct = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
    return runtime.totalMemory() - runtime.freeMemory() + direct;
  }

  /** Connects so many sockets, shakes hands, says what it has, and then nothing but a keep-alive every minute. */
  private static void remoteEnds(int count, int port, String infoHash) throws IOException, InterruptedException {
    List<Socket> sockets = new ArrayList<>();
    byte[] torrent = new byte[20];
    for (int i = 0; i < torrent.length; i++) {
      torrent[i] = (byte) Integer.parseInt(infoHash.substring(2 * i, 2 * i + 2), 16);
    }
    for (int i = 0; i < count; i++) {
      Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
      sockets.add(socket);
      DataOutputStream out = new DataOutputStream(socket.getOutputStream());
      out.write(ByteBuffer.allocate(68)
          .put((byte) 19)
          .put("BitTorrent protocol".getBytes(StandardCharsets.US_ASCII))
          .putLong(0x100004)
          .put(torrent)
          .put(String.format(Locale.ROOT, "-ID0001-%012d", i).getBytes(StandardCharsets.US_ASCII))
          .array());
      new DataInputStream(socket.getInputStream()).readFully(new byte[68]);
      ByteBuffer bitfield = ByteBuffer.allocate(5 + PIECES / 8).putInt(1 + PIECES / 8).put((byte) 5);
      while (bitfield.hasRemaining()) {
        bitfield.put((byte) 0b0101_0101);
      }
      out.write(bitfield.array());
    }
    while (true) {
      Thread.sleep(60_000);
      for (Socket socket : sockets) {
        socket.getOutputStream().write(new byte[4]);
      }
    }
  }
}
