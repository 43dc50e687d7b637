package io.minibit.cli;

import io.minibit.Peer;
import io.minibit.PeerBuilder;
import io.minibit.Torrent;
import io.minibit.TorrentOptions;
import io.minibit.metainfo.Metainfo;
import io.minibit.store.FilePieceStore;
import io.minibit.store.PieceStore;
import io.minibit.store.ResumeFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code seed} and {@code get} share: a peer of one torrent with files in a directory. */
final class PeerOptions {
  @Mixin private TorrentArgument torrent = new TorrentArgument();

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      required = true,
      description = "The directory in which the torrent's file or directory lies, or will.")
  private Path directory = Path.of("");

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      converter = Addresses.Converter.class,
      description =
          "Where to accept connections, :PORT for all addresses of this machine; default: 'seed' takes the first free "
              + "port from 6881 to 6889, 'get' any.")
  private @Nullable InetSocketAddress listen;

  @Option(names = "--no-tracker", description = "Ask no tracker: only peers that are named or that connect.")
  private boolean withoutTracker;

  @Option(
      names = "--upload-rate",
      paramLabel = "RATE",
      converter = Sizes.RateConverter.class,
      description = "Send at most so much, for instance 500KiB/s; default: no limit.")
  private long uploadRate = Long.MAX_VALUE;

  @Option(
      names = "--recheck",
      description = {
        "Verify everything that is there, instead of believing what was verified before and has not changed since; that is "
            + "remembered in the directory .minibit beside the content."
      })
  private boolean recheck;

  @Mixin private ChokingOptions choking = new ChokingOptions();

  Metainfo readTorrent() throws IOException {
    return torrent.read();
  }

  Path torrentFile() {
    return torrent.file();
  }

  Path directory() {
    return directory;
  }

  /** Whether the user said where to listen. */
  boolean choosesAddress() {
    return listen != null;
  }

  /** A builder as these options want it. */
  PeerBuilder peer() throws IOException {
    PeerBuilder builder = choking.applyTo(Peer.builder()).uploadRate(requirePositive(uploadRate, "--upload-rate"));
    return listen == null ? builder : builder.listen(Addresses.resolve(listen));
  }

  /** Joins with the files in the directory, which is made where needed. */
  Torrent join(Peer peer, Metainfo metainfo, TorrentOptions options) throws IOException {
    PieceStore store = FilePieceStore.open(metainfo, directory);
    try {
      ResumeFile resume = ResumeFile.beside(directory, metainfo);
      if (recheck) {
        resume.delete();
      }
      TorrentOptions own = options.resumeFile(resume);
      return peer.join(metainfo, store, withoutTracker ? own.withoutTracker() : own);
    } catch (IOException | RuntimeException e) {
      store.close();
      throw e;
    }
  }

  static long requirePositive(long rate, String option) {
    if (rate <= 0) {
      throw CommandException.misused(option + ": nothing moves at " + rate + " bytes/s; leave it out for no limit");
    }
    return rate;
  }
}
