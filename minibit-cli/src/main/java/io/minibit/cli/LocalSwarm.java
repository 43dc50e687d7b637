package io.minibit.cli;

import io.minibit.Peer;
import io.minibit.TorrentOptions;
import io.minibit.TorrentStatus;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.PieceLayout;
import io.minibit.model.TorrentState;
import io.minibit.store.PieceStore;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.commons.io.channels.FileChannels;

/**
 * Several peers in this process that trade one file over the sockets of this machine. The steps, in this order: {@link
 * #distribute}, {@link #trade}, {@link #finish}. Closing it ends the peers wherever they are.
 */
final class LocalSwarm implements AutoCloseable {
  /** Between looks at what goes on, when nobody watches. */
  private static final Duration LONGEST_TICK = Duration.ofSeconds(1);

  private static final int COMPARED_AT_A_TIME = 256 << 10;

  /** Peers that have moved nothing for so long will not do it any more. */
  private static final long PATIENCE_NANOS = Duration.ofMinutes(2).toNanos();

  /** Opens one more peer, ready to join. */
  @FunctionalInterface
  interface PeerSource {
    Peer open() throws IOException;
  }

  /** Makes the sampler of peers that have joined. */
  @FunctionalInterface
  interface Sampling {
    SwarmSampler of(List<SwarmMember> members);
  }

  private final Metainfo metainfo;
  private final Path directory;
  private final boolean asFile;
  private final TorrentOptions options;
  private final Session session;
  private final List<SwarmMember> members = new ArrayList<>();

  /**
   * Below a directory; nothing is made yet.
   *
   * @param asFile whether peers keep the file itself instead of a file per block
   * @param options how each of them joins
   */
  LocalSwarm(Metainfo metainfo, Path directory, boolean asFile, TorrentOptions options, Session session) {
    this.metainfo = metainfo;
    this.directory = directory;
    this.asFile = asFile;
    this.options = options;
    this.session = session;
  }

  /** Puts the pieces of the original where the peers will find them: one peer for each subset. */
  void distribute(Path original, List<BitSet> subsets) throws IOException {
    PieceLayout layout = metainfo.layout();
    List<PieceStore> stores = new ArrayList<>();
    List<SwarmMember> takers = new ArrayList<>();
    for (BitSet subset : subsets) {
      int number = members.size() + 1;
      SwarmMember member = new SwarmMember(number, metainfo, directory.resolve("peer_" + number), asFile, subset);
      members.add(member);
      PieceStore store = member.open();
      if (asFile && member.isSeed()) {
        Files.createDirectories(directory.resolve("peer_" + number).resolve("reconstructed"));
        Files.copy(original, member.rebuilt());
      } else if (!subset.isEmpty()) {
        stores.add(store);
        takers.add(member);
      }
    }
    if (takers.isEmpty()) {
      return;
    }
    ByteBuffer piece = ByteBuffer.allocateDirect((int) Math.min(layout.pieceLength(), layout.totalLength()));
    try (FileChannel content = FileChannel.open(original, StandardOpenOption.READ);
        ProgressBar bar = ProgressBar.onErrorOutput("splitting", layout.totalLength())) {
      for (int index = 0; index < layout.pieceCount(); index++) {
        session.stop().throwIfRequested();
        bar.update(layout.offset(index));
        piece.clear().limit(layout.length(index));
        while (piece.hasRemaining()) {
          if (content.read(piece, layout.offset(index) + piece.position()) < 0) {
            throw new EOFException(original + " became shorter meanwhile");
          }
        }
        for (int i = 0; i < takers.size(); i++) {
          if (takers.get(i).initial.get(index)) {
            stores.get(i).write(index, new ByteBuffer[] {piece.rewind()});
          }
        }
      }
      bar.update(layout.totalLength());
    }
  }

  /**
   * Returns when every peer has everything.
   *
   * @param sampling takes the pictures, once all have joined
   * @param watchers see them, as often as the most curious one wants
   */
  void trade(PeerSource peers, Sampling sampling, List<? extends SwarmWatcher> watchers) throws IOException {
    List<Peer> opened = new ArrayList<>();
    // All ports are open before anybody looks for peers, so that nobody is refused.
    try {
      for (int i = 0; i < members.size(); i++) {
        opened.add(peers.open());
      }
      for (SwarmMember member : members) {
        member.join(opened.remove(0), options);
      }
    } finally {
      opened.forEach(Peer::close);
    }
    // Nobody sets out before everybody knows what is there.
    CompletableFuture<Void> all =
        allOf(SwarmMember::ready)
            .thenRun(() -> members.forEach(SwarmMember::begin))
            .thenCompose(begun -> allOf(SwarmMember::completion));
    SwarmSampler sampler = sampling.of(members);
    Duration interval = watchers.stream().map(SwarmWatcher::interval).min(Duration::compareTo).orElse(LONGEST_TICK);
    long lastMoved = -1;
    long lastMovedAt = System.nanoTime();
    for (long nextTick = lastMovedAt + interval.toNanos(); ; nextTick += interval.toNanos()) {
      long wait = Math.max(1, (nextTick - System.nanoTime() + 999_999) / 1_000_000);
      boolean complete = session.stop().await(all, wait);
      if (!complete) {
        session.stop().throwIfRequested();
      }
      SwarmSnapshot snapshot = sampler.sample();
      watchers.forEach(watcher -> watcher.watch(snapshot));
      if (complete) {
        all.join();
        return;
      }
      long moved = snapshot.members().stream().mapToLong(member -> member.downloaded() + member.heldCount()).sum();
      if (moved != lastMoved) {
        lastMoved = moved;
        lastMovedAt = System.nanoTime();
      }
      throwIfStuck(snapshot.members(), System.nanoTime() - lastMovedAt > PATIENCE_NANOS);
    }
  }

  private CompletableFuture<Void> allOf(Function<SwarmMember, CompletableFuture<Void>> future) {
    return CompletableFuture.allOf(members.stream().map(future).toArray(CompletableFuture<?>[]::new));
  }

  private static void throwIfStuck(List<SwarmSnapshot.Member> seen, boolean nothingMoves) {
    for (SwarmSnapshot.Member member : seen) {
      boolean broken = member.state() == TorrentState.STORE_TROUBLE || member.state() == TorrentState.FAILED;
      if (broken || (nothingMoves && !member.isComplete())) {
        throw CommandException.failed(member.name() + ": " + member.explanation());
      }
    }
  }

  /** Ends the peers, rebuilds their files, compares them with the original and says how it went. */
  SwarmReport finish(Path original) throws IOException {
    List<TorrentStatus> statuses = members.stream().map(SwarmMember::status).toList();
    close();
    for (SwarmMember member : members) {
      session.stop().throwIfRequested();
      member.rebuild();
    }
    List<Boolean> equal = members.parallelStream().map(member -> isEqual(original, member.rebuilt())).toList();
    List<SwarmReport.Row> rows = new ArrayList<>();
    long firstConnect =
        members.stream().mapToLong(SwarmMember::connectedAt).filter(at -> at != 0).min().orElse(0);
    for (int i = 0; i < members.size(); i++) {
      SwarmMember member = members.get(i);
      TorrentStatus status = statuses.get(i);
      rows.add(
          new SwarmReport.Row(
              member.number,
              member.initial.cardinality(),
              // Without any connection nothing was missing.
              firstConnect == 0 ? 0 : Math.max(0, member.completedAt() - firstConnect),
              status.downloaded(),
              status.uploaded(),
              status.wasted(),
              equal.get(i)));
    }
    return new SwarmReport(metainfo.layout(), rows);
  }

  private boolean isEqual(Path original, Path rebuilt) {
    session.stop().throwIfRequested();
    try (SeekableByteChannel left = Files.newByteChannel(original);
        SeekableByteChannel right = Files.newByteChannel(rebuilt)) {
      return FileChannels.contentEquals(left, right, COMPARED_AT_A_TIME);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    // At the same time: each says goodbye to the tracker and waits for its disk.
    members.parallelStream().forEach(SwarmMember::close);
  }
}
