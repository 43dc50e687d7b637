package io.minibit.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class FilePieceStoreTest {
  @TempDir Path temp;

  private final AtomicLong nanos = new AtomicLong();

  private FilePieceStore open(TestTorrent torrent) throws IOException {
    return open(torrent, FilePieceStore.MAX_OPEN_FILES);
  }

  private FilePieceStore open(TestTorrent torrent, int maxOpenFiles) throws IOException {
    return FilePieceStore.open(torrent.layout(), torrent.files(), temp.resolve("down"), maxOpenFiles, nanos::get);
  }

  private Path path(TestTorrent torrent, int file) {
    return torrent.path(temp.resolve("down"), file);
  }

  private void fill(TestTorrent torrent) throws IOException {
    try (FilePieceStore store = open(torrent)) {
      store.claimed();
      torrent.writeAll(store);
    }
  }

  private void secondPasses() {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
  }

  private static void assertMessage(String expected, Exception e) {
    assertTrue(String.valueOf(e.getMessage()).contains(expected), e.getMessage());
  }

  @Nested
  class Claims {
    @Test
    void nothingOfWhatIsNotThere() throws IOException {
      TestTorrent torrent = TestTorrent.multi(10, 25, 0, 30);
      try (FilePieceStore store = open(torrent)) {
        assertEquals(new BitSet(), store.claimed());
        store.flush();
      }
      assertFalse(Files.exists(temp.resolve("down/t")), "nothing is made before something is written");
    }

    @Test
    void theWholePiecesOfAFileThatEndsEarly() throws IOException {
      TestTorrent torrent = TestTorrent.single(10, 45);
      fill(torrent);
      Files.write(path(torrent, 0), new byte[29]);
      try (FilePieceStore store = open(torrent)) {
        assertEquals(BitSet.valueOf(new long[] {0b00011}), store.claimed());
      }
    }

    @Test
    void notThePieceAcrossAMissingFile() throws IOException {
      TestTorrent torrent = TestTorrent.multi(10, 15, 3, 22);
      fill(torrent);
      Files.delete(path(torrent, 1));
      try (FilePieceStore store = open(torrent)) {
        assertEquals(BitSet.valueOf(new long[] {0b1101}), store.claimed());
      }
    }

    @Test
    void padFilesAsPresent() throws IOException {
      TestTorrent torrent = TestTorrent.multi(10, 4, -26, 10);
      try (FilePieceStore store = open(torrent)) {
        assertEquals(BitSet.valueOf(new long[] {0b0110}), store.claimed());
        torrent.writeAll(store);
        assertEquals(4, store.claimed().cardinality());
      }
      assertFalse(Files.exists(path(torrent, 1)));
    }

    @Test
    void notTheEndOfAFileThatIsTooLongUntilItWasCut() throws IOException {
      TestTorrent torrent = TestTorrent.single(10, 45);
      fill(torrent);
      Files.write(path(torrent, 0), new byte[5], StandardOpenOption.APPEND);
      try (FilePieceStore store = open(torrent)) {
        assertEquals(BitSet.valueOf(new long[] {0b01111}), store.claimed());
        torrent.write(store, 4);
        assertEquals(5, store.claimed().cardinality());
      }
      assertArrayEquals(torrent.content(), Files.readAllBytes(path(torrent, 0)));
    }

    @Test
    void notThePieceAtAMissingEmptyFileUntilItWasMade() throws IOException {
      TestTorrent torrent = TestTorrent.multi(10, 15, 0, 15, 0);
      fill(torrent);
      Files.delete(path(torrent, 1));
      Files.delete(path(torrent, 3));
      try (FilePieceStore store = open(torrent)) {
        assertEquals(BitSet.valueOf(new long[] {0b001}), store.claimed());
        torrent.write(store, 1);
        torrent.write(store, 2);
        assertEquals(3, store.claimed().cardinality());
      }
      assertEquals(0, Files.size(path(torrent, 1)));
      assertEquals(0, Files.size(path(torrent, 3)));
    }
  }

  @Nested
  class NoticesThatAFile {
    final TestTorrent torrent = TestTorrent.multi(10, 25, 30);

    @Test
    void wasEdited() throws IOException {
      assertNoticed("was changed by another program", () -> {
        Files.write(path(torrent, 0), new byte[] {1}, StandardOpenOption.WRITE);
        Files.setLastModifiedTime(path(torrent, 0), FileTime.fromMillis(1_000_000));
      });
    }

    @Test
    void grew() throws IOException {
      assertNoticed("it had 25 bytes and has 26", () ->
          Files.write(path(torrent, 0), new byte[] {1}, StandardOpenOption.APPEND));
    }

    @Test
    void wasTruncated() throws IOException {
      assertNoticed("it had 25 bytes and has 0", () -> Files.write(path(torrent, 0), new byte[0]));
    }

    @Test
    void wasDeleted() throws IOException {
      assertNoticed("was deleted", () -> Files.delete(path(torrent, 0)));
    }

    @Test
    void wasReplaced() throws IOException {
      assertNoticed("was replaced", () -> {
        FileTime time = Files.getLastModifiedTime(path(torrent, 0));
        Files.move(path(torrent, 0), temp.resolve("old"));
        Files.write(path(torrent, 0), new byte[25]);
        Files.setLastModifiedTime(path(torrent, 0), time);
      });
    }

    @Test
    void wentWithItsDirectory() throws IOException {
      assertNoticed("was deleted", () -> Files.move(temp.resolve("down/t"), temp.resolve("elsewhere")));
    }

    private void assertNoticed(String message, Edit edit) throws IOException {
      fill(torrent);
      try (FilePieceStore store = open(torrent)) {
        store.claimed();
        torrent.read(store, 0);
        assertTrue(store.slice(0, 0, 10).isPresent());
        edit.run();
        secondPasses();
        StoreChangedException noticed = assertThrows(StoreChangedException.class, () -> torrent.read(store, 0));
        assertMessage(message, noticed);
        assertMessage(path(torrent, 0).toString(), noticed);
        assertThrows(StoreChangedException.class, () -> torrent.read(store, 1), "and it stays so");
        assertThrows(StoreChangedException.class, () -> store.slice(0, 0, 10));
        assertThrows(StoreChangedException.class, () -> torrent.write(store, 0));
        store.claimed();
        torrent.writeAll(store);
        assertArrayEquals(torrent.piece(2), torrent.read(store, 2));
      }
    }

    @Test
    void isLookedAtOnceASecondOnly() throws IOException {
      fill(torrent);
      try (FilePieceStore store = open(torrent)) {
        store.claimed();
        torrent.read(store, 0);
        Files.setLastModifiedTime(path(torrent, 0), FileTime.fromMillis(1_000_000));
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(999));
        torrent.read(store, 0);
        nanos.addAndGet(TimeUnit.MILLISECONDS.toNanos(1));
        assertThrows(StoreChangedException.class, () -> torrent.read(store, 0));
      }
    }

    @Test
    void wasTruncatedBeforeTheSecondIsOver() throws IOException {
      fill(torrent);
      try (FilePieceStore store = open(torrent)) {
        store.claimed();
        Files.write(path(torrent, 0), new byte[12]);
        assertMessage("was truncated", assertThrows(StoreChangedException.class, () -> torrent.read(store, 1)));
      }
    }

    @Test
    void wasDeletedWhileItWasWrittenTo() throws IOException {
      try (FilePieceStore store = open(torrent)) {
        store.claimed();
        torrent.write(store, 0);
        Files.delete(path(torrent, 0));
        assertThrows(StoreChangedException.class, () -> torrent.write(store, 1), "it would be stored nowhere");
      }
    }

    @Test
    void wasNotEditedWhenWeWroteIt() throws IOException {
      try (FilePieceStore store = open(torrent)) {
        store.claimed();
        for (int piece = 0; piece < torrent.layout().pieceCount(); piece++) {
          torrent.write(store, piece);
          secondPasses();
          assertArrayEquals(torrent.piece(piece), torrent.read(store, piece));
          secondPasses();
        }
      }
    }
  }

  private interface Edit {
    void run() throws IOException;
  }

  @Nested
  class StaysInsideItsDirectory {
    final TestTorrent torrent = TestTorrent.multi(10, 25, 30);

    @Test
    void whenADirectoryIsALinkOut() throws IOException {
      Path outside = Files.createDirectory(temp.resolve("outside"));
      Files.createDirectory(temp.resolve("down"));
      Files.createSymbolicLink(temp.resolve("down/t"), outside);
      assertRefused(temp.resolve("down/t"));
      assertEmpty(outside);
    }

    @Test
    void whenAFileIsALinkOut() throws IOException {
      Path outside = Files.write(temp.resolve("outside"), new byte[25]);
      Files.createDirectories(temp.resolve("down/t"));
      Files.createSymbolicLink(path(torrent, 0), outside);
      assertRefused(path(torrent, 0));
      assertArrayEquals(new byte[25], Files.readAllBytes(outside));
    }

    @Test
    void whenAFileIsALinkToNothingOutside() throws IOException {
      Files.createDirectories(temp.resolve("down/t"));
      Files.createSymbolicLink(path(torrent, 0), temp.resolve("outside"));
      assertRefused(path(torrent, 0));
      assertFalse(Files.exists(temp.resolve("outside")));
    }

    @Test
    void whenADirectoryOfASimilarNameIsTheTarget() throws IOException {
      Path outside = Files.createDirectory(temp.resolve("down-too"));
      Files.createDirectory(temp.resolve("down"));
      Files.createSymbolicLink(temp.resolve("down/t"), Path.of("../down-too"));
      assertRefused(temp.resolve("down/t"));
      assertEmpty(outside);
    }

    @Test
    void whenTheLinkIsPlantedWhileWeRun() throws IOException {
      Path outside = Files.createDirectory(temp.resolve("outside"));
      try (FilePieceStore store = open(torrent)) {
        store.claimed();
        Files.createSymbolicLink(temp.resolve("down/t"), outside);
        assertMessage("leads out", assertThrows(IOException.class, () -> torrent.write(store, 0)));
      }
      assertEmpty(outside);
    }

    @Test
    void whenAnOpenFileIsSwappedForALink() throws IOException {
      Path outside = Files.write(temp.resolve("outside"), new byte[25]);
      fill(torrent);
      try (FilePieceStore store = open(torrent)) {
        store.claimed();
        torrent.read(store, 0);
        Files.delete(path(torrent, 0));
        Files.createSymbolicLink(path(torrent, 0), outside);
        assertThrows(IOException.class, () -> torrent.write(store, 0));
        secondPasses();
        assertThrows(StoreChangedException.class, () -> torrent.read(store, 0));
      }
      assertArrayEquals(new byte[25], Files.readAllBytes(outside));
    }

    @Test
    void butReadsThroughLinksThatStayInside() throws IOException {
      fill(torrent);
      Files.move(temp.resolve("down/t"), temp.resolve("down/real"));
      Files.createSymbolicLink(temp.resolve("down/t"), Path.of("real"));
      try (FilePieceStore store = open(torrent)) {
        assertEquals(torrent.layout().pieceCount(), store.claimed().cardinality());
        assertArrayEquals(torrent.piece(0), torrent.read(store, 0));
        assertMessage("links", assertThrows(IOException.class, () -> torrent.write(store, 0)));
      }
    }

    @Test
    void andNeverTakesOneFileOfTheTorrentForAnother() throws IOException {
      try (FilePieceStore store = open(torrent)) {
        store.claimed();
        torrent.write(store, 0);
        torrent.write(store, 1);
        byte[] first = Files.readAllBytes(path(torrent, 0));
        Files.createSymbolicLink(path(torrent, 1), path(torrent, 0).getFileName());
        for (int piece = 3; piece < torrent.layout().pieceCount(); piece++) {
          int other = piece;
          assertThrows(IOException.class, () -> torrent.write(store, other));
        }
        store.claimed();
        assertMessage("links", assertThrows(IOException.class, () -> torrent.write(store, 3)));
        assertArrayEquals(first, Files.readAllBytes(path(torrent, 0)));
      }
    }

    @Test
    void andWritesToNoFileThatHasAnotherName() throws IOException {
      Path outside = Files.write(temp.resolve("outside"), new byte[40]);
      Files.createDirectories(temp.resolve("down/t"));
      Files.createLink(path(torrent, 0), outside);
      try (FilePieceStore store = open(torrent)) {
        store.claimed();
        assertMessage("hard link", assertThrows(IOException.class, () -> torrent.write(store, 0)));
        assertEquals(40, Files.size(outside));
        Files.delete(path(torrent, 0));
        store.claimed();
        torrent.write(store, 0);
      }
      assertArrayEquals(new byte[40], Files.readAllBytes(outside));
    }

    @Test
    void andWritesNothingWhileItsDirectoryIsGone() throws IOException {
      try (FilePieceStore store = open(torrent)) {
        store.claimed();
        torrent.write(store, 0);
        Files.move(temp.resolve("down"), temp.resolve("away"));
        assertThrows(StoreChangedException.class, () -> torrent.write(store, 1));
        assertMessage("not there any more", assertThrows(StoreUnavailableException.class, store::claimed));
        assertThrows(IOException.class, () -> torrent.write(store, 1));
        assertFalse(Files.exists(temp.resolve("down")));
        Files.move(temp.resolve("away"), temp.resolve("down"));
        store.claimed();
        torrent.write(store, 1);
        assertArrayEquals(torrent.piece(0), torrent.read(store, 0));
      }
    }

    @Test
    void andWritesNothingWhenAFileAppearsThatItDidNotMake() throws IOException {
      try (FilePieceStore store = open(torrent)) {
        store.claimed();
        Files.createDirectories(temp.resolve("down/t"));
        Files.write(path(torrent, 0), new byte[3]);
        assertThrows(StoreChangedException.class, () -> torrent.write(store, 0));
        assertEquals(3, Files.size(path(torrent, 0)));
      }
    }

    @Test
    void andMayBeReachedThroughALinkItself() throws IOException {
      Files.createDirectory(temp.resolve("disk"));
      Files.createSymbolicLink(temp.resolve("down"), temp.resolve("disk"));
      fill(torrent);
      assertTrue(Files.exists(temp.resolve("disk/t/1")));
    }

    private void assertRefused(Path link) throws IOException {
      try (FilePieceStore store = open(torrent)) {
        assertMessage("link " + link, assertThrows(IOException.class, store::claimed));
        assertMessage("link " + link, assertThrows(IOException.class, () -> torrent.write(store, 0)));
        assertThrows(IOException.class, () -> torrent.read(store, 0));
        assertThrows(IOException.class, () -> store.slice(0, 0, 1));
      }
    }

    private static void assertEmpty(Path directory) throws IOException {
      try (var entries = Files.list(directory)) {
        assertEquals(List.of(), entries.toList());
      }
    }
  }

  @Test
  void aDirectoryInAFilesPlaceIsNamed() throws IOException {
    TestTorrent torrent = TestTorrent.multi(10, 25, 30);
    Files.createDirectories(path(torrent, 1));
    try (FilePieceStore store = open(torrent)) {
      assertMessage("t/1 is a directory", assertThrows(IOException.class, store::claimed));
    }
  }

  @Test
  void aFileInADirectorysPlaceIsNamed() throws IOException {
    TestTorrent torrent = TestTorrent.multi(10, 25, 30);
    Files.createDirectory(temp.resolve("down"));
    Files.createFile(temp.resolve("down/t"));
    try (FilePieceStore store = open(torrent)) {
      assertMessage("down/t is not a directory", assertThrows(IOException.class, store::claimed));
    }
    Files.createFile(temp.resolve("file"));
    assertMessage(
        "file is not a directory",
        assertThrows(
            IOException.class,
            () -> FilePieceStore.open(torrent.layout(), torrent.files(), temp.resolve("file"), 2, nanos::get)));
  }

  @Test
  void seedingWritesNothing() throws IOException {
    TestTorrent torrent = TestTorrent.multi(10, 25, 0, 30);
    fill(torrent);
    FileTime directoryTime = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(temp.resolve("down/t"), directoryTime);
    Files.setLastModifiedTime(path(torrent, 0), directoryTime);
    try (FilePieceStore store = open(torrent)) {
      assertEquals(6, store.claimed().cardinality());
      for (int piece = 0; piece < 6; piece++) {
        torrent.read(store, piece);
      }
      store.flush();
    }
    assertEquals(directoryTime, Files.getLastModifiedTime(temp.resolve("down/t")));
    assertEquals(directoryTime, Files.getLastModifiedTime(path(torrent, 0)));
  }

  @Test
  void aPadFileThatIsNotZerosIsRefused() throws IOException {
    TestTorrent torrent = TestTorrent.multi(10, 5, -5, 10);
    try (FilePieceStore store = open(torrent)) {
      store.claimed();
      byte[] wrong = torrent.piece(0);
      wrong[7] = 1;
      IOException refused =
          assertThrows(IOException.class, () -> store.write(0, new ByteBuffer[] {ByteBuffer.wrap(wrong)}));
      assertMessage("pad file", refused);
    }
  }

  @Test
  void aTorrentOfTwoThousandFilesNeedsFewOpenFiles() throws IOException {
    int[] lengths = new int[2000];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = i % 17;
    }
    TestTorrent torrent = TestTorrent.multi(1000, lengths);
    FilePieceStore store = open(torrent);
    store.claimed();
    torrent.writeAll(store);
    assertTrue(store.openFileCount() <= 64, store.openFileCount() + " open");
    store.flush();
    for (int piece = 0; piece < torrent.layout().pieceCount(); piece++) {
      for (int begin = 0; begin < torrent.layout().length(piece); begin += 10) {
        store.slice(piece, begin, 1);
      }
      assertArrayEquals(torrent.piece(piece), torrent.read(store, piece));
      assertTrue(store.openFileCount() <= 64, store.openFileCount() + " open");
    }
    store.close();
    assertEquals(0, store.openFileCount());
  }

  @Test
  void aSliceOutlivesTheFilesThatAreOpenedLater() throws IOException {
    TestTorrent torrent = TestTorrent.multi(10, 10, 10, 10, 10, 10, 10, 10, 10);
    fill(torrent);
    FileSlice first;
    try (FilePieceStore store = open(torrent, 4)) {
      store.claimed();
      first = store.slice(0, 2, 5).orElseThrow();
      assertTrue(store.slice(1, 0, 5).isPresent());
      assertTrue(store.slice(2, 0, 5).isEmpty(), "half of the open files are kept so");
      for (int piece = 0; piece < 8; piece++) {
        torrent.write(store, piece);
      }
      assertTrue(first.channel().isOpen());
    }
    assertFalse(first.channel().isOpen());
  }

  @Test
  void anInterruptStopsTheInterruptedThreadOnly() throws IOException {
    TestTorrent torrent = TestTorrent.single(10, 45);
    fill(torrent);
    try (FilePieceStore store = open(torrent)) {
      store.claimed();
      FileSlice slice = store.slice(0, 0, 10).orElseThrow();
      Thread.currentThread().interrupt();
      assertThrows(InterruptedIOException.class, () -> torrent.read(store, 0));
      assertThrows(InterruptedIOException.class, () -> torrent.write(store, 0));
      assertTrue(slice.channel().isOpen());
      assertTrue(Thread.interrupted(), "the status is kept for the thread's owner");
      // What an interrupt in the midst of a transfer leaves behind: a closed channel.
      slice.channel().close();
      assertArrayEquals(torrent.piece(0), torrent.read(store, 0));
      assertTrue(store.slice(0, 0, 10).orElseThrow().channel().isOpen());
      torrent.write(store, 0);
    }
  }

  @Test
  @Timeout(60)
  void severalThreadsWriteAndReadDifferentPieces() throws Exception {
    int[] lengths = new int[60];
    for (int i = 0; i < lengths.length; i++) {
      lengths[i] = 100 + i * 7;
    }
    TestTorrent torrent = TestTorrent.multi(97, lengths);
    int threads = 6;
    try (FilePieceStore store = open(torrent, 4)) {
      store.claimed();
      inThreads(threads, thread -> {
        for (int piece = thread; piece < torrent.layout().pieceCount(); piece += threads) {
          ByteBuffer whole = ByteBuffer.wrap(torrent.piece(piece));
          int half = whole.remaining() / 2;
          store.write(piece, new ByteBuffer[] {whole.slice(0, half), whole.slice(half, whole.remaining() - half)});
          secondPasses();
          assertArrayEquals(torrent.piece(piece), torrent.read(store, piece));
        }
      });
      assertTrue(store.openFileCount() <= 4, store.openFileCount() + " open");
      for (int i = 0; i < lengths.length; i++) {
        assertArrayEquals(torrent.contentOf(torrent.files().get(i)), Files.readAllBytes(path(torrent, i)));
      }
    }
  }

  @Test
  @Timeout(60)
  void closingWhileOthersReadLeavesNothingOpen() throws Exception {
    TestTorrent torrent = TestTorrent.multi(10, 40, 40, 40, 40, 40);
    fill(torrent);
    FilePieceStore store = open(torrent, 2);
    store.claimed();
    int threads = 4;
    CountDownLatch reading = new CountDownLatch(threads);
    inThreads(threads + 1, thread -> {
      if (thread == threads) {
        reading.await();
        store.close();
        return;
      }
      IOException end = null;
      for (int i = thread; end == null; i++) {
        try {
          int piece = i % torrent.layout().pieceCount();
          assertArrayEquals(torrent.piece(piece), torrent.read(store, piece));
          store.slice(piece, 0, 1);
          reading.countDown();
        } catch (IOException e) {
          end = e;
        }
      }
      reading.countDown();
      assertMessage("the store is closed", end);
    });
    assertEquals(0, store.openFileCount());
    store.close();
    assertThrows(IOException.class, () -> torrent.write(store, 0));
  }

  private interface Work {
    void run(int thread) throws Exception;
  }

  private static void inThreads(int count, Work work) throws InterruptedException, ExecutionException {
    ExecutorService pool = Executors.newFixedThreadPool(count);
    try {
      List<Future<?>> results = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int thread = i;
        results.add(pool.submit(() -> {
          work.run(thread);
          return null;
        }));
      }
      for (Future<?> result : results) {
        result.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
