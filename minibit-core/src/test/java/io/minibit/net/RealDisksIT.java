package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.TorrentState;
import io.minibit.store.FilePieceStore;
import io.minibit.store.MemoryPieceStore;
import io.minibit.store.PieceVerifier;
import io.minibit.store.TestDisk;
import io.minibit.wire.MessageType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real disks that get full, read-only or vanish, and files that others change, while a torrent is fetched or served: a
 * clear state, no word to others about pieces that are not there, and it goes on when the cause is gone.
 */
@Timeout(90)
class RealDisksIT {
  private static final int PIECE = 32 << 10;

  @TempDir Path temp;
  private final byte[] content = Loopback.content(2_000_000);
  private final byte[] other = Loopback.content(2_000_001);
  private final Metainfo metainfo = Loopback.torrent(content, PIECE);
  private final Metainfo otherMetainfo = Loopback.torrent(other, PIECE);
  private Peer seed;
  private Peer leech;
  private TestDisk disk;

  @BeforeEach
  void startPeers() throws IOException {
    seed = Loopback.peer().uploadRate(1_000_000).build();
    leech = Loopback.peer().build();
    Loopback.seed(seed, metainfo, content);
    Loopback.seed(seed, otherMetainfo, other);
  }

  @AfterEach
  void close() throws IOException, InterruptedException {
    leech.close();
    seed.close();
    if (disk != null) {
      disk.close();
    }
  }

  private Torrent fetchTo(Path directory) throws IOException {
    Torrent torrent = leech.join(metainfo, FilePieceStore.open(metainfo, directory), Loopback.ALONE);
    torrent.connect(seed.address());
    return torrent;
  }

  private static void awaitPieces(Torrent torrent, int pieces) {
    Loopback.await(pieces + " pieces", () -> torrent.status().piecesHeld() >= pieces);
  }

  private static void awaitTrouble(Torrent torrent, TorrentState state, String words) {
    Loopback.await(
        state + " " + words + ", not " + torrent.status(),
        () -> torrent.status().state() == state && torrent.status().explanation().contains(words));
  }

  private void othersDoNotNotice() {
    Torrent unconcerned = leech.join(otherMetainfo, MemoryPieceStore.empty(otherMetainfo), Loopback.ALONE);
    unconcerned.connect(seed.address());
    Loopback.complete(unconcerned);
  }

  private BitSet good(Path directory) throws IOException {
    try (FilePieceStore store = FilePieceStore.open(metainfo, directory)) {
      return new PieceVerifier(metainfo, store).verify(Runnable::run, 1, (piece, isGood) -> {}, () -> false);
    }
  }

  private void completes(Torrent torrent, Path directory) throws IOException {
    Loopback.complete(torrent);
    assertEquals(TorrentState.SEEDING, torrent.status().state());
    assertArrayEquals(content, Files.readAllBytes(directory.resolve("file.bin")));
  }

  /** A peer without pieces that listens to what it is told of others' pieces. */
  private final class Listener implements AutoCloseable {
    private final RawPeer peer;
    private final BitSet told = new BitSet();
    private final Thread reader;

    Listener() throws IOException {
      peer = RawPeer.dial(leech.address()).shakeHands(metainfo.infoHash());
      reader = new Thread(this::listen, "listener");
      reader.start();
    }

    private void listen() {
      try {
        while (true) {
          RawPeer.Message message = peer.read();
          synchronized (told) {
            if (message.id() == MessageType.HAVE) {
              told.set(message.field(0));
            } else if (message.id() == MessageType.BITFIELD) {
              byte[] bits = message.payload();
              for (int i = 0; i < bits.length * 8; i++) {
                told.set(i, told.get(i) || (bits[i / 8] & 0x80 >> i % 8) != 0);
              }
            }
          }
        }
      } catch (IOException e) {
        // The end of the connection.
      }
    }

    BitSet told() {
      synchronized (told) {
        return (BitSet) told.clone();
      }
    }

    @Override
    public void close() {
      try {
        peer.close();
        reader.join();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Test
  void aFullDisk() throws Exception {
    disk = TestDisk.inMemory(temp, "1m");
    Torrent torrent = fetchTo(disk.path());
    Loopback.await("trading", () -> torrent.status().state() != TorrentState.CHECKING);
    try (Listener listener = new Listener()) {
      awaitTrouble(torrent, TorrentState.STORE_TROUBLE, "No space left on device");
      othersDoNotNotice();
      awaitTrouble(torrent, TorrentState.STORE_TROUBLE, "No space left on device");
      BitSet unfounded = listener.told();
      assertTrue(unfounded.cardinality() > 5, unfounded::toString);
      unfounded.andNot(good(disk.path()));
      assertEquals(new BitSet(), unfounded);
    }
    disk.resize("8m");
    completes(torrent, disk.path());
  }

  @Test
  void aDiskThatIsReadOnlyWhenTheFirstPieceComes() throws Exception {
    disk = TestDisk.inMemory(temp, "8m");
    Torrent torrent = leech.join(metainfo, FilePieceStore.open(metainfo, disk.path()), Loopback.ALONE);
    Loopback.await("trading", () -> torrent.status().state() != TorrentState.CHECKING);
    disk.setReadOnly(true);
    torrent.connect(seed.address());
    awaitTrouble(torrent, TorrentState.STORE_TROUBLE, "Read-only file system");
    othersDoNotNotice();
    disk.setReadOnly(false);
    completes(torrent, disk.path());
  }

  @Test
  void aDiskThatFailsWhileItIsWrittenAndIsMountedAnew() throws Exception {
    disk = TestDisk.inFile(temp);
    Torrent torrent = fetchTo(disk.path());
    Loopback.await("trading", () -> torrent.status().state() != TorrentState.CHECKING);
    try (Listener listener = new Listener()) {
      awaitPieces(torrent, 10);
      disk.failToReadOnly();
      awaitTrouble(torrent, TorrentState.STORE_TROUBLE, "Read-only file system");
      BitSet unfounded = listener.told();
      unfounded.andNot(good(disk.path()));
      assertEquals(new BitSet(), unfounded);
    }
    disk.detach();
    awaitTrouble(torrent, TorrentState.CHECKING, "nothing is mounted at " + disk.path().toRealPath());
    disk.attach();
    completes(torrent, disk.path());
  }

  @Test
  void aDiskThatVanishesWhileItIsWritten() throws Exception {
    disk = TestDisk.inMemory(temp, "8m");
    Torrent torrent = fetchTo(disk.path());
    awaitPieces(torrent, 10);
    disk.detach();
    awaitTrouble(torrent, TorrentState.CHECKING, "nothing is mounted at " + disk.path().toRealPath());
    othersDoNotNotice();
    assertTrue(FileUtils.isEmptyDirectory(disk.path().toFile()), "nothing goes to the disk below");
    long before = torrent.status().downloaded();
    disk.attach();
    completes(torrent, disk.path());
    assertTrue(torrent.status().downloaded() - before < content.length - 5L * PIECE, "what was there counts");
  }

  @Test
  void aDiskThatVanishesWhileItIsServed() throws Exception {
    disk = TestDisk.inMemory(temp, "8m");
    Files.write(disk.path().resolve("file.bin"), content);
    serveWhile(
        disk.path(),
        () -> disk.detach(),
        "nothing is mounted at " + disk.path().toRealPath(),
        () -> disk.attach());
  }

  @Test
  void aDirectoryThatIsMovedAwayWhileItIsServed() throws Exception {
    Path directory = Files.createDirectory(temp.resolve("served"));
    Files.write(directory.resolve("file.bin"), content);
    serveWhile(
        directory,
        () -> Files.move(directory, temp.resolve("away")),
        "directory " + directory.toRealPath() + " is not there any more",
        () -> Files.move(temp.resolve("away"), directory));
  }

  private interface Change {
    void run() throws Exception;
  }

  private void serveWhile(Path directory, Change vanish, String trouble, Change comeBack) throws Exception {
    try (Peer slow = Loopback.peer().uploadRate(500_000).build();
        Peer taker = Loopback.peer().build()) {
      Torrent serving = slow.join(metainfo, FilePieceStore.open(metainfo, directory), Loopback.ALONE);
      Loopback.complete(serving);
      Torrent taking = taker.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      taking.connect(slow.address());
      awaitPieces(taking, 5);
      vanish.run();
      awaitTrouble(serving, TorrentState.CHECKING, trouble);
      comeBack.run();
      Loopback.await("seeding again", () -> serving.status().state() == TorrentState.SEEDING);
      taking.connect(slow.address());
      Loopback.complete(taking);
    }
  }

  @Test
  void aDirectoryThatIsRemovedAndMadeAnewWhileItIsWritten() throws Exception {
    Path directory = Files.createDirectory(temp.resolve("fetched"));
    Torrent torrent = fetchTo(directory);
    awaitPieces(torrent, 10);
    FileUtils.deleteDirectory(directory.toFile());
    awaitTrouble(torrent, TorrentState.CHECKING, "is not there any more");
    assertFalse(Files.exists(directory));
    Files.createDirectory(directory);
    completes(torrent, directory);
  }

  @Test
  void filesThatOthersChangeWhileTheyAreWritten() throws Exception {
    Path directory = Files.createDirectory(temp.resolve("fetched"));
    Path file = directory.resolve("file.bin");
    Torrent torrent = fetchTo(directory);
    Recorder told = Recorder.of(torrent);
    awaitPieces(torrent, 5);
    Files.delete(file);
    Loopback.await("deleted", () -> told.toldReason("was deleted"));
    // At most one check in ten seconds: the next change is seen with the one after. What is not there cannot be replaced.
    Loopback.await("made again", () -> Files.exists(file));
    awaitPieces(torrent, 2);
    Path replacement = Files.write(temp.resolve("replacement"), new byte[100]);
    Files.move(replacement, file, StandardCopyOption.ATOMIC_MOVE);
    Loopback.await("replaced", () -> told.toldReason("was replaced by another file"));
    completes(torrent, directory);
  }

  @Test
  void filesThatOthersCutDeleteAndRestoreWhileTheyAreServed() throws Exception {
    Path directory = Files.createDirectory(temp.resolve("served"));
    Path file = Files.write(directory.resolve("file.bin"), content);
    try (Peer server = Loopback.peer().build();
        Peer taker = Loopback.peer().downloadRate(400_000).build()) {
      Torrent serving = server.join(metainfo, FilePieceStore.open(metainfo, directory), Loopback.ALONE);
      Loopback.complete(serving);
      Torrent taking = taker.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      Recorder received = Recorder.of(taking);
      taking.connect(server.address());
      awaitPieces(taking, 3);
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(content.length / 2);
      }
      Loopback.await("half is there", () -> serving.status().state() == TorrentState.DOWNLOADING);
      assertTrue(serving.status().piecesHeld() >= content.length / 2 / PIECE, () -> serving.status().toString());
      // Nobody asks it for anything from now on, and it notices all the same.
      taking.leave().join();
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.write(ByteBuffer.wrap(content));
      }
      Loopback.await("all is back", () -> serving.status().state() == TorrentState.SEEDING);
      assertEquals(0, received.corrupt.size());
    }
  }
}
