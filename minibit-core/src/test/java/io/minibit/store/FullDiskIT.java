package io.minibit.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real full disk: a file system in memory of 256 KiB. Needs the right to mount it. */
class FullDiskIT {
  @TempDir Path temp;

  private TestDisk mount;
  private Path disk = Path.of("");

  @BeforeEach
  void mount() throws IOException, InterruptedException {
    mount = TestDisk.inMemory(temp, "256k");
    disk = mount.path();
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    if (mount != null) {
      mount.close();
    }
  }

  @Test
  void aFullDiskIsNamedWithTheFileAndWhatWasStoredStays() throws IOException {
    TestTorrent torrent = TestTorrent.single(64 << 10, 1 << 20);
    try (FilePieceStore store = FilePieceStore.open(torrent.layout(), torrent.files(), disk, 64, () -> 0)) {
      store.claimed();
      torrent.write(store, 0);
      torrent.write(store, 15);
      IOException full = assertThrows(IOException.class, () -> {
        for (int piece = 1; piece < 15; piece++) {
          torrent.write(store, piece);
        }
      });
      Path file = disk.toRealPath().resolve("file");
      assertEquals("cannot write " + file + ": No space left on device", full.getMessage());
      assertArrayEquals(torrent.piece(0), torrent.read(store, 0));
      assertArrayEquals(torrent.piece(15), torrent.read(store, 15));
    }
  }

  @Test
  void aBlockThatDoesNotFitLeavesNothingBehind() throws IOException {
    TestTorrent torrent = TestTorrent.single(100 << 10, 400 << 10);
    try (BlockFilePieceStore store = BlockFilePieceStore.open(torrent.layout(), torrent.files(), disk, () -> 0)) {
      torrent.write(store, 0);
      torrent.write(store, 1);
      IOException full = assertThrows(IOException.class, () -> torrent.write(store, 2));
      Path block = disk.toRealPath().resolve("block_2.bin");
      assertEquals("cannot write " + block + ": No space left on device", full.getMessage());
      assertEquals(2, store.claimed().cardinality());
      assertArrayEquals(torrent.piece(1), torrent.read(store, 1));
    }
    try (var entries = Files.list(disk)) {
      assertEquals(2, entries.count());
    }
  }
}
