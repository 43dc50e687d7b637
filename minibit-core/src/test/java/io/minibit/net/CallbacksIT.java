package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.TorrentListener;
import io.minibit.TorrentOptions;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.TorrentState;
import io.minibit.store.MemoryPieceStore;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What users' code may do wrong, and where it may call back from. */
@Timeout(60)
class CallbacksIT {
  private final byte[] content = Loopback.content(300_000);
  private final Metainfo metainfo = Loopback.torrent(content, 16384);
  private final byte[] other = Loopback.content(300_001);
  private final Metainfo otherMetainfo = Loopback.torrent(other, 16384);

  private Torrent leech(Peer leech, Peer seed) {
    return leech(leech, seed, Loopback.ALONE);
  }

  private Torrent leech(Peer leech, Peer seed, TorrentOptions options) {
    Torrent torrent = leech.join(metainfo, MemoryPieceStore.empty(metainfo), options);
    torrent.connect(seed.address());
    return torrent;
  }

  private static void close(Peer peer) {
    peer.close();
  }

  @Test
  void aListenerAmongTheOptionsMissesNothing() throws Exception {
    try (Peer seed = Loopback.peer().build()) {
      Recorder recorder = new Recorder();
      Recorder second = new Recorder();
      TorrentOptions heard = Loopback.ALONE.listener(recorder).listener(second);
      Torrent torrent = seed.join(metainfo, MemoryPieceStore.of(metainfo, content), heard);
      torrent.completion().get(20, TimeUnit.SECONDS);
      torrent.leave().get(20, TimeUnit.SECONDS);
      assertEquals(List.of(TorrentState.SEEDING, TorrentState.LEFT), recorder.states);
      assertEquals(recorder.states, second.states);
    }
  }

  @Test
  void aStrategyThatThrowsEndsItsTorrentOnly() throws Exception {
    try (Peer seed = Loopback.peer().build();
        Peer peer = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      Loopback.seed(seed, otherMetainfo, other);
      TorrentOptions foolish =
          Loopback.ALONE.selection(
              choice -> {
                throw new IllegalStateException("no idea");
              });
      Torrent failing = leech(peer, seed, foolish);
      ExecutionException e =
          assertThrows(ExecutionException.class, () -> failing.completion().get(20, TimeUnit.SECONDS));
      assertEquals("no idea", e.getCause().getMessage());
      assertEquals(TorrentState.FAILED, failing.status().state());
      assertThrows(ExecutionException.class, () -> failing.completion().get(20, TimeUnit.SECONDS));

      Torrent healthy = peer.join(otherMetainfo, MemoryPieceStore.empty(otherMetainfo), Loopback.ALONE);
      healthy.connect(seed.address());
      Loopback.complete(healthy);

      // After it was left, the same torrent may be joined again.
      failing.leave().get(20, TimeUnit.SECONDS);
      Loopback.complete(leech(peer, seed));
    }
  }

  @Test
  void aListenerThatThrowsDisturbsNobody() throws Exception {
    try (Peer seed = Loopback.peer().build();
        Peer peer = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      Torrent torrent = peer.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      torrent.addListener(
          new TorrentListener() {
            @Override
            public void onState(Torrent torrent, TorrentState state) {
              throw new AssertionError("a bug in a listener");
            }

            @Override
            public void onPiece(Torrent torrent, int piece) {
              throw new IllegalStateException("another");
            }
          });
      Recorder told = Recorder.of(torrent);
      torrent.execute(
          () -> {
            throw new AssertionError("a bug in a task");
          });
      torrent.connect(seed.address());
      Loopback.complete(torrent);
      Loopback.await("told", () -> told.states.contains(TorrentState.SEEDING));
    }
  }

  @Test
  void aListenerThatBlocksHoldsUpNeitherTheDownloadNorClosing() throws Exception {
    CountDownLatch blocked = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    try (Peer seed = Loopback.peer().build();
        Peer peer = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      Torrent torrent = peer.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      torrent.addListener(
          new TorrentListener() {
            @Override
            public void onPiece(Torrent torrent, int piece) {
              blocked.countDown();
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            }
          });
      torrent.connect(seed.address());
      assertTrue(blocked.await(20, TimeUnit.SECONDS));
      Loopback.await("complete", () -> torrent.status().state() == TorrentState.SEEDING);
    }
  }

  @Test
  void aCallbackMayCloseThePeer() throws Exception {
    try (Peer seed = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      Peer peer = Loopback.peer().build();
      Torrent torrent = leech(peer, seed);
      torrent.completion().thenRun(peer::close).get(20, TimeUnit.SECONDS);
      peer.close();
      assertEquals(TorrentState.LEFT, torrent.status().state());
      assertTrue(peer.torrents().isEmpty());
    }
  }

  @Test
  void theEnginesThreadMayJoinLeaveAndClose() throws Exception {
    try (Peer seed = Loopback.peer().build()) {
      Torrent first = Loopback.seed(seed, metainfo, content);
      CompletableFuture<Torrent> joined = new CompletableFuture<>();
      first.execute(
          () -> joined.complete(seed.join(otherMetainfo, MemoryPieceStore.of(otherMetainfo, other), Loopback.ALONE)));
      Loopback.complete(joined.get(20, TimeUnit.SECONDS));
      CompletableFuture<TorrentState> state = new CompletableFuture<>();
      first.execute(
          () -> {
            state.complete(first.status().state());
            CompletableFuture<Void> unused = first.leave();
            close(seed);
          });
      assertEquals(TorrentState.SEEDING, state.get(20, TimeUnit.SECONDS));
      close(seed);
      assertEquals(TorrentState.LEFT, first.status().state());
      assertThrows(IllegalStateException.class, () -> Loopback.seed(seed, metainfo, content));
    }
  }

  @Test
  void twoEnginesThreadsMayAskAndCloseEachOther() throws Exception {
    Peer one = Loopback.peer().build();
    Peer two = Loopback.peer().build();
    Torrent first = Loopback.seed(one, metainfo, content);
    Torrent second = Loopback.seed(two, metainfo, content);
    CyclicBarrier bothAreInside = new CyclicBarrier(2);
    CompletableFuture<TorrentState> ofSecond = new CompletableFuture<>();
    CompletableFuture<TorrentState> ofFirst = new CompletableFuture<>();
    first.execute(() -> {
      meet(bothAreInside);
      ofSecond.complete(second.status().state());
      two.join(otherMetainfo, MemoryPieceStore.of(otherMetainfo, other), Loopback.ALONE);
      meet(bothAreInside);
      close(two);
    });
    second.execute(() -> {
      meet(bothAreInside);
      ofFirst.complete(first.status().state());
      one.join(otherMetainfo, MemoryPieceStore.of(otherMetainfo, other), Loopback.ALONE);
      meet(bothAreInside);
      first.status();
    });
    assertEquals(TorrentState.SEEDING, ofSecond.get(20, TimeUnit.SECONDS));
    assertEquals(TorrentState.SEEDING, ofFirst.get(20, TimeUnit.SECONDS));
    close(two);
    close(one);
    assertEquals(TorrentState.LEFT, second.status().state());
  }

  private static void meet(CyclicBarrier barrier) {
    try {
      barrier.await(20, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void callbacksRunOneAtATimeOnTheGivenExecutor() throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(4, task -> new Thread(task, "users"));
    try (Peer seed = Loopback.peer().build();
        Peer peer = Loopback.peer().callbackExecutor(pool).build()) {
      Loopback.seed(seed, metainfo, content);
      Queue<String> threads = new ConcurrentLinkedQueue<>();
      Torrent torrent = peer.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      torrent.addListener(
          new TorrentListener() {
            @Override
            public void onPiece(Torrent torrent, int piece) {
              threads.add(Thread.currentThread().getName());
            }
          });
      CompletableFuture<String> where = torrent.completion().thenApply(nothing -> Thread.currentThread().getName());
      torrent.connect(seed.address());
      assertEquals("users", where.get(20, TimeUnit.SECONDS));
      assertEquals(metainfo.layout().pieceCount(), threads.size());
      assertTrue(threads.stream().allMatch("users"::equals));
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void closingFromTheGivenExecutorDoesNotWaitForIt() throws Exception {
    ExecutorService single = Executors.newSingleThreadExecutor();
    try (Peer seed = Loopback.peer().build()) {
      Loopback.seed(seed, metainfo, content);
      Peer peer = Loopback.peer().callbackExecutor(single).build();
      Torrent torrent = leech(peer, seed);
      Loopback.complete(torrent);
      CompletableFuture<Void> waiting = torrent.leave();
      single.submit(peer::close).get(20, TimeUnit.SECONDS);
      waiting.get(20, TimeUnit.SECONDS);
    } finally {
      single.shutdown();
    }
  }

  @Test
  void anExecutorThatIsGoneKeepsNobodyWaiting() throws Exception {
    ExecutorService gone = Executors.newSingleThreadExecutor();
    gone.shutdown();
    try (Peer seed = Loopback.peer().build();
        Peer peer = Loopback.peer().callbackExecutor(gone).build()) {
      Loopback.seed(seed, metainfo, content);
      Loopback.complete(leech(peer, seed));
    }
  }

  @Test
  void futuresOfAClosedPeerAreCancelled() throws Exception {
    Peer peer = Loopback.peer().build();
    Torrent torrent = peer.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
    CompletableFuture<Void> before = torrent.completion();
    CompletableFuture<Void> harmless = torrent.completion();
    assertTrue(harmless.cancel(true));
    assertFalse(before.isDone());
    peer.close();
    assertThrows(CancellationException.class, () -> before.get(20, TimeUnit.SECONDS));
    assertThrows(CancellationException.class, () -> torrent.completion().get(20, TimeUnit.SECONDS));
    torrent.pause();
    torrent.connect(peer.address());
    torrent.leave().get(20, TimeUnit.SECONDS);
  }
}
