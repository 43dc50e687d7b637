package io.minibit.engine;

import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import io.minibit.model.TorrentState;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.RemotePeer;
import io.minibit.wire.MessageType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that one torrent in one peer decides. The world tells it what happened and what time it is, by the methods
 * below; it answers through its {@link EnginePort}. It does no I/O, never blocks, reads no clock and owns one seeded
 * random source, so that the same events always lead to the same answers: over sockets, in the simulator and in tests.
 *
 * <p>Single-threaded: all calls come from the one thread that drives it. Times are nanoseconds of a monotonic clock and
 * never decrease. An exception from a strategy ends this torrent and is reported as {@link EngineListener#failed}.
 *
 * <p>This class is the list of all that can happen to a torrent, in one place; what it means is decided in the parts:
 * {@link Lifecycle} knows the states, {@link Connections} who is connected, {@link PieceBook} the pieces;
 * {@link Downloader} asks for blocks, {@link Uploader} serves them, {@link ChokingRounds} decides whom to serve,
 * {@link SuperSeeding} what to hide from whom, {@link Dialer} whom to connect to, {@link Announcer} when to announce and
 * {@link Blame} who sent rubbish.
 */
public final class TorrentEngine {
  private static final long SECOND = 1_000_000_000L;

  private final Swarm swarm;
  private final EnginePort port;
  private final EngineListener listener;
  private final PeerBudget budget;
  private final Claimant claimant = new Claimant();
  private final Blame blame = new Blame();
  private final SuperSeeding superSeeding;
  private final Downloader downloader;
  private final Uploader uploader;
  private final ChokingRounds choking;
  private final Dialer dialer;
  private final Announcer announcer;
  private final Connections connections;
  private final Lifecycle lifecycle;

  /** When hungry connections are tried again, whatever has happened. */
  private long hungryAt = Long.MAX_VALUE;
  private long wakeAt = Long.MAX_VALUE;
  private boolean memoryWanted;
  private boolean budgetAvailable;

  /** Stands in line at the budget; called from inside other engines' events, so it only takes note. */
  private final class Claimant implements PeerBudget.Claimant {
    @Override
    public void budgetAvailable() {
      if (!budgetAvailable) {
        budgetAvailable = true;
        wake(swarm.now);
      }
    }

    @Override
    public void memoryWanted() {
      if (!memoryWanted) {
        memoryWanted = true;
        wake(swarm.now);
      }
    }
  }

  /** A new engine; {@link #start} sets it going. */
  public TorrentEngine(EngineSettings settings, PeerBudget budget, EnginePort port, EngineListener listener, long now) {
    this.swarm = new Swarm(settings, port, listener, now);
    this.port = port;
    this.listener = listener;
    this.budget = budget;
    superSeeding = new SuperSeeding(swarm);
    downloader = new Downloader(swarm, budget, claimant, blame);
    uploader = new Uploader(swarm, budget, claimant, superSeeding);
    choking = new ChokingRounds(swarm, uploader);
    dialer = new Dialer(swarm, budget, claimant);
    announcer = new Announcer(swarm, dialer, settings.hasTracker());
    connections = new Connections(swarm, downloader, uploader, dialer, choking, superSeeding);
    lifecycle = new Lifecycle(swarm, downloader, uploader, choking, announcer, connections);
    budget.join(claimant);
  }

  // The life of a torrent.

  /** Begins by having the store checked. */
  public void start(long now) {
    swarm.now = now;
    port.check();
  }

  /** The store was checked: these pieces are there and right. */
  public void onChecked(long now, PieceSet held) {
    swarm.now = now;
    if (swarm.state == TorrentState.CHECKING) {
      lifecycle.onChecked(held);
      settle();
    }
  }

  /** The store could not be checked at all; tried again later. */
  public void onCheckFailed(long now, String message) {
    swarm.now = now;
    if (swarm.state == TorrentState.CHECKING) {
      lifecycle.onCheckFailed(message);
      settle();
    }
  }

  /** Stops trading until {@link #resume}: closes connections, tells the tracker. A check is finished first. */
  public void pause(long now) {
    swarm.now = now;
    lifecycle.pause();
    settle();
  }

  public void resume(long now) {
    swarm.now = now;
    lifecycle.resume();
    settle();
  }

  /**
   * Ends the torrent: closes connections, says goodbye to the tracker, gives everything back. No event matters after
   * it.
   */
  public void leave(long now) {
    swarm.now = now;
    if (!isOver()) {
      for (Runnable step : end(TorrentState.LEFT, "torrent left")) {
        step.run();
      }
    }
  }

  private List<Runnable> end(TorrentState state, String reason) {
    return List.of(
        () -> lifecycle.stopTrading(reason),
        downloader::forgetAll,
        () -> budget.leave(claimant),
        () -> lifecycle.changeState(state),
        () -> wake(Long.MAX_VALUE));
  }

  boolean isOver() {
    return swarm.state == TorrentState.LEFT || swarm.state == TorrentState.FAILED;
  }

  /** One per piece, 0 (unwanted) to 7. */
  public void setPriorities(long now, byte[] priorities) {
    swarm.now = now;
    swarm.book.setPriorities(priorities);
    downloader.giveUpUnwanted();
    for (Connection peer : swarm.connections) {
      connections.updateInterest(peer);
      peer.beHungry(peer.hungry || peer.canServe());
    }
    swarm.refill = true;
    if (swarm.isTrading()) {
      lifecycle.compareCompletion();
    }
    settle();
  }

  /** Bytes per second of this torrent; {@link Long#MAX_VALUE} for no limit. */
  public void limitRates(long now, long upload, long download) {
    swarm.now = now;
    uploader.tokens().limit(upload, now);
    downloader.tokens().limit(download, now);
    uploader.retry();
    swarm.refill = true;
    settle();
  }

  /** Time has passed. */
  public void onWake(long now) {
    swarm.now = now;
    wakeAt = Long.MAX_VALUE;
    settle();
  }

  // Peers come and go.

  /** Peers were found, by a tracker or by the user. */
  public void onPeersFound(long now, List<PeerAddress> peers, boolean byUser) {
    swarm.now = now;
    for (PeerAddress peer : peers) {
      dialer.add(peer, byUser);
    }
    settle();
  }

  /** A dial did not become a connection. */
  public void onDialFailed(long now, PeerAddress address, String reason) {
    swarm.now = now;
    dialer.onDialFailed(address, reason);
    listener.detail("dialing " + address + " failed: " + reason);
    settle();
  }

  /**
   * Handshakes have been exchanged. The engine may close the connection at once: it may be ourselves, banned, or a peer
   * that is connected already.
   *
   * @param connection the driver's number for it
   * @param address the remote endpoint, as dialed if it is outgoing
   * @param fast both speak the fast extension (BEP 6)
   * @param extended both speak the extension protocol (BEP 10)
   */
  public void onConnected(
      long now, int connection, PeerAddress address, PeerId id, boolean incoming, boolean fast, boolean extended) {
    swarm.now = now;
    connections.onConnected(connection, address, id, incoming, fast, extended);
    settle();
  }

  /** The other side closed the connection, or it broke; or the driver closed it for the reason given. */
  public void onDisconnected(long now, int connection, String reason) {
    swarm.now = now;
    Connection peer = swarm.connection(connection);
    if (peer != null) {
      connections.remove(peer, reason, false);
      settle();
    }
  }

  // What peers say.

  /** A message of fixed size, or a keep-alive: a {@link MessageType} and its fields as they stand on the wire. */
  public void onMessage(long now, int connection, int type, int a, int b, int c) {
    swarm.now = now;
    Connection peer = swarm.connection(connection);
    if (peer == null) {
      return;
    }
    peer.lastReceivedAt = now;
    switch (type) {
      case MessageType.CHOKE -> connections.onChoke(peer);
      case MessageType.UNCHOKE -> connections.onUnchoke(peer);
      case MessageType.INTERESTED -> connections.onInterest(peer, true);
      case MessageType.NOT_INTERESTED -> connections.onInterest(peer, false);
      case MessageType.HAVE -> connections.onHave(peer, a);
      case MessageType.HAVE_ALL -> connections.onHaveAll(peer);
      case MessageType.REQUEST -> uploader.onRequest(peer, a, b, c);
      case MessageType.CANCEL -> uploader.onCancel(peer, a, b, c);
      case MessageType.SUGGEST -> peer.suggests(a);
      case MessageType.REJECT -> downloader.onReject(peer, a, b, c);
      default -> {
        // Keep-alive, have-none, port and allowed-fast change nothing here.
      }
    }
    settleTrade();
  }

  /** A bitfield: what the peer has as it connects or, from aria2, what it has by now. */
  public void onBitfield(long now, int connection, PieceSet pieces) {
    swarm.now = now;
    Connection peer = swarm.connection(connection);
    if (peer == null) {
      return;
    }
    peer.lastReceivedAt = now;
    connections.onBitfield(peer, pieces);
    settle();
  }

  /**
   * An extended handshake (BEP 10).
   *
   * @param requestQueue how many requests the peer queues; 0 if it did not say
   * @param listenPort where it accepts connections; 0 if it did not say
   * @param client its name for itself, cleaned; null if it did not say
   */
  public void onExtendedHandshake(long now, int connection, int requestQueue, int listenPort, @Nullable String client) {
    swarm.now = now;
    Connection peer = swarm.connection(connection);
    if (peer == null) {
      return;
    }
    peer.lastReceivedAt = now;
    connections.onExtendedHandshake(peer, requestQueue, listenPort, client);
    settle();
  }

  // Payload, in two steps.

  /**
   * The header of a {@code piece} message came. Whether its payload is wanted: then it goes to the memory of this
   * piece, at {@code begin}; otherwise it is thrown away. {@link #onBlock} follows in both cases when all of it has
   * come.
   */
  public boolean onPieceHeader(long now, int connection, int piece, int begin, int length) {
    swarm.now = now;
    Connection peer = swarm.connection(connection);
    if (peer == null) {
      return false;
    }
    peer.lastReceivedAt = now;
    boolean wanted = downloader.onPieceHeader(peer, piece, begin, length);
    settleTrade();
    return wanted;
  }

  /** All payload of a {@code piece} message has come. */
  public void onBlock(long now, int connection, int length) {
    swarm.now = now;
    Connection peer = swarm.connection(connection);
    if (peer != null) {
      peer.lastReceivedAt = now;
      downloader.onBlock(peer, length);
      settleTrade();
    }
  }

  /**
   * Payload left for the peer.
   *
   * @param bytes of blocks that the network has taken since the last call
   * @param stillQueued bytes of blocks that were handed to the port for this connection and have not left
   */
  public void onSent(long now, int connection, int bytes, int stillQueued) {
    swarm.now = now;
    Connection peer = swarm.connection(connection);
    if (peer != null) {
      uploader.onSent(peer, bytes, stillQueued);
      settleTrade();
    }
  }

  // What became of pieces.

  /** Whether a connected peer has not got this piece, and so may ask for it. */
  public boolean isLackedByPeers(int piece) {
    for (Connection peer : swarm.connections) {
      if (!peer.has(piece)) {
        return true;
      }
    }
    return false;
  }

  /**
   * A piece was right and is stored.
   *
   * @param blockDigests a digest per block if the piece was suspect, else null
   */
  public void onPieceStored(long now, int piece, long @Nullable [] blockDigests) {
    swarm.now = now;
    if (isOver()) {
      return;
    }
    BegunPiece stored = downloader.onStored(piece);
    if (stored == null) {
      return;
    }
    for (Connection culprit : blame.onStored(piece, blockDigests)) {
      connections.ban(culprit, "sent a corrupt block of piece " + piece);
    }
    for (Connection peer : swarm.connections) {
      if (!peer.has(piece)) {
        swarm.send(peer, MessageType.HAVE, piece, 0, 0);
      } else {
        connections.updateInterest(peer);
      }
    }
    listener.pieceStored(piece);
    lifecycle.onStored();
    settle();
  }

  /** A piece did not match its hash; with a digest of each of its blocks. */
  public void onPieceCorrupt(long now, int piece, long[] blockDigests) {
    swarm.now = now;
    if (isOver()) {
      return;
    }
    Connection[] senders = downloader.onCorrupt(piece);
    listener.pieceCorrupt(piece);
    if (senders != null) {
      for (Connection culprit : blame.onCorrupt(piece, blockDigests, senders)) {
        connections.ban(culprit, "sent corrupt piece " + piece);
      }
    }
    settle();
  }

  /** A piece was right, but the store did not take it. */
  public void onStoreFailed(long now, int piece, String message) {
    swarm.now = now;
    if (!isOver()) {
      downloader.onStoreFailed(piece, message);
      lifecycle.onStoreFailed();
      settle();
    }
  }

  /**
   * A piece was right but not stored, since somebody else has changed what the store has: what is there is verified again.
   */
  public void onStoreChanged(long now, int piece, String message) {
    swarm.now = now;
    if (!isOver()) {
      downloader.onNotStored(piece);
      lifecycle.checkAgain(message);
      settle();
    }
  }

  /** Somebody has changed what the store has, which showed without a read or write: what is there is verified again. */
  public void onContentChanged(long now, String message) {
    swarm.now = now;
    lifecycle.checkAgain(message);
    settle();
  }

  /**
   * A block that was to be sent could not be read: the store has changed, or lost it. What is there is verified again.
   * {@code onSent} follows for the connection, which is negative if it has been closed meanwhile.
   */
  public void onReadFailed(long now, int connection, int piece, int begin, int length, String message) {
    swarm.now = now;
    Connection peer = swarm.connection(connection);
    if (peer != null) {
      uploader.onReadFailed(peer, piece, begin, length);
    }
    lifecycle.checkAgain(message);
    settle();
  }

  // Trackers.

  /**
   * The tracker answered.
   *
   * @param interval nanoseconds, negative if it named none
   * @param minInterval nanoseconds, negative if it named none
   */
  public void onAnnounced(long now, long interval, long minInterval, List<PeerAddress> peers) {
    swarm.now = now;
    int known = dialer.known();
    for (PeerAddress peer : peers) {
      dialer.add(peer, false);
    }
    announcer.onAnswer(interval, minInterval, peers.size(), dialer.known() > known);
    settle();
  }

  public void onAnnounceFailed(long now, String message) {
    swarm.now = now;
    announcer.onFailure(message);
    listener.detail("announce failed: " + message);
    settle();
  }

  // What every event ends with.

  /** Does what the event at hand made necessary or the time made due, and says when to be woken next. */
  private void settle() {
    if (isOver()) {
      return;
    }
    do {
      connections.closeCondemned();
      runDue();
    } while (swarm.hasCondemned());
    if (swarm.failure != null) {
      fail(swarm.failure);
    } else {
      wakeWhenDue();
    }
  }

  /** As {@link #settle}, after an event of the trade itself, which mostly leaves nothing to do. */
  private void settleTrade() {
    if (swarm.stirred || swarm.refill || swarm.pieceSent || swarm.failure != null || swarm.hasCondemned()) {
      settle();
    }
  }

  private void runDue() {
    downloader.watch();
    if (swarm.now >= hungryAt) {
      hungryAt = Long.MAX_VALUE;
      swarm.refill = true;
    }
    connections.closeSilent();
    if (memoryWanted) {
      memoryWanted = false;
      downloader.giveUpOne();
    }
    if (budgetAvailable) {
      budgetAvailable = false;
      swarm.refill = true;
      uploader.retry();
    }
    if (swarm.now >= downloader.tokensAt() || swarm.now >= downloader.storeRetryAt()) {
      swarm.refill = true;
    }
    while (swarm.refill) {
      swarm.refill = false;
      downloader.fillHungry();
    }
    if (swarm.pieceSent) {
      swarm.pieceSent = false;
      choking.ask(ChokingRound.Trigger.PIECE_SENT);
    }
    superSeeding.showDue(uploader.capacity(), uploader.isLimited(), uploader.sent());
    choking.runIfDue();
    uploader.pumpLimited(swarm.now >= uploader.retryAt());
    dialer.dialDue();
    announcer.announceIfDue(uploader.sent(), downloader.received());
    lifecycle.runIfDue();
  }

  private void wakeWhenDue() {
    if (!swarm.someHungry) {
      hungryAt = Long.MAX_VALUE;
    } else if (hungryAt == Long.MAX_VALUE) {
      hungryAt = swarm.now + SECOND;
    }
    swarm.stirred = false;
    long due = Math.min(Math.min(hungryAt, connections.dueAt()), Math.min(lifecycle.dueAt(), downloader.watchAt()));
    due = Math.min(due, Math.min(choking.dueAt(), dialer.dueAt()));
    due = Math.min(due, Math.min(announcer.dueAt(), uploader.retryAt()));
    due = Math.min(due, Math.min(downloader.tokensAt(), downloader.storeRetryAt()));
    due = Math.min(due, superSeeding.dueAt());
    // What was noted while the event was being handled is dealt with next.
    wake(budgetAvailable || memoryWanted || swarm.refill ? swarm.now : due);
  }

  private void wake(long time) {
    if (wakeAt != time) {
      wakeAt = time;
      port.wakeAt(time);
    }
  }

  /**
   * Ends the torrent because of an error inside, from a strategy or the engine itself. That may have left anything half
   * done: each step of the end is taken whatever became of the one before, and who waits is told in any case.
   */
  public void fail(Throwable cause) {
    if (isOver()) {
      return;
    }
    swarm.failure = cause;
    for (Runnable step : end(TorrentState.FAILED, "torrent failed")) {
      try {
        step.run();
      } catch (Throwable e) {
        if (e != cause) {
          cause.addSuppressed(e);
        }
      }
    }
    listener.failed(cause);
  }

  // What there is to see.

  public TorrentState state() {
    return swarm.state;
  }

  /** The pieces that are verified and stored. Live: read it on the engine's thread only. */
  public PieceSet held() {
    return swarm.book.held();
  }

  /** Whether every wanted piece is verified and stored. */
  public boolean isComplete() {
    return lifecycle.isComplete();
  }

  /** Bytes of the wanted pieces that are missing. */
  public long wantedBytesLeft() {
    return swarm.book.wantedBytesLeft();
  }

  /** Payload sent, bytes. */
  public long uploaded() {
    return uploader.sent();
  }

  /** Payload received, useful or not, bytes. */
  public long downloaded() {
    return downloader.received();
  }

  /** Payload received that was of no use, bytes. */
  public long wasted() {
    return downloader.wasted();
  }

  /** Connected peers, in the order in which they connected. A copy; the views are live. */
  public List<RemotePeer> peers() {
    return new ArrayList<>(swarm.connections);
  }

  /** What a connected peer calls itself in its extended handshake; null if it did not say. */
  public @Nullable String clientOf(RemotePeer peer) {
    return peer instanceof Connection c ? c.client : null;
  }

  /** Connected peers that have a piece. */
  public int availability(int piece) {
    return swarm.book.index().availability(piece);
  }

  // What EngineAudit looks at.

  Swarm swarm() {
    return swarm;
  }

  Downloader downloader() {
    return downloader;
  }

  Dialer dialer() {
    return dialer;
  }

  PeerBudget budget() {
    return budget;
  }

  PeerBudget.Claimant claimant() {
    return claimant;
  }

  /** The pieces that are on their way. */
  List<BegunPiece> begun() {
    return swarm.book.begun();
  }

  /** One sentence on what is going on and, if nothing moves, why. */
  public String explanation(long now) {
    swarm.now = Math.max(swarm.now, now);
    return new Explanation(swarm, downloader, dialer, announcer, superSeeding, lifecycle.checkReason()).sentence();
  }
}
