package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.TorrentState;
import io.minibit.store.FilePieceStore;
import io.minibit.store.MemoryPieceStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that fails is a state with a reason; other torrents do not notice, and it goes on when the disk does. */
@Timeout(90)
class StoreFaultsIT {
  private final byte[] content = Loopback.content(1_000_000);
  private final byte[] other = Loopback.content(1_000_001);
  private final Metainfo metainfo = Loopback.torrent(content, 32768);
  private final Metainfo otherMetainfo = Loopback.torrent(other, 32768);

  @Test
  void aFullDiskIsAStateThatEndsWhenThereIsRoomAgain() throws Exception {
    try (Peer seed = Loopback.peer().build();
        Peer leech = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      Loopback.seed(seed, otherMetainfo, other);
      MemoryPieceStore memory = MemoryPieceStore.empty(metainfo);
      FaultyStore store = new FaultyStore(memory);
      store.writeFault = "file.bin: No space left on device";
      Torrent torrent = leech.join(metainfo, store, Loopback.ALONE);
      torrent.connect(seed.address());
      Loopback.await("trouble", () -> torrent.status().state() == TorrentState.STORE_TROUBLE);
      assertEquals("cannot store: file.bin: No space left on device", torrent.status().explanation());

      Torrent unconcerned = leech.join(otherMetainfo, MemoryPieceStore.empty(otherMetainfo), Loopback.ALONE);
      unconcerned.connect(seed.address());
      Loopback.complete(unconcerned);

      assertEquals(TorrentState.STORE_TROUBLE, torrent.status().state());
      store.writeFault = null;
      Loopback.complete(torrent);
      assertArrayEquals(content, memory.content());
      assertEquals(TorrentState.SEEDING, torrent.status().state());
    }
  }

  @Test
  void aStoreThatCannotSayWhatItHasIsAskedAgain() throws Exception {
    try (Peer seed = Loopback.peer().build();
        Peer leech = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      FaultyStore store = new FaultyStore(MemoryPieceStore.empty(metainfo));
      store.claimedFault = "the disk is not there";
      Torrent torrent = leech.join(metainfo, store, Loopback.ALONE);
      torrent.connect(seed.address());
      Loopback.await("told", () -> torrent.status().explanation().equals("cannot check: the disk is not there"));
      assertEquals(TorrentState.CHECKING, torrent.status().state());
      store.claimedFault = null;
      Loopback.complete(torrent);
    }
  }

  @Test
  void aReadThatFailsMakesTheSeedLookAgainAtWhatItHas() throws Exception {
    try (Peer seed = Loopback.peer().build();
        Peer one = Loopback.peer().build();
        Peer two = Loopback.peer().build()) {
      FaultyStore store = new FaultyStore(MemoryPieceStore.of(metainfo, content));
      Torrent seeding = seed.join(metainfo, store, Loopback.ALONE);
      Loopback.complete(seeding);
      Recorder told = Recorder.of(seeding);
      store.readFault = "Input/output error";
      Torrent first = one.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      Torrent second = two.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      first.connect(seed.address());
      second.connect(seed.address());
      Loopback.await("checked again", () -> told.states.contains(TorrentState.DOWNLOADING));
      assertEquals(TorrentState.CHECKING, told.states.get(0));
      assertTrue(told.toldReason("store changed: Input/output error"), told.reasons::toString);
      assertEquals(0, seeding.status().held().cardinality());
      assertFalse(told.states.contains(TorrentState.FAILED));
    }
  }

  @Test
  void anEditedFileIsNotServedAndTheRestStillIs(@TempDir Path directory) throws Exception {
    Files.write(directory.resolve("file.bin"), content);
    try (Peer seed = Loopback.peer().build();
        Peer leech = Loopback.peer().build()) {
      Torrent seeding = seed.join(metainfo, FilePieceStore.open(metainfo, directory), Loopback.ALONE);
      Loopback.complete(seeding);
      Recorder told = Recorder.of(seeding);
      try (FileChannel file = FileChannel.open(directory.resolve("file.bin"), StandardOpenOption.WRITE)) {
        // Sizes and times are looked at once a second at most.
        Loopback.pause(1100);
        file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 70_000);
      }
      Torrent torrent = leech.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      Recorder received = Recorder.of(torrent);
      torrent.connect(seed.address());
      Loopback.await("checked again", () -> told.states.contains(TorrentState.DOWNLOADING));
      assertTrue(told.states.contains(TorrentState.CHECKING));
      int pieces = metainfo.layout().pieceCount();
      assertEquals(pieces - 1, seeding.status().held().cardinality());
      assertFalse(seeding.status().held().get(2));
      Loopback.await("all but the edited piece", () -> torrent.status().held().cardinality() == pieces - 1);
      assertEquals(0, received.corrupt.size());
      Loopback.await("told why", () -> torrent.status().explanation().equals("1 peer connected, no peer has piece 2"));
    }
  }

  @Test
  void aSlowStoreSlowsItsTorrentOnlyAndIsClosedAfterItsLastCall() throws Exception {
    FaultyStore store = new FaultyStore(MemoryPieceStore.empty(metainfo));
    store.delayMillis = 200;
    try (Peer seed = Loopback.peer().build();
        Peer leech = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      Loopback.seed(seed, otherMetainfo, other);
      Torrent slow = leech.join(metainfo, store, Loopback.ALONE);
      slow.connect(seed.address());
      Loopback.await("begun", () -> slow.status().held().cardinality() > 0);
      Torrent quick = leech.join(otherMetainfo, MemoryPieceStore.empty(otherMetainfo), Loopback.ALONE);
      quick.connect(seed.address());
      Loopback.complete(quick);
      assertFalse(store.closed);
    }
    assertTrue(store.closed);
  }

  @Test
  void aStoreThatHangsLeavesThreadsToOtherTorrents() throws Exception {
    CountDownLatch free = new CountDownLatch(1);
    FaultyStore hanging =
        new FaultyStore(MemoryPieceStore.empty(metainfo)) {
          @Override
          public void write(int piece, ByteBuffer[] data) throws IOException {
            try {
              free.await(Loopback.MOST_SECONDS, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
              throw new IOException(e);
            }
            super.write(piece, data);
          }
        };
    try (Peer seed = Loopback.peer().build();
        Peer leech = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      Loopback.seed(seed, otherMetainfo, other);
      Torrent stuck = leech.join(metainfo, hanging, Loopback.ALONE);
      stuck.connect(seed.address());
      Loopback.await("everything waits for the store", () -> stuck.status().downloaded() >= content.length / 2);
      Torrent quick = leech.join(otherMetainfo, MemoryPieceStore.empty(otherMetainfo), Loopback.ALONE);
      quick.connect(seed.address());
      Loopback.complete(quick);
      assertEquals(0, stuck.status().held().cardinality());
      free.countDown();
      Loopback.complete(stuck);
    }
  }

  @Test
  void aStoreThatThrowsEndsItsTorrentOnlyAndKeepsNothingOpen() throws Exception {
    FaultyStore store =
        new FaultyStore(MemoryPieceStore.empty(metainfo)) {
          @Override
          public void write(int piece, ByteBuffer[] data) {
            throw new AssertionError("a bug in a store");
          }
        };
    try (Peer seed = Loopback.peer().build();
        Peer leech = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      Torrent torrent = leech.join(metainfo, store, Loopback.ALONE);
      torrent.connect(seed.address());
      ExecutionException e =
          assertThrows(ExecutionException.class, () -> torrent.completion().get(20, TimeUnit.SECONDS));
      assertEquals("a bug in a store", e.getCause().getMessage());
      assertEquals(TorrentState.FAILED, torrent.status().state());
    }
    assertTrue(store.closed);
  }
}
