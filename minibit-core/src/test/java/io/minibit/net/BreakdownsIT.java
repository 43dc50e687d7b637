package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.TorrentListener;
import io.minibit.TorrentOptions;
import io.minibit.engine.PeerBudget;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.Limits;
import io.minibit.model.TorrentState;
import io.minibit.store.MemoryPieceStore;
import io.minibit.store.PieceStore;
import io.minibit.store.ResumeFile;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.RarestFirst;
import io.minibit.strategy.TitForTat;
import io.minibit.strategy.UploadPlan;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What is no failure of a disk, a network or a tracker but a bug, wherever it is thrown: it fails its torrent with the cause,
 * nobody waits for ever, other torrents go on, and the peer can be closed.
 */
@Timeout(60)
class BreakdownsIT {
  private final byte[] content = Loopback.content(300_000);
  private final Metainfo metainfo = Loopback.torrent(content, 16384);
  private final byte[] other = Loopback.content(300_001);
  private final Metainfo otherMetainfo = Loopback.torrent(other, 16384);

  /** What bugs look like from outside. */
  enum Bug {
    RUNTIME_EXCEPTION,
    ASSERTION,
    STACK_OVERFLOW,
    OUT_OF_MEMORY,
    LINKAGE,
    /** Thrown where Java would not let it, as other languages do. */
    CHECKED_EXCEPTION;

    private Throwable cause() {
      return switch (this) {
        case RUNTIME_EXCEPTION -> new IllegalStateException("a bug");
        case ASSERTION -> new AssertionError("a bug");
        case STACK_OVERFLOW -> new StackOverflowError("a bug");
        case OUT_OF_MEMORY -> new OutOfMemoryError("a bug");
        case LINKAGE -> new NoClassDefFoundError("a bug");
        case CHECKED_EXCEPTION -> new ReflectiveOperationException("a bug");
      };
    }

    Class<?> kind() {
      return cause().getClass();
    }

    RuntimeException thrown() {
      return BreakdownsIT.<RuntimeException>undeclared(cause());
    }
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> RuntimeException undeclared(Throwable cause) throws T {
    throw (T) cause;
  }

  /** Where users' code runs, and inside which of our threads. */
  enum Place {
    SELECTION,
    CHOKING,
    CLAIMED,
    WRITE,
    READ,
    READ_WHEN_CHECKED,
    FINGERPRINT,
    /** In the engine, in the middle of an event. */
    ENGINE
  }

  /** A store with a bug in one of its methods. */
  private static final class BuggyStore extends FaultyStore {
    private final Place place;
    private final Bug bug;

    BuggyStore(PieceStore healthy, Place place, Bug bug) {
      super(healthy);
      this.place = place;
      this.bug = bug;
    }

    private void mayFail(Place here) {
      if (place == here) {
        throw bug.thrown();
      }
    }

    @Override
    public BitSet claimed() throws IOException {
      mayFail(Place.CLAIMED);
      return super.claimed();
    }

    @Override
    public void write(int piece, ByteBuffer[] data) throws IOException {
      mayFail(Place.WRITE);
      super.write(piece, data);
    }

    @Override
    public void read(int piece, int begin, ByteBuffer target) throws IOException {
      boolean forPeers = Thread.currentThread().getName().endsWith("-reading");
      mayFail(forPeers ? Place.READ : Place.READ_WHEN_CHECKED);
      super.read(piece, begin, target);
    }

    @Override
    public String fingerprint() throws IOException {
      mayFail(Place.FINGERPRINT);
      return super.fingerprint();
    }
  }

  private static Stream<Object[]> breakdowns() {
    return Stream.of(Place.values()).flatMap(place -> Stream.of(Bug.values()).map(bug -> new Object[] {place, bug}));
  }

  private static Throwable failureOf(Torrent torrent) {
    return assertThrows(ExecutionException.class, () -> torrent.completion().get(20, TimeUnit.SECONDS)).getCause();
  }

  private static TorrentDriver driver(Torrent torrent) {
    return ((NetTorrent) torrent).driver();
  }

  /** A torrent of two that trade, with a bug where it is told; another one of the same peers must not notice. */
  @ParameterizedTest
  @MethodSource("breakdowns")
  void aBugFailsItsTorrentWithTheCauseAndNoOther(Place place, Bug bug, @TempDir Path directory) throws Exception {
    boolean seeds = place == Place.READ || place == Place.READ_WHEN_CHECKED || place == Place.CHOKING;
    TorrentOptions options = Loopback.ALONE.resumeFile(ResumeFile.at(directory.resolve("resume")));
    if (place == Place.SELECTION) {
      options = options.selection(choice -> {
        throw bug.thrown();
      });
    } else if (place == Place.CHOKING) {
      TitForTat healthy = new TitForTat();
      options = options.choking(new ChokingStrategy() {
        @Override
        public Duration interval() {
          return healthy.interval();
        }

        @Override
        public UploadPlan review(ChokingRound round) {
          throw bug.thrown();
        }
      });
    }
    FaultyStore store = new BuggyStore(
        seeds ? MemoryPieceStore.of(metainfo, content) : MemoryPieceStore.empty(metainfo), place, bug);
    Torrent failing;
    try (Peer one = Loopback.peer().build();
        Peer two = Loopback.peer().build()) {
      Loopback.seed(one, otherMetainfo, other);
      Torrent healthy = two.join(otherMetainfo, MemoryPieceStore.empty(otherMetainfo), Loopback.ALONE);
      if (seeds) {
        failing = one.join(metainfo, store, options);
        Torrent fetching = two.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
        fetching.connect(one.address());
      } else {
        Loopback.seed(one, metainfo, content);
        failing = two.join(metainfo, store, options);
        failing.connect(one.address());
      }
      if (place == Place.ENGINE) {
        failing.execute(() -> driver(failing).guard(() -> {
          throw bug.thrown();
        }));
      }
      Loopback.await("failed", () -> failing.status().state() == TorrentState.FAILED);
      Throwable cause = failureOf(failing);
      assertSame(bug.kind(), cause.getClass());
      assertTrue(failing.status().explanation().contains(cause.toString()), failing.status().explanation());
      assertTrue(failing.status().peers().isEmpty());
      healthy.connect(one.address());
      Loopback.complete(healthy);
      failing.leave().get(20, TimeUnit.SECONDS);
    }
    assertTrue(store.closed);
    assertSame(bug.kind(), failureOf(failing).getClass());
  }

  @ParameterizedTest
  @EnumSource
  void aBugInAStoresFlushOrCloseHoldsUpNobody(Bug bug) throws Exception {
    FaultyStore store = new FaultyStore(MemoryPieceStore.of(metainfo, content)) {
      @Override
      public void close() throws IOException {
        super.close();
        throw bug.thrown();
      }
    };
    try (Peer peer = Loopback.peer().build()) {
      Torrent torrent = peer.join(metainfo, store, Loopback.ALONE);
      Loopback.complete(torrent);
      torrent.leave().get(20, TimeUnit.SECONDS);
    }
    assertTrue(store.closed);
  }

  @ParameterizedTest
  @EnumSource
  void aBugInAListenerATaskOrADependentHoldsUpNobody(Bug bug) throws Exception {
    try (Peer peer = Loopback.peer().build()) {
      TorrentOptions options = Loopback.ALONE.listener(new TorrentListener() {
        @Override
        public void onState(Torrent torrent, TorrentState state) {
          throw bug.thrown();
        }
      });
      Torrent torrent = peer.join(metainfo, MemoryPieceStore.of(metainfo, content), options);
      torrent.execute(() -> {
        throw bug.thrown();
      });
      CompletableFuture<Void> dependent = torrent.completion().thenRun(() -> {
        throw bug.thrown();
      });
      assertThrows(ExecutionException.class, () -> dependent.get(20, TimeUnit.SECONDS));
      Loopback.complete(torrent);
      torrent.leave().get(20, TimeUnit.SECONDS);
    }
  }

  @ParameterizedTest
  @EnumSource
  void whatMakesAStrategyIsBlamedOnWhoeverJoins(Bug bug) throws Exception {
    Supplier<RarestFirst> broken = () -> {
      throw bug.thrown();
    };
    try (Peer peer = Loopback.peer().selection(broken).build()) {
      MemoryPieceStore store = MemoryPieceStore.of(metainfo, content);
      Throwable thrown = assertThrows(Throwable.class, () -> peer.join(metainfo, store, Loopback.ALONE));
      assertTrue(bug.kind().isInstance(thrown) || bug.kind().isInstance(thrown.getCause()), thrown::toString);
      assertTrue(peer.torrents().isEmpty());
      Loopback.complete(peer.join(metainfo, store, Loopback.ALONE.selection(new RarestFirst())));
    }
  }

  @Test
  void whereNoThreadIsToBeHadTheTorrentFailsAndThePeerCloses() throws Exception {
    FaultyStore store = new FaultyStore(MemoryPieceStore.empty(metainfo));
    try (Peer peer = Loopback.peer().build()) {
      refuseThreads(peer);
      Torrent torrent = peer.join(metainfo, store, Loopback.ALONE);
      assertEquals("unable to create native thread", failureOf(torrent).getMessage());
    }
    assertTrue(store.closed);
  }

  @Test
  void whereNoThreadIsToBeHadInTheMiddleOfATradeTheTorrentFailsAndThePeerCloses() throws Exception {
    try (Peer one = Loopback.peer().build();
        Peer two = Loopback.peer().build()) {
      Torrent seeding = Loopback.seed(one, metainfo, content);
      Torrent torrent = two.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      Loopback.await("trading", () -> torrent.status().state() == TorrentState.DOWNLOADING);
      refuseThreads(one);
      torrent.connect(one.address());
      Loopback.await("failed", () -> seeding.status().state() == TorrentState.FAILED);
      assertEquals("unable to create native thread", failureOf(seeding).getMessage());
    }
  }

  private static void refuseThreads(Peer peer) {
    for (ThreadPoolExecutor threads : ((NetPeer) peer).workers().pools()) {
      threads.setThreadFactory(task -> {
        throw new OutOfMemoryError("unable to create native thread");
      });
    }
  }

  @Test
  void aCallbackExecutorThatHasNoThreadKeepsNobodyWaiting() throws Exception {
    Executor exhausted = task -> {
      throw new OutOfMemoryError("unable to create native thread");
    };
    try (Peer peer = Loopback.peer().callbackExecutor(exhausted).build()) {
      Torrent torrent = Loopback.seed(peer, metainfo, content);
      torrent.leave().get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void aCallbackExecutorThatForgetsItsTasksKeepsNobodyWaiting() throws Exception {
    ExecutorService single = Executors.newSingleThreadExecutor();
    CompletableFuture<Void> open = new CompletableFuture<>();
    CompletableFuture<Void> busy = CompletableFuture.runAsync(open::join, single);
    try (Peer peer = Loopback.peer().callbackExecutor(single).build()) {
      Torrent torrent = peer.join(metainfo, MemoryPieceStore.of(metainfo, content), Loopback.ALONE);
      CompletableFuture<Void> complete = torrent.completion();
      Loopback.await("checked", () -> torrent.status().state() == TorrentState.SEEDING);
      assertEquals(1, single.shutdownNow().size(), "what waited for the thread is given back, never to run");
      open.complete(null);
      busy.get(20, TimeUnit.SECONDS);
      assertTrue(single.awaitTermination(20, TimeUnit.SECONDS));
      CompletableFuture<Void> left = torrent.leave();
      complete.get(20, TimeUnit.SECONDS);
      left.get(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void aCallbackThatNeverReturnsKeepsNoFutureOfAClosedPeerOpen() throws Exception {
    CompletableFuture<Void> never = new CompletableFuture<>();
    CompletableFuture<Void> begun = new CompletableFuture<>();
    Peer peer = Loopback.peer().build();
    TorrentOptions options = Loopback.ALONE.listener(new TorrentListener() {
      @Override
      public void onState(Torrent torrent, TorrentState state) {
        begun.complete(null);
        never.join();
      }
    });
    Torrent torrent = peer.join(metainfo, MemoryPieceStore.empty(metainfo), options);
    CompletableFuture<Void> left = torrent.leave();
    begun.get(20, TimeUnit.SECONDS);
    peer.close();
    left.get(20, TimeUnit.SECONDS);
    never.complete(null);
  }

  @Test
  void aSelectorThatIsGoneFailsAllTorrentsOfItsPeerAndClosesItsConnections() throws Exception {
    try (Peer one = Loopback.peer().build();
        Peer two = Loopback.peer().build()) {
      Torrent seeding = Loopback.seed(one, metainfo, content);
      Torrent first = two.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      Torrent second = two.join(otherMetainfo, MemoryPieceStore.empty(otherMetainfo), Loopback.ALONE);
      CompletableFuture<Void> waiting = second.completion();
      ((NetPeer) two).loop().selector().close();
      first.connect(one.address());
      assertEquals("ClosedSelectorException", failureOf(first).getClass().getSimpleName());
      assertThrows(ExecutionException.class, () -> waiting.get(20, TimeUnit.SECONDS));
      assertEquals(TorrentState.FAILED, second.status().state());
      assertTrue(second.status().explanation().contains("ClosedSelectorException"));
      assertEquals(0, ((NetPeer) two).budget().connections());
      assertThrows(IllegalStateException.class, () -> Loopback.seed(two, Loopback.torrent(content, 32768), content));
      first.leave().get(20, TimeUnit.SECONDS);
      assertEquals(TorrentState.SEEDING, seeding.status().state());
    }
  }

  @Test
  void aConnectionThatBreaksAsItIsMadeGivesItsPlaceBackOnce() throws Exception {
    // Fits no nanoseconds: what is thrown comes from the middle of the making.
    Duration overflowing = Duration.ofSeconds(Long.MAX_VALUE);
    Limits limits = Limits.defaults().with(l -> {
      l.connectTimeout = overflowing;
      l.handshakeTimeout = overflowing;
    });
    Peer peer = Loopback.peer().limits(limits).build();
    PeerBudget budget = ((NetPeer) peer).budget();
    try (peer;
        Peer other = Loopback.peer().build()) {
      Torrent torrent = peer.join(metainfo, MemoryPieceStore.empty(metainfo), Loopback.ALONE);
      torrent.connect(other.address());
      Loopback.await("refused", () -> torrent.status().explanation().contains("no peer can be reached"));
      try (Socket incoming = new Socket(peer.address().getAddress(), peer.address().getPort())) {
        assertEquals(-1, incoming.getInputStream().read());
      }
      assertEquals(0, ((NetPeer) peer).loop().call(budget::connections));
    }
    assertEquals(0, budget.connections());
  }

  @Test
  void theLoopsThreadOutlivesWhateverIsThrownInIt() throws Exception {
    try (Peer peer = Loopback.peer().build()) {
      Loop loop = ((NetPeer) peer).loop();
      for (Bug bug : Bug.values()) {
        loop.execute(() -> {
          throw bug.thrown();
        });
        loop.execute(() -> loop.at(loop.now(), () -> {
          throw bug.thrown();
        }));
        loop.execute(() -> loop.flushLater(() -> {
          throw bug.thrown();
        }));
      }
      Loopback.seed(peer, metainfo, content);
    }
  }
}
