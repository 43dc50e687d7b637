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
 * <p>The parts: {@link PieceBook} knows the pieces, {@link Downloader} asks for blocks, {@link Uploader} serves them,
 * {@link ChokingRounds} decides whom to serve, {@link Dialer} whom to connect to, {@link Announcer} when to announce
 * and {@link Blame} who sent rubbish.
 */
public final class TorrentEngine {
  private static final long SECOND = 1_000_000_000L;
  /** After the store failed as a whole, before it is checked again. */
  private static final long CHECK_RETRY = 10 * SECOND;

  private final Swarm swarm;
  private final EnginePort port;
  private final EngineListener listener;
  private final PeerBudget budget;
  private final Claimant claimant = new Claimant();
  private final Blame blame = new Blame();
  private final Downloader downloader;
  private final Uploader uploader;
  private final ChokingRounds choking;
  private final Dialer dialer;
  private final Announcer announcer;

  private long nextKey;
  private long tickAt = Long.MAX_VALUE;
  private long wakeAt = Long.MAX_VALUE;
  private long seedUntil = Long.MAX_VALUE;
  private long checkAt = Long.MAX_VALUE;
  private boolean wasComplete;
  private boolean pauseWanted;
  /** Stored while the store was being checked: the check may have missed them. */
  private final List<Integer> storedWhileChecking = new ArrayList<>();
  private boolean memoryWanted;
  private boolean budgetAvailable;
  private @Nullable String checkTrouble;

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
    downloader = new Downloader(swarm, budget, claimant, blame);
    uploader = new Uploader(swarm, budget, claimant);
    choking = new ChokingRounds(swarm, uploader);
    dialer = new Dialer(swarm, budget, claimant);
    announcer = new Announcer(swarm, settings.hasTracker());
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
    if (swarm.state != TorrentState.CHECKING) {
      return;
    }
    checkTrouble = null;
    storedWhileChecking.forEach(held::set);
    storedWhileChecking.clear();
    swarm.book.setHeld(held);
    wasComplete = swarm.book.isComplete();
    if (wasComplete) {
      seedFrom(now);
    }
    if (pauseWanted) {
      changeState(TorrentState.PAUSED);
    } else {
      changeState(wasComplete ? TorrentState.SEEDING : TorrentState.DOWNLOADING);
      announcer.start();
    }
    if (wasComplete) {
      listener.completed();
    }
    settle();
  }

  /** The store could not be checked at all; tried again later. */
  public void onCheckFailed(long now, String message) {
    swarm.now = now;
    if (swarm.state == TorrentState.CHECKING) {
      checkTrouble = message;
      checkAt = now + CHECK_RETRY;
      settle();
    }
  }

  /** Stops trading until {@link #resume}: closes connections, tells the tracker. A check is finished first. */
  public void pause(long now) {
    swarm.now = now;
    pauseWanted = true;
    if (swarm.isTrading()) {
      changeState(TorrentState.PAUSED);
      stopTrading("paused");
      settle();
    }
  }

  public void resume(long now) {
    swarm.now = now;
    pauseWanted = false;
    if (swarm.state == TorrentState.PAUSED) {
      changeState(swarm.book.isComplete() ? TorrentState.SEEDING : TorrentState.DOWNLOADING);
      announcer.start();
      compareCompletion();
      settle();
    }
  }

  /**
   * Ends the torrent: closes connections, says goodbye to the tracker, gives everything back. No event matters after
   * it.
   */
  public void leave(long now) {
    swarm.now = now;
    end(TorrentState.LEFT, "torrent left");
  }

  private void end(TorrentState state, String reason) {
    if (isOver()) {
      return;
    }
    stopTrading(reason);
    downloader.forgetAll();
    budget.leave(claimant);
    changeState(state);
    wake(Long.MAX_VALUE);
  }

  private boolean isOver() {
    return swarm.state == TorrentState.LEFT || swarm.state == TorrentState.FAILED;
  }

  private void stopTrading(String reason) {
    for (Connection peer : List.copyOf(swarm.connections)) {
      remove(peer, reason, true);
    }
    downloader.stop();
    uploader.stop();
    announcer.stop(uploader.sent(), downloader.received());
  }

  private void changeState(TorrentState state) {
    if (swarm.state != state) {
      swarm.state = state;
      listener.stateChanged(state);
    }
  }

  /** One per piece, 0 (unwanted) to 7. */
  public void setPriorities(long now, byte[] priorities) {
    swarm.now = now;
    swarm.book.setPriorities(priorities);
    downloader.giveUpUnwanted();
    for (Connection peer : swarm.connections) {
      updateInterest(peer);
      peer.hungry |= peer.canServe();
    }
    swarm.refill = true;
    if (swarm.isTrading()) {
      compareCompletion();
    }
    settle();
  }

  /** The pieces that are wanted or held have changed: whether that completes the torrent, or the opposite. */
  private void compareCompletion() {
    boolean complete = swarm.book.isComplete();
    if (complete && !wasComplete) {
      becomeComplete();
    } else if (!complete && wasComplete) {
      wasComplete = false;
      seedUntil = Long.MAX_VALUE;
      changeState(TorrentState.DOWNLOADING);
    }
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
    if (!incoming) {
      dialer.onConnected(address, true);
    }
    Connection twin = twinOf(id);
    String refusal = refusal(address, id, incoming, twin);
    if (refusal != null) {
      port.close(connection, refusal);
      settle();
      return;
    }
    PeerAddress listening = null;
    if (twin != null) {
      // The same peer goes on by another connection; where it listens stays known.
      listening = twin.listening;
      twin.listening = null;
      remove(twin, "connected twice", true);
    }
    Connection peer = new Connection(swarm, connection, nextKey++, address, id, incoming, fast, extended);
    peer.listening = incoming ? listening : address;
    swarm.add(peer);
    listener.peerConnected(peer);
    introduce(peer);
    settle();
  }

  private @Nullable Connection twinOf(PeerId id) {
    for (Connection other : swarm.connections) {
      if (other.id().equals(id)) {
        return other;
      }
    }
    return null;
  }

  private @Nullable String refusal(PeerAddress address, PeerId id, boolean incoming, @Nullable Connection twin) {
    if (!swarm.isTrading()) {
      if (!incoming) {
        dialer.onLeft(address, false, true);
      }
      return "not trading";
    }
    if (id.equals(swarm.settings.ownId())) {
      if (!incoming) {
        dialer.forget(address);
      }
      return "connected to ourselves";
    }
    if (dialer.isBanned(address, id)) {
      dialer.forget(address);
      return "banned";
    }
    if (twin != null && (twin.incoming == incoming || dialedByLarger(id, twin.incoming))) {
      PeerAddress listening = twin.listening;
      if (!incoming && listening == null) {
        twin.listening = address;
      } else if (!incoming && listening != null && !listening.equals(address)) {
        dialer.forget(address);
      }
      return "connected already";
    }
    return null;
  }

  /** Of two connections in opposite directions both sides keep the one that the peer with the larger id dialed. */
  private boolean dialedByLarger(PeerId remote, boolean incoming) {
    boolean remoteIsLarger = remote.compareTo(swarm.settings.ownId()) > 0;
    return incoming == remoteIsLarger;
  }

  private void introduce(Connection peer) {
    PieceSet held = swarm.book.held();
    if (peer.fast && held.isFull()) {
      swarm.send(peer, MessageType.HAVE_ALL);
    } else if (peer.fast && held.count() == 0) {
      swarm.send(peer, MessageType.HAVE_NONE);
    } else if (held.count() > 0) {
      port.sendBitfield(peer.number, held);
    }
    if (peer.extended) {
      port.sendExtendedHandshake(peer.number, swarm.limits.maxIncomingRequests());
    }
  }

  /** The other side closed the connection, or it broke; or the driver closed it for the reason given. */
  public void onDisconnected(long now, int connection, String reason) {
    swarm.now = now;
    Connection peer = swarm.connection(connection);
    if (peer != null) {
      remove(peer, reason, false);
      settle();
    }
  }

  private void remove(Connection peer, String reason, boolean close) {
    swarm.remove(peer);
    if (close) {
      port.close(peer.number, reason);
    }
    swarm.book.leave(peer);
    downloader.onLeft(peer);
    PeerAddress listening = peer.listening;
    if (listening != null) {
      dialer.onLeft(listening, peer.seed(), peer.downloaded() + peer.uploaded() > 0);
    }
    if (peer.slot != null || peer.peerInterested) {
      choking.ask(ChokingRound.Trigger.PEER_LEFT);
    }
    listener.peerLeft(peer, reason);
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
      case MessageType.CHOKE -> onChoke(peer);
      case MessageType.UNCHOKE -> onUnchoke(peer);
      case MessageType.INTERESTED -> onInterest(peer, true);
      case MessageType.NOT_INTERESTED -> onInterest(peer, false);
      case MessageType.HAVE -> onHave(peer, a);
      case MessageType.HAVE_ALL -> onHaveAll(peer);
      case MessageType.REQUEST -> uploader.onRequest(peer, a, b, c);
      case MessageType.CANCEL -> uploader.onCancel(peer, a, b, c);
      case MessageType.REJECT -> downloader.onReject(peer, a, b, c);
      default -> {
        // Keep-alive, have-none, port, suggest and allowed-fast change nothing here.
      }
    }
    settle();
  }

  private void onChoke(Connection peer) {
    if (!peer.peerChoking) {
      peer.peerChoking = true;
      peer.servesUsSince = swarm.now;
      downloader.onChoked(peer);
    }
  }

  private void onUnchoke(Connection peer) {
    if (peer.peerChoking) {
      peer.peerChoking = false;
      peer.servesUsSince = swarm.now;
      downloader.onUnchoked(peer);
    }
  }

  private void onInterest(Connection peer, boolean interested) {
    if (peer.peerInterested != interested) {
      peer.peerInterested = interested;
      choking.ask(ChokingRound.Trigger.INTEREST_CHANGED);
    }
  }

  private void onHave(Connection peer, int piece) {
    if (swarm.book.have(peer, piece)) {
      if (swarm.book.wanted().get(piece)) {
        updateInterest(peer);
        if (peer.canServe() && (peer.hungry || peer.outstanding.isEmpty())) {
          downloader.fill(peer);
        }
      }
      closeIfBothComplete(peer);
    }
  }

  private void onHaveAll(Connection peer) {
    swarm.book.leave(peer); // for what it said before
    peer.becomeSeed();
    onPiecesKnown(peer);
    closeIfBothComplete(peer);
  }

  private void onPiecesKnown(Connection peer) {
    swarm.book.join(peer);
    updateInterest(peer);
    // Some programs unchoke before they say what they have.
    if (peer.canServe()) {
      downloader.fill(peer);
    }
  }

  /** A bitfield: what the peer has as it connects or, from aria2, what it has by now. */
  public void onBitfield(long now, int connection, PieceSet pieces) {
    swarm.now = now;
    Connection peer = swarm.connection(connection);
    if (peer == null) {
      return;
    }
    peer.lastReceivedAt = now;
    PieceSet known = peer.pieceSet();
    if (known != null) {
      pieces.addAll(known); // nobody loses pieces
    }
    if (pieces.isFull()) {
      onHaveAll(peer);
    } else if (!peer.seed()) {
      swarm.book.leave(peer);
      peer.setPieces(pieces);
      onPiecesKnown(peer);
    }
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
    if (requestQueue > 0) {
      peer.requestQueue = requestQueue;
    }
    if (client != null) {
      peer.client = client;
    }
    if (listenPort > 0 && peer.incoming && peer.listening == null) {
      PeerAddress listening = peer.address().withPort(listenPort);
      peer.listening = listening;
      dialer.onConnected(listening, false);
    }
    settle();
  }

  private void updateInterest(Connection peer) {
    boolean interested = peer.wanted > 0;
    if (interested != peer.amInterested) {
      peer.amInterested = interested;
      swarm.send(peer, interested ? MessageType.INTERESTED : MessageType.NOT_INTERESTED);
    }
  }

  private void closeIfBothComplete(Connection peer) {
    if (peer.seed() && swarm.book.held().isFull()) {
      swarm.condemn(peer, "both have everything");
    }
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
    if (swarm.hasCondemned() || swarm.refill) {
      settle();
    }
    return wanted;
  }

  /** All payload of a {@code piece} message has come. */
  public void onBlock(long now, int connection, int length) {
    swarm.now = now;
    Connection peer = swarm.connection(connection);
    if (peer != null) {
      peer.lastReceivedAt = now;
      downloader.onBlock(peer, length);
      settle();
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
      settle();
    }
  }

  // What became of pieces.

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
    if (swarm.state == TorrentState.CHECKING) {
      storedWhileChecking.add(piece);
    }
    for (Connection culprit : blame.onStored(piece, blockDigests)) {
      ban(culprit, "sent a corrupt block of piece " + piece);
    }
    for (Connection peer : swarm.connections) {
      if (!peer.has(piece)) {
        swarm.send(peer, MessageType.HAVE, piece, 0, 0);
      } else {
        updateInterest(peer);
      }
    }
    listener.pieceStored(piece);
    if (swarm.state == TorrentState.STORE_TROUBLE) {
      changeState(TorrentState.DOWNLOADING);
    }
    if (swarm.isTrading()) {
      compareCompletion();
    }
    settle();
  }

  private void becomeComplete() {
    wasComplete = true;
    changeState(TorrentState.SEEDING);
    if (swarm.book.held().isFull()) {
      announcer.onCompleted();
    }
    // The strategy may want to serve others now.
    choking.ask(ChokingRound.Trigger.INTEREST_CHANGED);
    for (Connection peer : swarm.connections) {
      closeIfBothComplete(peer);
    }
    seedFrom(swarm.now);
    listener.completed();
  }

  private void seedFrom(long now) {
    long seedNanos = swarm.settings.seedNanos();
    seedUntil = seedNanos > Long.MAX_VALUE - Math.max(0, now) ? Long.MAX_VALUE : now + seedNanos;
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
        ban(culprit, "sent corrupt piece " + piece);
      }
    }
    settle();
  }

  private void ban(Connection culprit, String reason) {
    PeerAddress listening = culprit.listening;
    if (dialer.ban(listening == null ? culprit.address() : listening, culprit.id())) {
      listener.peerBanned(culprit, reason);
    }
    if (swarm.connection(culprit.number) == culprit) {
      swarm.condemn(culprit, "banned: " + reason);
    }
  }

  /** A piece was right, but the store did not take it. */
  public void onStoreFailed(long now, int piece, String message) {
    swarm.now = now;
    if (!isOver()) {
      downloader.onStoreFailed(piece, message);
      if (swarm.isTrading()) {
        changeState(TorrentState.STORE_TROUBLE);
      }
      settle();
    }
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
    if (swarm.isTrading()) {
      listener.detail("checking again: " + message);
      stopTrading("store changed: " + message);
      changeState(TorrentState.CHECKING);
      checkAt = Long.MAX_VALUE;
      port.check();
    }
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
    announcer.onAnswer(interval, minInterval, peers.size());
    onPeersFound(now, peers, false);
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
      closeCondemned();
      runDue();
    } while (swarm.hasCondemned());
    if (swarm.failure != null) {
      fail(swarm.failure);
    } else {
      wakeWhenDue();
    }
  }

  private void closeCondemned() {
    while (swarm.hasCondemned()) {
      Connection peer = swarm.nextCondemned();
      String reason = swarm.nextReason();
      if (swarm.connection(peer.number) == peer) {
        remove(peer, reason, true);
      }
    }
  }

  private void runDue() {
    if (swarm.now >= tickAt) {
      tick();
    }
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
    choking.runIfDue();
    uploader.pumpLimited(swarm.now >= uploader.retryAt());
    dialer.dialDue();
    announcer.announceIfDue(uploader.sent(), downloader.received());
    if (swarm.now >= checkAt) {
      checkAt = Long.MAX_VALUE;
      port.check();
    }
    if (swarm.now >= seedUntil) {
      seedUntil = Long.MAX_VALUE;
      if (swarm.book.isComplete()) {
        listener.seedTimeOver();
      }
    }
  }

  private void tick() {
    downloader.tick();
    uploader.tick();
    for (Connection peer : swarm.connections) {
      if (swarm.now - peer.lastReceivedAt >= swarm.limits.silenceTimeout().toNanos()) {
        swarm.condemn(peer, "silent for " + swarm.limits.silenceTimeout().toSeconds() + " s");
      } else if (swarm.now - peer.lastSentAt >= swarm.limits.keepAliveInterval().toNanos()) {
        swarm.send(peer, MessageType.KEEP_ALIVE);
      }
    }
    tickAt = swarm.now + SECOND;
  }

  private void wakeWhenDue() {
    if (swarm.connections.isEmpty()) {
      tickAt = Long.MAX_VALUE;
    } else if (tickAt == Long.MAX_VALUE) {
      tickAt = swarm.now + SECOND;
    }
    long due = Math.min(tickAt, Math.min(checkAt, seedUntil));
    due = Math.min(due, Math.min(choking.dueAt(), dialer.dueAt()));
    due = Math.min(due, Math.min(announcer.dueAt(), uploader.retryAt()));
    due = Math.min(due, Math.min(downloader.tokensAt(), downloader.storeRetryAt()));
    // What was noted while the event was being handled is dealt with next.
    wake(budgetAvailable || memoryWanted || swarm.refill ? swarm.now : due);
  }

  private void wake(long time) {
    if (wakeAt != time) {
      wakeAt = time;
      port.wakeAt(time);
    }
  }

  /** Ends the torrent because of an error inside, from a strategy or the engine itself. */
  public void fail(Throwable cause) {
    if (!isOver()) {
      end(TorrentState.FAILED, "torrent failed");
      listener.failed(cause);
    }
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
    return wasComplete && swarm.book.isComplete();
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

  /** The pieces that are on their way. */
  List<BegunPiece> begun() {
    return swarm.book.begun();
  }

  /** One sentence on what is going on and, if nothing moves, why. */
  public String explanation(long now) {
    swarm.now = Math.max(swarm.now, now);
    return new Explanation(swarm, downloader, dialer, announcer, checkTrouble).sentence();
  }
}
