package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.InfoHash;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.TorrentState;
import io.minibit.store.MemoryPieceStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whoever does not shake hands as it should is closed in time, gives its place back, and harms no download. */
@Timeout(60)
class HandshakeFaultsIT {
  private final byte[] content = Loopback.content(100_000);
  private final Metainfo metainfo = Loopback.torrent(content, 16384);

  private enum Fault {
    NOTHING(""),
    GARBAGE(""),
    ANOTHER_PROTOCOL("not of the BitTorrent protocol"),
    STOPS_AFTER_20("no handshake"),
    STOPS_AFTER_48("no handshake"),
    STOPS_AFTER_67("no handshake"),
    ANOTHER_TORRENT("another torrent"),
    CLOSES_AT_ONCE("closed by the peer"),
    RESETS_AFTER_30("");

    final String told;

    Fault(String told) {
      this.told = told;
    }

    void happen(RawPeer peer, InfoHash torrent) throws IOException {
      byte[] right = peer.handshake(torrent);
      switch (this) {
        case NOTHING -> {}
        case GARBAGE -> peer.send("GET / HTTP/1.1\r\nHost: here\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        case ANOTHER_PROTOCOL -> {
          right[5] ^= 1;
          peer.send(right);
        }
        case STOPS_AFTER_20 -> peer.send(Arrays.copyOf(right, 20));
        case STOPS_AFTER_48 -> peer.send(Arrays.copyOf(right, 48));
        case STOPS_AFTER_67 -> peer.send(Arrays.copyOf(right, 67));
        case ANOTHER_TORRENT -> {
          right[30] ^= 1;
          peer.send(right);
        }
        case CLOSES_AT_ONCE -> peer.close();
        case RESETS_AFTER_30 -> {
          peer.send(Arrays.copyOf(right, 30));
          peer.reset();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoeverConnectsAndFailsIsClosedAndGivesItsPlaceBack(Fault fault) throws Exception {
    // Two places, four faults: the honest peer only finds a place if they are given back.
    try (Peer leech = Loopback.peer().limits(Loopback.IMPATIENT.with(draft -> draft.maxConnections = 2)).build();
        Peer seed = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      MemoryPieceStore store = MemoryPieceStore.empty(metainfo);
      Torrent torrent = leech.join(metainfo, store, Loopback.ALONE);
      Loopback.await("trading", () -> torrent.status().state() == TorrentState.DOWNLOADING);
      for (int i = 0; i < 4; i++) {
        try (RawPeer peer = RawPeer.dial(leech.address())) {
          fault.happen(peer, metainfo.infoHash());
          if (fault != Fault.CLOSES_AT_ONCE && fault != Fault.RESETS_AFTER_30) {
            peer.awaitClosed();
          }
        }
      }
      torrent.connect(seed.address());
      Loopback.complete(torrent);
      assertArrayEquals(content, store.content());
    }
  }

  @ParameterizedTest
  @EnumSource
  void whoeverIsDialedAndFailsIsNamedInTheStatus(Fault fault) throws Exception {
    try (Peer leech = Loopback.peer().limits(Loopback.IMPATIENT.with(draft -> draft.maxConnections = 1)).build();
        Peer seed = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      MemoryPieceStore store = MemoryPieceStore.empty(metainfo);
      Torrent torrent = leech.join(metainfo, store, Loopback.ALONE);
      failTwice(torrent, fault);
      torrent.connect(seed.address());
      Loopback.complete(torrent);
      assertArrayEquals(content, store.content());
    }
  }

  private void failTwice(Torrent torrent, Fault fault) throws IOException {
    try (RawPeer.Port port = new RawPeer.Port()) {
      torrent.connect(port.address());
      for (int i = 0; i < 2; i++) {
        try (RawPeer peer = port.accept()) {
          fault.happen(peer, metainfo.infoHash());
          String told = "no peer can be reached: 127.0.0.1:" + port.address().getPort() + ": ";
          Loopback.await(
              told + fault.told,
              () -> torrent.status().explanation().startsWith(told) && torrent.status().explanation().contains(fault.told));
        }
      }
    }
  }

  @Test
  void anAnswerComesAfterTheInfoHashBeforeThePeerIdIsThere() throws Exception {
    try (Peer seed = Loopback.peer().build();
        RawPeer peer = RawPeer.dial(seed.address())) {
      Loopback.seed(seed, metainfo, content);
      byte[] right = peer.handshake(metainfo.infoHash());
      for (int i = 0; i < 48; i++) {
        peer.send(new byte[] {right[i]});
      }
      byte[] answer = peer.readHandshake();
      assertArrayEquals(seed.id().toBytes(), Arrays.copyOfRange(answer, 48, 68));
      peer.send(Arrays.copyOfRange(right, 48, 68));
      assertTrue(peer.read().payload().length > 0, "it goes on with a bitfield");
    }
  }

  @Test
  void whoeverComesAfterALongRestHasAllTheTimeOfAHandshake() throws Exception {
    try (Peer seed = Loopback.peer().limits(Loopback.IMPATIENT).build()) {
      Loopback.seed(seed, metainfo, content);
      // Nothing may happen for longer than a handshake may take: not even a look at the status.
      Loopback.pause(3 * Loopback.IMPATIENT.handshakeTimeout().toMillis());
      try (RawPeer peer = RawPeer.dial(seed.address())) {
        Loopback.pause(Loopback.IMPATIENT.handshakeTimeout().toMillis() / 6);
        peer.shakeHands(metainfo.infoHash());
      }
    }
  }

  @Test
  void aDialThatNobodyAnswersEndsAfterTheTimeout() throws Exception {
    // A port whose backlog is full lets connections hang, as a firewall that drops them does.
    try (Peer leech = Loopback.peer().limits(Loopback.IMPATIENT).build();
        ServerSocket full = new ServerSocket()) {
      full.bind(Loopback.anyPort(), 1);
      InetSocketAddress address = (InetSocketAddress) full.getLocalSocketAddress();
      Torrent torrent = leech.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      List<SocketChannel> fillers = new ArrayList<>();
      try {
        for (int i = 0; i < 4; i++) {
          SocketChannel filler = SocketChannel.open();
          filler.configureBlocking(false);
          filler.connect(address);
          fillers.add(filler);
        }
        torrent.connect(address);
        Loopback.await("no answer", () -> torrent.status().explanation().contains("no answer"));
      } finally {
        for (SocketChannel filler : fillers) {
          filler.close();
        }
      }
    }
  }
}
