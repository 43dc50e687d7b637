package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.TorrentOptions;
import io.minibit.metainfo.InfoHash;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import io.minibit.model.TorrentState;
import io.minibit.store.MemoryPieceStore;
import io.minibit.tracker.AnnounceRequest;
import io.minibit.tracker.AnnounceResponse;
import io.minibit.tracker.ScrapeResponse;
import io.minibit.tracker.Tracker;
import io.minibit.wire.MessageType;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whoever goes over a limit from outside is closed, passed over or made to wait, and no further. */
@Timeout(60)
class LimitsIT {
  private static final int PIECE = 256 << 10;
  private static final long FAST = 0x04;
  private static final long EXTENDED = 0x100000;
  private static final Duration ANNOUNCE_DEFAULT = Duration.ofMillis(300);

  private final byte[] content = Loopback.content(4 * PIECE);
  private final Metainfo metainfo = Loopback.torrent(content, PIECE);
  private final InfoHash infoHash = metainfo.infoHash();

  private static byte[] times(int count, byte[] message) {
    ByteBuffer all = ByteBuffer.allocate(count * message.length);
    for (int i = 0; i < count; i++) {
      all.put(message);
    }
    return all.array();
  }

  private static RawPeer guest(Peer host, InfoHash torrent, long reserved) throws IOException {
    RawPeer guest = RawPeer.dial(host.address());
    guest.send(guest.handshake(torrent, reserved));
    guest.readHandshake();
    return guest;
  }

  private Torrent leech(Peer peer, TorrentOptions options) {
    Torrent torrent = peer.join(metainfo, MemoryPieceStore.empty(metainfo), options);
    Loopback.await("trading", () -> torrent.status().state() == TorrentState.DOWNLOADING);
    return torrent;
  }

  @Test
  void aBlockOf128KibibytesIsServedAndALongerOneClosesTheConnection() throws Exception {
    try (Peer seed = Loopback.peer().build()) {
      Recorder told = Recorder.of(Loopback.seed(seed, metainfo, content));
      try (RawPeer guest = guest(seed, infoHash, 0)) {
        guest.send(RawPeer.message(MessageType.INTERESTED)).await(MessageType.UNCHOKE);
        guest.send(RawPeer.message(MessageType.REQUEST, 1, 5, 128 << 10));
        byte[] block = guest.await(MessageType.PIECE).payload();
        assertEquals(
            -1, Arrays.mismatch(content, PIECE + 5, PIECE + 5 + (128 << 10), block, 8, block.length));
        guest.send(RawPeer.message(MessageType.REQUEST, 1, 0, (128 << 10) + 1)).awaitClosed();
      }
      Loopback.await("told", () -> told.toldReason("asked for 131073 bytes at 0 of piece 1"));
    }
  }

  @Test
  void noMoreIsAskedForThanAllowedWhateverThePeerOffers() throws Exception {
    Limits few = Limits.defaults().with(draft -> draft.maxOutgoingRequests = 3);
    try (Peer leech = Loopback.peer().limits(few).build()) {
      leech(leech, Loopback.ALONE);
      try (RawPeer guest = guest(leech, infoHash, EXTENDED)) {
        guest.send(RawPeer.message(MessageType.EXTENDED, "\0d4:reqqi2000ee".getBytes(StandardCharsets.ISO_8859_1)));
        guest.send(RawPeer.everything(4)).send(RawPeer.message(MessageType.UNCHOKE));
        List<RawPeer.Message> asked = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
          while (asked.size() < 3) {
            asked.add(guest.await(MessageType.REQUEST));
          }
          RawPeer.Message first = asked.remove(0);
          int from = first.field(0) * PIECE + first.field(1);
          byte[] data = Arrays.copyOfRange(content, from, from + first.field(2));
          guest.send(RawPeer.block(first.field(0), first.field(1), data));
        }
        // A fourth would have been on its way before what is said now is answered.
        while (asked.size() < 3) {
          asked.add(guest.await(MessageType.REQUEST));
        }
        guest.send(RawPeer.message(MessageType.REQUEST, 0, 0, 0));
        try {
          assertTrue(guest.read().id() != MessageType.REQUEST);
        } catch (IOException e) {
          // Closed, for a request of nothing, without having asked for more.
        }
      }
    }
  }

  /** A user's own tracker that names the same endpoints again and again. */
  private static final class Naming implements Tracker {
    final List<Long> asked = new CopyOnWriteArrayList<>();
    private final Duration interval;
    private final List<AnnounceResponse.Contact> contacts = new ArrayList<>();

    Naming(Duration interval, List<RawPeer.Port> ports) {
      this.interval = interval;
      for (RawPeer.Port port : ports) {
        contacts.add(new AnnounceResponse.Contact(PeerAddress.of(port.address()), null));
      }
    }

    @Override
    public CompletableFuture<AnnounceResponse> announce(AnnounceRequest request) {
      asked.add(System.nanoTime());
      return CompletableFuture.completedFuture(
          new AnnounceResponse(interval, null, contacts.size(), 0, contacts, null));
    }

    @Override
    public CompletableFuture<ScrapeResponse> scrape(List<InfoHash> torrents) {
      return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }
  }

  private static List<RawPeer.Port> ports(int count) throws IOException {
    List<RawPeer.Port> ports = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ports.add(new RawPeer.Port());
    }
    return ports;
  }

  /** Keeps whoever comes, and remembers to which port. */
  private static Set<Integer> accept(List<RawPeer.Port> ports, List<RawPeer> guests) {
    Set<Integer> shared = Collections.synchronizedSet(new HashSet<>());
    for (RawPeer.Port port : ports) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  RawPeer guest = port.accept();
                  synchronized (guests) {
                    guests.add(guest);
                  }
                  shared.add(port.address().getPort());
                } catch (IOException e) {
                  // Nobody came until the test was over.
                }
              },
              "port");
      thread.setDaemon(true);
      thread.start();
    }
    return shared;
  }

  private static void close(List<RawPeer.Port> ports, List<RawPeer> guests) throws IOException {
    for (RawPeer.Port port : ports) {
      port.close();
    }
    synchronized (guests) {
      for (RawPeer guest : guests) {
        guest.close();
      }
    }
  }

  @Test
  void ofTheManyThatATrackerNamesAFewAreDialedAndRemembered() throws Exception {
    for (boolean remembered : new boolean[] {false, true}) {
      List<RawPeer.Port> ports = ports(12);
      List<RawPeer> guests = new ArrayList<>();
      Limits limits =
          Limits.defaults()
              .with(
                  draft -> {
                    draft.maxKnownPeers = remembered ? 4 : 2000;
                    draft.dialTarget = remembered ? 100 : 4;
                    draft.maxDialsPerSecond = 1000;
                    draft.announceFloor = Duration.ofMillis(20);
                  });
      Naming tracker = new Naming(Duration.ofMillis(20), ports);
      try (Peer leech = Loopback.peer().limits(limits).build()) {
        Set<Integer> dialed = accept(ports, guests);
        leech(leech, TorrentOptions.defaults().tracker(tracker));
        Loopback.await("four dials", () -> dialed.size() == 4);
        Loopback.await("more announces", () -> tracker.asked.size() > 3);
        assertEquals(4, dialed.size());
      } finally {
        close(ports, guests);
      }
    }
  }

  @Test
  void dialsAreSpreadEvenlyHoweverManyATrackerNames() throws Exception {
    List<RawPeer.Port> ports = ports(10);
    List<RawPeer> guests = new ArrayList<>();
    try (Peer leech =
        Loopback.peer().limits(Limits.defaults().with(draft -> draft.maxDialsPerSecond = 10)).build()) {
      Set<Integer> dialed = accept(ports, guests);
      long begin = System.nanoTime();
      leech(leech, TorrentOptions.defaults().tracker(new Naming(Duration.ofMinutes(1), ports)));
      Loopback.await("all dialed", () -> dialed.size() == 10);
      // Never sooner; how much later is the machine's business.
      assertTrue(System.nanoTime() - begin >= 9 * 100_000_000L);
    } finally {
      close(ports, guests);
    }
  }

  @Test
  void aTrackerThatWantsToBeAskedAllTheTimeIsAskedNoSoonerThanTheFloor() throws Exception {
    Limits limits = Limits.defaults().with(draft -> draft.announceFloor = Duration.ofMillis(200));
    Naming tracker = new Naming(Duration.ZERO, List.of());
    try (Peer leech = Loopback.peer().limits(limits).build()) {
      long begin = System.nanoTime();
      leech(leech, TorrentOptions.defaults().tracker(tracker));
      Loopback.await("four announces", () -> tracker.asked.size() >= 4);
      assertTrue(tracker.asked.get(3) - begin >= 3 * 200_000_000L);
    }
  }

  /** Of a peer that has everything: it needs nobody, so nothing makes it ask sooner. */
  private static void awaitAnnounces(Tracker tracker, List<Long> asked, byte[] content, Metainfo metainfo)
      throws IOException {
    Limits limits =
        Limits.defaults()
            .with(
                draft -> {
                  draft.announceFloor = Duration.ofMillis(1);
                  draft.announceDefault = ANNOUNCE_DEFAULT;
                });
    try (Peer seed = Loopback.peer().limits(limits).build()) {
      long begin = System.nanoTime();
      seed.join(metainfo, MemoryPieceStore.of(metainfo, content), TorrentOptions.defaults().tracker(tracker));
      // Not after half an hour or fifteen seconds.
      Loopback.await("four announces", () -> asked.size() >= 4);
      assertTrue(asked.get(3) - begin >= 3 * ANNOUNCE_DEFAULT.toNanos());
    }
  }

  @Test
  void aTrackerThatNamesNoIntervalIsAskedAtTheDefaultOne() throws Exception {
    Naming tracker = new Naming(null, List.of());
    awaitAnnounces(tracker, tracker.asked, content, metainfo);
  }

  @Test
  void aTrackerThatFailsIsAskedAgainNoLaterThanOneThatAnswers() throws Exception {
    List<Long> asked = new CopyOnWriteArrayList<>();
    Tracker broken =
        new Tracker() {
          @Override
          public CompletableFuture<AnnounceResponse> announce(AnnounceRequest request) {
            asked.add(System.nanoTime());
            return CompletableFuture.failedFuture(new IOException("out of order"));
          }

          @Override
          public CompletableFuture<ScrapeResponse> scrape(List<InfoHash> torrents) {
            return CompletableFuture.failedFuture(new UnsupportedOperationException());
          }
        };
    awaitAnnounces(broken, asked, content, metainfo);
  }

  @Test
  void aHandshakeThatTricklesIsNotWaitedForLongerThanASilentOne() throws Exception {
    try (Peer seed = Loopback.peer().limits(Loopback.IMPATIENT).build()) {
      Loopback.seed(seed, metainfo, content);
      try (RawPeer guest = RawPeer.dial(seed.address())) {
        byte[] handshake = guest.handshake(infoHash);
        int sent = 0;
        try {
          for (; sent < 67; sent++) {
            guest.send(new byte[] {handshake[sent]});
            Loopback.pause(50);
          }
        } catch (IOException e) {
          // Closed in the middle.
        }
        assertTrue(sent < 67, "three seconds are ten times the timeout");
      }
    }
  }

  @Test
  void aBlockThatTricklesCountsAsSilence() throws Exception {
    try (Peer leech = Loopback.peer().limits(Loopback.IMPATIENT).build()) {
      Recorder told = Recorder.of(leech(leech, Loopback.ALONE));
      try (RawPeer guest = guest(leech, infoHash, 0)) {
        guest.send(RawPeer.everything(4)).send(RawPeer.message(MessageType.UNCHOKE));
        RawPeer.Message asked = guest.await(MessageType.REQUEST);
        byte[] block = RawPeer.block(asked.field(0), asked.field(1), new byte[asked.field(2)]);
        guest.send(Arrays.copyOf(block, 13));
        try {
          for (int i = 13; i < 200; i++) {
            guest.send(new byte[1]);
            Loopback.pause(50);
          }
        } catch (IOException e) {
          // Closed in the middle.
        }
      }
      Loopback.await("told", () -> told.toldReason("silent for 1 s"));
    }
  }

  @Test
  void whoHasNothingToSayHearsAKeepAlive() throws Exception {
    try (Peer seed = Loopback.peer().limits(Loopback.IMPATIENT).build()) {
      Loopback.seed(seed, metainfo, content);
      try (RawPeer guest = guest(seed, infoHash, 0)) {
        guest.await(-1);
      }
    }
  }

  @Test
  void aLongExtendedHandshakeIsPassedOverAndADeepOneClosesTheConnection() throws Exception {
    try (Peer seed = Loopback.peer().build()) {
      Recorder told = Recorder.of(Loopback.seed(seed, metainfo, content));
      try (RawPeer guest = guest(seed, infoHash, EXTENDED)) {
        guest.send(RawPeer.message(MessageType.EXTENDED, new byte[40_000])); // no dictionary, but who reads it
        guest.send(RawPeer.message(MessageType.INTERESTED)).await(MessageType.UNCHOKE);
        String deep = "\0d1:m" + "l".repeat(101) + "e".repeat(101) + "e";
        guest.send(RawPeer.message(MessageType.EXTENDED, deep.getBytes(StandardCharsets.ISO_8859_1))).awaitClosed();
      }
      Loopback.await("told", () -> told.toldReason("extended handshake"));
    }
  }

  @Test
  void whoDoesNotReadWhatItIsSentIsClosedBeforeItTakesMuchMemory() throws Exception {
    Limits limits =
        Limits.defaults()
            .with(
                draft -> {
                  draft.maxUnreadBytes = 1000;
                  draft.maxIncomingRequests = Integer.MAX_VALUE;
                  draft.maxMessagesPerSecond = Integer.MAX_VALUE;
                });
    try (Peer seed = Loopback.peer().limits(limits).build()) {
      Recorder told = Recorder.of(Loopback.seed(seed, metainfo, content));
      try (RawPeer deaf = guest(seed, infoHash, FAST)) {
        byte[] requests = times(10_000, RawPeer.message(MessageType.REQUEST, 0, 0, 16384));
        for (int i = 0; i < 1000 && told.reasons.isEmpty(); i++) {
          deaf.send(requests);
        }
      } catch (IOException e) {
        // Closed while it still talks.
      }
      Loopback.await("closed", () -> told.toldReason("does not read what it is sent"));
    }
  }

  @Test
  void whoTalksTooMuchIsReadLaterAndNotClosed() throws Exception {
    try (Peer seed =
        Loopback.peer().limits(Limits.defaults().with(draft -> draft.maxMessagesPerSecond = 1000)).build()) {
      Loopback.seed(seed, metainfo, content);
      try (RawPeer guest = guest(seed, infoHash, 0)) {
        long begin = System.nanoTime();
        guest.send(times(6000, RawPeer.message(MessageType.HAVE, 1))).send(RawPeer.message(MessageType.INTERESTED));
        guest.await(MessageType.UNCHOKE);
        // A thousand at once, a thousand a second, and the last read on credit: never sooner.
        assertTrue(System.nanoTime() - begin >= 1_000_000_000L);
      }
    }
  }

  @Test
  void oneIpCannotTakeEveryPlaceUnlessItIsThisMachineItself() throws Exception {
    InetAddress own = NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(ip -> ip instanceof Inet4Address && !ip.isLoopbackAddress())
        .findFirst()
        .orElse(null);
    assumeTrue(own != null, "this machine has no address but loopback");
    try (Peer seed = Peer.builder()
        .listen(new InetSocketAddress(0))
        .limits(Limits.defaults().with(draft -> draft.maxConnectionsPerIp = 2))
        .build()) {
      Loopback.seed(seed, metainfo, content);
      InetSocketAddress outside = new InetSocketAddress(own, seed.address().getPort());
      InetSocketAddress inside = new InetSocketAddress(InetAddress.getLoopbackAddress(), seed.address().getPort());
      try (RawPeer first = RawPeer.dial(outside).shakeHands(infoHash);
          RawPeer second = RawPeer.dial(outside).shakeHands(infoHash);
          RawPeer third = RawPeer.dial(outside);
          RawPeer local = RawPeer.dial(inside).shakeHands(infoHash);
          RawPeer another = RawPeer.dial(inside).shakeHands(infoHash);
          RawPeer yetAnother = RawPeer.dial(inside).shakeHands(infoHash)) {
        third.awaitClosed();
        second.reset();
        assertTrue(first.id != local.id && another.id != yetAnother.id);
      }
      Loopback.await("a place is free again", () -> isAdmitted(outside));
    }
  }

  private boolean isAdmitted(InetSocketAddress address) {
    try (RawPeer peer = RawPeer.dial(address)) {
      peer.shakeHands(infoHash);
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
