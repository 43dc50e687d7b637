package io.minibit.cli.interop;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.Limits;
import io.minibit.store.FilePieceStore;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A peer in a process of its own that notices in seconds what others notice in minutes: silence, and that it should
 * announce itself. It stays until it is killed, and says what it knows twice a second.
 */
final class ImpatientPeer {
  private static final long REPORT_MILLIS = 500;

  private static final Limits LIMITS =
      Limits.defaults()
          .with(
              l -> {
                l.connectTimeout = Duration.ofSeconds(2);
                l.handshakeTimeout = Duration.ofSeconds(2);
                l.silenceTimeout = Duration.ofSeconds(3);
                l.keepAliveInterval = Duration.ofSeconds(1);
                l.trackerTimeout = Duration.ofSeconds(3);
                l.stoppedTimeout = Duration.ofSeconds(1);
                l.announceFloor = Duration.ofSeconds(2);
              });

  private ImpatientPeer() {}

  /** Starts one, on port 6881 of its host. */
  static Program start(Testbed testbed, String name, Host host, Path torrent, Path directory, long upload)
      throws IOException {
    return main(testbed, name, host, ImpatientPeer.class, torrent, directory, host.ip(), upload);
  }

  /** Starts a class of these tests as a program, with the library as it was built. */
  static Program main(Testbed testbed, String name, Host host, Class<?> main, Object... arguments) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.log.io.minibit=debug", "-cp",
                System.getProperty("minibit.jar") + ":" + main.getProtectionDomain().getCodeSource().getLocation().getPath(),
                main.getName()));
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    return testbed.start(name, host, command);
  }

  /** TORRENT DIRECTORY HOST UPLOAD-BYTES-PER-SECOND. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Metainfo metainfo = Metainfo.read(Path.of(arguments[0]));
    long upload = Long.parseLong(arguments[3]);
    try (Peer peer =
        Peer.builder().limits(LIMITS).listen(new InetSocketAddress(arguments[2], 6881)).uploadRate(upload).build()) {
      Torrent torrent = peer.join(metainfo, FilePieceStore.open(metainfo, Path.of(arguments[1])));
      var completion = torrent.completion();
      while (!completion.isDone()) {
        try {
          completion.get(REPORT_MILLIS, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
          System.out.println("pieces " + torrent.status().piecesHeld() + ", " + torrent.status().explanation());
        } catch (ExecutionException e) {
          throw new IllegalStateException(e);
        }
      }
      System.out.println("complete");
      Thread.sleep(Long.MAX_VALUE);
    }
  }
}
