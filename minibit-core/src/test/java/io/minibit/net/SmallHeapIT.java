package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A GiB goes from one JVM to another, neither of which may use more than 64 MiB of heap, nor of direct memory. */
@Timeout(180)
class SmallHeapIT {
  private static final long GIBIBYTE = 1L << 30;
  private static final List<String> OPTIONS = List.of("-Xmx64m");

  /** One side of the transfer, in a JVM of its own: {@code seed PIECE-LENGTH} or {@code get PIECE-LENGTH PORT}. */
  static final class Side {
    private Side() {}

    public static void main(String[] args) throws Exception {
      Metainfo metainfo = SyntheticStore.metainfo("gibibyte", GIBIBYTE, Integer.parseInt(args[1]));
      SyntheticStore store = new SyntheticStore(metainfo, args[0].equals("seed"));
      try (Peer peer = Loopback.peer().build()) {
        Torrent torrent = peer.join(metainfo, store, Loopback.ALONE);
        if (args[0].equals("seed")) {
          torrent.completion().get(2, TimeUnit.MINUTES);
          System.out.println(peer.address().getPort());
          // Until the other side has it all and the test says so.
          System.in.transferTo(OutputStream.nullOutputStream());
        } else {
          torrent.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[2])));
          torrent.completion().get(2, TimeUnit.MINUTES);
          System.out.println(store.claimed().cardinality() + " pieces");
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1 << 20, 16 << 20})
  void aGibibyteIsDownloadedWith64MebibytesOfHeap(int pieceLength) throws Exception {
    String length = Integer.toString(pieceLength);
    try (JavaProcess seed = JavaProcess.start(OPTIONS, Side.class, "seed", length);
        JavaProcess leech = JavaProcess.start(OPTIONS, Side.class, "get", length, seed.line())) {
      assertEquals(GIBIBYTE / pieceLength + " pieces", leech.line());
      assertEquals(0, leech.end());
      assertEquals(0, seed.end());
    }
  }
}
