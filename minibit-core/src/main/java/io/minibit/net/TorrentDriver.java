package io.minibit.net;

import io.minibit.engine.EngineListener;
import io.minibit.engine.EnginePort;
import io.minibit.engine.EngineSettings;
import io.minibit.engine.PieceSet;
import io.minibit.engine.TorrentEngine;
import io.minibit.metainfo.InfoHash;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.PieceLayout;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.MiniBitException;
import io.minibit.model.PeerAddress;
import io.minibit.model.TorrentState;
import io.minibit.store.PieceStore;
import io.minibit.store.ResumeFile;
import io.minibit.store.StoreChangedException;
import io.minibit.tracker.AnnounceRequest;
import io.minibit.tracker.AnnounceResponse;
import io.minibit.tracker.Tracker;
import io.minibit.tracker.TrackerTiers;
import io.minibit.wire.Bitfields;
import java.io.IOException;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out what one engine decides, over sockets, the store and the tracker, and tells it what came of it. Lives on the
 * loop's thread, except where it says otherwise.
 */
final class TorrentDriver implements EnginePort {
  private static final Logger LOG = LoggerFactory.getLogger(TorrentDriver.class);

  /** Between two looks for files that were put back: a look costs a stat of each. */
  private static final long LOSS_WATCH_NANOS = 10_000_000_000L;

  private final NetPeer peer;
  private final Loop loop;
  private final Metainfo metainfo;
  private final PieceLayout layout;
  private final PieceStore store;
  private final @Nullable Tracker tracker;
  private final AnnounceListener announceListener;
  private final TorrentEngine engine;
  private final Executor disk;
  private final Executor readers;
  private final @Nullable PieceMemory[] memory;
  private final StoreCheck check;
  private final Checkpoints checkpoints;
  private final StoreJobs jobs;

  /** The wake-up that is in the loop's queue, and the one that the engine wants; the queue's may come early. */
  private Loop.@Nullable Timer queued;
  private long queuedWake = Long.MAX_VALUE;
  private long wantedWake = Long.MAX_VALUE;

  /** Looks whether what got lost has come back. */
  private Loop.@Nullable Timer lossWatch;

  /** Logged once, not at every try. */
  private @Nullable String lastCheckFailure;

  private @Nullable CompletableFuture<AnnounceResponse> asking;
  private @Nullable CompletableFuture<Void> goodbye;
  private boolean over;

  /** Told how announces went, for users' listeners. */
  interface AnnounceListener {
    void announced(int peers);

    void announceFailed(String reason);
  }

  TorrentDriver(
      NetPeer peer,
      Metainfo metainfo,
      PieceStore store,
      EngineSettings settings,
      @Nullable ResumeFile resumeFile,
      @Nullable Tracker tracker,
      EngineListener listener,
      AnnounceListener announceListener) {
    this.peer = peer;
    this.loop = peer.loop();
    this.metainfo = metainfo;
    this.layout = metainfo.layout();
    this.store = store;
    this.tracker = tracker;
    this.announceListener = announceListener;
    memory = new PieceMemory[layout.pieceCount()];
    jobs = new StoreJobs(loop, this::fail);
    disk = peer.workers().diskLane();
    readers = peer.workers().readingLane();
    checkpoints =
        new Checkpoints(this, resumeFile, metainfo, store, loop, peer.workers().background(), peer.limits());
    check = new StoreCheck(metainfo, store, checkpoints, peer.workers().background());
    engine = new TorrentEngine(settings, peer.budget(), this, listener, loop.now());
  }

  TorrentEngine engine() {
    return engine;
  }

  InfoHash infoHash() {
    return metainfo.infoHash();
  }

  int pieceCount() {
    return layout.pieceCount();
  }

  PieceStore store() {
    return store;
  }

  /** What of this torrent is under way on threads that may block. */
  StoreJobs jobs() {
    return jobs;
  }

  /** The threads that may use the store. */
  Executor disk() {
    return disk;
  }

  /** Where blocks of this torrent are read. Any thread. */
  Executor readers() {
    return readers;
  }

  /** Share of the present check that is done, 0 to 1. Any thread. */
  double checked() {
    return check.progress();
  }

  /** Runs something that enters the engine; what it throws fails this torrent only. */
  void guard(Runnable event) {
    try {
      event.run();
    } catch (Throwable e) {
      // Checked exceptions, too: other languages throw them from where Java would not.
      fail(e);
    }
  }

  /** Ends the torrent because of a bug, in it or in what it was given. */
  void fail(Throwable cause) {
    try {
      engine.fail(cause);
    } finally {
      closeSockets();
    }
  }

  private void closeSockets() {
    for (PeerSocket socket : List.copyOf(peer.sockets())) {
      if (socket.torrent() == this) {
        socket.close();
      }
    }
  }

  // Connections.

  /** A socket has shaken hands for this torrent; its number. */
  int add(PeerSocket socket) {
    return peer.numbers().take(socket);
  }

  void remove(PeerSocket socket) {
    peer.numbers().free(socket.number());
  }

  private PeerSocket socket(int connection) {
    return peer.numbers().socket(connection);
  }

  @Override
  public void dial(PeerAddress address) {
    try {
      PeerSocket.dial(peer, this, address);
    } catch (IOException | RuntimeException e) {
      LOG.debug("{}: no socket for {}", metainfo.name(), address, e);
      loop.execute(() -> guard(() -> engine.onDialFailed(loop.now(), address, Failures.describe(e))));
    }
  }

  @Override
  public void close(int connection, String reason) {
    LOG.debug("{}: closing connection {}: {}", metainfo.name(), connection, reason);
    socket(connection).close();
  }

  @Override
  public void send(int connection, int type, int a, int b, int c) {
    socket(connection).send(type, a, b, c);
  }

  @Override
  public void sendBitfield(int connection, PieceSet have) {
    socket(connection).sendBitfield(have.toWords(), layout.pieceCount());
  }

  @Override
  public void sendExtendedHandshake(int connection, int requestQueue) {
    socket(connection).sendExtendedHandshake(requestQueue, peer.address().getPort());
  }

  @Override
  public void sendBlock(int connection, int piece, int begin, int length) {
    socket(connection).sendBlock(piece, begin, length);
  }

  @Override
  public void discardRest(int connection) {
    socket(connection).discardRest();
  }

  void onBitfield(int connection, byte[] bits) {
    long[] words = Bitfields.toWords(bits, layout.pieceCount());
    engine.onBitfield(loop.now(), connection, PieceSet.of(layout.pieceCount(), words));
  }

  // Pieces.

  /** The memory of a begun piece. */
  @Nullable PieceMemory memory(int piece) {
    return memory[piece];
  }

  @Override
  public void openPiece(int piece) {
    memory[piece] = peer.slabs().take(layout.length(piece));
  }

  @Override
  public void dropPiece(int piece) {
    PieceMemory dropped = memory[piece];
    memory[piece] = null;
    if (dropped != null) {
      peer.slabs().give(dropped);
    }
  }

  @Override
  public void verify(int piece, boolean suspect) {
    PieceMemory whole = memory[piece];
    if (whole == null) {
      throw new IllegalStateException("piece " + piece + " has no memory");
    }
    memory[piece] = null;
    jobs.run(disk, () -> verifyOnDiskThread(piece, whole, suspect));
  }

  private Runnable verifyOnDiskThread(int piece, PieceMemory whole, boolean suspect) {
    boolean stored = false;
    try {
      if (metainfo.matches(piece, Hashing.sha1(whole.content()))) {
        long[] digests = suspect ? Hashing.blockDigests(whole) : null;
        store.write(piece, whole.content());
        stored = true;
        return () -> onPieceStored(piece, whole, digests);
      }
      long[] digests = Hashing.blockDigests(whole);
      return () -> engine.onPieceCorrupt(loop.now(), piece, digests);
    } catch (StoreChangedException e) {
      String message = Failures.describe(e);
      return () -> onStoreChanged(piece, message);
    } catch (IOException e) {
      String message = Failures.describe(e);
      return () -> onStoreFailed(piece, message);
    } finally {
      if (!stored) {
        peer.slabs().give(whole);
      }
    }
  }

  private void onPieceStored(int piece, PieceMemory whole, long @Nullable [] digests) {
    if (!over && engine.isLackedByPeers(piece)) {
      peer.fresh().keep(this, piece, whole);
    } else {
      peer.slabs().give(whole);
    }
    engine.onPieceStored(loop.now(), piece, digests);
    checkpoints.pieceStored(engine.isComplete());
  }

  private void onStoreFailed(int piece, String message) {
    // Once for all pieces that are on their way to the disk.
    if (engine.state() == TorrentState.DOWNLOADING) {
      LOG.warn("{}: piece {} cannot be stored: {}", metainfo.name(), piece, message);
    }
    engine.onStoreFailed(loop.now(), piece, message);
  }

  private void onStoreChanged(int piece, String message) {
    if (engine.state() != TorrentState.CHECKING) {
      LOG.warn("{}: piece {} is not stored, checking everything again: {}", metainfo.name(), piece, message);
    }
    engine.onStoreChanged(loop.now(), piece, message);
  }

  void readFailed(int connection, int piece, int begin, int length, String message) {
    if (engine.state() == TorrentState.DOWNLOADING || engine.state() == TorrentState.SEEDING) {
      LOG.warn("{}: piece {} cannot be read, checking everything again: {}", metainfo.name(), piece, message);
    }
    guard(() -> engine.onReadFailed(loop.now(), connection, piece, begin, length, message));
  }

  @Override
  public void check() {
    // The store is asked what it has with no other call under way; what is written or read now ends soon.
    jobs.whenIdle(this::beginCheck);
  }

  private void beginCheck() {
    peer.fresh().forget(this);
    BitSet before = engine.held().toBitSet();
    checkpoints.checking();
    jobs.run(peer.workers().background(), () -> checkOnBackgroundThread(before));
  }

  private Runnable checkOnBackgroundThread(BitSet before) {
    try {
      BitSet held = check.run();
      return () -> onChecked(before, held);
    } catch (IOException | MiniBitException e) {
      String message = Failures.describe(e);
      return () -> onCheckFailed(message);
    }
  }

  private void onChecked(BitSet before, BitSet held) {
    lastCheckFailure = null;
    boolean lost = before.stream().anyMatch(piece -> !held.get(piece));
    engine.onChecked(loop.now(), PieceSet.of(layout.pieceCount(), held));
    if (!over && engine.state() != TorrentState.FAILED) {
      checkpoints.checked();
    }
    if (lost) {
      LOG.warn("{}: {} of {} pieces are there", metainfo.name(), held.cardinality(), layout.pieceCount());
      watchLoss();
    }
  }

  private void onCheckFailed(String message) {
    if (!over && !message.equals(lastCheckFailure)) {
      lastCheckFailure = message;
      LOG.warn("{}: what is there cannot be checked: {}", metainfo.name(), message);
    }
    engine.onCheckFailed(loop.now(), message);
  }

  /** Somebody who deleted or edited files may put them back, and nobody may ask us for anything meanwhile. */
  private void watchLoss() {
    if (lossWatch != null) {
      return;
    }
    lossWatch = loop.at(loop.now() + LOSS_WATCH_NANOS, () -> {
      lossWatch = null;
      if (!over && !engine.isComplete()) {
        jobs.run(disk, this::lookForChanges);
      }
    });
  }

  private Runnable lookForChanges() {
    try {
      store.fingerprint();
    } catch (StoreChangedException e) {
      String change = Failures.describe(e);
      return () -> {
        engine.onContentChanged(loop.now(), change);
        watchLoss();
      };
    } catch (IOException | MiniBitException e) {
      LOG.debug("{}: the store cannot be looked at: {}", metainfo.name(), Failures.describe(e));
    }
    return this::watchLoss;
  }

  // Time and trackers.

  @Override
  public void wakeAt(long time) {
    wantedWake = time;
    if (time < queuedWake && !over) {
      cancelWake();
      queuedWake = time;
      queued = loop.at(time, this::onTimer);
    }
  }

  private void cancelWake() {
    if (queued != null) {
      loop.cancel(queued);
      queued = null;
    }
    queuedWake = Long.MAX_VALUE;
  }

  private void onTimer() {
    queued = null;
    queuedWake = Long.MAX_VALUE;
    if (wantedWake <= loop.now()) {
      wantedWake = Long.MAX_VALUE;
      guard(() -> engine.onWake(loop.now()));
    } else if (wantedWake != Long.MAX_VALUE) {
      wakeAt(wantedWake);
    }
  }

  @Override
  public void announce(AnnounceEvent event, long uploaded, long downloaded, long left, int numWant) {
    Tracker asked = tracker;
    if (asked == null) {
      return;
    }
    AnnounceRequest request =
        new AnnounceRequest(
            infoHash(),
            peer.id(),
            PeerAddress.of(peer.address()),
            uploaded,
            downloaded,
            left,
            event,
            numWant,
            peer.announceKey(),
            peer.group());
    CompletableFuture<AnnounceResponse> answer;
    try {
      answer = asked.announce(request).copy();
    } catch (Throwable e) {
      answer = CompletableFuture.failedFuture(e);
    }
    if (event == AnnounceEvent.STOPPED) {
      long most = peer.limits().stoppedTimeout().toMillis();
      goodbye = answer.handle((r, e) -> (Void) null).completeOnTimeout(null, most, TimeUnit.MILLISECONDS);
      return;
    }
    if (!(asked instanceof TrackerTiers)) {
      // Ours bound their time themselves, and several in turn may take the time of each; a user's own may not.
      answer.orTimeout(peer.limits().trackerTimeout().toMillis() * 2, TimeUnit.MILLISECONDS);
    }
    asking = answer;
    CompletableFuture<AnnounceResponse> unused =
        answer.whenComplete((response, failure) -> loop.execute(() -> guard(() -> onAnswer(response, failure))));
  }

  private void onAnswer(@Nullable AnnounceResponse response, @Nullable Throwable failure) {
    if (over) {
      return;
    }
    asking = null;
    if (response == null) {
      String reason = failure == null ? "no answer" : Failures.describe(failure);
      engine.onAnnounceFailed(loop.now(), reason);
      announceListener.announceFailed(reason);
      return;
    }
    List<PeerAddress> peers = response.peers().stream().map(AnnounceResponse.Contact::address).toList();
    long interval = response.interval() == null ? -1 : response.interval().toNanos();
    long minInterval = response.minInterval() == null ? -1 : response.minInterval().toNanos();
    engine.onAnnounced(loop.now(), interval, minInterval, peers);
    announceListener.announced(peers.size());
  }

  // The end.

  /** After the engine has left: waits for the tracker and the disk, closes the store, then runs this on some thread. */
  void finish(Runnable whenDone) {
    over = true;
    CompletableFuture<Void> stored = new CompletableFuture<>();
    CompletableFuture<Void> told = goodbye == null ? CompletableFuture.completedFuture(null) : goodbye;
    CompletableFuture<Void> unused = CompletableFuture.allOf(stored, told).thenRun(whenDone);
    try {
      giveBack();
    } finally {
      BitSet held = engine.held().toBitSet();
      jobs.whenIdle(() -> closeStore(held, stored));
    }
  }

  private void giveBack() {
    check.cancel();
    checkpoints.cancel();
    cancelWake();
    if (lossWatch != null) {
      loop.cancel(lossWatch);
    }
    if (asking != null) {
      // Its deadline would keep all this in memory.
      asking.cancel(false);
    }
    // Those that have shaken hands were the engine's to close; some are still on their way to it.
    closeSockets();
    peer.fresh().forget(this);
    for (int p = 0; p < memory.length; p++) {
      if (memory[p] != null) {
        dropPiece(p);
      }
    }
  }

  private void closeStore(BitSet held, CompletableFuture<Void> done) {
    Runnable close = () -> closeStoreOnDiskThread(held, done);
    try {
      disk.execute(close);
    } catch (Throwable e) {
      LOG.warn("{}: no thread to close the store", metainfo.name(), e);
      close.run();
    }
  }

  private void closeStoreOnDiskThread(BitSet held, CompletableFuture<Void> done) {
    try {
      checkpoints.last(held);
    } catch (Throwable e) {
      LOG.warn("{}: what is verified cannot be remembered", metainfo.name(), e);
    }
    try {
      // Not flushed: that would take about as long as the download, and what is there is verified when it is opened again.
      store.close();
    } catch (Throwable e) {
      LOG.warn("{}: closing the store failed", metainfo.name(), e);
    } finally {
      done.complete(null);
    }
  }
}
