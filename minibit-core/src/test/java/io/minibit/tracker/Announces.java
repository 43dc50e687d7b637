package io.minibit.tracker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.minibit.metainfo.InfoHash;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Announces as tests write them. */
final class Announces {
  /** All kinds of bytes that a URL must escape. */
  static final InfoHash TORRENT = InfoHash.of("\0 %&+/?=#\u00ff~._-aZ09\n\r".getBytes(ISO_8859_1));

  static final InfoHash OTHER = InfoHash.of(new byte[20]);

  private Announces() {}

  static AnnounceRequest announce(String address, AnnounceEvent event, long left) {
    return announce(address, event, left, -1, null);
  }

  static AnnounceRequest announce(String address, AnnounceEvent event, long left, int numWant, @Nullable String group) {
    PeerAddress at = address(address);
    return new AnnounceRequest(TORRENT, id(at), at, 11, 22, left, event, numWant, 0x1234abcd, group);
  }

  static PeerAddress address(String text) {
    int colon = text.lastIndexOf(':');
    String ip = text.substring(0, colon).replaceAll("[\\[\\]]", "");
    try {
      return PeerAddress.of(InetAddress.getByName(ip).getAddress(), Integer.parseInt(text.substring(colon + 1)));
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  /** The peer-id that the peer at this address has in all tests. */
  static PeerId id(PeerAddress address) {
    return PeerId.of(Arrays.copyOf(("-TS0001-" + address).getBytes(ISO_8859_1), PeerId.LENGTH));
  }

  static List<String> peers(AnnounceResponse answer) {
    return answer.peers().stream().map(peer -> peer.address().toString()).sorted().toList();
  }

  /** Waits at most a generous while: the bound is there for a hanging build, not for a measurement. */
  static <T> T await(CompletableFuture<T> future) throws Exception {
    return future.get(60, TimeUnit.SECONDS);
  }

  /** The message with which it fails. */
  static String failure(CompletableFuture<?> future) {
    ExecutionException thrown = assertThrows(ExecutionException.class, () -> future.get(60, TimeUnit.SECONDS));
    return String.valueOf(assertInstanceOf(TrackerException.class, thrown.getCause()).getMessage());
  }
}
