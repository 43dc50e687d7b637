package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.TorrentOptions;
import io.minibit.TorrentStatus;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.MiniBitException;
import io.minibit.model.TorrentState;
import io.minibit.store.FilePieceStore;
import io.minibit.store.MemoryPieceStore;
import io.minibit.tracker.MemoryTracker;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What users may change while a torrent runs. */
@Timeout(60)
class SteeringIT {
  private static final int PIECE = 16384;

  private final byte[] content = Loopback.content(20 * PIECE);
  private final Metainfo metainfo = Loopback.torrent(content, PIECE);

  @Test
  void aPausedTorrentKeepsWhatItHasAndGoesOnWhenResumed() throws Exception {
    try (Peer seed = Loopback.peer().uploadRate(200_000).build();
        Peer leech = Loopback.peer().build()) {
      Torrent seeding = Loopback.seed(seed, metainfo, content);
      Torrent torrent = leech.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      torrent.connect(seed.address());
      Loopback.await("begun", () -> torrent.status().held().cardinality() > 2);
      torrent.pause();
      TorrentStatus paused = torrent.status();
      assertEquals(TorrentState.PAUSED, paused.state());
      assertEquals("paused", paused.explanation());
      assertEquals(0, paused.peers().size());
      Loopback.await("left", () -> seeding.status().peers().isEmpty());
      assertTrue(torrent.status().held().cardinality() >= paused.held().cardinality());
      seed.uploadRate(Long.MAX_VALUE);
      torrent.resume();
      Loopback.complete(torrent);
      assertTrue(torrent.status().downloaded() - torrent.status().wasted() <= content.length);
    }
  }

  @Test
  void aTorrentThatBeginsPausedIsCheckedAndTradesOnlyWhenResumed() throws Exception {
    MemoryTracker tracker = MemoryTracker.builder().build();
    try (Peer seed = Loopback.peer().tracker(tracker).build();
        Peer leech = Loopback.peer().build()) {
      Torrent seeding =
          seed.join(metainfo, MemoryPieceStore.of(metainfo, content), TorrentOptions.defaults().paused(true));
      Loopback.await("checked", () -> seeding.status().state() == TorrentState.PAUSED);
      Loopback.complete(seeding);
      Torrent torrent = leech.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE.paused(true));
      Loopback.await("checked", () -> torrent.status().state() == TorrentState.PAUSED);
      assertEquals(0, tracker.stats().announces());
      seeding.resume();
      torrent.resume();
      Loopback.await("announced", () -> tracker.stats().announces() == 1);
      torrent.connect(seed.address());
      Loopback.complete(torrent);
    }
  }

  @Test
  void onlyWantedFilesAreFetchedAndOthersWhenTheyAreWanted(@TempDir Path directory) throws Exception {
    Path source = Files.createDirectories(directory.resolve("source/both")).getParent();
    Files.write(source.resolve("both/a"), Loopback.content(5 * PIECE));
    Files.write(source.resolve("both/b"), Loopback.content(6 * PIECE));
    Metainfo both = MetainfoBuilder.of(source.resolve("both")).pieceLength(PIECE).build();
    try (Peer seed = Loopback.peer().build();
        Peer leech = Loopback.peer().build()) {
      Loopback.complete(seed.join(both, FilePieceStore.open(both, source), Loopback.ALONE));
      Path target = directory.resolve("target");
      Torrent torrent =
          leech.join(both, FilePieceStore.open(both, target), Loopback.ALONE.filePriorities(List.of(0, 1)));
      torrent.connect(seed.address());
      Loopback.complete(torrent);
      assertEquals(6, torrent.status().held().cardinality());
      assertArrayEquals(Loopback.content(6 * PIECE), Files.readAllBytes(target.resolve("both/b")));
      assertTrue(Files.notExists(target.resolve("both/a")));

      torrent.filePriorities(List.of(1, 1));
      Loopback.complete(torrent);
      assertEquals(11, torrent.status().held().cardinality());
      assertThrows(MiniBitException.class, () -> torrent.filePriorities(List.of(1)));
      assertThrows(MiniBitException.class, () -> torrent.filePriorities(List.of(1, 8)));
    }
  }

  @Test
  void aTorrentThatSeedsForAWhileLeavesByItself() throws Exception {
    try (Peer peer = Loopback.peer().build()) {
      TorrentOptions shortly = Loopback.ALONE.seedFor(Duration.ofMillis(50));
      Torrent torrent = peer.join(metainfo, MemoryPieceStore.of(metainfo, content), shortly);
      Loopback.await("left", () -> torrent.status().state() == TorrentState.LEFT);
      Loopback.await("gone", () -> peer.torrents().isEmpty());
    }
  }

  @Test
  void aLimitHoldsRoughlyAndCanBeLifted() throws Exception {
    try (Peer seed = Loopback.peer().build();
        Peer leech = Loopback.peer().downloadRate(100_000).build()) {
      Loopback.seed(seed, metainfo, content);
      long start = System.nanoTime();
      Torrent torrent = leech.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      torrent.connect(seed.address());
      Loopback.await("begun", () -> torrent.status().downloaded() > 100_000);
      double seconds = (System.nanoTime() - start) / 1e9;
      // A third of a second's worth comes at once; without a limit all would be there in a few milliseconds.
      assertTrue(torrent.status().downloaded() < content.length || seconds > 1, "all within " + seconds + " s");
      leech.downloadRate(Long.MAX_VALUE);
      Loopback.complete(torrent);
      assertThrows(MiniBitException.class, () -> leech.downloadRate(0));
      assertThrows(MiniBitException.class, () -> torrent.rates(1, -1));
    }
  }

  @Test
  void whoeverLeavesIsGoneForTheOthers() throws Exception {
    try (Peer seed = Loopback.peer().uploadRate(200_000).build();
        Peer leech = Loopback.peer().build()) {
      Torrent seeding = Loopback.seed(seed, metainfo, content);
      Torrent torrent = leech.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      torrent.connect(seed.address());
      Loopback.await("begun", () -> torrent.status().held().cardinality() > 0);
      torrent.leave().get();
      assertEquals(TorrentState.LEFT, torrent.status().state());
      Loopback.await("gone", () -> seeding.status().peers().isEmpty());
    }
  }
}
