package io.minibit.cli;

import io.minibit.Peer;
import io.minibit.PeerStatus;
import io.minibit.Torrent;
import io.minibit.TorrentListener;
import io.minibit.TorrentStatus;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.Limits;
import io.minibit.model.TorrentState;
import io.minibit.store.BlockFilePieceStore;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.PeerRanking;
import io.minibit.strategy.RarestFirst;
import io.minibit.strategy.TitForTat;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One peer of the classroom, in this process: trades, rebuilds the file when it has every block, and stays as a seeder.
 * It logs what it does; the engine logs each round of tit for tat beside that.
 */
final class PeerProcess {
  private static final Logger LOG = LoggerFactory.getLogger(PeerProcess.class);

  /** How the excuse of a peer begins that nobody could find. */
  static final String NO_TRACKER = "cannot be found by others";

  private static final long TICK_MILLIS = 250;

  /** After a full disk, say. */
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** The tracker of the classroom may ask for less than BitTorrent's usual minute between announces. */
  private static final Duration ANNOUNCE_FLOOR = Duration.ofSeconds(5);

  /** Hosts that are this machine for sure. */
  private static final List<String> LOOPBACK = List.of("127.0.0.1", "localhost", "[::1]");

  /** More would make a line that nobody reads. */
  private static final int MOST_RANGES = 100;

  private final Classroom classroom;
  private final int number;
  private final Metainfo metainfo;
  private final Session session;
  private final RebuiltFile rebuilt;

  /** Completes when a tracker has answered; fails with its excuse. */
  private final CompletableFuture<Void> announced = new CompletableFuture<>();

  private volatile @Nullable Torrent torrent;
  private volatile boolean complete;
  private long retryAt = System.nanoTime();
  private BitSet logged = new BitSet();

  PeerProcess(Classroom classroom, int number, Metainfo metainfo, Session session) {
    this.classroom = classroom;
    this.number = number;
    this.metainfo = metainfo;
    this.session = session;
    rebuilt = new RebuiltFile(classroom, number, metainfo);
  }

  /**
   * Trades until a stop is requested.
   *
   * @param interval between rounds of tit for tat
   */
  void run(Duration interval) throws IOException {
    classroom.requireNoLinks(number, number);
    Limits limits = Limits.defaults().with(l -> l.announceFloor = ANNOUNCE_FLOOR);
    try (ServedProcess process =
            ServedProcess.open(classroom, Classroom.peerName(number), this::progress, session.stop());
        Peer peer =
            Peer.builder()
                .listen(listen())
                .limits(limits)
                .selection(RarestFirst::new)
                .choking(
                    () ->
                        new TitForTat(
                            TitForTat.DEFAULT_SLOTS, TitForTat.DEFAULT_OPTIMISTIC, interval,
                            PeerRanking.byRarePieces()))
                .build()) {
      Torrent joined = peer.join(metainfo, BlockFilePieceStore.open(metainfo, classroom.peerBlocks(number)));
      torrent = joined;
      joined.addListener(new Story());
      LOG.info("{} listens on {}", Classroom.peerName(number), Addresses.format(peer.address()));
      CheckingBar.await(joined, joined.completion(), null, session.stop());
      logHeld(joined.status());
      awaitTracker();
      process.reachable(Addresses.format(peer.address()));
      while (process.stay(TICK_MILLIS)) {
        advance(joined);
      }
      LOG.info("Leaving: {}", joined.status().explanation());
    }
    LOG.info("Stopped");
  }

  /** Where only this machine's peers come from, unless the tracker is elsewhere. */
  private InetSocketAddress listen() {
    boolean local =
        metainfo.trackers().stream()
            .flatMap(List::stream)
            .allMatch(
                url -> {
                  try {
                    return LOOPBACK.contains(URI.create(url).getHost());
                  } catch (IllegalArgumentException e) {
                    return false;
                  }
                });
    return local ? new InetSocketAddress(InetAddress.getLoopbackAddress(), 0) : new InetSocketAddress(0);
  }

  /** Nobody finds a peer that no tracker knows. */
  private void awaitTracker() {
    while (!session.stop().isRequested() && !session.stop().await(announced, TICK_MILLIS)) {
      // The announce has a time limit of its own.
    }
    if (announced.isDone()) {
      announced.join();
    }
  }

  private void advance(Torrent joined) {
    TorrentStatus status = joined.status();
    if (status.state() == TorrentState.FAILED || status.state() == TorrentState.LEFT) {
      throw CommandException.failed(status.explanation());
    }
    logHeld(status);
    if (!complete && status.isComplete() && System.nanoTime() - retryAt >= 0) {
      rebuild();
    }
  }

  private void rebuild() {
    try {
      boolean wasThere = rebuilt.isComplete();
      if (!wasThere) {
        rebuilt.rebuild();
      }
      complete = true;
      LOG.info(
          "{} {}: {}, every block matches its hash; staying as a seeder",
          wasThere ? "Had rebuilt already" : "Rebuilt",
          rebuilt.path(),
          Words.size(metainfo.layout().totalLength()));
    } catch (IOException e) {
      retryAt = System.nanoTime() + RETRY_NANOS;
      LOG.error("Cannot rebuild {}, trying again later: {}", rebuilt.path(), Failure.describe(e));
    }
  }

  /** For whoever asks at the control port. */
  private String progress() {
    Torrent joined = torrent;
    if (joined == null) {
      return "starting";
    }
    TorrentStatus status = joined.status();
    return status.piecesHeld() + " of " + Words.count(status.pieceCount(), "block")
        + (complete ? ", rebuilt " + classroom.directory().relativize(rebuilt.path()) : "");
  }

  private void logHeld(TorrentStatus status) {
    BitSet held = status.held();
    if (!held.equals(logged)) {
      logged = held;
      LOG.info("Holds {} of {} blocks: {}", held.cardinality(), status.pieceCount(), ranges(held));
    }
  }

  /** {@code 0-3, 7, 9-12}. */
  static String ranges(BitSet set) {
    StringBuilder text = new StringBuilder();
    int count = 0;
    for (int from = set.nextSetBit(0); from >= 0; count++) {
      int end = set.nextClearBit(from);
      if (count == MOST_RANGES) {
        return text.append(", ...").toString();
      }
      text.append(count == 0 ? "" : ", ").append(from);
      if (end - from > 1) {
        text.append('-').append(end - 1);
      }
      from = set.nextSetBit(end);
    }
    return count == 0 ? "none" : text.toString();
  }

  /** What is worth a line in the log of a peer, besides the engine's. */
  private final class Story implements TorrentListener {
    private String unchoked = "";

    @Override
    public void onPeerConnected(Torrent source, PeerStatus peer) {
      LOG.info("Connected to {}, which has {} blocks", peer.address(), peer.pieces());
    }

    @Override
    public void onPeerLeft(Torrent source, PeerStatus peer, String reason) {
      LOG.info("{} left: {}", peer.address(), SafeText.of(reason));
    }

    @Override
    public void onChokingRound(
        Torrent source, long round, ChokingRound.Trigger trigger, List<PeerStatus> served) {
      String now =
          served.isEmpty()
              ? "nobody"
              : served.stream()
                  .map(peer -> peer.address() + (peer.optimistic() ? " (optimistic)" : ""))
                  .collect(Collectors.joining(", "));
      if (trigger == ChokingRound.Trigger.PERIODIC) {
        LOG.info("Tit for tat, round {}: unchoked {}", round, now);
      } else if (!now.equals(unchoked)) {
        LOG.info("Unchoked now: {}", now);
      }
      unchoked = now;
    }

    @Override
    public void onAnnounced(Torrent source, int peers) {
      LOG.info("The tracker named {}", Words.count(peers, "peer"));
      announced.complete(null);
    }

    @Override
    public void onAnnounceFailed(Torrent source, String reason) {
      LOG.warn("Announcing failed: {}", SafeText.of(reason));
      announced.completeExceptionally(CommandException.failed(NO_TRACKER + ": " + reason));
    }
  }
}
