package io.minibit.cli;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.PieceLayout;
import io.minibit.metainfo.TorrentFile;
import io.minibit.store.FilePieceStore;
import io.minibit.store.PieceStore;
import io.minibit.store.PieceVerifier;
import java.io.IOException;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code minibit verify}: compares what is on the disk with a torrent file. */
@Command(
    name = "verify",
    mixinStandardHelpOptions = true,
    header = "Check content on the disk against a torrent file.",
    description = {
      "",
      "Hashes every piece that is there and says what is good, what differs and what is missing. Changes nothing. Exits "
          + "with 0 only if everything is good; 'minibit get' fetches what is not.",
      "",
    })
final class VerifyCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private TorrentArgument torrent = new TorrentArgument();

  @Option(
      names = "--dir",
      paramLabel = "DIR",
      required = true,
      description = "The directory in which the torrent's file or directory lies.")
  private Path directory = Path.of("");

  @Option(names = "--files", description = "List all files, also those that are good.")
  private boolean allFiles;

  VerifyCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Metainfo metainfo = torrent.read();
    Directories.requireExisting(directory);
    PieceLayout layout = metainfo.layout();
    BitSet claimed;
    BitSet good;
    try (PieceStore store = FilePieceStore.open(metainfo, directory)) {
      claimed = store.claimed();
      good = verify(metainfo, store, claimed);
    }
    session.stop().throwIfRequested();
    if (metainfo.isMultiFile()) {
      for (TorrentFile file : metainfo.files()) {
        print(file, layout, claimed, good);
      }
    }
    int missing = layout.pieceCount() - claimed.cardinality();
    session.print(SafeText.of(metainfo.name()) + ": " + counts(layout.pieceCount(), good.cardinality(), missing));
    return good.cardinality() == layout.pieceCount() ? Main.DONE : Main.FAILED;
  }

  private BitSet verify(Metainfo metainfo, PieceStore store, BitSet claimed) throws IOException {
    PieceLayout layout = metainfo.layout();
    long total = claimed.stream().mapToLong(layout::length).sum();
    AtomicLong done = new AtomicLong();
    try (ProgressBar bar = ProgressBar.onErrorOutput("verifying", total)) {
      return new PieceVerifier(metainfo, store)
          .verify(
              ForkJoinPool.commonPool(),
              Runtime.getRuntime().availableProcessors(),
              (piece, isGood) -> bar.update(done.addAndGet(layout.length(piece))),
              session.stop()::isRequested);
    }
  }

  /** A line for a file that is not good, or for all that have bytes. */
  private void print(TorrentFile file, PieceLayout layout, BitSet claimed, BitSet good) {
    if (file.padding() || file.length() == 0) {
      return;
    }
    int first = layout.pieceAt(file.offset());
    int end = layout.pieceAt(file.offset() + file.length() - 1) + 1;
    int goodPieces = good.get(first, end).cardinality();
    if (goodPieces == end - first && !allFiles) {
      return;
    }
    int missing = end - first - claimed.get(first, end).cardinality();
    session.print(SafeText.of(String.join("/", file.path())) + ": " + counts(end - first, goodPieces, missing));
  }

  private static String counts(int pieces, int good, int missing) {
    if (good == pieces) {
      return pieces == 1 ? "the only piece is good" : "all " + pieces + " pieces are good";
    }
    return Words.count(pieces, "piece") + ", " + good + " good, " + (pieces - good - missing) + " bad, " + missing
        + " missing";
  }
}
