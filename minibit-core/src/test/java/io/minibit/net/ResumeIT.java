package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.TorrentOptions;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.TorrentState;
import io.minibit.store.FilePieceStore;
import io.minibit.store.ResumeFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What was verified is remembered, and believed exactly as long as nothing has changed. */
@Timeout(60)
class ResumeIT {
  private static final int PIECE = 16 << 10;
  private static final int PIECES = 20;

  @TempDir Path directory;
  private final byte[] content = Loopback.content(PIECES * PIECE);
  private Path file;
  private Metainfo metainfo;
  private ResumeFile resume;

  @BeforeEach
  void writeContent() throws IOException {
    file = Files.write(directory.resolve("file.bin"), content);
    metainfo = MetainfoBuilder.of(file).pieceLength(PIECE).build();
    resume = ResumeFile.beside(directory, metainfo);
  }

  /** How often the store was read while the torrent was joined. */
  private static final class CountingStore extends FaultyStore {
    final AtomicInteger reads = new AtomicInteger();

    CountingStore(FilePieceStore store) {
      super(store);
    }

    @Override
    public void read(int piece, int begin, ByteBuffer target) throws IOException {
      reads.incrementAndGet();
      super.read(piece, begin, target);
    }
  }

  /** Joins, waits for the check, does something, leaves; answers how many reads the check took. */
  private int join(int expectedPieces, ThrowingRunnable meanwhile) throws Exception {
    CountingStore store = new CountingStore(FilePieceStore.open(metainfo, directory));
    TorrentOptions options = Loopback.ALONE.resumeFile(resume);
    try (Peer peer = Loopback.peer().build()) {
      Torrent torrent = peer.join(metainfo, store, options);
      Loopback.await("checked", () -> torrent.status().state() != TorrentState.CHECKING);
      assertEquals(expectedPieces, torrent.status().piecesHeld());
      int reads = store.reads.get();
      meanwhile.run();
      return reads;
    }
  }

  private interface ThrowingRunnable {
    void run() throws Exception;
  }

  @Test
  void joiningAgainReadsNothingWhenNothingHasChanged() throws Exception {
    assertTrue(join(PIECES, () -> {}) >= PIECES);
    assertEquals(0, join(PIECES, () -> {}));
    assertEquals(0, join(PIECES, () -> {}));
  }

  @Test
  void aTouchedFileIsVerifiedAgain() throws Exception {
    join(PIECES, () -> {});
    Files.setLastModifiedTime(file, FileTime.fromMillis(1));
    assertTrue(join(PIECES, () -> {}) >= PIECES);
    assertEquals(0, join(PIECES, () -> {}));
  }

  @Test
  void anEditBetweenTwoRunsIsNoticed() throws Exception {
    join(PIECES, () -> {});
    edit(7);
    assertTrue(join(PIECES - 1, () -> {}) > 0);
    assertEquals(0, join(PIECES - 1, () -> {}));
  }

  @Test
  void anEditWhileSeedingIsNeverTakenForVerified() throws Exception {
    join(PIECES, () -> edit(3));
    assertTrue(join(PIECES - 1, () -> {}) > 0);
  }

  @Test
  void damagedResumeDataLeadsToACheck() throws Exception {
    join(PIECES, () -> {});
    Files.writeString(resume.path(), "not what was written");
    assertTrue(join(PIECES, () -> {}) >= PIECES);
    assertEquals(0, join(PIECES, () -> {}));
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsSeededFromAllTheSame() throws Exception {
    Files.createFile(directory.resolve(ResumeFile.DIRECTORY));
    assertTrue(join(PIECES, () -> {}) >= PIECES);
    assertTrue(join(PIECES, () -> {}) >= PIECES);
  }

  @Test
  void anInterruptedDownloadGoesOnWithoutHashing() throws Exception {
    Path there = Files.createDirectory(directory.resolve("there"));
    ResumeFile own = ResumeFile.beside(there, metainfo);
    try (Peer seed = Loopback.peer().uploadRate(200_000).build()) {
      Loopback.seed(seed, metainfo, content);
      int held;
      try (Peer leech = Loopback.peer().build()) {
        Torrent torrent =
            leech.join(metainfo, FilePieceStore.open(metainfo, there), Loopback.ALONE.resumeFile(own));
        torrent.connect(seed.address());
        Loopback.await("some pieces", () -> torrent.status().piecesHeld() >= 5);
        torrent.leave().join();
        held = torrent.status().piecesHeld();
      }
      CountingStore store = new CountingStore(FilePieceStore.open(metainfo, there));
      try (Peer leech = Loopback.peer().build()) {
        Torrent torrent = leech.join(metainfo, store, Loopback.ALONE.resumeFile(own));
        Loopback.await("checked", () -> torrent.status().state() != TorrentState.CHECKING);
        assertEquals(0, store.reads.get());
        assertTrue(torrent.status().piecesHeld() >= held && held < PIECES, () -> torrent.status().toString());
        torrent.connect(seed.address());
        Loopback.complete(torrent);
      }
    }
    assertEquals(-1, Files.mismatch(file, there.resolve("file.bin")));
  }

  private void edit(int piece) throws IOException {
    try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
      bytes.seek((long) piece * PIECE);
      bytes.write(~content[piece * PIECE]);
    }
    // Whatever the clock's grain: later than any time that was noted.
    Files.setLastModifiedTime(file, FileTime.fromMillis(System.currentTimeMillis() + 5000));
  }
}
