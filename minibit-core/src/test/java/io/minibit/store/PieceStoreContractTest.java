package io.minibit.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.metainfo.TorrentFile;
import io.minibit.model.SeededRandom;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What all stores have in common, over torrents of every shape, compared with a plain array. */
class PieceStoreContractTest {
  private static final int LAYOUTS = 60;

  @TempDir Path temp;

  enum Kind {
    FILES,
    BLOCKS,
    MEMORY;

    PieceStore open(TestTorrent torrent, Path directory) throws IOException {
      return switch (this) {
        case FILES -> FilePieceStore.open(torrent.layout(), torrent.files(), directory, 3, () -> 0);
        case BLOCKS -> BlockFilePieceStore.open(torrent.layout(), torrent.files(), directory, () -> 0);
        case MEMORY -> MemoryPieceStore.empty(torrent.layout());
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatWasWrittenInAnyOrderAndAnyBuffersIsRead(Kind kind) throws IOException {
    SeededRandom random = new SeededRandom(42);
    for (int i = 0; i < LAYOUTS; i++) {
      TestTorrent torrent = TestTorrent.random(random);
      try (PieceStore store = kind.open(torrent, temp.resolve("layout" + i))) {
        store.claimed();
        writeInRandomOrder(torrent, store, random);
        store.flush();
        readAtRandom(torrent, store, random);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void largePiecesAreWrittenWholeWhateverTheirFilesAndBuffers(Kind kind) throws IOException {
    SeededRandom random = new SeededRandom(46);
    int most = ShortWrites.MOST;
    TestTorrent torrent =
        TestTorrent.multi(12 * most + 5, 3 * most, 7, most - 1, 0, 20 * most + 123, -most, 2 * most + 1, most, 9 * most);
    try (PieceStore store = kind.open(torrent, temp)) {
      store.claimed();
      writeInRandomOrder(torrent, store, 5 * most, random);
      readAtRandom(torrent, store, random);
      writeInRandomOrder(torrent, store, most, random);
      readAtRandom(torrent, store, random);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FILES", "BLOCKS"})
  void everythingIsClaimedWhenOpenedAgain(Kind kind) throws IOException {
    SeededRandom random = new SeededRandom(43);
    for (int i = 0; i < LAYOUTS; i++) {
      TestTorrent torrent = TestTorrent.random(random);
      Path directory = temp.resolve("layout" + i);
      String fingerprint;
      try (PieceStore store = kind.open(torrent, directory)) {
        store.claimed();
        writeInRandomOrder(torrent, store, random);
        fingerprint = store.fingerprint();
      }
      try (PieceStore store = kind.open(torrent, directory)) {
        assertEquals(fingerprint, store.fingerprint());
        assertEquals(torrent.layout().pieceCount(), store.claimed().cardinality());
        readAtRandom(torrent, store, random);
        assertEquals(fingerprint, store.fingerprint());
      }
    }
  }

  @Test
  void theFilesAreTheTorrentsFilesAndNoOthers() throws IOException {
    SeededRandom random = new SeededRandom(44);
    for (int i = 0; i < LAYOUTS; i++) {
      TestTorrent torrent = TestTorrent.random(random);
      Path directory = temp.resolve("layout" + i);
      try (PieceStore store = Kind.FILES.open(torrent, directory)) {
        store.claimed();
        writeInRandomOrder(torrent, store, random);
      }
      List<Path> expected = new ArrayList<>();
      for (int file = 0; file < torrent.files().size(); file++) {
        TorrentFile torrentFile = torrent.files().get(file);
        if (!torrentFile.padding()) {
          Path path = torrent.path(directory, file);
          assertArrayEquals(torrent.contentOf(torrentFile), Files.readAllBytes(path));
          expected.add(path);
        }
      }
      try (var walk = Files.walk(directory)) {
        assertEquals(expected.stream().sorted().toList(), walk.filter(Files::isRegularFile).sorted().toList());
      }
    }
  }

  @Test
  void aSliceIsTheSameBytesAsARead() throws IOException {
    SeededRandom random = new SeededRandom(45);
    int slices = 0;
    for (int i = 0; i < LAYOUTS; i++) {
      TestTorrent torrent = TestTorrent.random(random);
      try (PieceStore store =
          FilePieceStore.open(torrent.layout(), torrent.files(), temp.resolve("layout" + i), 8, () -> 0)) {
        store.claimed();
        torrent.writeAll(store);
        for (int piece = 0; piece < torrent.layout().pieceCount(); piece++) {
          int begin = random.nextInt(torrent.layout().length(piece));
          int length = 1 + random.nextInt(torrent.layout().length(piece) - begin);
          Optional<FileSlice> slice = store.slice(piece, begin, length);
          if (slice.isPresent()) {
            slices++;
            ByteBuffer bytes = ByteBuffer.allocate(length);
            assertEquals(length, slice.get().length());
            assertEquals(length, slice.get().channel().read(bytes, slice.get().position()));
            assertArrayEquals(TestTorrent.read(store, piece, begin, length), bytes.array());
          }
        }
      }
    }
    assertTrue(slices > LAYOUTS, slices + " slices");
  }

  @ParameterizedTest
  @EnumSource
  void onlyPiecesThatWereWrittenCanBeRead(Kind kind) throws IOException {
    TestTorrent torrent = TestTorrent.single(10, 35);
    try (PieceStore store = kind.open(torrent, temp)) {
      assertEquals(new BitSet(), store.claimed());
      String empty = store.fingerprint();
      torrent.write(store, 1);
      assertNotEquals(empty, store.fingerprint());
      assertArrayEquals(torrent.piece(1), torrent.read(store, 1));
      assertThrows(IOException.class, () -> torrent.read(store, 2));
      assertTrue(store.claimed().get(1));
      assertFalse(store.claimed().get(3));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aPieceIsWrittenWholeOrNotAtAll(Kind kind) throws IOException {
    TestTorrent torrent = TestTorrent.single(10, 35);
    try (PieceStore store = kind.open(torrent, temp)) {
      ByteBuffer[] tooShort = {ByteBuffer.allocate(4), ByteBuffer.allocate(5)};
      assertThrows(IllegalArgumentException.class, () -> store.write(0, tooShort));
      assertThrows(IllegalArgumentException.class, () -> store.write(3, new ByteBuffer[] {ByteBuffer.allocate(10)}));
      assertEquals(new BitSet(), store.claimed());
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRangeOutsideThePieceIsRefused(Kind kind) throws IOException {
    TestTorrent torrent = TestTorrent.single(10, 35);
    try (PieceStore store = kind.open(torrent, temp)) {
      torrent.writeAll(store);
      assertThrows(IndexOutOfBoundsException.class, () -> TestTorrent.read(store, 0, 9, 2));
      assertThrows(IndexOutOfBoundsException.class, () -> TestTorrent.read(store, 3, 0, 6));
      assertThrows(IndexOutOfBoundsException.class, () -> TestTorrent.read(store, 0, -1, 2));
      assertThrows(IndexOutOfBoundsException.class, () -> TestTorrent.read(store, 4, 0, 1));
      assertThrows(IndexOutOfBoundsException.class, () -> TestTorrent.read(store, 0, Integer.MAX_VALUE, 2));
    }
  }

  @Test
  void memoryGivesItsContentOnceItIsComplete() throws IOException {
    TestTorrent torrent = TestTorrent.single(7, 50);
    MemoryPieceStore store = MemoryPieceStore.empty(torrent.layout());
    torrent.write(store, 0);
    assertThrows(IllegalStateException.class, store::content);
    torrent.writeAll(store);
    assertArrayEquals(torrent.content(), store.content());
    MemoryPieceStore full = MemoryPieceStore.of(torrent.layout(), torrent.content());
    assertEquals(8, full.claimed().cardinality());
    assertEquals(store.fingerprint(), full.fingerprint());
    assertThrows(IllegalArgumentException.class, () -> MemoryPieceStore.of(torrent.layout(), new byte[49]));
  }

  private static void writeInRandomOrder(TestTorrent torrent, PieceStore store, SeededRandom random)
      throws IOException {
    writeInRandomOrder(torrent, store, 40, random);
  }

  private static void writeInRandomOrder(TestTorrent torrent, PieceStore store, int mostAtATime, SeededRandom random)
      throws IOException {
    int[] order = new int[torrent.layout().pieceCount()];
    Arrays.setAll(order, i -> i);
    random.shuffle(order, order.length);
    for (int piece : order) {
      store.write(piece, cut(torrent.piece(piece), mostAtATime, random));
    }
  }

  /** The bytes in buffers of random lengths, on and off the heap, some empty. */
  private static ByteBuffer[] cut(byte[] bytes, int most, SeededRandom random) {
    List<ByteBuffer> buffers = new ArrayList<>();
    for (int offset = 0; offset < bytes.length; ) {
      int length = Math.min(bytes.length - offset, random.nextInt(most));
      ByteBuffer buffer = random.nextInt(2) == 0 ? ByteBuffer.allocate(length) : ByteBuffer.allocateDirect(length);
      buffers.add(buffer.put(bytes, offset, length).flip());
      offset += length;
    }
    return buffers.toArray(ByteBuffer[]::new);
  }

  private static void readAtRandom(TestTorrent torrent, PieceStore store, SeededRandom random) throws IOException {
    for (int piece = 0; piece < torrent.layout().pieceCount(); piece++) {
      byte[] expected = torrent.piece(piece);
      assertArrayEquals(expected, torrent.read(store, piece));
      int begin = random.nextInt(expected.length);
      int length = random.nextInt(expected.length - begin + 1);
      assertArrayEquals(
          Arrays.copyOfRange(expected, begin, begin + length), TestTorrent.read(store, piece, begin, length));
    }
  }
}
