package io.minibit.net;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.TorrentOptions;
import io.minibit.engine.PeerBudget;
import io.minibit.metainfo.InfoHash;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.Limits;
import io.minibit.model.MiniBitException;
import io.minibit.model.PeerId;
import io.minibit.model.SeededRandom;
import io.minibit.store.PieceStore;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.tracker.Tracker;
import io.minibit.tracker.TrackerTiers;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A peer over java.nio channels: one selector thread that owns all sockets and engines, a few threads that may block, and
 * one for callbacks.
 */
public final class NetPeer implements Peer {
  /** What we call ourselves in extended handshakes. */
  static final String CLIENT = "MiniBit 0.1";

  private static final Logger LOG = LoggerFactory.getLogger(NetPeer.class);
  private static final long DEFAULT_PIECE_MEMORY = 64L << 20;

  /** Four fifths of what nine peers ask each other for come from so much; twice as much brings a tenth more. */
  private static final long DEFAULT_FRESH_PIECES = 16L << 20;

  private static final long CLOSE_RETRY = 1_000_000_000L;

  private final Settings settings;
  private final PeerId id;
  private final Loop loop;
  private final Workers workers;
  private final Callbacks callbacks;
  private final PeerBudget budget;
  private final Slabs slabs;
  private final FreshPieces fresh;
  private final BlockReads reads;
  private final Acceptor acceptor;
  private final ConnectionNumbers numbers = new ConnectionNumbers();
  private final Set<PeerSocket> sockets = new HashSet<>();
  private final int announceKey;
  /** By info-hash. Changed on the loop's thread, read anywhere. */
  private final Map<InfoHash, NetTorrent> torrents = new LinkedHashMap<>();

  /** Torrents that are being left: closing waits for them, too. Loop's thread. */
  private final Set<NetTorrent> departing = new HashSet<>();

  private final AtomicBoolean closing = new AtomicBoolean();
  private final CompletableFuture<Void> closed = new CompletableFuture<>();

  /**
   * What a {@link io.minibit.PeerBuilder} was told.
   *
   * @param tracker in place of those that a metainfo names; null for none
   * @param uploadRate bytes per second over all torrents, {@link Long#MAX_VALUE} for no limit
   * @param downloadRate bytes per second over all torrents, {@link Long#MAX_VALUE} for no limit
   */
  public record Settings(
      InetSocketAddress listen,
      Supplier<? extends PieceSelectionStrategy> selection,
      Supplier<? extends ChokingStrategy> choking,
      @Nullable Tracker tracker,
      @Nullable String group,
      long uploadRate,
      long downloadRate,
      Limits limits,
      @Nullable Executor callbackExecutor,
      SeededRandom random) {}

  /**
   * Opens the port and starts the threads.
   *
   * @throws IOException if the address cannot be listened on
   */
  public static NetPeer open(Settings settings) throws IOException {
    ServerSocketChannel port = Acceptor.bind(settings.listen());
    try {
      NetPeer peer = new NetPeer(settings, port);
      peer.start();
      return peer;
    } catch (Throwable e) {
      port.close();
      throw e;
    }
  }

  private NetPeer(Settings settings, ServerSocketChannel port) throws IOException {
    this.settings = settings;
    Limits limits = settings.limits();
    id = PeerId.random(settings.random());
    announceKey = settings.random().nextInt(Integer.MAX_VALUE);
    acceptor = new Acceptor(this, port);
    String name = "minibit-" + acceptor.address().getPort();
    loop = new Loop(name);
    workers = new Workers(name);
    callbacks = new Callbacks(settings.callbackExecutor(), name + "-callbacks");
    long memory = orDefault(limits.pieceMemoryBytes(), DEFAULT_PIECE_MEMORY, 3);
    budget = new PeerBudget(memory, limits.maxConnections(), limits.maxDialsPerSecond(), loop.now());
    budget.limitUpload(settings.uploadRate(), loop.now());
    budget.limitDownload(settings.downloadRate(), loop.now());
    slabs = new Slabs(memory);
    fresh = new FreshPieces(slabs, orDefault(limits.freshPieceBytes(), Math.min(DEFAULT_FRESH_PIECES, memory), 6));
    reads = new BlockReads(
        loop, ByteBuffer::allocateDirect, limits.readAheadBytes(), limits.maxServedBlock());
  }

  private static long orDefault(long bytes, long usual, int partOfHeap) {
    return bytes != 0 ? bytes : Math.min(usual, Runtime.getRuntime().maxMemory() / partOfHeap);
  }

  private void start() throws IOException {
    loop.whenBroken(this::onBroken);
    try {
      acceptor.register();
      loop.start();
    } catch (Throwable e) {
      loop.abandon();
      throw e;
    }
  }

  /** No socket works any more: nothing would ever happen to the torrents. */
  private void onBroken(Throwable cause) {
    LOG.error("The peer on port {} cannot go on; its torrents end", address().getPort(), cause);
    acceptor.close();
    joined().forEach(torrent -> torrent.driver().fail(cause));
    for (PeerSocket socket : List.copyOf(sockets)) {
      socket.close();
    }
  }

  private List<NetTorrent> joined() {
    synchronized (torrents) {
      return List.copyOf(torrents.values());
    }
  }

  // What the parts of this package share.

  Loop loop() {
    return loop;
  }

  Workers workers() {
    return workers;
  }

  Callbacks callbacks() {
    return callbacks;
  }

  PeerBudget budget() {
    return budget;
  }

  Slabs slabs() {
    return slabs;
  }

  FreshPieces fresh() {
    return fresh;
  }

  BlockReads reads() {
    return reads;
  }

  ConnectionNumbers numbers() {
    return numbers;
  }

  Limits limits() {
    return settings.limits();
  }

  /** All open sockets, those that have not shaken hands yet included. */
  Set<PeerSocket> sockets() {
    return sockets;
  }

  int announceKey() {
    return announceKey;
  }

  @Nullable String group() {
    return settings.group();
  }

  @Nullable Tracker tracker() {
    return settings.tracker();
  }

  Supplier<? extends PieceSelectionStrategy> selection() {
    return settings.selection();
  }

  Supplier<? extends ChokingStrategy> choking() {
    return settings.choking();
  }

  /** A client for the trackers that a metainfo names, or null if it names none. */
  @Nullable Tracker trackersOf(Metainfo metainfo, SeededRandom random) {
    return metainfo.trackers().isEmpty() ? null : TrackerTiers.of(metainfo.trackers(), random, limits());
  }

  /** The torrent of this info-hash if it is joined and trading. */
  @Nullable TorrentDriver trading(InfoHash infoHash) {
    NetTorrent torrent;
    synchronized (torrents) {
      torrent = torrents.get(infoHash);
    }
    if (torrent == null) {
      return null;
    }
    return switch (torrent.driver().engine().state()) {
      case DOWNLOADING, SEEDING, STORE_TROUBLE -> torrent.driver();
      case CHECKING, PAUSED, FAILED, LEFT -> null;
    };
  }

  /** The torrent is being left: it does not count as joined any more. */
  void departs(NetTorrent torrent) {
    synchronized (torrents) {
      torrents.remove(torrent.metainfo().infoHash(), torrent);
    }
    departing.add(torrent);
    CompletableFuture<Void> unused = torrent.gone().thenRun(() -> loop.execute(() -> departing.remove(torrent)));
  }

  // What users call.

  @Override
  public PeerId id() {
    return id;
  }

  @Override
  public InetSocketAddress address() {
    return acceptor.address();
  }

  @Override
  public List<Torrent> torrents() {
    return List.copyOf(joined());
  }

  @Override
  public void uploadRate(long bytesPerSecond) {
    requirePositive(bytesPerSecond);
    loop.execute(() -> budget.limitUpload(bytesPerSecond, loop.now()));
  }

  @Override
  public void downloadRate(long bytesPerSecond) {
    requirePositive(bytesPerSecond);
    loop.execute(() -> budget.limitDownload(bytesPerSecond, loop.now()));
  }

  private static void requirePositive(long bytesPerSecond) {
    if (bytesPerSecond <= 0) {
      throw new MiniBitException("a rate of " + bytesPerSecond + " bytes/s is not positive");
    }
  }

  @Override
  public Torrent join(Metainfo metainfo, PieceStore store, TorrentOptions options) {
    PieceMemoryNeed.check(metainfo.layout());
    options.priorities().ifPresent(p -> Priorities.ofPieces(metainfo, p));
    options.filePriorities().ifPresent(f -> Priorities.ofFiles(metainfo, f));
    Torrent joined = loop.call(() -> joinOnLoop(metainfo, store, options));
    if (joined == null) {
      throw new IllegalStateException("the peer is closed");
    }
    return joined;
  }

  private Torrent joinOnLoop(Metainfo metainfo, PieceStore store, TorrentOptions options) {
    if (closing.get()) {
      throw new IllegalStateException("the peer is closed");
    }
    if (loop.broken() != null) {
      throw new IllegalStateException("the peer cannot go on", loop.broken());
    }
    synchronized (torrents) {
      if (torrents.containsKey(metainfo.infoHash())) {
        throw new MiniBitException(metainfo.infoHash() + " is joined already");
      }
    }
    budget.requirePieceMemory(PieceMemoryNeed.of(metainfo.layout()));
    slabs.keep(budget.pieceMemory());
    NetTorrent torrent = new NetTorrent(this, metainfo, store, options, settings.random().fork());
    synchronized (torrents) {
      torrents.put(metainfo.infoHash(), torrent);
    }
    torrent.start();
    return torrent;
  }

  @Override
  public void close() {
    if (closing.compareAndSet(false, true)) {
      loop.execute(this::closeOnLoop);
    }
    if (loop.isCurrentThread()) {
      // The rest happens when the caller has returned.
      return;
    }
    if (callbacks.isInside() || workers.isInside()) {
      // What remains waits for callbacks, or for what a store or tracker does, of which this is one.
      return;
    }
    Loop.await(closed);
  }

  private void closeOnLoop() {
    acceptor.close();
    for (NetTorrent torrent : joined()) {
      try {
        torrent.leaveOnLoop();
      } catch (Throwable e) {
        LOG.error("{}: leaving failed", torrent.metainfo().name(), e);
      }
    }
    // Not what users were given: to complete that is a callback's business, and close may keep callbacks from running.
    CompletableFuture<?>[] leaving = departing.stream().map(NetTorrent::gone).toArray(CompletableFuture<?>[]::new);
    for (PeerSocket socket : List.copyOf(sockets)) {
      // Those that have shaken hands are the engines' to close.
      if (!socket.isOpen()) {
        socket.close();
      }
    }
    startCloser(leaving);
  }

  private void startCloser(CompletableFuture<?>[] leaving) {
    try {
      Thread closer = new Thread(() -> finishClose(leaving), "minibit-close");
      closer.setDaemon(true);
      closer.start();
    } catch (OutOfMemoryError e) {
      LOG.warn("No thread to close the peer; trying again in a second", e);
      loop.at(loop.now() + CLOSE_RETRY, () -> startCloser(leaving));
    }
  }

  /** Waits for what must be waited for; on a thread of its own, because callbacks and the loop are part of it. */
  private void finishClose(CompletableFuture<?>[] leaving) {
    try {
      CompletableFuture.allOf(leaving).join();
      workers.close();
      loop.stop();
      loop.join();
      callbacks.close();
    } catch (InterruptedException e) {
      LOG.warn("Closing was interrupted", e);
      Thread.currentThread().interrupt();
    } finally {
      closed.complete(null);
    }
  }
}
