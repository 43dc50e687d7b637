package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.PeerId;
import io.minibit.store.MemoryPieceStore;
import io.minibit.wire.MessageType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Corrupt blocks are found, whoever sent them is blamed and banned, nobody else is, and the download completes. */
@Timeout(60)
class CorruptPeersIT {
  private static final int PIECE = 16 * 16384;

  private final byte[] content = Loopback.content(12 * PIECE);
  private final Metainfo metainfo = Loopback.torrent(content, PIECE);

  /** Offers everything, and sends a wrong byte in each of its blocks. */
  private CompletableFuture<Void> liar(RawPeer raw) {
    byte[] wrong = content.clone();
    for (int i = 5; i < wrong.length; i += 16384) {
      wrong[i] ^= 1;
    }
    return CompletableFuture.runAsync(
        () -> {
          try {
            raw.shakeHands(metainfo.infoHash());
            raw.send(RawPeer.everything(12)).send(RawPeer.message(MessageType.UNCHOKE));
            raw.serve(metainfo.layout(), wrong);
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Test
  void theOnlySourceOfACorruptPieceIsBannedAtOnce() throws Exception {
    try (Peer leech = Loopback.peer().build();
        Peer seed = Loopback.peer().build();
        RawPeer.Port port = new RawPeer.Port()) {
      Loopback.seed(seed, metainfo, content);
      MemoryPieceStore store = MemoryPieceStore.empty(metainfo);
      Torrent torrent = leech.join(metainfo, store, Loopback.ALONE);
      Recorder told = Recorder.of(torrent);
      torrent.connect(port.address());
      try (RawPeer raw = port.accept()) {
        CompletableFuture<Void> serving = liar(raw);
        Loopback.await("banned", () -> !told.banned.isEmpty());
        serving.join();
        Loopback.await("told why", () -> told.toldReason("banned: sent corrupt piece"));
      }
      assertEquals(0, torrent.status().held().cardinality());
      torrent.connect(port.address());
      torrent.connect(seed.address());
      Loopback.complete(torrent);
      assertArrayEquals(content, store.content());
      assertEquals(1, told.banned.size());
      assertTrue(torrent.status().wasted() >= PIECE);
    }
  }

  @Test
  void oneLiarAmongHonestPeersIsFoundAndTheyAreNeverBlamed() throws Exception {
    try (Peer leech = Loopback.peer().build();
        Peer one = Loopback.peer().uploadRate(1_000_000).build();
        Peer two = Loopback.peer().uploadRate(1_000_000).build();
        RawPeer.Port port = new RawPeer.Port()) {
      Loopback.seed(one, metainfo, content);
      Loopback.seed(two, metainfo, content);
      MemoryPieceStore store = MemoryPieceStore.empty(metainfo);
      Torrent torrent = leech.join(metainfo, store, Loopback.ALONE);
      Recorder told = Recorder.of(torrent);
      torrent.connect(one.address());
      torrent.connect(two.address());
      Loopback.await("both serve us", () -> torrent.status().peers().stream().filter(p -> p.downloaded() > 0).count() == 2);
      torrent.connect(port.address());
      try (RawPeer raw = port.accept()) {
        CompletableFuture<Void> serving = liar(raw);
        Loopback.complete(torrent);
        Loopback.await("blamed", () -> !told.banned.isEmpty());
        serving.join();
        assertEquals(1, told.banned.size());
        assertEquals(PeerId.of(raw.id), told.banned.get(0).id());
      }
      assertArrayEquals(content, store.content());
      assertTrue(told.corrupt.size() >= 1);
    }
  }
}
