package io.minibit.cli;

import io.minibit.Peer;
import io.minibit.PeerBuilder;
import io.minibit.Torrent;
import io.minibit.TorrentOptions;
import io.minibit.TorrentStatus;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.TorrentState;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code minibit seed}: serves what is complete. */
@Command(
    name = "seed",
    mixinStandardHelpOptions = true,
    header = "Serve content that is complete on this disk.",
    description = {
      "",
      "Checks the content against the torrent file, announces itself to the trackers and serves whoever connects, until "
          + "Ctrl-C. Prints one line as soon as it can be reached. If something is missing, that is an error: 'minibit get' "
          + "fetches it, and serves what is there meanwhile.",
      "",
    },
    footer = {
      "",
      "Examples:",
      "  minibit seed holiday.mp4.torrent --dir . --listen :6881",
      "  minibit seed holiday.mp4.torrent --dir . --super-seed --upload-rate 500KiB/s",
    })
final class SeedCommand implements Callable<Integer> {
  /** What BitTorrent clients have always tried in turn. */
  private static final int FIRST_PORT = 6881;

  private static final int LAST_PORT = 6889;

  private final Session session;

  @Mixin private PeerOptions options = new PeerOptions();

  @Option(
      names = "--seed-for",
      paramLabel = "DURATION",
      converter = Durations.Converter.class,
      description = "End after this long, such as 10m; default: at Ctrl-C.")
  private @Nullable Duration seedFor;

  @Option(
      names = "--super-seed",
      description = {
        "Give little more than one copy: show each peer one piece at a time, and the next when it has passed that on, "
            + "until every piece is at two others (BEP 16). For the first and only seed of a torrent with a slow line; "
            + "beside other seeds it only slows down."
      })
  private boolean superSeed;

  SeedCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Metainfo metainfo = options.readTorrent();
    Directories.requireExisting(options.directory());
    try (Peer peer = open()) {
      Torrent torrent = options.join(peer, metainfo, TorrentOptions.defaults().superSeeding(superSeed));
      CompletableFuture<Void> completion = torrent.completion();
      TorrentStatus status = CheckingBar.await(torrent, completion, null, session.stop());
      if (status.state() == TorrentState.CHECKING) {
        return Main.DONE; // the user ended it
      }
      requireComplete(metainfo, status);
      session.print(
          "seeding " + SafeText.of(metainfo.name()) + " on " + Addresses.format(peer.address()) + ", "
              + Words.count(status.pieceCount(), "piece"));
      long startedAt = System.nanoTime();
      Seeding.stay(torrent, seedFor, session.stop());
      long nanos = System.nanoTime() - startedAt;
      session.print(
          "uploaded " + Words.size(torrent.status().uploaded()) + " in " + Durations.format(Duration.ofNanos(nanos)));
    }
    return Main.DONE;
  }

  /** On the address that was asked for, or on the first usual port that is free. */
  private Peer open() throws IOException {
    PeerBuilder builder = options.peer();
    if (options.choosesAddress()) {
      return builder.build();
    }
    for (int port = FIRST_PORT; port <= LAST_PORT; port++) {
      try {
        return builder.listen(new InetSocketAddress(port)).build();
      } catch (BindException e) {
        // Another program has it; the next one will do.
      }
    }
    return builder.listen(new InetSocketAddress(0)).build();
  }

  private void requireComplete(Metainfo metainfo, TorrentStatus status) {
    if (status.state() == TorrentState.STORE_TROUBLE || status.state() == TorrentState.FAILED) {
      throw CommandException.failed(status.explanation());
    }
    int missing = status.pieceCount() - status.piecesHeld();
    if (missing == 0) {
      return;
    }
    throw CommandException.failed(
        missing == status.pieceCount()
            ? "nothing of " + metainfo.name() + " is in " + options.directory() + "; --dir names the directory around it"
            : missing + " of " + Words.count(status.pieceCount(), "piece") + " of " + metainfo.name()
                + " are missing or differ; 'minibit get " + options.torrentFile() + " --dir " + options.directory()
                + "' fetches them");
  }
}
