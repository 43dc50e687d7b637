package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.MiniBitException;
import io.minibit.store.MemoryPieceStore;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Any number of torrents share one port, one budget and one thread. */
@Timeout(60)
class ManyTorrentsIT {
  private static final int TORRENTS = 20;

  @Test
  void twentyTorrentsOfOnePairOfPeersAllComplete() throws Exception {
    List<byte[]> contents = new ArrayList<>();
    List<Metainfo> metainfos = new ArrayList<>();
    for (int i = 0; i < TORRENTS; i++) {
      byte[] content = Loopback.content(200_000 + i);
      contents.add(content);
      metainfos.add(Loopback.torrent(content, 32768));
    }
    // Memory for two pieces of one torrent: the others must have their turns.
    try (Peer seed = Loopback.peer().build();
        Peer leech = Loopback.peer().limits(Loopback.IMPATIENT.with(draft -> draft.pieceMemoryBytes = 65536)).build()) {
      List<Torrent> torrents = new ArrayList<>();
      List<MemoryPieceStore> stores = new ArrayList<>();
      for (int i = 0; i < TORRENTS; i++) {
        Loopback.seed(seed, metainfos.get(i), contents.get(i));
        MemoryPieceStore store = MemoryPieceStore.empty(metainfos.get(i));
        stores.add(store);
        torrents.add(leech.join(metainfos.get(i), store, Loopback.ALONE));
      }
      assertEquals(torrents, leech.torrents());
      torrents.forEach(torrent -> torrent.connect(seed.address()));
      torrents.forEach(Loopback::complete);
      for (int i = 0; i < TORRENTS; i++) {
        assertArrayEquals(contents.get(i), stores.get(i).content());
      }
    }
  }

  @Test
  void aTorrentIsJoinedOnce() throws Exception {
    byte[] content = Loopback.content(1000);
    Metainfo metainfo = Loopback.torrent(content, 16384);
    try (Peer peer = Loopback.peer().build()) {
      Torrent torrent = Loopback.seed(peer, metainfo, content);
      Assertions.assertThrows(
          MiniBitException.class, () -> peer.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE));
      torrent.leave().get();
      Loopback.seed(peer, metainfo, content);
    }
  }
}
