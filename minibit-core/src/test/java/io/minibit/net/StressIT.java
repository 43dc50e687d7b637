package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.minibit.Peer;
import io.minibit.PeerStatus;
import io.minibit.Torrent;
import io.minibit.TorrentListener;
import io.minibit.TorrentOptions;
import io.minibit.TorrentStatus;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.MiniBitException;
import io.minibit.model.SeededRandom;
import io.minibit.model.TorrentState;
import io.minibit.store.FilePieceStore;
import io.minibit.store.MemoryPieceStore;
import io.minibit.store.PieceStore;
import io.minibit.store.ResumeFile;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.strategy.RandomPiece;
import io.minibit.strategy.RarestFirst;
import io.minibit.strategy.Sequential;
import io.minibit.tracker.MemoryTracker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Everything that users can call, from many threads at once, at random, while peers trade, fail and are closed: each call
 * returns, each future completes, each store is closed after its last use, and nothing is left.
 *
 * <p>{@code -Dstress.actions=100000} has each thread do so much.
 */
@Timeout(300)
class StressIT {
  private static final int THREADS = 6;
  private static final int TORRENTS = 5;
  private static final int PEERS = 3;
  private static final int ACTIONS = Integer.getInteger("stress.actions", 400);

  private final List<byte[]> contents = new ArrayList<>();
  private final List<Metainfo> metainfos = new ArrayList<>();
  private final Queue<CompletableFuture<?>> futures = new ConcurrentLinkedQueue<>();
  private final Queue<FaultyStore> stores = new ConcurrentLinkedQueue<>();
  private final Queue<Throwable> surprises = new ConcurrentLinkedQueue<>();
  private final AtomicLong seeds = new AtomicLong();
  private final MemoryTracker tracker = MemoryTracker.builder().interval(Duration.ofSeconds(1)).build();

  StressIT() {
    for (int i = 0; i < TORRENTS; i++) {
      byte[] content = Loopback.content(150_000 + i);
      contents.add(content);
      metainfos.add(Loopback.torrent(content, 16384));
    }
  }

  /** One thread's view: its own random order of things to do to peers that others use, too. */
  private final class User {
    private final SeededRandom random = new SeededRandom(seeds.incrementAndGet());
    private final List<Peer> peers;
    private final Path directory;

    User(List<Peer> peers, Path directory) {
      this.peers = peers;
      this.directory = directory;
    }

    private Peer peer() {
      return peers.get(random.nextInt(peers.size()));
    }

    /** Does something that anybody may do at any time. */
    void act() {
      Peer peer = peer();
      List<Torrent> torrents = peer.torrents();
      if (torrents.isEmpty() || random.nextInt(8) == 0) {
        join(peer);
        return;
      }
      Torrent torrent = torrents.get(random.nextInt(torrents.size()));
      switch (random.nextInt(14)) {
        case 0, 1 -> torrent.connect(peer().address());
        case 2 -> torrent.pause();
        case 3, 4 -> torrent.resume();
        case 5 -> look(torrent.status());
        case 6 -> futures.add(torrent.leave());
        case 7 -> futures.add(torrent.completion());
        case 8 -> torrent.completion().cancel(true);
        case 9 -> torrent.rates(1 + random.nextInt(1 << 24), 1 + random.nextInt(1 << 24));
        case 10 -> peer.uploadRate(random.nextInt(2) == 0 ? Long.MAX_VALUE : 1 << 20);
        case 11 -> peer.downloadRate(random.nextInt(2) == 0 ? Long.MAX_VALUE : 1 << 20);
        case 12 -> wish(torrent);
        default -> inside(torrent);
      }
    }

    private void join(Peer peer) {
      int which = random.nextInt(TORRENTS);
      FaultyStore store = new FaultyStore(store(which));
      try {
        Torrent torrent = peer.join(metainfos.get(which), store, options());
        stores.add(store);
        futures.add(torrent.completion());
        torrent.connect(peer().address());
        torrent.addListener(new CallsBack(new User(peers, directory)));
      } catch (MiniBitException | IllegalStateException e) {
        // Joined already, or closed: the store is still ours.
        closeQuietly(store);
      }
    }

    private PieceStore store(int which) {
      try {
        return switch (random.nextInt(3)) {
          case 0 -> MemoryPieceStore.of(metainfos.get(which), contents.get(which));
          case 1 -> MemoryPieceStore.empty(metainfos.get(which));
          default -> FilePieceStore.open(metainfos.get(which), Files.createTempDirectory(directory, "store"));
        };
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    private TorrentOptions options() {
      TorrentOptions options = TorrentOptions.defaults();
      if (random.nextInt(2) == 0) {
        options = options.selection(strategy());
      }
      if (random.nextInt(4) == 0) {
        options = options.seedFor(Duration.ofMillis(random.nextInt(200)));
      }
      if (random.nextInt(3) == 0) {
        options = options.resumeFile(ResumeFile.at(directory.resolve("resume" + random.nextInt(TORRENTS))));
      }
      return options;
    }

    /** One that is swapped for another while it is used, and at times fails. */
    private PieceSelectionStrategy strategy() {
      SeededRandom drawn = random.fork();
      List<PieceSelectionStrategy> choices = List.of(new RarestFirst(), new Sequential(), new RandomPiece());
      return choice -> {
        if (drawn.nextInt(2000) == 0) {
          throw new IllegalStateException("a strategy with a bug");
        }
        return choices.get(drawn.nextInt(choices.size())).select(choice);
      };
    }

    private void look(TorrentStatus status) {
      if (status.piecesHeld() > status.held().size() || status.explanation().isEmpty()) {
        surprises.add(new AssertionError(status.toString()));
      }
    }

    private void wish(Torrent torrent) {
      int[] priorities = new int[torrent.metainfo().layout().pieceCount()];
      for (int p = 0; p < priorities.length; p++) {
        priorities[p] = random.nextInt(8);
      }
      torrent.priorities(priorities);
    }

    /** From the engine's own thread, where nothing may wait. */
    private void inside(Torrent torrent) {
      User there = new User(peers, directory);
      torrent.execute(there::tryToAct);
    }

    void leave(Torrent torrent) {
      futures.add(torrent.leave());
    }

    void tryToAct() {
      try {
        act();
      } catch (RuntimeException | Error e) {
        surprises.add(e);
      }
    }
  }

  /** A listener that does, now and then, what users do. */
  private record CallsBack(User user) implements TorrentListener {
    @Override
    public void onState(Torrent torrent, TorrentState state) {
      user.tryToAct();
    }

    @Override
    public void onPeerConnected(Torrent torrent, PeerStatus peer) {
      user.tryToAct();
    }

    @Override
    public void onCompleted(Torrent torrent) {
      user.leave(torrent);
    }
  }

  private static void closeQuietly(PieceStore store) {
    try {
      store.close();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void manyThreadsThatDoEverythingAtOnceLeaveNothingBehind(long seed, @TempDir Path directory) throws Exception {
    seeds.set(seed * 1_000_000);
    SeededRandom random = new SeededRandom(seed);
    List<Peer> peers = new ArrayList<>();
    for (int i = 0; i < PEERS; i++) {
      peers.add(Loopback.peer().tracker(tracker).limits(Loopback.IMPATIENT).build());
    }
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < THREADS; t++) {
      User user = new User(peers, directory);
      // Some close a peer in the middle of it all; what the others do then is done to a closed peer.
      int closesAt = t < 3 ? ACTIONS / 2 + random.nextInt(ACTIONS / 2) : -1;
      Peer closed = peers.get(t % PEERS);
      boolean fromInside = t == 1;
      Thread thread = new Thread(() -> {
        for (int i = 0; i < ACTIONS; i++) {
          user.tryToAct();
          if (i == closesAt) {
            close(closed, fromInside);
          }
        }
      }, "stress-" + t);
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join(TimeUnit.SECONDS.toMillis(100));
      if (thread.isAlive()) {
        fail("stuck: " + String.join("\n", stacks()));
      }
    }
    for (Peer peer : peers) {
      CompletableFuture.runAsync(peer::close).get(60, TimeUnit.SECONDS);
    }
    for (CompletableFuture<?> future : futures) {
      awaitEnd(future);
    }
    assertTrue(surprises.isEmpty(), surprises::toString);
    assertTrue(stores.stream().allMatch(store -> store.closed), "all stores are closed");
    assertTrue(stores.stream().noneMatch(store -> store.usedAfterClose), "none is used after that");
    for (Peer peer : peers) {
      String name = "minibit-" + peer.address().getPort();
      Loopback.await("no thread of " + name, () -> stacks().stream().noneMatch(stack -> stack.startsWith(name)));
    }
  }

  private static void close(Peer peer, boolean fromInside) {
    List<Torrent> torrents = peer.torrents();
    if (fromInside && !torrents.isEmpty()) {
      CompletableFuture<Void> unused = torrents.get(0).completion().whenComplete((nothing, failure) -> peer.close());
      torrents.get(0).execute(peer::close);
    } else {
      peer.close();
    }
  }

  private static void awaitEnd(CompletableFuture<?> future) throws Exception {
    try {
      future.get(20, TimeUnit.SECONDS);
    } catch (CancellationException e) {
      // Left, or its peer was closed.
    } catch (ExecutionException e) {
      assertTrue(e.getCause() instanceof IllegalStateException, () -> "failed because of " + e.getCause());
      assertTrue("a strategy with a bug".equals(e.getCause().getMessage()), () -> "failed because of " + e.getCause());
    }
  }

  private static List<String> stacks() {
    return Thread.getAllStackTraces().entrySet().stream()
        .map(entry -> entry.getKey().getName() + " " + List.of(entry.getValue()))
        .toList();
  }
}
