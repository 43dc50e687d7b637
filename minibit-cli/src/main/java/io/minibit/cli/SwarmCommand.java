package io.minibit.cli;

import io.minibit.Peer;
import io.minibit.PeerBuilder;
import io.minibit.TorrentOptions;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.metainfo.MetainfoException;
import io.minibit.metainfo.PieceLayout;
import io.minibit.model.Limits;
import io.minibit.model.SeededRandom;
import io.minibit.tracker.MemoryTracker;
import io.minibit.tracker.TrackerServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.commons.io.file.PathUtils;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code minibit swarm}: a whole swarm in one process. */
@Command(
    name = "swarm",
    mixinStandardHelpOptions = true,
    header = "Watch a whole swarm trade one file, in one command.",
    description = {
      "",
      "Cuts the file into blocks, gives each of several peers a random subset of them, starts a tracker and the peers with "
          + "real sockets on this machine, lets them trade until each has everything, rebuilds the file of each peer "
          + "and compares it with the original. Exits with 0 only if all are equal.",
      "",
    },
    footer = {
      "",
      "Examples:",
      "  minibit swarm photo.jpg",
      "  minibit swarm photo.jpg --peers 20 --upload-rate 100KiB/s",
      "  minibit swarm photo.jpg --upload-rate 20KiB/s --web",
      "  minibit swarm big.iso --start one-seed --peers 9",
    })
final class SwarmCommand implements Callable<Integer> {
  /** Larger files in blocks of 1 KiB would be many files and little traffic. */
  private static final long LARGE_FILE = 16 << 20;

  private static final int MOST_PEERS = 200;

  /** Peers that announced first hear of the later ones when those connect; this is for what goes wrong. */
  private static final Duration ANNOUNCE_INTERVAL = Duration.ofSeconds(5);

  enum Start {
    RANDOM,
    ONE_SEED
  }

  static final class StartNames extends OptionNames<Start> {
    StartNames() {
      super(Start.values());
    }
  }

  enum Store {
    BLOCKS,
    FILE
  }

  static final class StoreNames extends OptionNames<Store> {
    StoreNames() {
      super(Store.values());
    }
  }

  private final Session session;

  @Parameters(index = "0", paramLabel = "FILE", description = "The file to trade; it is only read.")
  private Path file = Path.of("");

  @Option(
      names = "--peers",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many peers, the seed included; default: ${DEFAULT-VALUE}.")
  private int peers = 5;

  @Option(
      names = "--block-size",
      paramLabel = "SIZE",
      converter = Sizes.SizeConverter.class,
      description = "Bytes per block; default: 1024, for files above 16MiB what gives 1000 to 2000 blocks.")
  private @Nullable Long blockSize;

  @Option(
      names = "--start",
      paramLabel = "HOW",
      defaultValue = "random",
      converter = StartNames.class,
      completionCandidates = StartNames.class,
      description =
          "Who has what at first: random subsets that together are everything, or peer 1 has all and the others "
              + "nothing (${COMPLETION-CANDIDATES}); default: ${DEFAULT-VALUE}.")
  private Start start = Start.RANDOM;

  @Option(
      names = "--store",
      paramLabel = "HOW",
      converter = StoreNames.class,
      completionCandidates = StoreNames.class,
      description =
          "How peers keep what they have: one file per block, or the file itself (${COMPLETION-CANDIDATES}); default: "
              + "blocks for random subsets, file for one seed.")
  private @Nullable Store store;

  @Mixin private SelectionOption selection = new SelectionOption();

  @Mixin private ChokingOptions choking = new ChokingOptions();

  @Option(
      names = "--upload-rate",
      paramLabel = "RATE",
      converter = Sizes.RateConverter.class,
      description = "Each peer sends at most so much, for instance 100KiB/s; default: no limit.")
  private long uploadRate = Long.MAX_VALUE;

  @Option(
      names = "--super-seed",
      description =
          "Whoever has everything shows each peer one piece at a time, so that the peers have to give them to each other "
              + "(BEP 16). Compare how much the seed uploads with and without: --start one-seed --upload-rate 100KiB/s.")
  private boolean superSeed;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "Keep the peers' directories in this new one; default: a temporary one that is removed.")
  private @Nullable Path out;

  @Option(
      names = "--seed",
      paramLabel = "NUMBER",
      description = "Repeat the random subsets and draws of a run; the traffic itself depends on the machine.")
  private @Nullable Long seed;

  @Mixin private PageOptions page = new PageOptions();

  SwarmCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    if (peers < 2 || peers > MOST_PEERS) {
      throw CommandException.misused("--peers " + peers + ": a swarm has 2 to " + MOST_PEERS + " peers here");
    }
    PeerOptions.requirePositive(uploadRate, "--upload-rate");
    page.check();
    PageState state = new PageState(file.toString());
    try {
      if (out != null) {
        Directories.requireNewOrEmpty(out);
        run(out, state);
      } else {
        runInTemporaryDirectory(state);
      }
    } finally {
      // The peers and their files are gone, which may have taken a while; the picture of them stays.
      page.close(state, session);
    }
    return Main.DONE;
  }

  private void runInTemporaryDirectory(PageState state) throws IOException {
    Path temporary = Files.createTempDirectory("minibit-swarm-");
    try {
      run(temporary, state);
    } finally {
      PathUtils.deleteDirectory(temporary);
    }
  }

  private void run(Path directory, PageState state) throws IOException {
    MemoryTracker tracker = MemoryTracker.builder().interval(ANNOUNCE_INTERVAL).build();
    try (TrackerServer server = TrackerServer.builder(tracker).http(loopback()).build()) {
      String url = "http://" + Addresses.format(server.httpAddress()) + "/announce";
      Metainfo metainfo = cut(url);
      PieceLayout layout = metainfo.layout();
      requireMemory(layout);
      session.print(
          SafeText.of(metainfo.name()) + ": " + Words.size(layout.totalLength()) + " in "
              + Words.count(layout.pieceCount(), "block") + " of " + Sizes.format(layout.pieceLength()));
      SeededRandom random = new SeededRandom(seed == null ? new SecureRandom().nextInt() & 0xffffffffL : seed);
      List<BitSet> subsets =
          start == Start.RANDOM
              ? Subsets.random(layout.pieceCount(), peers, random)
              : Subsets.oneSeed(layout.pieceCount(), peers);
      session.print(peers + " peers, " + Subsets.describe(subsets, layout.pieceCount()) + "; tracker " + url);
      boolean asFile = store == null ? start == Start.ONE_SEED : store == Store.FILE;
      page.open(state, session);
      LocalSwarm.Sampling sampling = members -> new SwarmSampler(metainfo, members, tracker, server);
      TorrentOptions options = TorrentOptions.defaults().superSeeding(superSeed);
      try (LocalSwarm swarm = new LocalSwarm(metainfo, directory, asFile, options, session)) {
        swarm.distribute(file, subsets);
        trade(swarm, () -> builder(layout, random).build(), sampling, state);
        SwarmReport report = swarm.finish(file);
        state.ended(report);
        report.table().forEach(session::print);
        if (out != null) {
          session.print("the peers' files are in " + SafeText.of(out.toString()));
        }
        report.requireEqual();
        session.print(report.summary());
      }
    }
  }

  private void trade(LocalSwarm swarm, LocalSwarm.PeerSource source, LocalSwarm.Sampling sampling, PageState state)
      throws IOException {
    if (page.isAskedFor()) {
      // Whoever watches the page needs its address in the terminal, not a second view that covers it.
      swarm.trade(source, sampling, List.of(new SwarmLines(session), state));
      return;
    }
    Terminal terminal = Terminal.ofStandardOutput();
    // A log on the same terminal would be drawn over.
    if (!terminal.interactive()
        || Logging.isOn()
        || !Terminal.movesCursor(System.getenv(), System.getProperty("os.name", ""))) {
      swarm.trade(source, sampling, List.of(new SwarmLines(session)));
      return;
    }
    boolean color = Terminal.wantsColor(System.getenv());
    try (SwarmLiveView view = new SwarmLiveView(session, terminal, color, SwarmLiveView.outputHasBlocks())) {
      swarm.trade(source, sampling, List.of(view));
    }
  }

  private Metainfo cut(String trackerUrl) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (!Files.isRegularFile(file)) {
      throw CommandException.misused(file + " is not a file; a swarm here trades one file");
    }
    long size = Files.size(file);
    MetainfoBuilder builder = MetainfoBuilder.of(file).tracker(trackerUrl).pieceLength(blockLength(size));
    try (HashingProgress progress = new HashingProgress(session.stop(), "hashing")) {
      return builder.progress(progress).build();
    } catch (MetainfoException e) {
      throw CommandException.misused(e.getMessage() == null ? "" : e.getMessage(), e);
    }
  }

  private int blockLength(long size) {
    if (blockSize == null) {
      return size <= LARGE_FILE ? (int) BlockSize.CLASSROOM : MetainfoBuilder.automaticPieceLength(size);
    }
    return BlockSize.require(blockSize, size);
  }

  /** A peer that assembles pieces needs two of them at least, and all peers are in this JVM. */
  private void requireMemory(PieceLayout layout) {
    long needed = 2L * Math.min(layout.pieceLength(), layout.totalLength()) * peers;
    if (needed > Runtime.getRuntime().maxMemory() / 2) {
      throw CommandException.misused(
          peers + " peers with blocks of " + Sizes.format(layout.pieceLength()) + " need " + Sizes.format(needed)
              + ", more than half of this JVM's heap of " + Sizes.format(Runtime.getRuntime().maxMemory())
              + "; take a smaller --block-size or fewer --peers");
    }
  }

  private PeerBuilder builder(PieceLayout layout, SeededRandom random) {
    long share = Runtime.getRuntime().maxMemory() / 4 / peers;
    // No more than keeps the links busy: what all peers begin at a time should stay in the processor's cache.
    long enough = Math.max(8 << 20, 4L * layout.pieceLength());
    long pieceMemory = Math.max(2L * layout.pieceLength(), Math.min(share, enough));
    long freshPieces = Math.min(share / 2, 2 * enough);
    Limits limits =
        Limits.defaults()
            .with(
                l -> {
                  l.pieceMemoryBytes = pieceMemory;
                  l.freshPieceBytes = freshPieces;
                  l.announceFloor = ANNOUNCE_INTERVAL;
                  l.maxDialsPerSecond = MOST_PEERS;
                });
    return selection
        .applyTo(choking.applyTo(Peer.builder()))
        .listen(loopback())
        .limits(limits)
        .uploadRate(uploadRate)
        .seed(random.nextLong());
  }

  private static InetSocketAddress loopback() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }
}
