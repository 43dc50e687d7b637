package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.MiniBitException;
import io.minibit.model.TorrentState;
import io.minibit.store.MemoryPieceStore;
import java.io.IOException;
import java.net.BindException;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Listening and dialing: what cannot be had is named, and what is not there yet is tried again. */
@Timeout(60)
class ConnectingIT {
  private final byte[] content = Loopback.content(200_000);
  private final Metainfo metainfo = Loopback.torrent(content, 16384);

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (Peer first = Loopback.peer().build()) {
      BindException e =
          assertThrows(BindException.class, () -> Peer.builder().listen(first.address()).build().close());
      assertEquals("cannot listen on 127.0.0.1:" + first.address().getPort() + ": Address already in use", e.getMessage());
    }
  }

  @Test
  void aNameThatMeansNothingCannotBeListenedOn() {
    InetSocketAddress nowhere = InetSocketAddress.createUnresolved("nowhere.invalid", 6881);
    IOException e = assertThrows(IOException.class, () -> Peer.builder().listen(nowhere).build().close());
    assertEquals("cannot listen on nowhere.invalid: unknown host", e.getMessage());
  }

  @Test
  void anAddressOfAnotherMachineCannotBeListenedOn() {
    InetSocketAddress elsewhere = new InetSocketAddress("192.0.2.1", 6881);
    IOException e = assertThrows(IOException.class, () -> Peer.builder().listen(elsewhere).build().close());
    assertTrue(e.getMessage().startsWith("cannot listen on 192.0.2.1:6881: "), e.getMessage());
  }

  @Test
  void anUnknownHostIsNamedAndLookedUpAgain() throws Exception {
    try (Peer leech = Loopback.peer().build();
        Peer seed = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      Torrent torrent = leech.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      torrent.connect(InetSocketAddress.createUnresolved("nowhere.invalid", 6881));
      Loopback.await("told", () -> torrent.status().explanation().endsWith("; unknown host: nowhere.invalid"));
      torrent.connect(InetSocketAddress.createUnresolved("localhost", seed.address().getPort()));
      Loopback.complete(torrent);
    }
  }

  @Test
  void nobodyListensOnPortZero() throws Exception {
    try (Peer leech = Loopback.peer().build()) {
      Torrent torrent = leech.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      assertThrows(MiniBitException.class, () -> torrent.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)));
      assertThrows(IllegalArgumentException.class, () -> torrent.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 65536)));
    }
  }

  @Test
  void aSeedThatStartsLaterIsFound() throws Exception {
    InetSocketAddress address;
    try (Peer soonGone = Loopback.peer().build()) {
      address = soonGone.address();
    }
    try (Peer leech = Loopback.peer().build()) {
      Torrent torrent = leech.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      torrent.connect(address);
      String told = "no peer can be reached: 127.0.0.1:" + address.getPort() + ": Connection refused";
      Loopback.await(told, () -> torrent.status().explanation().equals(told));
      try (Peer seed = Peer.builder().listen(address).build()) {
        Loopback.seed(seed, metainfo, content);
        Loopback.complete(torrent);
      }
    }
  }

  @Test
  void whoeverDialsItselfNoticesAndGoesOn() throws Exception {
    // Listening on all interfaces, a peer does not recognise its own address, only its own name in the handshake.
    try (Peer leech = Peer.builder().listen(new InetSocketAddress(0)).build();
        Peer seed = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      Torrent torrent = leech.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      Loopback.await("trading", () -> torrent.status().state() == TorrentState.DOWNLOADING);
      torrent.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), leech.address().getPort()));
      Loopback.await("forgotten", () -> torrent.status().explanation().equals("no peers known and no tracker to ask"));
      torrent.connect(seed.address());
      Loopback.complete(torrent);
      assertEquals(0, torrent.status().wasted());
    }
  }

  @Test
  void moreConnectionsThanAllowedAreClosedAtOnceAndThePlacesComeBack() throws Exception {
    try (Peer seed = Loopback.peer().limits(Loopback.IMPATIENT.with(draft -> draft.maxConnections = 3)).build();
        Peer leech = Loopback.peer().build()) {
      Torrent seeding = Loopback.seed(seed, metainfo, content);
      List<RawPeer> guests = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        guests.add(RawPeer.dial(seed.address()).shakeHands(metainfo.infoHash()));
      }
      Loopback.await("three", () -> seeding.status().peers().size() == 3);
      try (RawPeer tooMany = RawPeer.dial(seed.address())) {
        tooMany.awaitClosed();
      }
      assertEquals(3, seeding.status().peers().size());
      for (RawPeer guest : guests) {
        guest.close();
      }
      MemoryPieceStore store = MemoryPieceStore.empty(metainfo);
      Torrent torrent = leech.join(metainfo, store, Loopback.ALONE);
      torrent.connect(seed.address());
      Loopback.complete(torrent);
      assertArrayEquals(content, store.content());
    }
  }

  @Test
  void peersMeetOverIpv6() throws Exception {
    assumeTrue(
        NetworkInterface.networkInterfaces()
            .flatMap(NetworkInterface::inetAddresses)
            .anyMatch(address -> address instanceof Inet6Address && address.isLoopbackAddress()));
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getByAddress(new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1}), 0);
    try (Peer seed = Peer.builder().listen(loopback).build();
        Peer leech = Peer.builder().listen(loopback).build()) {
      Loopback.seed(seed, metainfo, content);
      Torrent torrent = leech.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      Recorder told = Recorder.of(torrent);
      torrent.connect(seed.address());
      Loopback.complete(torrent);
      Loopback.await("told", () -> !told.connected.isEmpty());
      assertEquals("[0:0:0:0:0:0:0:1]:" + seed.address().getPort(), told.connected.get(0).address().toString());
    }
  }
}
