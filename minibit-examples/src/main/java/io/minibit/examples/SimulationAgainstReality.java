package io.minibit.examples;

import io.minibit.Peer;
import io.minibit.PeerBuilder;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.sim.Scenario;
import io.minibit.sim.Simulation;
import io.minibit.store.FilePieceStore;
import io.minibit.tracker.MemoryTracker;
import io.minibit.tracker.TrackerServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Is the simulator right? The same small swarm (one seed, eight leechers) is run over real sockets and in virtual time,
 * and the times in which the leechers get the file are put side by side.
 *
 * <p>What corresponds: every real peer has {@link PeerBuilder#uploadRate}, every simulated one {@code uploadLimit}: in
 * both the program keeps the rate, on an uplink that could do more. The loopback interface is a latency of 50 µs.
 */
public final class SimulationAgainstReality {
  static final int LEECHERS = 8;

  private static final int PIECE = 256 << 10;

  private SimulationAgainstReality() {}

  /** {@code SimulationAgainstReality FILE TARGET_DIRECTORY KIB_PER_SECOND RUNS}: prints every run and the medians. */
  public static void main(String[] args) throws IOException {
    if (args.length == 4) {
      long uploadRate = Long.parseLong(args[2]) << 10;
      compare(Path.of(args[0]), Path.of(args[1]), uploadRate, Integer.parseInt(args[3]), System.out::println);
    } else {
      System.err.println("usage: SimulationAgainstReality FILE TARGET_DIRECTORY KIB_PER_SECOND RUNS");
      System.exit(2);
    }
  }

  /** Runs both so many times, with the seeds 1, 2, 3, … for all that is random, and gives a table line by line. */
  static void compare(Path file, Path target, long uploadRate, int runs, Consumer<String> line) throws IOException {
    line.accept(String.format("%-8s %12s %12s %12s %12s", "", "real median", "sim. median", "real last", "sim. last"));
    double[][] columns = new double[4][runs];
    for (int run = 0; run < runs; run++) {
      double[] real = overSockets(file, target, uploadRate, run + 1);
      double[] simulated = inVirtualTime(Files.size(file), uploadRate, run + 1);
      double[] row = {median(real), median(simulated), real[LEECHERS - 1], simulated[LEECHERS - 1]};
      for (int i = 0; i < row.length; i++) {
        columns[i][run] = row[i];
      }
      line.accept(row("run " + (run + 1), row));
    }
    double[] medians = Arrays.stream(columns).mapToDouble(column -> median(Arrays.stream(column).sorted().toArray()))
        .toArray();
    line.accept(row("medians", medians));
    line.accept(String.format(
        Locale.ROOT, "%-8s %25.3f %25.3f", "sim/real", medians[1] / medians[0], medians[3] / medians[2]));
  }

  private static String row(String name, double[] seconds) {
    return String.format(
        Locale.ROOT, "%-8s %12.2f %12.2f %12.2f %12.2f", name, seconds[0], seconds[1], seconds[2], seconds[3]);
  }

  private static double median(double[] sorted) {
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  /** How long each leecher took from joining to having everything, seconds, from the quickest to the slowest. */
  static double[] inVirtualTime(long bytes, long uploadRate, long seed) {
    Scenario scenario = Scenario.builder()
        .torrent(bytes, PIECE)
        .seed(seed)
        .group("seed", g -> g.seeds())
        .group("leechers", g -> g.count(LEECHERS))
        .eachGroup(g -> g.uploadLimit(uploadRate).latency(Duration.ofNanos(25_000)).storing(Duration.ofMillis(1)))
        .build();
    return Simulation.run(scenario).downloadSeconds("leechers");
  }

  /** The same, over real sockets. */
  static double[] overSockets(Path file, Path target, long uploadRate, long seed) throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (TrackerServer tracker = TrackerServer.builder(MemoryTracker.builder().build()).http(anyPort).build()) {
      String url = "http://127.0.0.1:" + tracker.httpAddress().getPort() + "/announce";
      Metainfo metainfo = MetainfoBuilder.of(file).pieceLength(PIECE).tracker(url).build();
      List<Peer> peers = new ArrayList<>();
      try {
        for (int i = 0; i <= LEECHERS; i++) {
          peers.add(Peer.builder().listen(anyPort).uploadRate(uploadRate).seed(seed * 100 + i).build());
        }
        peers.get(0).join(metainfo, FilePieceStore.open(metainfo, file.resolveSibling("."))).completion().join();
        List<CompletableFuture<Double>> times = new ArrayList<>();
        for (Peer leecher : peers.subList(1, peers.size())) {
          Path directory = target.resolve("run" + seed + "-peer" + (times.size() + 1));
          long joined = System.nanoTime();
          Torrent torrent = leecher.join(metainfo, FilePieceStore.open(metainfo, directory));
          times.add(torrent.completion().thenApply(done -> (System.nanoTime() - joined) / 1e9));
        }
        return times.stream().mapToDouble(CompletableFuture::join).sorted().toArray();
      } finally {
        peers.forEach(Peer::close);
      }
    }
  }
}
