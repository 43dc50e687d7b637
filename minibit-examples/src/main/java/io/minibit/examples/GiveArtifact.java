package io.minibit.examples;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.TorrentListener;
import io.minibit.TorrentOptions;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.TorrentState;
import io.minibit.store.FilePieceStore;
import io.minibit.tracker.MemoryTracker;
import io.minibit.tracker.TrackerServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/**
 * Giving a build artifact to many machines: the build server publishes it, and every machine that fetches it serves it
 * to the others for some minutes before it stops by itself. The build server's load does not grow with their number.
 */
public final class GiveArtifact {
  /** What the build server may send, bytes per second, so that it stays good for other things. */
  private static final long BUILD_SERVER_RATE = 50_000_000;

  private GiveArtifact() {}

  /**
   * On the build server {@code GiveArtifact publish HOST FILE FILE.torrent MINUTES}, HOST being its name for others; on
   * each machine, with a copy of the .torrent, {@code GiveArtifact fetch FILE.torrent TARGET_DIRECTORY MINUTES}.
   */
  public static void main(String[] args) throws IOException {
    if (args.length == 5 && args[0].equals("publish")) {
      publish(args[1], Path.of(args[2]), Path.of(args[3]), Duration.ofMinutes(Long.parseLong(args[4])));
    } else if (args.length == 4 && args[0].equals("fetch")) {
      fetch(Path.of(args[1]), Path.of(args[2]), Duration.ofMinutes(Long.parseLong(args[3])));
    } else {
      System.err.println("usage: GiveArtifact publish HOST FILE FILE.torrent MINUTES");
      System.err.println("       GiveArtifact fetch FILE.torrent TARGET_DIRECTORY MINUTES");
      System.exit(2);
    }
  }

  private static void publish(String host, Path artifact, Path torrentFile, Duration time) throws IOException {
    try (TrackerServer tracker = tracker(host);
        Peer server = Peer.builder().listen(new InetSocketAddress(host, 0)).uploadRate(BUILD_SERVER_RATE).build()) {
      Metainfo metainfo = describe(artifact, tracker, host, torrentFile);
      System.out.println("give " + torrentFile + " to the machines");
      takePart(server, metainfo, artifact.resolveSibling("."), time).join();
    }
  }

  private static void fetch(Path torrentFile, Path target, Duration time) throws IOException {
    try (Peer machine = Peer.builder().build()) {
      takePart(machine, Metainfo.read(torrentFile), target, time).join();
    }
  }

  /** A tracker that machines elsewhere can reach. */
  static TrackerServer tracker(String host) throws IOException {
    return TrackerServer.builder(MemoryTracker.builder().build()).http(new InetSocketAddress(host, 0)).build();
  }

  static Metainfo describe(Path artifact, TrackerServer tracker, String host, Path torrentFile) throws IOException {
    return MetainfoBuilder.of(artifact)
        .tracker("http://" + host + ":" + tracker.httpAddress().getPort() + "/announce")
        // Other clients, too, will look for peers nowhere but at this tracker (BEP 27). That is no secrecy: whoever has
        // the .torrent can fetch.
        .privateTorrent(true)
        .write(torrentFile, true);
  }

  /** Fetches what is missing and serves it for that time. The future completes when that is over. */
  static CompletableFuture<Void> takePart(Peer peer, Metainfo metainfo, Path directory, Duration time)
      throws IOException {
    CompletableFuture<Void> over = new CompletableFuture<>();
    TorrentListener end =
        new TorrentListener() {
          @Override
          public void onCompleted(Torrent torrent) {
            System.out.println(metainfo.name() + " is here, serving it for " + time.toMinutes() + " min");
          }

          @Override
          public void onState(Torrent torrent, TorrentState state) {
            if (state == TorrentState.LEFT) {
              over.complete(null);
            } else if (state == TorrentState.FAILED) {
              over.completeExceptionally(new IOException(torrent.status().explanation()));
            }
          }
        };
    TorrentOptions options = TorrentOptions.defaults().seedFor(time).listener(end);
    peer.join(metainfo, FilePieceStore.open(metainfo, directory), options);
    return over;
  }
}
