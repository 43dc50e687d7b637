package io.minibit.examples;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.SeededRandom;
import io.minibit.store.FilePieceStore;
import io.minibit.tracker.AnnounceRequest;
import io.minibit.tracker.MemoryTracker;
import io.minibit.tracker.PeerHandout;
import io.minibit.tracker.TrackerServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * A tracker inside your program, with your own hand-out policy: whoever asks is told of many leechers but of one seed
 * at most, so that peers fetch from each other and the seeds are not overrun.
 */
public final class TrackerInside {
  private TrackerInside() {}

  /** A policy picks peers by index; the asker is never among the candidates. */
  static final class OneSeedAtMost implements PeerHandout {
    private final PeerHandout random = PeerHandout.random();

    @Override
    public int[] pick(Candidates candidates, AnnounceRequest asker, int wanted, SeededRandom source) {
      // What it does is paid for at every announce: this costs as much as is picked, however large the swarm.
      List<Integer> picks = new ArrayList<>();
      boolean seedPicked = false;
      for (int index : random.pick(candidates, asker, wanted, source)) {
        if (!candidates.isSeed(index) || !seedPicked) {
          picks.add(index);
          seedPicked |= candidates.isSeed(index);
        }
      }
      return picks.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  /** {@code TrackerInside FILE TARGET_DIRECTORY}: three seeds, four leechers, and no address given by hand. */
  public static void main(String[] args) throws IOException {
    if (args.length == 2) {
      share(Path.of(args[0]), Path.of(args[1]), new OneSeedAtMost());
    } else {
      System.err.println("usage: TrackerInside FILE TARGET_DIRECTORY");
      System.exit(2);
    }
  }

  static void share(Path file, Path target, PeerHandout policy) throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    MemoryTracker swarms = MemoryTracker.builder().handout(policy).build();
    List<Peer> peers = new ArrayList<>();
    // The server is for peers elsewhere. Those of this program could use the tracker itself: PeerBuilder.tracker.
    try (TrackerServer server = TrackerServer.builder(swarms).http(anyPort).build()) {
      String url = "http://127.0.0.1:" + server.httpAddress().getPort() + "/announce";
      Metainfo metainfo = MetainfoBuilder.of(file).tracker(url).build();
      for (int i = 1; i <= 7; i++) {
        Peer peer = Peer.builder().listen(anyPort).build();
        peers.add(peer);
        Path directory = i <= 3 ? file.resolveSibling(".") : target.resolve("peer" + i);
        // A torrent announces itself to the trackers that its metainfo names, and calls the peers it is told of.
        peer.join(metainfo, FilePieceStore.open(metainfo, directory));
      }
      CompletableFuture.allOf(
              peers.stream()
                  .flatMap(peer -> peer.torrents().stream())
                  .map(Torrent::completion)
                  .toArray(CompletableFuture<?>[]::new))
          .join();
      System.out.println("all have it; " + server.stats().httpRequests() + " requests to the tracker");
    } finally {
      peers.forEach(Peer::close);
    }
  }
}
