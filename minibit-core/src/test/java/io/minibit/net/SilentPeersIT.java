package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.TorrentState;
import io.minibit.store.MemoryPieceStore;
import io.minibit.wire.MessageType;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Peers that stop in the middle, or never read, are left behind. */
@Timeout(60)
class SilentPeersIT {
  private static final int PIECE = 65536;

  private final byte[] content = Loopback.content(20 * PIECE);
  private final Metainfo metainfo = Loopback.torrent(content, PIECE);

  @ParameterizedTest
  @CsvSource({"false, silent for 1 s", "true, ''"})
  void aBlockThatEndsInTheMiddleIsFetchedFromAnother(boolean reset, String reason) throws Exception {
    try (Peer leech = Loopback.peer().limits(Loopback.IMPATIENT).build();
        Peer seed = Loopback.peer().build();
        RawPeer raw = RawPeer.dial(leech.address())) {
      Loopback.seed(seed, metainfo, content);
      MemoryPieceStore store = MemoryPieceStore.empty(metainfo);
      Torrent torrent = leech.join(metainfo, store, Loopback.ALONE);
      Recorder told = Recorder.of(torrent);
      Loopback.await("trading", () -> torrent.status().state() == TorrentState.DOWNLOADING);
      raw.shakeHands(metainfo.infoHash());
      raw.send(RawPeer.everything(20)).send(RawPeer.message(MessageType.UNCHOKE));
      RawPeer.Message request = raw.await(MessageType.REQUEST);
      byte[] block = RawPeer.block(request.field(0), request.field(1), new byte[request.field(2)]);
      raw.send(Arrays.copyOf(block, block.length / 2));
      if (reset) {
        raw.reset();
      }
      Loopback.await("the peer left", () -> told.toldReason(reason));
      torrent.connect(seed.address());
      Loopback.complete(torrent);
      assertArrayEquals(content, store.content());
    }
  }

  @Test
  void peersThatNeverReadAreClosedAndKeepNobodyFromBeingServed() throws Exception {
    long bufferMemory = 1 << 20;
    try (Peer seed =
            Loopback.peer().limits(Loopback.IMPATIENT.with(draft -> draft.readAheadBytes = bufferMemory)).build();
        Peer leech = Loopback.peer().limits(Loopback.IMPATIENT).build()) {
      Torrent seeding = Loopback.seed(seed, metainfo, content);
      Recorder told = Recorder.of(seeding);
      long before = directMemory();
      List<RawPeer> deaf = new ArrayList<>();
      try {
        // All slots but one, and all buffers.
        for (int i = 0; i < 4; i++) {
          RawPeer raw = RawPeer.dial(seed.address()).shakeHands(metainfo.infoHash());
          deaf.add(raw);
          raw.send(RawPeer.message(MessageType.INTERESTED));
          raw.await(MessageType.UNCHOKE);
          for (int r = 0; r < 1900; r++) {
            raw.send(RawPeer.message(MessageType.REQUEST, r % 20, r % 4 * 16384, 16384));
          }
        }
        // They do not seem dead: they say something all the time.
        Thread alive = new Thread(() -> keepAlive(deaf), "keep-alive");
        alive.setDaemon(true);
        alive.start();
        Torrent torrent = leech.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
        torrent.connect(seed.address());
        Loopback.complete(torrent);
        assertTrue(directMemory() - before < 8 << 20, "direct memory grew from " + before + " to " + directMemory());
        Loopback.await("closed", () -> told.toldReason("does not read what it is sent"));
      } finally {
        for (RawPeer raw : deaf) {
          raw.close();
        }
      }
    }
  }

  private static void keepAlive(List<RawPeer> peers) {
    List<RawPeer> open = new ArrayList<>(peers);
    while (!open.isEmpty()) {
      Loopback.pause(100);
      open.removeIf(
          peer -> {
            try {
              peer.send(new byte[4]);
              return false;
            } catch (IOException e) {
              // It is closed: that is what the test waits for.
              return true;
            }
          });
    }
  }

  private static long directMemory() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
