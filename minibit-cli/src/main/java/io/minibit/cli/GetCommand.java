package io.minibit.cli;

import io.minibit.Peer;
import io.minibit.PeerBuilder;
import io.minibit.Torrent;
import io.minibit.TorrentOptions;
import io.minibit.TorrentStatus;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.TorrentState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code minibit get}: fetches what is missing. */
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    header = "Fetch what a torrent file describes.",
    description = {
      "",
      "Checks what is already there, fetches the rest from the peers that the trackers or you name, and ends as soon as "
          + "every piece is verified and stored. What was fetched before an interruption is kept: the same command goes on "
          + "from there.",
      "",
    },
    footer = {
      "",
      "Examples:",
      "  minibit get dataset.torrent --dir downloads",
      "  minibit get dataset.torrent --dir downloads --no-tracker --peer 10.0.0.7:6881",
    })
final class GetCommand implements Callable<Integer> {
  /** As often as a progress bar is drawn, or nearly so. */
  private static final long TICK_MILLIS = 200;

  private final Session session;

  @Mixin private PeerOptions options = new PeerOptions();

  @Mixin private SelectionOption selection = new SelectionOption();

  @Option(
      names = "--peer",
      paramLabel = "HOST:PORT",
      converter = Addresses.Converter.class,
      description = "A peer to fetch from, besides those that trackers name; may be repeated.")
  private List<InetSocketAddress> peers = new ArrayList<>();

  @Option(
      names = "--seed-for",
      paramLabel = "DURATION",
      converter = Durations.Converter.class,
      description = "Stay and serve others for so long once everything is there, such as 10m.")
  private @Nullable Duration seedFor;

  @Option(
      names = "--download-rate",
      paramLabel = "RATE",
      converter = Sizes.RateConverter.class,
      description = "Receive at most so much, for instance 2MiB/s; default: no limit.")
  private long downloadRate = Long.MAX_VALUE;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      converter = Durations.Converter.class,
      description = "Give up when nothing has come for so long; default: never.")
  private @Nullable Duration timeout;

  GetCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Metainfo metainfo = options.readTorrent();
    List<InetSocketAddress> named = new ArrayList<>();
    for (InetSocketAddress peer : peers) {
      if (peer.getPort() == 0) {
        throw CommandException.misused("--peer " + Addresses.format(peer) + ": nobody listens on port 0");
      }
      named.add(Addresses.resolve(peer));
    }
    PeerBuilder builder =
        selection
            .applyTo(options.peer())
            .downloadRate(PeerOptions.requirePositive(downloadRate, "--download-rate"));
    try (Peer peer = builder.build()) {
      long startedAt = System.nanoTime();
      Torrent torrent = options.join(peer, metainfo, TorrentOptions.defaults());
      named.forEach(torrent::connect);
      fetch(torrent);
      long nanos = System.nanoTime() - startedAt;
      TorrentStatus fetched = torrent.status();
      if (seedFor != null) {
        session.print(SafeText.of(metainfo.name()) + " is complete; seeding for " + Durations.format(seedFor));
        Seeding.stay(torrent, seedFor, session.stop());
      }
      session.print(summary(metainfo, fetched, nanos, torrent.status().uploaded()));
    }
    return Main.DONE;
  }

  /** Returns when everything is there. */
  private void fetch(Torrent torrent) {
    CompletableFuture<Void> completion = torrent.completion();
    TorrentStatus status = CheckingBar.await(torrent, completion, timeout, session.stop());
    long total = torrent.metainfo().layout().totalLength();
    long most = 0;
    double lastChecked = 0;
    long lastCameAt = System.nanoTime();
    try (ProgressBar bar = ProgressBar.onErrorOutput(torrent.metainfo().name(), total)) {
      while (!completion.isDone()) {
        bar.update(total - status.wantedBytesLeft(), remark(status));
        stopIfRequested(torrent.metainfo(), status);
        // What comes again and again and cannot be stored is nothing.
        long useful = status.downloaded() - status.wasted();
        if (useful > most || status.checked() != lastChecked) {
          most = Math.max(most, useful);
          lastChecked = status.checked();
          lastCameAt = System.nanoTime();
        } else if (timeout != null && System.nanoTime() - lastCameAt > timeout.toNanos()) {
          throw CommandException.failed(
              "nothing has come for " + Durations.format(timeout) + ": " + status.explanation());
        }
        if (session.stop().await(completion, TICK_MILLIS)) {
          break;
        }
        status = torrent.status();
      }
      completion.join();
      bar.update(total);
    }
  }

  private void stopIfRequested(Metainfo metainfo, TorrentStatus status) {
    if (session.stop().isRequested() && status.state() == TorrentState.CHECKING) {
      throw CommandException.interrupted("interrupted while checking what is there");
    }
    if (session.stop().isRequested()) {
      throw CommandException.interrupted(
          "interrupted; " + status.piecesHeld() + " of " + Words.count(status.pieceCount(), "piece") + " of "
              + metainfo.name() + " are there, and the same command goes on from them");
    }
  }

  /** From how many peers it comes and what is given to others, or why nothing comes. */
  static String remark(TorrentStatus status) {
    if (status.downloadRate() == 0) {
      return status.explanation();
    }
    long sending = status.peers().stream().filter(peer -> peer.downloadRate() > 0).count();
    return "from " + sending + " of " + Words.count(status.peers().size(), "peer")
        + (status.uploadRate() > 0 ? "  up " + Sizes.formatRate((double) status.uploadRate()) : "");
  }

  private static String summary(Metainfo metainfo, TorrentStatus fetched, long nanos, long uploaded) {
    long total = metainfo.layout().totalLength();
    long useful = fetched.downloaded() - fetched.wasted();
    StringBuilder line = new StringBuilder(SafeText.of(metainfo.name()));
    line.append(": complete, ").append(Words.transfer(useful, nanos));
    if (useful < total) {
      line.append("; ").append(Words.count(total - useful, "byte")).append(" were there already");
    }
    if (fetched.wasted() > 0) {
      line.append("; ").append(Words.count(fetched.wasted(), "byte")).append(" came in vain");
    }
    if (uploaded > 0) {
      line.append("; uploaded ").append(Words.count(uploaded, "byte"));
    }
    return line.toString();
  }
}
