package io.minibit.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.BitSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockFilePieceStoreTest {
  @TempDir Path temp;

  private final AtomicLong nanos = new AtomicLong();
  private final TestTorrent torrent = TestTorrent.single(10, 35);

  private BlockFilePieceStore open(TestTorrent torrent) throws IOException {
    return BlockFilePieceStore.open(torrent.layout(), torrent.files(), temp.resolve("blocks"), nanos::get);
  }

  private BlockFilePieceStore full() throws IOException {
    BlockFilePieceStore store = open(torrent);
    torrent.writeAll(store);
    store.flush();
    return store;
  }

  private Path block(int piece) {
    return temp.resolve("blocks/block_" + piece + ".bin");
  }

  private void secondPasses() {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
  }

  @Test
  void everyPieceIsAFileOfItsOwn() throws IOException {
    full().close();
    try (var entries = Files.list(temp.resolve("blocks"))) {
      assertEquals(4, entries.count());
    }
    assertArrayEquals(torrent.piece(0), Files.readAllBytes(block(0)));
    assertArrayEquals(torrent.piece(3), Files.readAllBytes(block(3)));
  }

  @Test
  void onlyFilesOfTheRightNameAndSizeAreClaimed() throws IOException {
    full().close();
    Files.write(block(1), new byte[9]);
    Files.write(temp.resolve("blocks/block_2.bin.part"), new byte[10]);
    Files.move(block(2), temp.resolve("blocks/block_02.bin"));
    Files.write(block(4), new byte[10]);
    Files.write(temp.resolve("blocks/block_99999999999.bin"), new byte[10]);
    try (BlockFilePieceStore store = open(torrent)) {
      assertEquals(BitSet.valueOf(new long[] {0b1001}), store.claimed());
    }
  }

  @Test
  void whatACrashLeftIsOverwritten() throws IOException {
    Files.createDirectory(temp.resolve("blocks"));
    Files.write(temp.resolve("blocks/block_0.bin.part"), new byte[99]);
    full().close();
    assertFalse(Files.exists(temp.resolve("blocks/block_0.bin.part")));
    assertArrayEquals(torrent.piece(0), Files.readAllBytes(block(0)));
  }

  @Test
  void linksAreNotFollowed() throws IOException {
    Path outside = Files.write(temp.resolve("outside"), new byte[10]);
    Files.createDirectory(temp.resolve("blocks"));
    Files.createSymbolicLink(block(0), outside);
    Files.createSymbolicLink(temp.resolve("blocks/block_0.bin.part"), outside);
    try (BlockFilePieceStore store = open(torrent)) {
      assertEquals(new BitSet(), store.claimed());
      assertThrows(IOException.class, () -> torrent.read(store, 0));
      torrent.write(store, 0);
      assertArrayEquals(torrent.piece(0), torrent.read(store, 0));
    }
    assertArrayEquals(new byte[10], Files.readAllBytes(outside));
  }

  @Test
  void anEditedBlockIsNoticedWithinASecond() throws IOException {
    try (BlockFilePieceStore store = full()) {
      store.claimed();
      torrent.read(store, 0);
      Files.setLastModifiedTime(block(0), FileTime.fromMillis(1_000_000));
      torrent.read(store, 0);
      secondPasses();
      assertThrows(StoreChangedException.class, () -> torrent.read(store, 0));
      assertThrows(StoreChangedException.class, () -> torrent.read(store, 0), "and it stays so");
      torrent.read(store, 1);
      assertEquals(4, store.claimed().cardinality());
      assertArrayEquals(torrent.piece(0), torrent.read(store, 0));
    }
  }

  @Test
  void aTruncatedOrDeletedBlockIsNoticed() throws IOException {
    try (BlockFilePieceStore store = full()) {
      store.claimed();
      Files.write(block(0), new byte[3]);
      assertThrows(StoreChangedException.class, () -> torrent.read(store, 0));
      Files.delete(block(1));
      StoreChangedException deleted = assertThrows(StoreChangedException.class, () -> torrent.read(store, 1));
      assertEquals(block(1) + " was deleted", deleted.getMessage());
      torrent.write(store, 1);
      assertArrayEquals(torrent.piece(1), torrent.read(store, 1));
    }
  }

  @Test
  void theFileIsJoinedFromItsBlocks() throws IOException {
    Path target = temp.resolve("reconstructed/file");
    try (BlockFilePieceStore store = full()) {
      store.assemble(target);
      assertArrayEquals(torrent.content(), Files.readAllBytes(target));
      store.assemble(target);
    }
    try (var entries = Files.list(target.getParent())) {
      assertEquals(1, entries.count());
    }
  }

  @Test
  void aMissingBlockLeavesNoHalfFile() throws IOException {
    Path target = temp.resolve("reconstructed/file");
    try (BlockFilePieceStore store = open(torrent)) {
      torrent.write(store, 0);
      IOException missing = assertThrows(IOException.class, () -> store.assemble(target));
      assertEquals(block(1) + " is missing", missing.getMessage());
    }
    try (var entries = Files.list(target.getParent())) {
      assertEquals(0, entries.count());
    }
  }

  @Test
  void theFilesOfAMultiFileTorrentAreCopiedFromItsBlocks() throws IOException {
    TestTorrent multi = TestTorrent.multi(10, 13, 0, 22);
    try (BlockFilePieceStore store = open(multi);
        FilePieceStore target =
            FilePieceStore.open(multi.layout(), multi.files(), temp.resolve("files"), 8, nanos::get)) {
      multi.writeAll(store);
      store.copyTo(target);
      assertThrows(IllegalArgumentException.class, () -> store.assemble(temp.resolve("file")));
    }
    assertArrayEquals(multi.contentOf(multi.files().get(2)), Files.readAllBytes(multi.path(temp.resolve("files"), 2)));
    assertTrue(Files.exists(multi.path(temp.resolve("files"), 1)));
  }

  @Test
  void nothingWorksAfterClose() throws IOException {
    BlockFilePieceStore store = full();
    store.close();
    store.close();
    assertThrows(IOException.class, () -> torrent.read(store, 0));
    assertThrows(IOException.class, () -> torrent.write(store, 0));
  }

  @Test
  void whatTookThePlaceOfABlockIsNotFlushed() throws IOException {
    Path outside = Files.write(temp.resolve("outside"), torrent.piece(1));
    try (BlockFilePieceStore store = open(torrent)) {
      torrent.writeAll(store);
      Files.delete(block(1));
      Files.createSymbolicLink(block(1), outside);
      IOException failure = assertThrows(StoreChangedException.class, store::flush);
      assertTrue(failure.getMessage().endsWith("block_1.bin is not a regular file"), failure.getMessage());
    }
  }
}
