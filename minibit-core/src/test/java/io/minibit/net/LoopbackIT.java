package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.TorrentOptions;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.SeededRandom;
import io.minibit.store.MemoryPieceStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two or more peers of this engine over real sockets. */
@Timeout(60)
class LoopbackIT {
  private static byte[] random(int length) {
    byte[] content = new byte[length];
    new SeededRandom(length).nextBytes(content);
    return content;
  }

  private static Peer peer() throws Exception {
    return Peer.builder().listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).build();
  }

  @ParameterizedTest
  @CsvSource({"1, 16384", "1000, 1024", "100000, 16384", "16385, 16384", "3000001, 32768", "5000000, 1048576"})
  void aFileOfAnySizeGoesFromOnePeerToAnother(int length, int pieceLength) throws Exception {
    byte[] content = random(length);
    Metainfo metainfo = MetainfoBuilder.ofBytes("file.bin", content).pieceLength(pieceLength).build();
    TorrentOptions alone = TorrentOptions.defaults().withoutTracker();
    try (Peer seed = peer();
        Peer leech = peer()) {
      Torrent seeding = seed.join(metainfo, MemoryPieceStore.of(metainfo, content), alone);
      seeding.completion().get(10, TimeUnit.SECONDS);
      MemoryPieceStore store = MemoryPieceStore.empty(metainfo);
      Torrent leeching = leech.join(metainfo, store, alone);
      leeching.connect(seed.address());
      leeching.completion().get(20, TimeUnit.SECONDS);
      assertArrayEquals(content, store.content());
      assertEquals(length, leeching.status().downloaded());
      assertEquals(0, leeching.status().wasted());
    }
  }

  @Test
  void fivePeersFetchFromEachOther() throws Exception {
    byte[] content = random(4_000_000);
    Metainfo metainfo = MetainfoBuilder.ofBytes("file.bin", content).pieceLength(16384).build();
    TorrentOptions alone = TorrentOptions.defaults().withoutTracker();
    try (Peer seed = peer();
        Peer a = peer();
        Peer b = peer();
        Peer c = peer();
        Peer d = peer()) {
      seed.join(metainfo, MemoryPieceStore.of(metainfo, content), alone).completion().get(10, TimeUnit.SECONDS);
      Torrent[] torrents = new Torrent[4];
      Peer[] peers = {a, b, c, d};
      for (int i = 0; i < 4; i++) {
        torrents[i] = peers[i].join(metainfo, MemoryPieceStore.empty(metainfo), alone);
        torrents[i].connect(seed.address());
        for (int j = 0; j < i; j++) {
          torrents[i].connect(peers[j].address());
        }
      }
      for (Torrent torrent : torrents) {
        torrent.completion().get(30, TimeUnit.SECONDS);
      }
    }
  }
}
