package io.minibit.net;

import io.minibit.PeerStatus;
import io.minibit.Torrent;
import io.minibit.TorrentListener;
import io.minibit.TorrentOptions;
import io.minibit.TorrentStatus;
import io.minibit.engine.EngineSettings;
import io.minibit.engine.TorrentEngine;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.MiniBitException;
import io.minibit.model.PeerAddress;
import io.minibit.model.SeededRandom;
import io.minibit.model.TorrentState;
import io.minibit.store.PieceStore;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.strategy.RemotePeer;
import io.minibit.tracker.Tracker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A torrent of a {@link NetPeer}, as users hold it: carries their calls to the loop's thread and its events back. */
final class NetTorrent implements Torrent {
  private static final Logger LOG = LoggerFactory.getLogger(NetTorrent.class);

  /** Before an unknown host is looked up again; doubles each time. A network that is not up yet is up soon. */
  private static final long FIRST_LOOKUP_WAIT = 2_000_000_000L;

  private static final long LONGEST_LOOKUP_WAIT = 120_000_000_000L;

  private final NetPeer peer;
  private final Metainfo metainfo;
  private final Events events;
  private final TorrentDriver driver;
  private final @Nullable Tracker ownTracker;
  private final CompletableFuture<Void> left = new CompletableFuture<>();
  private final CompletableFuture<Void> gone = new CompletableFuture<>();

  /** Names given by the user that mean nothing now, and when they are looked up again. Loop's thread. */
  private final Set<String> unknownHosts = new TreeSet<>();

  private final List<Loop.Timer> retries = new ArrayList<>();

  /** Who waits for completion. Loop's thread. */
  private final List<CompletableFuture<Void>> waiting = new ArrayList<>();

  private volatile @Nullable Throwable failure;
  private boolean leaving;
  private volatile @Nullable TorrentStatus lastStatus;

  /** Must be made on the loop's thread. */
  NetTorrent(NetPeer peer, Metainfo metainfo, PieceStore store, TorrentOptions options, SeededRandom random) {
    this.peer = peer;
    this.metainfo = metainfo;
    // Users' code first: if it throws, nothing has been opened yet.
    PieceSelectionStrategy selection = options.selection().orElseGet(peer.selection());
    ChokingStrategy choking = options.choking().orElseGet(peer.choking());
    // What is private is introduced by its own trackers only (BEP 27), unless told otherwise for this very torrent.
    boolean ownOnly = options.isWithoutTracker() || (metainfo.isPrivate() && !metainfo.trackers().isEmpty());
    Tracker given = options.tracker().orElse(ownOnly ? null : peer.tracker());
    ownTracker = given == null && !options.isWithoutTracker() ? peer.trackersOf(metainfo, random.fork()) : null;
    Tracker tracker = given != null ? given : ownTracker;
    TorrentLog log = new TorrentLog(peer.address().getPort() + " " + metainfo.name(), () -> engine().held());
    events = new Events(log, peer.callbacks());
    options.listeners().forEach(events::add);
    EngineSettings settings =
        new EngineSettings(
            metainfo.layout(),
            peer.id(),
            PeerAddress.of(peer.address()),
            peer.limits(),
            selection,
            choking,
            random,
            options.uploadRate(),
            options.downloadRate(),
            options.seedFor().map(NetTorrent::nanos).orElse(Long.MAX_VALUE),
            options.superSeeding(),
            tracker != null);
    driver = new TorrentDriver(
        peer, metainfo, store, settings, options.resumeFile().orElse(null), tracker, events, events);
    options.priorities().ifPresent(p -> engine().setPriorities(peer.loop().now(), toBytes(p)));
    options.filePriorities().ifPresent(f -> engine().setPriorities(peer.loop().now(), ofFiles(f)));
    if (options.paused()) {
      engine().pause(peer.loop().now());
    }
    log.joined(metainfo.layout().pieceCount() + " pieces of " + metainfo.layout().pieceLength() + " bytes");
  }

  private static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException e) {
      return Long.MAX_VALUE;
    }
  }

  /** Sets the engine going. */
  void start() {
    driver.guard(() -> engine().start(peer.loop().now()));
  }

  TorrentDriver driver() {
    return driver;
  }

  /** Completes, on any thread, when the torrent has been left and nothing of it is under way. */
  CompletableFuture<Void> gone() {
    return gone;
  }

  private TorrentEngine engine() {
    return driver.engine();
  }

  /** Runs something that enters the engine, unless the torrent is being left. */
  private void onLoop(Runnable event) {
    peer.loop()
        .execute(
            () -> {
              if (!leaving) {
                driver.guard(event);
              }
            });
  }

  private long now() {
    return peer.loop().now();
  }

  @Override
  public Metainfo metainfo() {
    return metainfo;
  }

  @Override
  public TorrentStatus status() {
    TorrentStatus last = lastStatus;
    if (last != null) {
      return last;
    }
    if (peer.loop().isCurrentThread()) {
      return statusOnLoop();
    }
    TorrentStatus status = peer.loop().call(this::statusOnLoop);
    // A loop that has ended runs no more tasks; whoever left the torrent before has published its last status.
    return status != null ? status : Objects.requireNonNull(lastStatus);
  }

  private TorrentStatus statusOnLoop() {
    TorrentStatus last = lastStatus;
    if (last != null) {
      return last;
    }
    TorrentEngine engine = engine();
    List<PeerStatus> peers = engine.peers().stream().map(events::statusOf).toList();
    return new TorrentStatus(
        engine.state(),
        engine.state() == TorrentState.CHECKING ? driver.checked() : 1,
        metainfo.layout().pieceCount(),
        engine.held().toBitSet(),
        engine.wantedBytesLeft(),
        engine.downloaded(),
        engine.uploaded(),
        engine.wasted(),
        peers.stream().mapToLong(PeerStatus::downloadRate).sum(),
        peers.stream().mapToLong(PeerStatus::uploadRate).sum(),
        peers,
        explanation());
  }

  private String explanation() {
    String sentence = engine().explanation(now());
    return unknownHosts.isEmpty() || !engine().peers().isEmpty()
        ? sentence
        : sentence + "; unknown host: " + String.join(", ", unknownHosts);
  }

  @Override
  public CompletableFuture<Void> completion() {
    CompletableFuture<Void> future = new CompletableFuture<>();
    Runnable register =
        () -> {
          Throwable cause = failure;
          if (cause != null) {
            peer.callbacks().completion(() -> future.completeExceptionally(cause));
          } else if (engine().isComplete()) {
            peer.callbacks().completion(() -> future.complete(null));
          } else {
            // Whoever asks again and again, and cancels, must not fill the memory.
            waiting.removeIf(CompletableFuture::isDone);
            waiting.add(future);
          }
        };
    if (!peer.loop().offer(register)) {
      Throwable cause = failure;
      future.completeExceptionally(cause != null ? cause : new CancellationException("the torrent was left"));
    }
    return future;
  }

  @Override
  public void connect(InetSocketAddress address) {
    if (address.getPort() == 0) {
      throw new MiniBitException(address.getHostString() + ": nobody listens on port 0");
    }
    if (address.isUnresolved()) {
      lookUp(address, FIRST_LOOKUP_WAIT);
    } else {
      PeerAddress resolved = PeerAddress.of(address);
      onLoop(() -> engine().onPeersFound(now(), List.of(resolved), true));
    }
  }

  private void lookUp(InetSocketAddress address, long nextWait) {
    try {
      peer.workers().background().execute(() -> resolveOnBackgroundThread(address, nextWait));
    } catch (RejectedExecutionException e) {
      LOG.debug("the peer is closed; not connecting to {}", address);
    }
  }

  private void resolveOnBackgroundThread(InetSocketAddress address, long nextWait) {
    try {
      resolve(address, nextWait);
    } catch (Throwable e) {
      onLoop(() -> driver.fail(e));
    }
  }

  private void resolve(InetSocketAddress address, long nextWait) {
    InetSocketAddress resolved = new InetSocketAddress(address.getHostString(), address.getPort());
    if (!resolved.isUnresolved()) {
      onLoop(
          () -> {
            unknownHosts.remove(address.getHostString());
            engine().onPeersFound(now(), List.of(PeerAddress.of(resolved)), true);
          });
      return;
    }
    LOG.warn("{}: unknown host {}, to be looked up again", metainfo.name(), address.getHostString());
    onLoop(
        () -> {
          unknownHosts.add(address.getHostString());
          long wait = Math.min(LONGEST_LOOKUP_WAIT, 2 * nextWait);
          retries.removeIf(Loop.Timer::isOff);
          retries.add(peer.loop().at(now() + nextWait, () -> driver.guard(() -> lookUp(address, wait))));
        });
  }

  @Override
  public void addListener(TorrentListener listener) {
    events.add(listener);
  }

  @Override
  public void removeListener(TorrentListener listener) {
    events.remove(listener);
  }

  @Override
  public void pause() {
    onLoop(() -> engine().pause(now()));
  }

  @Override
  public void resume() {
    onLoop(() -> engine().resume(now()));
  }

  @Override
  public void priorities(int[] priorities) {
    byte[] bytes = toBytes(priorities);
    onLoop(() -> engine().setPriorities(now(), bytes));
  }

  @Override
  public void filePriorities(List<Integer> priorities) {
    byte[] bytes = ofFiles(priorities);
    onLoop(() -> engine().setPriorities(now(), bytes));
  }

  private byte[] toBytes(int[] priorities) {
    return Priorities.ofPieces(metainfo, priorities);
  }

  private byte[] ofFiles(List<Integer> priorities) {
    return Priorities.ofFiles(metainfo, priorities);
  }

  @Override
  public void rates(long upload, long download) {
    if (upload <= 0 || download <= 0) {
      throw new MiniBitException("rates must be positive: up " + upload + ", down " + download + " bytes/s");
    }
    onLoop(() -> engine().limitRates(now(), upload, download));
  }

  @Override
  public CompletableFuture<Void> leave() {
    peer.loop().execute(this::leaveOnLoop);
    return left.copy();
  }

  @Override
  public void execute(Runnable task) {
    onLoop(
        () -> {
          try {
            task.run();
          } catch (Throwable e) {
            LOG.warn("{}: a task given to execute() failed", metainfo.name(), e);
          }
        });
  }

  /** Leaves, once; the future of {@link #leave} tells when it is done. */
  void leaveOnLoop() {
    if (leaving) {
      return;
    }
    leaving = true;
    driver.guard(() -> engine().leave(now()));
    TorrentStatus status = finalStatus();
    try {
      if (failure == null) {
        failWaiting(new CancellationException("the torrent was left"));
      }
      retries.forEach(peer.loop()::cancel);
      peer.departs(this);
    } finally {
      driver.finish(() -> onGone(status));
    }
  }

  /** What there was last; also of an engine that is broken and cannot say. */
  private TorrentStatus finalStatus() {
    try {
      return statusOnLoop();
    } catch (Throwable e) {
      LOG.warn("{}: the last status is not known", metainfo.name(), e);
      int pieces = metainfo.layout().pieceCount();
      return new TorrentStatus(
          TorrentState.FAILED, 1, pieces, new BitSet(), 0, 0, 0, 0, 0, 0, List.of(), "failed: " + e);
    }
  }

  private void onGone(TorrentStatus status) {
    lastStatus = status;
    try {
      Tracker closed = ownTracker;
      if (closed != null) {
        closed.close();
      }
      peer.callbacks().completion(() -> left.complete(null));
    } finally {
      gone.complete(null);
    }
  }

  private void failWaiting(Throwable cause) {
    failure = cause;
    for (CompletableFuture<Void> future : waiting) {
      peer.callbacks().completion(() -> future.completeExceptionally(cause));
    }
    waiting.clear();
  }

  /** What the engine says, besides to the log and listeners, to whoever waits for completion. */
  private final class Events extends EventFanout {
    Events(TorrentLog log, Callbacks callbacks) {
      super(log, callbacks);
    }

    @Override
    Torrent torrent() {
      return NetTorrent.this;
    }

    @Override
    PeerStatus statusOf(RemotePeer remote) {
      return new PeerStatus(
          remote.key(),
          remote.address(),
          remote.id(),
          engine().clientOf(remote),
          remote.pieces(),
          remote.seed(),
          remote.interested(),
          remote.interesting(),
          remote.unchokesUs(),
          remote.served(),
          remote.servedOptimistically(),
          remote.snubbing(),
          remote.downloadRate(),
          remote.uploadRate(),
          remote.downloaded(),
          remote.uploaded());
    }

    @Override
    public void completed() {
      super.completed();
      for (CompletableFuture<Void> future : waiting) {
        peer.callbacks().completion(() -> future.complete(null));
      }
      waiting.clear();
    }

    @Override
    public void failed(Throwable cause) {
      super.failed(cause);
      failWaiting(cause);
    }

    @Override
    public void seedTimeOver() {
      peer.loop().execute(NetTorrent.this::leaveOnLoop);
    }
  }
}
