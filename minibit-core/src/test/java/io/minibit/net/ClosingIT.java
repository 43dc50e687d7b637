package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.Limits;
import io.minibit.model.TorrentState;
import io.minibit.store.MemoryPieceStore;
import io.minibit.wire.MessageType;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a peer is in the middle of, closing it ends soon, ends everything, and comes after the last call of its stores. */
@Timeout(30)
class ClosingIT {
  private final byte[] content = Loopback.content(1_000_000);
  private final Metainfo metainfo = Loopback.torrent(content, 16384);

  private static void closesSoon(Peer peer) {
    peer.close();
    // An executor counts as ended a moment before its last thread has.
    String name = "minibit-" + peer.address().getPort();
    Loopback.await(
        "no thread", () -> Thread.getAllStackTraces().keySet().stream().noneMatch(t -> t.getName().startsWith(name)));
    peer.close();
  }

  @Test
  void whileChecking() throws Exception {
    FaultyStore store = new FaultyStore(MemoryPieceStore.of(metainfo, content));
    store.delayMillis = 300;
    Peer peer = Loopback.peer().build();
    Torrent torrent = peer.join(metainfo, store, Loopback.ALONE);
    assertEquals(TorrentState.CHECKING, torrent.status().state());
    closesSoon(peer);
    assertTrue(store.closed);
    assertEquals(TorrentState.LEFT, torrent.status().state());
  }

  @Test
  void whileDialingShakingHandsAndTrading() throws Exception {
    Peer peer = Loopback.peer().build();
    Torrent torrent = peer.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
    Loopback.await("trading", () -> torrent.status().state() == TorrentState.DOWNLOADING);
    try (ServerSocket silent = new ServerSocket();
        RawPeer incoming = RawPeer.dial(peer.address());
        RawPeer trading = RawPeer.dial(peer.address()).shakeHands(metainfo.infoHash())) {
      silent.bind(Loopback.anyPort(), 1);
      torrent.connect((InetSocketAddress) silent.getLocalSocketAddress());
      incoming.send(new byte[] {19});
      trading.send(RawPeer.everything(62)).send(RawPeer.message(MessageType.UNCHOKE));
      trading.await(MessageType.REQUEST);
      closesSoon(peer);
      incoming.awaitClosed();
      trading.awaitClosed();
    }
  }

  @Test
  void aTorrentThatIsLeftTakesItsDialsWithIt() throws Exception {
    Limits patient = Loopback.IMPATIENT.with(draft -> draft.handshakeTimeout = Duration.ofSeconds(20));
    try (Peer peer = Loopback.peer().limits(patient).build();
        RawPeer.Port port = new RawPeer.Port()) {
      Torrent torrent = peer.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      torrent.connect(port.address());
      try (RawPeer dialed = port.accept()) {
        dialed.readHandshake();
        torrent.leave().get(10, TimeUnit.SECONDS);
        dialed.awaitClosed();
      }
    }
  }

  @Test
  void whileADiskJobIsUnderWay() throws Exception {
    FaultyStore store = new FaultyStore(MemoryPieceStore.empty(metainfo));
    store.delayMillis = 30;
    try (Peer seed = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      Peer peer = Loopback.peer().build();
      Torrent torrent = peer.join(metainfo, store, Loopback.ALONE);
      torrent.connect(seed.address());
      Loopback.await("begun", () -> torrent.status().held().cardinality() > 0);
      closesSoon(peer);
      assertTrue(store.closed);
    }
  }

  @Test
  void whileTorrentsAreBeingLeft() throws Exception {
    FaultyStore store = new FaultyStore(MemoryPieceStore.of(metainfo, content));
    store.delayMillis = 300;
    Peer peer = Loopback.peer().build();
    Torrent torrent = peer.join(metainfo, store, Loopback.ALONE);
    CompletableFuture<Void> left = torrent.leave();
    closesSoon(peer);
    assertTrue(store.closed);
    left.get(1, TimeUnit.SECONDS);
  }

  @Test
  void whileATrackerNeverAnswers() throws Exception {
    try (ServerSocket silent = new ServerSocket()) {
      silent.bind(Loopback.anyPort());
      String url = "http://127.0.0.1:" + silent.getLocalPort() + "/announce";
      Metainfo tracked =
          MetainfoBuilder.ofBytes("file.bin", content).pieceLength(16384).trackers(List.of(List.of(url))).build();
      Limits patient = Loopback.IMPATIENT.with(draft -> draft.trackerTimeout = Duration.ofSeconds(20));
      Peer peer = Loopback.peer().limits(patient).build();
      Torrent torrent = peer.join(tracked, MemoryPieceStore.empty(tracked));
      Loopback.await("asking", () -> torrent.status().explanation().equals("asking the tracker for peers"));
      closesSoon(peer);
    }
  }

  @Test
  void beforeAnythingHasHappenedAndFromSeveralThreads() throws Exception {
    Peer peer = Loopback.peer().build();
    CompletableFuture<Void> one = CompletableFuture.runAsync(peer::close);
    CompletableFuture<Void> two = CompletableFuture.runAsync(peer::close);
    CompletableFuture.allOf(one, two).get(10, TimeUnit.SECONDS);
    closesSoon(peer);
  }
}
