package io.minibit.cli;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.PieceLayout;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code minibit start-peers}: a process for each peer of the classroom. */
@Command(
    name = "start-peers",
    mixinStandardHelpOptions = true,
    header = "Start a process for each peer that 'split' made.",
    description = {
      "",
      "Each peer fetches what it lacks, the rarest blocks first, and serves the four peers that are most useful to it "
          + "(they have most of the rare blocks that it lacks) and one more, reviewed every 10 s: tit for tat. When it "
          + "has every block it rebuilds reconstructed/peer_N and stays as a seeder. What it does is in "
          + "peers/peer_N/peer.log.",
      "",
      "Returns once all can be reached, or says why they cannot; none is left then. Peers that run already are left "
          + "alone, so that this also starts those again that crashed. 'minibit stop-all' ends them.",
      "",
    },
    footer = {
      "",
      "Example:",
      "  minibit start-tracker && minibit start-peers --foreground",
    })
final class StartPeersCommand implements Callable<Integer> {
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  /** Started at the same time: more would only wait for the processor. */
  private static final int MOST_STARTING = 8;

  private static final long TICK_MILLIS = 500;
  private static final long HEAP_BYTES = 64L << 20;

  /** Two pieces are assembled at a time, in at most half of the heap. */
  private static final int PIECES_IN_HEAP = 4;

  /** Hash, rarity index, state of the file and of the piece, with room to spare. */
  private static final int HEAP_BYTES_PER_PIECE = 200;

  private final Session session;

  @Option(
      names = "--choking-interval",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = Durations.Converter.class,
      description = "How often each peer reviews whom to serve; default: ${DEFAULT-VALUE}.")
  private Duration interval = Duration.ofSeconds(10);

  @Option(
      names = "--foreground",
      description = "Stay and tell how far the peers are, until Ctrl-C, which stops them, or 'minibit stop-all'.")
  private boolean foreground;

  @Mixin private ClassroomOption option = new ClassroomOption();

  StartPeersCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
      throw CommandException.misused("--choking-interval is at least " + SHORTEST_INTERVAL.toMillis() + "ms");
    }
    Classroom classroom = option.classroom();
    SplitRecord split = classroom.requireSplit();
    Metainfo metainfo = classroom.readTorrent(split);
    List<ProcessEntry> started = new ArrayList<>();
    ClassroomLock.whileHeld(
        classroom, session.stop(), () -> started.addAll(start(classroom, metainfo, missing(classroom, split))));
    for (ProcessEntry peer : started) {
      session.print(peer.title() + " listens on " + SafeText.of(peer.address()));
    }
    session.print(
        Words.count(started.size(), "peer") + " started; logs are " + classroom.peers().resolve("peer_*/peer.log"));
    if (foreground) {
      stay(started);
    }
    return Main.DONE;
  }

  private List<Integer> missing(Classroom classroom, SplitRecord split) throws IOException {
    List<Integer> numbers = new ArrayList<>(classroom.peerNumbers(split));
    if (numbers.isEmpty()) {
      throw CommandException.failed(
          "there is no peer in " + classroom.peers() + "; run 'minibit cleanup" + option.hint() + "' and split again");
    }
    for (int number : numbers) {
      classroom.requireNoLinks(number, number);
    }
    List<String> running = classroom.running().stream().map(ProcessEntry::name).toList();
    List<Integer> already = numbers.stream().filter(n -> running.contains(Classroom.peerName(n))).toList();
    numbers.removeAll(already);
    if (numbers.isEmpty()) {
      throw CommandException.failed("all peers run already; 'minibit stop-all" + option.hint() + "' ends them");
    }
    if (!already.isEmpty()) {
      session.print(
          already.stream().map(Classroom::peerName).collect(Collectors.joining(", "))
              + (already.size() == 1 ? " runs" : " run") + " already");
    }
    return numbers;
  }

  /** All of them or none. */
  private List<ProcessEntry> start(Classroom classroom, Metainfo metainfo, List<Integer> numbers) throws IOException {
    List<ProcessEntry> started = new ArrayList<>();
    Deque<Launch> starting = new ArrayDeque<>();
    boolean all = false;
    try {
      for (int number : numbers) {
        if (starting.size() == MOST_STARTING) {
          started.add(starting.getFirst().await(session.stop()));
          starting.removeFirst();
        }
        starting.add(launch(classroom, metainfo, number));
      }
      while (!starting.isEmpty()) {
        started.add(starting.getFirst().await(session.stop()));
        starting.removeFirst();
      }
      all = true;
    } catch (CommandException e) {
      throw e.getMessage() != null && e.getMessage().contains(PeerProcess.NO_TRACKER)
          ? CommandException.failed(e.getMessage() + "; 'minibit start-tracker" + option.hint() + "' starts one")
          : e;
    } finally {
      if (!all) {
        starting.parallelStream().forEach(Launch::abandon);
        new ProcessStop(started).run();
      }
    }
    return started;
  }

  private Launch launch(Classroom classroom, Metainfo metainfo, int number) throws IOException {
    PieceLayout layout = metainfo.layout();
    long heap =
        HEAP_BYTES + (long) PIECES_IN_HEAP * layout.length(0) + (long) HEAP_BYTES_PER_PIECE * layout.pieceCount();
    return Launch.start(
        classroom,
        Classroom.peerName(number),
        classroom.peerLog(number),
        heap,
        List.of(
            RunPeerCommand.NAME, "--verbose", "--number", Integer.toString(number),
            "--choking-interval", interval.toMillis() + "ms",
            "--dir", classroom.directory().toAbsolutePath().toString()));
  }

  /** Until all have ended, or the user ends them. */
  private void stay(List<ProcessEntry> peers) throws IOException {
    Map<String, String> told = new HashMap<>();
    List<ProcessEntry> left = new ArrayList<>(peers);
    while (!left.isEmpty() && !session.stop().isRequested()) {
      for (ProcessEntry peer : List.copyOf(left)) {
        String progress = ControlPort.ask(peer, ControlPort.STATUS);
        if (progress == null && !peer.isRunning()) {
          left.remove(peer);
          progress = "ended";
        }
        if (progress != null && !progress.equals(told.put(peer.name(), progress))) {
          session.print(SafeText.of(peer.name()) + ": " + SafeText.of(progress));
        }
      }
      session.stop().await(new CompletableFuture<>(), TICK_MILLIS);
    }
    new ProcessStop(left).run().forEach(session::print);
  }
}
