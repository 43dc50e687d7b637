package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.store.MemoryPieceStore;
import io.minibit.wire.MessageType;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A peer in a JVM of 48 MiB is flooded over many connections. It keeps within its memory, and others get everything of the
 * flooded torrent and of another, and so does it itself.
 */
@Timeout(180)
class FloodIT {
  private static final int CONNECTIONS = 60;

  /** So many of them never stop, and connect anew when they are closed; the others say it once and stay. */
  private static final int TIRELESS = 8;

  private static final int PIECE = 64 << 10;
  private static final byte[] CONTENT = Loopback.content(2 << 20);
  private static final Metainfo FLOODED = Loopback.torrent(CONTENT, PIECE);
  private static final byte[] OTHER_CONTENT = Loopback.content(1 << 20);
  private static final Metainfo OTHER = Loopback.torrent(OTHER_CONTENT, PIECE);
  private static final byte[] MISSING_CONTENT = Loopback.content(3 << 20);
  private static final Metainfo MISSING = Loopback.torrent(MISSING_CONTENT, PIECE);
  private static final long EXTENDED = 0x100000;
  private static final long FAST_AND_EXTENDED = 0x100004;

  /** The side that is flooded, in a JVM of its own: has two torrents, and fetches a third from the port it is told. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] args) throws Exception {
      try (Peer peer = Loopback.peer().build();
          BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
        Loopback.seed(peer, FLOODED, CONTENT);
        Loopback.seed(peer, OTHER, OTHER_CONTENT);
        MemoryPieceStore store = MemoryPieceStore.empty(MISSING);
        Torrent missing = peer.join(MISSING, store, Loopback.ALONE);
        System.out.println(peer.address().getPort());
        missing.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(in.readLine())));
        missing.completion().get(100, TimeUnit.SECONDS);
        System.out.println(Arrays.equals(MISSING_CONTENT, store.content()) ? "fetched" : "fetched something else");
        System.in.transferTo(OutputStream.nullOutputStream());
      }
    }
  }

  /** What each of the connections does: for the torrent that the victim has, and for the one that it fetches. */
  private enum Flood {
    CONNECTIONS_WITHOUT_A_WORD,
    GARBAGE_HANDSHAKES,
    HANDSHAKES,
    HAVES,
    BITFIELDS,
    /** None of them is answered but with a reject, which nobody reads. */
    REQUESTS,
    REQUESTS_AND_CANCELS,
    INTEREST,
    /** Places for uploads, that is, which nobody then uses. */
    INTEREST_AND_NO_REQUESTS,
    CHOKES,
    ALLOWED_FAST,
    REJECTS,
    EXTENDED_HANDSHAKES,
    /** As long as a message may be; the last bytes never come. */
    EXTENDED_HANDSHAKES_THAT_DO_NOT_END,
    LARGE_EXTENDED_HANDSHAKES,
    UNKNOWN_MESSAGES,
    BLOCKS_THAT_NOBODY_ASKED_FOR,
    KEEP_ALIVES;

    /** What is said after the handshakes; null if it does not come to that. */
    byte @Nullable [] bytes(int pieces) {
      return switch (this) {
        case CONNECTIONS_WITHOUT_A_WORD, GARBAGE_HANDSHAKES, HANDSHAKES -> null;
        case HAVES -> times(2000, RawPeer.message(MessageType.HAVE, 3), RawPeer.message(MessageType.HAVE, 4));
        case BITFIELDS -> times(2000, halfOf(pieces), otherHalfOf(pieces));
        case REQUESTS -> times(1000, RawPeer.message(MessageType.REQUEST, 1, 0, 16384));
        case REQUESTS_AND_CANCELS ->
            times(
                1000,
                RawPeer.message(MessageType.INTERESTED),
                RawPeer.message(MessageType.REQUEST, 1, 0, 16384),
                RawPeer.message(MessageType.CANCEL, 1, 0, 16384));
        case INTEREST ->
            times(2000, RawPeer.message(MessageType.INTERESTED), RawPeer.message(MessageType.NOT_INTERESTED));
        case INTEREST_AND_NO_REQUESTS -> RawPeer.message(MessageType.INTERESTED);
        case CHOKES ->
            times(2000, halfOf(pieces), RawPeer.message(MessageType.UNCHOKE), RawPeer.message(MessageType.CHOKE));
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

  /** Those who flood, until they are stopped. They never read. */
  private static final class Flooders {
    private final List<Thread> threads = new ArrayList<>();
    private final List<RawPeer> peers = new ArrayList<>();
    private boolean over;

    Flooders(Flood flood, InetSocketAddress victim) {
      // Who asks for blocks competes for slots by right; so few that the honest one has its turn at once.
      int connections = flood == Flood.REQUESTS_AND_CANCELS ? TIRELESS : CONNECTIONS;
      for (int i = 0; i < connections; i++) {
        boolean tireless = i < TIRELESS;
        Metainfo torrent = i % 2 == 0 ? FLOODED : MISSING;
        Thread thread = new Thread(() -> flood(flood, victim, torrent, tireless), "flooder-" + i);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
      }
    }

    private void flood(Flood flood, InetSocketAddress victim, Metainfo torrent, boolean tireless) {
      byte[] said = flood.bytes(torrent.layout().pieceCount());
      do {
        try {
          RawPeer peer = RawPeer.dial(victim);
          if (!add(peer)) {
            return;
          }
          switch (flood) {
            case CONNECTIONS_WITHOUT_A_WORD -> {}
            case GARBAGE_HANDSHAKES -> peer.send(new byte[68]);
            case HANDSHAKES -> peer.shakeHands(torrent.infoHash());
            default -> {
              // Without the fast extension a choke alone takes back what was asked.
              peer.send(peer.handshake(torrent.infoHash(), flood == Flood.CHOKES ? EXTENDED : FAST_AND_EXTENDED));
              do {
                peer.send(said);
              } while (tireless);
            }
          }
          if (tireless) {
            peer.close();
          }
        } catch (IOException e) {
          // The victim has closed it.
        }
      } while (tireless && !isOver());
    }

    private synchronized boolean isOver() {
      return over;
    }

    private synchronized boolean add(RawPeer peer) throws IOException {
      peers.add(peer);
      if (over) {
        peer.close();
      }
      return !over;
    }

    void stop() throws Exception {
      synchronized (this) {
        over = true;
        for (RawPeer peer : peers) {
          peer.close();
        }
      }
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private static Process victim() throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx48m", "-XX:+ExitOnOutOfMemoryError", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Victim.class.getName());
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static void fetch(Peer leech, Metainfo metainfo, byte[] content, InetSocketAddress from) throws Exception {
    MemoryPieceStore store = MemoryPieceStore.empty(metainfo);
    Torrent torrent = leech.join(metainfo, store, Loopback.ALONE);
    torrent.connect(from);
    torrent.completion().get(100, TimeUnit.SECONDS);
    assertArrayEquals(content, store.content());
  }

  @ParameterizedTest
  @EnumSource
  void aFloodTakesNeitherTheMemoryNorThePlaceOfOthers(Flood flood) throws Exception {
    Process victim = victim();
    try (Peer honest = Loopback.peer().build();
        BufferedReader said =
            new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
      Loopback.seed(honest, MISSING, MISSING_CONTENT);
      InetSocketAddress address =
          new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(said.readLine()));
      Flooders flooders = new Flooders(flood, address);
      try {
        victim.getOutputStream().write((honest.address().getPort() + "\n").getBytes(StandardCharsets.UTF_8));
        victim.getOutputStream().flush();
        fetch(honest, OTHER, OTHER_CONTENT, address);
        fetch(honest, FLOODED, CONTENT, address);
        assertEquals("fetched", said.readLine());
        assertTrue(victim.isAlive());
      } finally {
        flooders.stop();
      }
      victim.getOutputStream().close();
      assertTrue(victim.waitFor(20, TimeUnit.SECONDS));
      assertEquals(0, victim.exitValue());
    } finally {
      victim.destroyForcibly();
    }
  }
}
