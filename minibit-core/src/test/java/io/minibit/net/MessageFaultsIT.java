package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.TorrentState;
import io.minibit.store.MemoryPieceStore;
import io.minibit.wire.MessageType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A peer that breaks the protocol after the handshake is closed, with a reason that says what it did. */
@Timeout(60)
class MessageFaultsIT {
  private static final int PIECE = 32768;
  private static final int PIECES = 10;
  private static final long FAST = 0x04;
  private static final long EXTENDED = 0x100000;

  private final byte[] content = Loopback.content(PIECES * PIECE - 5000);
  private final Metainfo metainfo = Loopback.torrent(content, PIECE);

  private static byte[] head(int length, int... idAndMore) {
    ByteBuffer bytes = ByteBuffer.allocate(4 + idAndMore.length).putInt(length);
    for (int b : idAndMore) {
      bytes.put((byte) b);
    }
    return bytes.array();
  }

  private static byte[] times(int count, byte[] message) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      all.writeBytes(message);
    }
    return all.toByteArray();
  }

  static Stream<Arguments> faults() {
    return Stream.of(
        Arguments.of("choke of 2 bytes", 0, head(2, MessageType.CHOKE, 0), "choke of 2 bytes instead of 1"),
        Arguments.of("have of 4 bytes", 0, head(4, MessageType.HAVE, 0, 0, 1), "have of 4 bytes instead of 5"),
        Arguments.of("request of 12 bytes", 0, head(12, MessageType.REQUEST), "request of 12 bytes instead of 13"),
        Arguments.of("length of 2^31 - 1", 0, head(Integer.MAX_VALUE, 20), "message of 2147483647 bytes"),
        Arguments.of("length of 2^32 - 1", 0, head(-1, 20), "message of 4294967295 bytes"),
        Arguments.of("unknown and longer than 1 MiB", 0, head((1 << 20) + 1, 99), "more than 1048576"),
        Arguments.of("block longer than 1 MiB", 0, head((1 << 20) + 10, MessageType.PIECE), "more than 1048576"),
        Arguments.of("block without a header", 0, head(8, MessageType.PIECE), "piece of 8 bytes"),
        Arguments.of("bitfield too short", 0, RawPeer.message(MessageType.BITFIELD, new byte[1]), "bitfield of 2 bytes"),
        Arguments.of("bitfield too long", 0, RawPeer.message(MessageType.BITFIELD, new byte[3]), "bitfield of 4 bytes"),
        Arguments.of("spare bits", 0, RawPeer.message(MessageType.BITFIELD, new byte[] {-1, -1}), "behind the last"),
        Arguments.of("have out of range", 0, RawPeer.message(MessageType.HAVE, PIECES), "piece 10 of 10"),
        Arguments.of("negative have", 0, RawPeer.message(MessageType.HAVE, -1), "piece 4294967295 of 10"),
        Arguments.of("fast without fast", 0, RawPeer.message(MessageType.HAVE_ALL), "without the fast extension"),
        Arguments.of("request of no piece", 0, RawPeer.message(MessageType.REQUEST, PIECES, 0, 16384), "asked for 16384"),
        Arguments.of("request behind a piece", 0, RawPeer.message(MessageType.REQUEST, 0, PIECE, 1), "asked for 1 "),
        Arguments.of("request over the end", 0, RawPeer.message(MessageType.REQUEST, 0, 32000, 1000), "asked for 1000"),
        Arguments.of("request of nothing", 0, RawPeer.message(MessageType.REQUEST, 0, 0, 0), "asked for 0"),
        Arguments.of("negative request", 0, RawPeer.message(MessageType.REQUEST, 0, -16384, 16384), "out of range"),
        Arguments.of(
            "request that overflows", 0, RawPeer.message(MessageType.REQUEST, 0, 16384, Integer.MAX_VALUE), "asked for 2147483647"),
        Arguments.of(
            "flood of requests", FAST, times(2100, RawPeer.message(MessageType.REQUEST, 0, 0, 16384)), "more than 2000 blocks"),
        Arguments.of("block of no piece", 0, RawPeer.block(PIECES, 0, new byte[16384]), "nobody asked for"),
        Arguments.of("unaligned block", 0, RawPeer.block(0, 100, new byte[16384]), "nobody asked for"),
        Arguments.of("block of a wrong length", 0, RawPeer.block(0, 0, new byte[100]), "sent 100 bytes"),
        Arguments.of(
            "rubbish extended handshake", EXTENDED, RawPeer.message(MessageType.EXTENDED, new byte[] {0, 'x'}), "extended handshake"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("faults")
  void aPeerThatBreaksTheProtocolIsClosedAndTheDownloadGoesOn(String name, long reserved, byte[] fault, String reason)
      throws Exception {
    try (Peer leech = Loopback.peer().build();
        Peer seed = Loopback.peer().build();
        RawPeer raw = RawPeer.dial(leech.address())) {
      Loopback.seed(seed, metainfo, content);
      MemoryPieceStore store = MemoryPieceStore.empty(metainfo);
      Torrent torrent = leech.join(metainfo, store, Loopback.ALONE);
      Recorder told = Recorder.of(torrent);
      Loopback.await("trading", () -> torrent.status().state() == TorrentState.DOWNLOADING);
      raw.send(raw.handshake(metainfo.infoHash(), reserved));
      raw.readHandshake();
      try {
        raw.send(fault);
      } catch (IOException e) {
        // It may be closed before all has been said.
      }
      Loopback.await(reason, () -> told.toldReason(reason));
      raw.awaitClosed();
      assertEquals(1, told.reasons.size(), told.reasons::toString);

      torrent.connect(seed.address());
      Loopback.complete(torrent);
      assertArrayEquals(content, store.content());
    }
  }

  @Test
  void whatIsOddButLegalIsServed() throws Exception {
    try (Peer seed = Loopback.peer().build();
        RawPeer raw = RawPeer.dial(seed.address())) {
      Loopback.seed(seed, metainfo, content);
      raw.shakeHands(metainfo.infoHash());
      raw.send(RawPeer.message(77, new byte[1000])).send(new byte[4]).send(RawPeer.message(9, new byte[2]));
      raw.send(RawPeer.message(MessageType.CANCEL, 1, 0, 16384)).send(RawPeer.message(MessageType.INTERESTED));
      raw.await(MessageType.UNCHOKE);
      raw.send(RawPeer.message(MessageType.REQUEST, 1, 7, 20_001));
      RawPeer.Message block = raw.await(MessageType.PIECE);
      assertEquals(7, block.field(1));
      assertArrayEquals(
          Arrays.copyOfRange(content, PIECE + 7, PIECE + 7 + 20_001), Arrays.copyOfRange(block.payload(), 8, 8 + 20_001));
    }
  }

  @Test
  void whoeverIsServedAndAsksForFarTooMuchAtOnceIsClosed() throws Exception {
    try (Peer seed = Loopback.peer().uploadRate(1000).build();
        RawPeer raw = RawPeer.dial(seed.address())) {
      Recorder told = Recorder.of(Loopback.seed(seed, metainfo, content));
      raw.shakeHands(metainfo.infoHash()).send(RawPeer.message(MessageType.INTERESTED));
      raw.await(MessageType.UNCHOKE);
      try {
        raw.send(times(2100, RawPeer.message(MessageType.REQUEST, 0, 0, 16384)));
      } catch (IOException e) {
        // It may be closed before all has been said.
      }
      Loopback.await("closed", () -> told.toldReason("asked for more than 2000 blocks at once"));
      raw.awaitClosed();
    }
  }

  @Test
  void blocksThatNobodyAskedForAreWasteAndAFloodOfHavesIsPatientlyRead() throws Exception {
    try (Peer leech = Loopback.peer().build();
        Peer seed = Loopback.peer().build();
        RawPeer raw = RawPeer.dial(leech.address())) {
      Loopback.seed(seed, metainfo, content);
      MemoryPieceStore store = MemoryPieceStore.empty(metainfo);
      Torrent torrent = leech.join(metainfo, store, Loopback.ALONE);
      Loopback.await("trading", () -> torrent.status().state() == TorrentState.DOWNLOADING);
      raw.shakeHands(metainfo.infoHash());
      raw.send(times(20_000, RawPeer.message(MessageType.HAVE, 3)));
      raw.send(times(10, RawPeer.block(0, 0, new byte[16384])));
      Loopback.await("waste", () -> torrent.status().wasted() == 10 * 16384);
      torrent.connect(seed.address());
      Loopback.complete(torrent);
      assertArrayEquals(content, store.content());
      assertTrue(torrent.status().wasted() >= 10 * 16384);
      assertEquals(PIECES, store.claimed().cardinality());
    }
  }
}
