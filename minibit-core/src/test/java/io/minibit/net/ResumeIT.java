package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.TorrentOptions;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.Limits;
import io.minibit.model.MiniBitException;
import io.minibit.model.TorrentState;
import io.minibit.store.FilePieceStore;
import io.minibit.store.PieceStore;
import io.minibit.store.ResumeFile;
import io.minibit.wire.MessageType;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
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

  /** What a store is asked that resume data needs, and when, oldest first. */
  private static class NotedStore extends FaultyStore {
    final List<Long> fingerprints = new CopyOnWriteArrayList<>();
    final List<Long> flushes = new CopyOnWriteArrayList<>();
    final AtomicInteger written = new AtomicInteger();

    /** How many pieces had been written at the last flush. */
    final AtomicInteger flushed = new AtomicInteger(-1);

    NotedStore(PieceStore store) {
      super(store);
    }

    @Override
    public void write(int piece, ByteBuffer[] data) throws IOException {
      super.write(piece, data);
      written.incrementAndGet();
    }

    @Override
    public String fingerprint() throws IOException {
      fingerprints.add(System.nanoTime());
      return super.fingerprint();
    }

    @Override
    public void flush() throws IOException {
      flushes.add(System.nanoTime());
      int before = written.get();
      super.flush();
      flushed.set(before);
    }
  }

  private interface ThrowingCheck {
    boolean holds() throws Exception;
  }

  private static BooleanSupplier that(ThrowingCheck check) {
    return () -> {
      try {
        return check.holds();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    };
  }

  /** The last piece never comes. */
  private void giveAllButOne(RawPeer guest) throws IOException {
    guest.send(RawPeer.everything(PIECES)).send(RawPeer.message(MessageType.UNCHOKE));
    for (int i = 1; i < PIECES; i++) {
      int piece = guest.await(MessageType.REQUEST).field(0);
      guest.send(RawPeer.block(piece, 0, Arrays.copyOfRange(content, piece * PIECE, (piece + 1) * PIECE)));
      // Notes are due in the midst of it.
      Loopback.pause(40);
    }
  }

  /** How many pieces of a directory are noted as verified; -1 if what is noted does not count, since more are there now. */
  private int noted(Path there) throws IOException {
    try (FilePieceStore another = FilePieceStore.open(metainfo, there)) {
      BitSet noted = ResumeFile.beside(there, metainfo).load(metainfo, another.fingerprint());
      return noted == null ? -1 : noted.cardinality();
    } catch (MiniBitException e) {
      return -1;
    }
  }

  @Test
  void piecesComeWhileANoteIsWrittenAndAreNotedLater() throws Exception {
    Path there = Files.createDirectory(directory.resolve("there"));
    CountDownLatch allCame = new CountDownLatch(1);
    NotedStore store =
        new NotedStore(FilePieceStore.open(metainfo, there)) {
          @Override
          public String fingerprint() throws IOException {
            String fingerprint = super.fingerprint();
            // Twice before the first piece.
            if (fingerprints.size() == 3) {
              await(allCame);
            }
            return fingerprint;
          }
        };
    Limits limits = Limits.defaults().with(draft -> draft.checkpointInterval = Duration.ofMillis(50));
    try (Peer leech = Loopback.peer().limits(limits).build()) {
      TorrentOptions options = Loopback.ALONE.resumeFile(ResumeFile.beside(there, metainfo));
      Torrent torrent = leech.join(metainfo, store, options);
      Loopback.await("trading", () -> torrent.status().state() == TorrentState.DOWNLOADING);
      try (RawPeer guest = RawPeer.dial(leech.address()).shakeHands(metainfo.infoHash())) {
        giveAllButOne(guest);
        Loopback.await("all stored", () -> torrent.status().piecesHeld() == PIECES - 1);
        // The note of these is due, too.
        Loopback.pause(200);
        allCame.countDown();
        Loopback.await("all noted", that(() -> noted(there) == PIECES - 1));
      } finally {
        allCame.countDown();
      }
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void whilePiecesComeANoteIsTakenFromTimeToTimeAndNoOftener() throws Exception {
    Path there = Files.createDirectory(directory.resolve("there"));
    ResumeFile own = ResumeFile.beside(there, metainfo);
    NotedStore store = new NotedStore(FilePieceStore.open(metainfo, there));
    Limits limits = Limits.defaults().with(draft -> draft.checkpointInterval = Duration.ofMillis(200));
    long begin = System.nanoTime();
    try (Peer leech = Loopback.peer().limits(limits).build()) {
      Torrent torrent = leech.join(metainfo, store, Loopback.ALONE.resumeFile(own));
      Loopback.await("trading", () -> torrent.status().state() == TorrentState.DOWNLOADING);
      try (RawPeer guest = RawPeer.dial(leech.address()).shakeHands(metainfo.infoHash())) {
        giveAllButOne(guest);
        Loopback.await("all others noted", that(() -> noted(there) == PIECES - 1));
        assertEquals(TorrentState.DOWNLOADING, torrent.status().state());
        assertEquals(List.of(), store.flushes, "not within a minute");
        // Before the first piece: when the store was checked, and after that.
        List<Long> notes = store.fingerprints.subList(2, store.fingerprints.size());
        assertTrue(notes.size() >= 2, () -> notes.size() + " notes");
        for (int i = 0; i < notes.size(); i++) {
          assertTrue(notes.get(i) - begin >= (i + 1) * limits.checkpointInterval().toNanos(), "note " + i);
        }
      }
    }
  }

  @Test
  void someTimeAfterTheLastPieceEverythingIsFlushedThoughNothingElseHappens() throws Exception {
    Path there = Files.createDirectory(directory.resolve("there"));
    NotedStore store = new NotedStore(FilePieceStore.open(metainfo, there));
    Limits limits = Limits.defaults().with(draft -> draft.flushDelay = Duration.ofMillis(300));
    try (Peer seed = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      long begin = System.nanoTime();
      try (Peer leech = Loopback.peer().limits(limits).build()) {
        Torrent torrent =
            leech.join(metainfo, store, Loopback.ALONE.resumeFile(ResumeFile.beside(there, metainfo)));
        torrent.connect(seed.address());
        Loopback.complete(torrent);
        Loopback.await("flushed", () -> store.flushed.get() == PIECES);
        for (int i = 0; i < store.flushes.size(); i++) {
          assertTrue(store.flushes.get(i) - begin >= (i + 1) * limits.flushDelay().toNanos(), "flush " + i);
        }
        assertEquals(TorrentState.SEEDING, torrent.status().state());
      }
    }
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
