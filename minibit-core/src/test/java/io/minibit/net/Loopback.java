package io.minibit.net;

import static org.junit.jupiter.api.Assertions.fail;

import io.minibit.Peer;
import io.minibit.PeerBuilder;
import io.minibit.Torrent;
import io.minibit.TorrentOptions;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.Limits;
import io.minibit.model.SeededRandom;
import io.minibit.store.MemoryPieceStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** What tests over real sockets share: small torrents, peers on the loopback interface, and waiting for a moment. */
final class Loopback {
  /** No wait of these tests is longer. */
  static final long MOST_SECONDS = 30;

  static final TorrentOptions ALONE = TorrentOptions.defaults().withoutTracker();

  /** The default limits with patience for tests. */
  static final Limits IMPATIENT =
      Limits.defaults()
          .with(
              draft -> {
                draft.connectTimeout = Duration.ofMillis(500);
                draft.handshakeTimeout = Duration.ofMillis(300);
                draft.silenceTimeout = Duration.ofSeconds(1);
                draft.keepAliveInterval = Duration.ofMillis(300);
                draft.trackerTimeout = Duration.ofMillis(500);
                draft.stoppedTimeout = Duration.ofMillis(500);
              });

  private Loopback() {}

  static InetSocketAddress anyPort() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  static PeerBuilder peer() {
    return Peer.builder().listen(anyPort());
  }

  static byte[] content(int length) {
    byte[] content = new byte[length];
    new SeededRandom(length).nextBytes(content);
    return content;
  }

  static Metainfo torrent(byte[] content, int pieceLength) {
    try {
      return MetainfoBuilder.ofBytes("file.bin", content).pieceLength(pieceLength).build();
    } catch (IOException e) {
      throw new AssertionError("nothing is read", e);
    }
  }

  /** A torrent that has everything, once its store is checked. */
  static Torrent seed(Peer peer, Metainfo metainfo, byte[] content) {
    Torrent torrent = peer.join(metainfo, MemoryPieceStore.of(metainfo, content), ALONE);
    complete(torrent);
    return torrent;
  }

  static void complete(Torrent torrent) {
    try {
      torrent.completion().get(MOST_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      fail("not complete: " + torrent.status(), e);
    }
  }

  /** Looks again and again until it is so. */
  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail("waited in vain: " + what);
      }
      pause(5);
    }
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      fail("interrupted", e);
    }
  }
}
