package io.minibit.net;

import io.minibit.metainfo.Metainfo;
import io.minibit.wire.MessageType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** What each of many connections does to its victim, as fast as it can. */
enum Flood {
  CONNECTIONS_WITHOUT_A_WORD,
  CONNECTIONS_RESET_AT_ONCE,
  GARBAGE_HANDSHAKES,
  HANDSHAKES_OF_ANOTHER_TORRENT,
  HANDSHAKES,
  /** After the handshake they are silent. */
  CONNECTIONS_THAT_SIT,
  HAVES_OF_ONE_PIECE,
  HAVES_OF_ALL_PIECES,
  BITFIELDS,
  /** None of them is answered but with a reject. */
  REQUESTS,
  /** Nobody reads the rejects. */
  REQUESTS_WITHOUT_READING,
  REQUESTS_AND_CANCELS,
  /** Nobody reads the blocks. */
  REQUESTS_AND_CANCELS_WITHOUT_READING,
  CANCELS,
  INTEREST,
  /** Places for uploads, that is, which nobody then uses. */
  INTEREST_AND_NO_REQUESTS,
  CHOKES,
  CHOKES_OF_A_SEED,
  ALLOWED_FAST,
  REJECTS,
  EXTENDED_HANDSHAKES,
  /** As long as a message may be; the last bytes never come. */
  EXTENDED_HANDSHAKES_THAT_DO_NOT_END,
  LARGE_EXTENDED_HANDSHAKES,
  UNKNOWN_MESSAGES,
  BLOCKS_THAT_NOBODY_ASKED_FOR,
  KEEP_ALIVES;

  private static final long EXTENDED = 0x100000;
  private static final long FAST_AND_EXTENDED = 0x100004;

  /** Whether those who flood ask for blocks, and so compete for slots by right. */
  boolean competesForSlots() {
    return this == REQUESTS_AND_CANCELS || this == REQUESTS_AND_CANCELS_WITHOUT_READING;
  }

  /** Whether those who flood read what they are told. */
  boolean reads() {
    return this == REQUESTS || this == REQUESTS_AND_CANCELS || this == INTEREST;
  }

  /** What a connection says first. */
  void begin(RawPeer peer, Metainfo torrent) throws IOException {
    switch (this) {
      case CONNECTIONS_WITHOUT_A_WORD -> peer.awaitClosed();
      case CONNECTIONS_RESET_AT_ONCE -> peer.reset();
      case GARBAGE_HANDSHAKES -> {
        peer.send(new byte[68]);
        peer.awaitClosed();
      }
      case HANDSHAKES_OF_ANOTHER_TORRENT -> {
        byte[] handshake = peer.handshake(torrent.infoHash());
        handshake[30] ^= 1;
        peer.send(handshake);
        peer.awaitClosed();
      }
      case HANDSHAKES -> peer.shakeHands(torrent.infoHash());
      case CONNECTIONS_THAT_SIT -> {
        peer.shakeHands(torrent.infoHash());
        peer.awaitClosed();
      }
      // Without the fast extension a choke alone takes back what was asked.
      case CHOKES, CHOKES_OF_A_SEED -> peer.send(peer.handshake(torrent.infoHash(), EXTENDED));
      default -> peer.send(peer.handshake(torrent.infoHash(), FAST_AND_EXTENDED));
    }
  }

  /** What it says then, again and again; nothing if it does not come to that. */
  byte[] bytes(int pieces) {
    return switch (this) {
      case CONNECTIONS_WITHOUT_A_WORD,
          CONNECTIONS_RESET_AT_ONCE,
          GARBAGE_HANDSHAKES,
          HANDSHAKES_OF_ANOTHER_TORRENT,
          HANDSHAKES,
          CONNECTIONS_THAT_SIT -> new byte[0];
      case HAVES_OF_ONE_PIECE -> times(4000, RawPeer.message(MessageType.HAVE, 3));
      case HAVES_OF_ALL_PIECES -> {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int piece = 0; piece < pieces; piece++) {
          all.writeBytes(RawPeer.message(MessageType.HAVE, piece));
        }
        yield times(Math.max(1, 4000 / pieces), all.toByteArray());
      }
      case BITFIELDS -> times(2000, halfOf(pieces), otherHalfOf(pieces));
      case REQUESTS, REQUESTS_WITHOUT_READING -> times(1000, RawPeer.message(MessageType.REQUEST, 1, 0, 16384));
      case REQUESTS_AND_CANCELS, REQUESTS_AND_CANCELS_WITHOUT_READING ->
          times(
              1000,
              RawPeer.message(MessageType.INTERESTED),
              RawPeer.message(MessageType.REQUEST, 1, 0, 16384),
              RawPeer.message(MessageType.CANCEL, 1, 0, 16384));
      case CANCELS -> times(2000, RawPeer.message(MessageType.CANCEL, 1, 0, 16384));
      case INTEREST ->
          times(2000, RawPeer.message(MessageType.INTERESTED), RawPeer.message(MessageType.NOT_INTERESTED));
      case INTEREST_AND_NO_REQUESTS -> times(2000, RawPeer.message(MessageType.INTERESTED));
      case CHOKES ->
          times(2000, halfOf(pieces), RawPeer.message(MessageType.UNCHOKE), RawPeer.message(MessageType.CHOKE));
      case CHOKES_OF_A_SEED -> {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(RawPeer.everything(pieces));
        all.writeBytes(times(2000, RawPeer.message(MessageType.UNCHOKE), RawPeer.message(MessageType.CHOKE)));
        yield all.toByteArray();
      }
      case ALLOWED_FAST ->
          times(2000, RawPeer.message(MessageType.ALLOWED_FAST, 3), RawPeer.message(MessageType.SUGGEST, 3));
      case REJECTS -> times(2000, RawPeer.message(MessageType.REJECT, 1, 0, 16384));
      case EXTENDED_HANDSHAKES -> times(1000, extended("d1:v10:abcdefghij4:reqqi5ee"));
      case EXTENDED_HANDSHAKES_THAT_DO_NOT_END -> {
        byte[] message = RawPeer.message(MessageType.EXTENDED, new byte[32_000]);
        yield Arrays.copyOf(message, message.length - 10);
      }
      case LARGE_EXTENDED_HANDSHAKES -> times(10, extended("d1:ml" + "i1e".repeat(10_000) + "ee"));
      case UNKNOWN_MESSAGES -> RawPeer.message(99, new byte[(1 << 20) - 1]);
      case BLOCKS_THAT_NOBODY_ASKED_FOR -> times(20, RawPeer.block(0, 0, new byte[16384]));
      case KEEP_ALIVES -> new byte[400_000];
    };
  }

  private static byte[] extended(String said) {
    return RawPeer.message(MessageType.EXTENDED, ("\0" + said).getBytes(StandardCharsets.ISO_8859_1));
  }

  private static byte[] halfOf(int pieces) {
    byte[] bits = new byte[(pieces + 7) / 8];
    Arrays.fill(bits, 0, bits.length / 2, (byte) 0xff);
    return RawPeer.message(MessageType.BITFIELD, bits);
  }

  private static byte[] otherHalfOf(int pieces) {
    byte[] bits = new byte[(pieces + 7) / 8];
    Arrays.fill(bits, bits.length / 2, bits.length - 1, (byte) 0xff);
    return RawPeer.message(MessageType.BITFIELD, bits);
  }

  private static byte[] times(int count, byte[]... messages) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (int i = 0; i < count; i++) {
      for (byte[] message : messages) {
        all.writeBytes(message);
      }
    }
    return all.toByteArray();
  }
}
