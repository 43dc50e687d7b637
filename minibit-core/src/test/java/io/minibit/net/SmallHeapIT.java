package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A GiB goes from one JVM to another, neither of which may use more than 64 MiB of heap, nor of direct memory. */
@Timeout(180)
class SmallHeapIT {
  /** One side of the transfer, in a JVM of its own: {@code seed PIECE-LENGTH} or {@code get PIECE-LENGTH PORT}. */
  static final class Side {
    private Side() {}

    public static void main(String[] args) throws Exception {
      Metainfo metainfo = GibibyteStore.metainfo(Integer.parseInt(args[1]));
      GibibyteStore store = new GibibyteStore(metainfo, args[0].equals("seed"));
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
          System.out.println(store.written.get() + " pieces");
        }
      }
    }
  }

  private static Process start(String... args) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Side.class.getName());
    command.addAll(List.of(args));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static String line(Process process) throws IOException {
    // Not closed: that would end the process's output.
    return new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
  }

  @ParameterizedTest
  @ValueSource(ints = {1 << 20, 16 << 20})
  void aGibibyteIsDownloadedWith64MebibytesOfHeap(int pieceLength) throws Exception {
    Process seed = start("seed", Integer.toString(pieceLength));
    Process leech = null;
    try {
      leech = start("get", Integer.toString(pieceLength), line(seed));
      assertEquals(GibibyteStore.LENGTH / pieceLength + " pieces", line(leech));
      assertTrue(leech.waitFor(20, TimeUnit.SECONDS));
      assertEquals(0, leech.exitValue());
      seed.getOutputStream().close();
      assertTrue(seed.waitFor(20, TimeUnit.SECONDS));
      assertEquals(0, seed.exitValue());
    } finally {
      seed.destroyForcibly();
      if (leech != null) {
        leech.destroyForcibly();
      }
    }
  }
}
