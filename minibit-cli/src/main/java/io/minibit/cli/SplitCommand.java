package io.minibit.cli;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.metainfo.MetainfoException;
import io.minibit.metainfo.PieceLayout;
import io.minibit.model.SeededRandom;
import io.minibit.store.BlockFilePieceStore;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code minibit split}: cuts a file into blocks and gives each peer some of them. */
@Command(
    name = "split",
    mixinStandardHelpOptions = true,
    header = "Cut a file into blocks and give each of several peers a random subset.",
    description = {
      "",
      "Writes every block to peers/blocks (block_0.bin, block_1.bin, ...), a random subset to peers/peer_N/blocks for "
          + "each peer, so that together the peers have everything, and peers/NAME.torrent with the hashes of the "
          + "blocks and the tracker. Then 'minibit start-tracker' and 'minibit start-peers' let them trade, and "
          + "'minibit stop-all' and 'minibit cleanup' end it. 'minibit swarm' does all that in one command.",
      "",
    },
    footer = {
      "",
      "Examples:",
      "  minibit split photo.jpg",
      "  minibit split photo.jpg --block-size 16KiB --peers 8 --seed 42",
    })
final class SplitCommand implements Callable<Integer> {
  /** Each is a process of its own. */
  private static final int MOST_PEERS = 200;

  private static final String DEFAULT_TRACKER = "http://127.0.0.1:8000/announce";

  private final Session session;

  @Parameters(index = "0", paramLabel = "FILE", description = "The file to split; it is only read.")
  private Path file = Path.of("");

  @Option(
      names = "--block-size",
      paramLabel = "SIZE",
      defaultValue = "1024",
      converter = Sizes.SizeConverter.class,
      description = "Bytes per block; default: ${DEFAULT-VALUE}.")
  private long blockSize = BlockSize.CLASSROOM;

  @Option(
      names = "--peers",
      paramLabel = "N",
      defaultValue = "5",
      description = "How many peers; default: ${DEFAULT-VALUE}.")
  private int peers = 5;

  @Option(names = "--seed", paramLabel = "NUMBER", description = "The same number gives the same subsets again.")
  private @Nullable Long seed;

  @Option(
      names = "--tracker",
      paramLabel = "URL",
      defaultValue = DEFAULT_TRACKER,
      description = "Announce URL that the peers will use; default: ${DEFAULT-VALUE}, where 'start-tracker' listens.")
  private String tracker = DEFAULT_TRACKER;

  @Mixin private ClassroomOption option = new ClassroomOption();

  SplitCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    if (peers < 1 || peers > MOST_PEERS) {
      throw CommandException.misused("--peers " + peers + " is not between 1 and " + MOST_PEERS);
    }
    Classroom classroom = option.classroom();
    MetainfoBuilder builder = builder();
    // Before hours of hashing; and again under the lock.
    requireNew(classroom);
    byte[] torrent;
    try (HashingProgress progress = new HashingProgress(session.stop(), "hashing")) {
      torrent = builder.progress(progress).encode();
    }
    Metainfo metainfo = Metainfo.parse(torrent);
    PieceLayout layout = metainfo.layout();
    SeededRandom random = new SeededRandom(seed == null ? new SecureRandom().nextLong() : seed);
    List<BitSet> subsets = Subsets.random(layout.pieceCount(), peers, random);
    SplitRecord record = new SplitRecord(metainfo.name(), layout.pieceCount(), peers);
    ClassroomLock.whileHeld(
        classroom, session.stop(), () -> write(classroom, record, torrent, metainfo, subsets));
    report(metainfo, subsets);
    return Main.DONE;
  }

  /** All of it or nothing; the torrent last, as a sign that the rest is there. */
  private void write(
      Classroom classroom, SplitRecord record, byte[] torrent, Metainfo metainfo, List<BitSet> subsets)
      throws IOException {
    requireNew(classroom);
    requireUnused(classroom, record);
    record.write(classroom.splitRecord());
    boolean done = false;
    try {
      distribute(classroom, metainfo, subsets);
      Files.write(
          classroom.peers().resolve(record.torrent()),
          torrent,
          StandardOpenOption.CREATE_NEW,
          StandardOpenOption.WRITE);
      done = true;
    } finally {
      if (!done) {
        new Removal(classroom).remove();
      }
    }
  }

  private MetainfoBuilder builder() throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    if (!Files.isRegularFile(file)) {
      throw CommandException.misused(file + " is not a file; only a file can be split");
    }
    long size = Files.size(file);
    if (size == 0) {
      throw CommandException.misused(file + " is empty; there is nothing to split");
    }
    int length = BlockSize.require(blockSize, size);
    try {
      return MetainfoBuilder.of(file).pieceLength(length).tracker(tracker);
    } catch (MetainfoException e) {
      throw CommandException.misused("--tracker: " + e.getMessage(), e);
    }
  }

  /** That no earlier split is here. */
  private void requireNew(Classroom classroom) {
    if (classroom.isSplit()) {
      throw CommandException.failed(
          classroom.peers() + " holds an earlier split; run 'minibit cleanup" + option.hint() + "' first");
    }
  }

  /** That nothing of anybody is where blocks, the torrent or the rebuilt files will be. */
  private static void requireUnused(Classroom classroom, SplitRecord record) throws IOException {
    classroom.requireNoLinks(1, record.peers());
    List<Path> targets = new ArrayList<>();
    targets.add(classroom.peers().resolve(record.torrent()));
    requireNoBlocks(classroom.blocks());
    for (int number = 1; number <= record.peers(); number++) {
      targets.add(classroom.reconstructed(number, record.name()));
      targets.add(classroom.peerLog(number));
      requireNoBlocks(classroom.peerBlocks(number));
    }
    for (Path target : targets) {
      if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
        throw inTheWay(target);
      }
    }
  }

  private static void requireNoBlocks(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      return;
    }
    try (DirectoryStream<Path> blocks = Files.newDirectoryStream(directory, "block_*")) {
      for (Path block : blocks) {
        throw inTheWay(block);
      }
    }
  }

  private static CommandException inTheWay(Path path) {
    return CommandException.failed(path + " is there already, and this would overwrite it; move it away");
  }

  private void distribute(Classroom classroom, Metainfo metainfo, List<BitSet> subsets) throws IOException {
    PieceLayout layout = metainfo.layout();
    List<BlockFilePieceStore> stores = new ArrayList<>();
    for (int number = 1; number <= subsets.size(); number++) {
      stores.add(BlockFilePieceStore.open(metainfo, classroom.peerBlocks(number)));
    }
    MessageDigest sha1 = Sha1.digest();
    ByteBuffer piece = ByteBuffer.allocateDirect(layout.length(0));
    try (BlockFilePieceStore all = BlockFilePieceStore.open(metainfo, classroom.blocks());
        FileChannel content = FileChannel.open(file, StandardOpenOption.READ);
        ProgressBar bar = ProgressBar.onErrorOutput("splitting", layout.totalLength())) {
      for (int index = 0; index < layout.pieceCount(); index++) {
        session.stop().throwIfRequested();
        bar.update(layout.offset(index));
        piece.clear().limit(layout.length(index));
        while (piece.hasRemaining()) {
          if (content.read(piece, layout.offset(index) + piece.position()) < 0) {
            throw new EOFException(file + " became shorter meanwhile");
          }
        }
        sha1.update(piece.rewind());
        if (!metainfo.matches(index, sha1.digest())) {
          throw new IOException(file + " was changed meanwhile");
        }
        all.write(index, new ByteBuffer[] {piece.rewind()});
        for (int i = 0; i < stores.size(); i++) {
          if (subsets.get(i).get(index)) {
            stores.get(i).write(index, new ByteBuffer[] {piece.rewind()});
          }
        }
      }
      bar.update(layout.totalLength());
    }
    stores.forEach(BlockFilePieceStore::close);
  }

  private void report(Metainfo metainfo, List<BitSet> subsets) {
    PieceLayout layout = metainfo.layout();
    session.print(
        SafeText.of(metainfo.name()) + ": " + Words.size(layout.totalLength()) + " in "
            + Words.count(layout.pieceCount(), "block") + " of " + Sizes.format(layout.pieceLength()));
    for (int i = 0; i < subsets.size(); i++) {
      int count = subsets.get(i).cardinality();
      session.print(
          Classroom.peerName(i + 1) + ": " + Words.count(count, "block") + " ("
              + Subsets.percent(count, layout.pieceCount()) + ")");
    }
    String port = tracker.equals(DEFAULT_TRACKER) ? "" : " with the port of " + SafeText.of(tracker);
    session.print(
        "next: 'minibit start-tracker" + option.hint() + "'" + port
            + ", then 'minibit start-peers" + option.hint() + "'");
  }
}
