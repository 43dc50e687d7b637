package io.minibit.cli;

import io.minibit.Peer;
import io.minibit.TorrentStatus;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.PieceLayout;
import io.minibit.model.TorrentState;
import io.minibit.store.PieceStore;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * Several peers in this process that trade one file over the sockets of this machine. The steps, in this order: {@link
 * #distribute}, {@link #trade}, {@link #finish}. Closing it ends the peers wherever they are.
 */
final class LocalSwarm implements AutoCloseable {
  /** Between lines of progress. */
  private static final long TICK_NANOS = Duration.ofSeconds(1).toNanos();

  /** Peers that have moved nothing for so long will not do it any more. */
  private static final long PATIENCE_NANOS = Duration.ofMinutes(2).toNanos();

  /** More columns than these fit on no screen. */
  private static final int MOST_COLUMNS = 12;

  /** Opens one more peer, ready to join. */
  @FunctionalInterface
  interface PeerSource {
    Peer open() throws IOException;
  }

  private final Metainfo metainfo;
  private final Path directory;
  private final boolean asFile;
  private final Session session;
  private final List<SwarmMember> members = new ArrayList<>();

  /**
   * Below a directory; nothing is made yet.
   *
   * @param asFile whether peers keep the file itself instead of a file per block
   */
  LocalSwarm(Metainfo metainfo, Path directory, boolean asFile, Session session) {
    this.metainfo = metainfo;
    this.directory = directory;
    this.asFile = asFile;
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

  /** Returns when every peer has everything. */
  void trade(PeerSource peers) throws IOException {
    long startedAt = System.nanoTime();
    List<Peer> opened = new ArrayList<>();
    // All ports are open before anybody looks for peers, so that nobody is refused.
    try {
      for (int i = 0; i < members.size(); i++) {
        opened.add(peers.open());
      }
      for (SwarmMember member : members) {
        member.join(opened.remove(0));
      }
    } finally {
      opened.forEach(Peer::close);
    }
    CompletableFuture<Void> all =
        CompletableFuture.allOf(members.stream().map(SwarmMember::completion).toArray(CompletableFuture<?>[]::new));
    long lastMoved = -1;
    long lastMovedAt = startedAt;
    for (long nextTick = startedAt + TICK_NANOS; ; nextTick += TICK_NANOS) {
      long wait = Math.max(1, (nextTick - System.nanoTime()) / 1_000_000);
      if (session.stop().await(all, wait)) {
        all.join();
        return;
      }
      session.stop().throwIfRequested();
      List<TorrentStatus> statuses = members.stream().map(SwarmMember::status).toList();
      session.print(progress(System.nanoTime() - startedAt, statuses));
      long moved = statuses.stream().mapToLong(status -> status.downloaded() + status.piecesHeld()).sum();
      if (moved != lastMoved) {
        lastMoved = moved;
        lastMovedAt = System.nanoTime();
      }
      throwIfStuck(statuses, System.nanoTime() - lastMovedAt > PATIENCE_NANOS);
    }
  }

  private static String progress(long nanos, List<TorrentStatus> statuses) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%5.0f s ", nanos / 1e9));
    if (statuses.size() <= MOST_COLUMNS) {
      for (TorrentStatus status : statuses) {
        line.append(String.format(Locale.ROOT, " %4s", percent(status)));
      }
      return line.toString();
    }
    List<TorrentStatus> sorted =
        statuses.stream().sorted((a, b) -> Integer.compare(a.piecesHeld(), b.piecesHeld())).toList();
    long complete = statuses.stream().filter(TorrentStatus::isComplete).count();
    return line.append(" ")
        .append(complete)
        .append(" of ")
        .append(statuses.size())
        .append(" peers complete; the slowest has ")
        .append(percent(sorted.get(0)))
        .append(", the middle one ")
        .append(percent(sorted.get(sorted.size() / 2)))
        .toString();
  }

  private static String percent(TorrentStatus status) {
    return Subsets.percent(status.piecesHeld(), status.pieceCount());
  }

  private void throwIfStuck(List<TorrentStatus> statuses, boolean nothingMoves) {
    for (int i = 0; i < statuses.size(); i++) {
      TorrentStatus status = statuses.get(i);
      boolean broken = status.state() == TorrentState.STORE_TROUBLE || status.state() == TorrentState.FAILED;
      if (broken || (nothingMoves && !status.isComplete())) {
        throw CommandException.failed("peer " + members.get(i).number + ": " + status.explanation());
      }
    }
  }

  /** Ends the peers, rebuilds their files, compares them with the original and says how it went. */
  SwarmReport finish(Path original) throws IOException {
    List<TorrentStatus> statuses = members.stream().map(SwarmMember::status).toList();
    close();
    List<SwarmReport.Row> rows = new ArrayList<>();
    long firstConnect =
        members.stream().mapToLong(SwarmMember::connectedAt).filter(at -> at != 0).min().orElse(0);
    for (int i = 0; i < members.size(); i++) {
      session.stop().throwIfRequested();
      SwarmMember member = members.get(i);
      TorrentStatus status = statuses.get(i);
      member.rebuild();
      boolean equal = Files.mismatch(original, member.rebuilt()) < 0;
      rows.add(
          new SwarmReport.Row(
              member.number,
              member.initial.cardinality(),
              // Without any connection nothing was missing.
              firstConnect == 0 ? 0 : Math.max(0, member.completedAt() - firstConnect),
              status.downloaded(),
              status.uploaded(),
              status.wasted(),
              equal));
    }
    return new SwarmReport(metainfo.layout(), rows);
  }

  @Override
  public void close() {
    // At the same time: each says goodbye to the tracker and waits for its disk.
    members.parallelStream().forEach(SwarmMember::close);
  }
}
