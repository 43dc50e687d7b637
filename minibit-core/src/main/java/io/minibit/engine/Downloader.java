package io.minibit.engine;

import io.minibit.metainfo.PieceLayout;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.wire.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Asks peers for blocks: fills the pipeline of each, notices who has stalled, and takes care that what arrives is
 * wanted. Every request that is sent is in the connection's {@code outstanding} and counted in its begun piece, both or
 * neither.
 */
final class Downloader {
  /** Requests outstanding at first; it grows by one per block received. */
  static final int FIRST_PIPELINE = 4;

  private static final int LEAST_PIPELINE = 2;
  /** Seconds of the peer's rate that are kept outstanding, so that a long way to the peer does not leave it idle. */
  private static final int PIPELINE_SECONDS = 3;

  private static final long ADAPT_INTERVAL = 1_000_000_000L;
  private static final long STALLED_AFTER = 20_000_000_000L;
  private static final long SNUBBED_AFTER = 60_000_000_000L;
  /** Begun pieces that are searched for a busy block at a time; the next search begins elsewhere. */
  private static final int MOST_SEARCHED = 64;
  /** Before a peer that refused everything although it served us is asked again. */
  private static final long WAIT_AFTER_REFUSAL = 1_000_000_000L;

  private final Swarm swarm;
  private final PieceBook book;
  private final PeerBudget budget;
  private final PeerBudget.Claimant self;
  private final PieceSelectionStrategy selection;
  private final ChoiceView choice;
  private final TokenBucket tokens;
  private final Blame blame;

  private boolean waitsForMemory;
  private boolean waitsForTokens;
  private long memoryHeld;
  private long received;
  private long wasted;
  /** Where the next round over the connections begins, so that none is always the last to be asked. */
  private int firstToFill;
  /** In this round nothing could be given up to make room for another piece. */
  private boolean roomSearched;
  /** Nobody can have kept us waiting for too long before this time. */
  private long watchAt = Long.MAX_VALUE;

  private @Nullable String storeTrouble;
  private long storeRetryAt;
  private final StoreRetry storeRetry = new StoreRetry();

  Downloader(Swarm swarm, PeerBudget budget, PeerBudget.Claimant self, Blame blame) {
    this.swarm = swarm;
    this.book = swarm.book;
    this.budget = budget;
    this.self = self;
    this.selection = swarm.settings.selection();
    this.choice = new ChoiceView(swarm);
    this.tokens = new TokenBucket(swarm.settings.downloadLimit(), swarm.now);
    this.blame = blame;
  }

  /** Payload received, bytes, whatever became of it. */
  long received() {
    return received;
  }

  /** Payload that was of no use: duplicates, what came too late, what was given up or failed its hash. */
  long wasted() {
    return wasted;
  }

  /** Why nothing is stored, or null. */
  @Nullable String storeTrouble() {
    return storeTrouble;
  }

  long memoryHeld() {
    return memoryHeld;
  }

  boolean waitsForTokens() {
    return waitsForTokens;
  }

  /** Whether a begun piece holds memory although nobody can continue it. */
  boolean hasUncontinued() {
    for (BegunPiece begun : book.begun()) {
      if (!isContinued(begun)) {
        return true;
      }
    }
    return false;
  }

  boolean waitsForMemory() {
    return waitsForMemory;
  }

  TokenBucket tokens() {
    return tokens;
  }

  // Asking.

  /** Fills the pipeline of every peer that had room left. */
  void fillHungry() {
    waitsForMemory = false;
    waitsForTokens = false;
    roomSearched = false;
    swarm.someHungry = false;
    int count = swarm.connections.size();
    firstToFill++;
    for (int i = 0; i < count; i++) {
      Connection peer = swarm.connections.get(Math.floorMod(firstToFill + i, count));
      if (peer.hungry) {
        fillUp(peer);
      }
    }
    if (!waitsForMemory) {
      budget.stopWaitingForMemory(self);
    }
    if (!waitsForTokens) {
      budget.stopWaitingForDownload(self);
    }
  }

  /** Sends requests until the peer's pipeline is full or nothing is left to ask it for. */
  void fill(Connection peer) {
    // To look for something to give up is worth its time only if the peer is idle.
    roomSearched = !peer.outstanding.isEmpty();
    fillUp(peer);
  }

  private void fillUp(Connection peer) {
    peer.beHungry(false);
    while (mayAsk(peer)) {
      if (!hasTokens()) {
        peer.beHungry(true);
        return;
      }
      boolean memory = budget.hasMemory(self, swarm.layout.pieceLength());
      int piece = select(peer, memory);
      if (piece == PieceSelectionStrategy.NONE) {
        peer.beHungry(true);
        if (!memory && hasFresh(peer) && makeRoom()) {
          continue;
        }
        if (peer.outstanding.isEmpty() && book.isEndgame()) {
          askForBusyBlock(peer);
        }
        return;
      }
      BegunPiece begun;
      if (choice.begun().contains(piece)) {
        begun = book.begun(piece);
      } else if (choice.fresh().contains(piece)) {
        begun = begin(piece);
      } else {
        swarm.listener.strategyIgnored("selection chose piece " + piece + ", which is no candidate for " + peer);
        peer.beHungry(true);
        return;
      }
      if (begun == null) {
        peer.beHungry(true);
        return;
      }
      ask(peer, begun, begun.firstMissing());
    }
  }

  private int select(Connection peer, boolean memory) {
    try {
      return selection.select(choice.of(peer, memory));
    } catch (Throwable e) {
      swarm.failure = e;
      return PieceSelectionStrategy.NONE;
    }
  }

  private boolean mayAsk(Connection peer) {
    boolean later = !swarm.isTrading()
        || swarm.failure != null
        || swarm.now < peer.refusedUntil
        || (storeTrouble != null && swarm.now < storeRetryAt);
    if (!peer.canServe() || later) {
      peer.beHungry(peer.canServe());
      return false;
    }
    // A stalled peer gets nothing new until it has sent something; it would only hold up what others can give.
    if (peer.stalled) {
      return false;
    }
    int most = Math.min(worthAsking(peer), Math.min(peer.requestQueue, swarm.limits.maxOutgoingRequests()));
    return peer.outstanding.size() < (peer.probing ? 1 : most);
  }

  /**
   * How many requests the peer should have. A seed gets no more than keep it busy, and none to wait in its queue, while
   * all that we still want is elsewhere, too, and others are asked for it: it can give everybody everything, so that
   * peers which give each other what they have get as much and leave it to those who have nobody else.
   */
  private int worthAsking(Connection peer) {
    int useful = Math.min(peer.pipeline, peer.answers.most());
    boolean dispensable = peer.seed() && swarm.asked.size() > book.seeds() && book.isBesideSeeds();
    return dispensable ? Math.max(FIRST_PIPELINE, useful / AnswerTime.TIMES) : useful;
  }

  private void ask(Connection peer, BegunPiece begun, int block) {
    if (peer.outstanding.isEmpty()) {
      peer.waitingSince = swarm.now;
      peer.quietSince = peer.probing ? peer.quietSince : swarm.now;
    }
    begun.requested(block, peer);
    book.updateOpen(begun);
    if (begun.oneSource) {
      begun.exclusive = peer;
    }
    peer.outstanding.add(begun.piece, block);
    peer.answers.onAsked(swarm.now, begun.piece, block, peer.outstanding.size());
    expect(peer);
    int length = swarm.layout.blockLength(begun.piece, block);
    tokens.take(length);
    budget.takeDownload(self, length);
    send(peer, MessageType.REQUEST, begun.piece, block);
  }

  private void send(Connection peer, int type, int piece, int block) {
    swarm.send(peer, type, piece, block * PieceLayout.BLOCK_LENGTH, swarm.layout.blockLength(piece, block));
  }

  private @Nullable BegunPiece begin(int piece) {
    int length = swarm.layout.length(piece);
    if (!budget.tryMemory(self, length)) {
      waitsForMemory = true;
      return null;
    }
    memoryHeld += length;
    swarm.port.openPiece(piece);
    return book.begin(piece, blame.isSuspect(piece), blame.needsOneSource(piece));
  }

  /** Whether the limits allow another request; if not, stands in line. */
  private boolean hasTokens() {
    if (!tokens.isOpen(swarm.now)) {
      waitsForTokens = true;
      swarm.stirred = true;
      // Our own limit binds: others must not wait behind us.
      budget.stopWaitingForDownload(self);
      return false;
    }
    if (!budget.mayDownload(self, swarm.now)) {
      waitsForTokens = true;
      swarm.stirred = true;
      return false;
    }
    return true;
  }

  /** When tokens will be there that were refused; never, if none were or if the budget will tell. */
  long tokensAt() {
    if (!waitsForTokens) {
      return Long.MAX_VALUE;
    }
    return tokens.isOpen(swarm.now) ? budget.downloadAt(self, swarm.now) : tokens.opensAt(swarm.now);
  }

  long storeRetryAt() {
    return storeTrouble == null || storeRetryAt <= swarm.now ? Long.MAX_VALUE : storeRetryAt;
  }

  private boolean hasFresh(Connection peer) {
    return choice.of(peer, true).fresh().next(0) != PieceSelectionStrategy.NONE;
  }

  /**
   * Another piece could be fetched if there were memory: stands in line for it, or gives up the begun piece that nobody
   * can continue and of which the least would be lost. Whether something was given up for ourselves.
   */
  private boolean makeRoom() {
    waitsForMemory = true;
    if (roomSearched) {
      budget.waitForMemory(self);
      return false;
    }
    budget.askForMemory(self);
    roomSearched = !giveUpOne();
    return budget.hasMemory(self, swarm.layout.pieceLength());
  }

  /** Gives up the begun piece that nobody continues and of which the least would be lost; false if there is none. */
  boolean giveUpOne() {
    BegunPiece least = null;
    for (BegunPiece begun : book.begun()) {
      if ((least == null || begun.received() < least.received()) && !isContinued(begun)) {
        least = begun;
      }
    }
    if (least == null) {
      return false;
    }
    giveUp(least);
    return true;
  }

  private boolean isContinued(BegunPiece begun) {
    if (begun.verifying) {
      return true;
    }
    for (Connection peer : swarm.connections) {
      boolean allowed = begun.exclusive == null || begun.exclusive == peer;
      if (allowed && peer.canServe() && !peer.stalled && peer.has(begun.piece)) {
        return true;
      }
    }
    return false;
  }

  /** Drops a begun piece: withdraws its requests, forgets its blocks and gives its memory back. */
  private void giveUp(BegunPiece begun) {
    int piece = begun.piece;
    for (Connection peer : swarm.connections) {
      for (int i = peer.outstanding.size() - 1; i >= 0; i--) {
        if (peer.outstanding.piece(i) == piece) {
          withdraw(peer, begun, peer.outstanding.block(i));
        }
      }
      if (peer.receivingPiece == piece) {
        discardRest(peer);
      }
    }
    if (begun.suspect) {
      blame.onGivenUp(piece);
    }
    for (int b = 0; b < begun.blocks(); b++) {
      wasted += begun.isReceived(b) ? swarm.layout.blockLength(piece, b) : 0;
    }
    book.giveUp(begun);
    swarm.port.dropPiece(piece);
    freeMemory(begun);
    swarm.refill = true;
    swarm.listener.detail("gave up piece " + piece + " with " + begun.received() + " blocks");
  }

  /** Takes a request back; false if there is none. The block may come all the same. */
  private boolean withdraw(Connection peer, BegunPiece begun, int block) {
    if (!peer.outstanding.remove(begun.piece, block)) {
      return false;
    }
    begun.requestEnded(block, peer.stalled);
    peer.late++;
    send(peer, MessageType.CANCEL, begun.piece, block);
    becameIdle(peer);
    return true;
  }

  private void discardRest(Connection peer) {
    swarm.port.discardRest(peer.number);
    peer.receivingPiece = -1;
    becameIdle(peer);
  }

  /** Something that the peer was busy with is no longer wanted: it has room for something else. */
  private void becameIdle(Connection peer) {
    if (peer.outstanding.isEmpty() && peer.receivingPiece < 0) {
      peer.stalled = false;
    }
    peer.beHungry(peer.canServe());
    swarm.refill |= peer.hungry;
  }

  private void freeMemory(BegunPiece begun) {
    memoryHeld -= begun.length;
    budget.giveBackMemory(begun.length);
  }

  /** The endgame: everything is requested, so that an idle peer is asked for a block that another is slow with. */
  private void askForBusyBlock(Connection peer) {
    int begun = book.begun().size();
    int start = swarm.random.nextInt(begun);
    for (int i = 0; i < Math.min(begun, MOST_SEARCHED); i++) {
      BegunPiece piece = book.begun().get((start + i) % begun);
      int busy = piece.exclusive == null && peer.has(piece.piece) ? piece.busy() : 0;
      if (busy > 0) {
        ask(peer, piece, piece.busyBlock(swarm.random.nextInt(busy)));
        return;
      }
    }
  }

  // What peers do.

  /** The header of a block came: whether its payload is wanted. */
  boolean onPieceHeader(Connection peer, int piece, int begin, int length) {
    if (!swarm.layout.isBlock(piece, begin, length)) {
      swarm.condemn(peer, "sent " + length + " bytes at " + begin + " of piece " + piece + ", which nobody asked for");
      return false;
    }
    int block = begin / PieceLayout.BLOCK_LENGTH;
    BegunPiece begun = book.begun(piece);
    boolean asked = peer.outstanding.remove(piece, block);
    if (asked) {
      peer.answers.onAnswered(swarm.now, piece, block);
    }
    if (asked && begun != null) {
      begun.requestEnded(block, peer.stalled);
    }
    boolean expected = asked || peer.late > 0;
    peer.late -= !asked && expected ? 1 : 0;
    recover(peer);
    if (begun == null || !expected || !isWanted(peer, begun, block)) {
      if (begun != null) {
        book.updateOpen(begun);
      }
      return false;
    }
    begun.receiving(block, peer);
    book.updateOpen(begun);
    peer.receivingPiece = piece;
    peer.receivingBlock = block;
    expect(peer);
    return true;
  }

  private boolean isWanted(Connection peer, BegunPiece begun, int block) {
    if (begun.verifying || begun.isReceived(block) || (begun.exclusive != null && begun.exclusive != peer)) {
      return false;
    }
    if (begun.isReceiving(block)) {
      return false;
    }
    if (begun.contested) {
      for (Connection other : swarm.connections) {
        if (other.receivingPiece == begun.piece && other.receivingBlock == block) {
          discardRest(other);
        }
      }
    }
    return true;
  }

  /** All payload of a block has arrived; {@code wanted} is what {@link #onPieceHeader} answered. */
  void onBlock(Connection peer, int length) {
    received += length;
    peer.download.add(swarm.now, length);
    recover(peer);
    if (peer.slowStart) {
      peer.pipeline = Math.min(peer.pipeline + 1, swarm.limits.maxOutgoingRequests());
    }
    adapt(peer);
    int piece = peer.receivingPiece;
    if (piece >= 0) {
      peer.receivingPiece = -1;
      BegunPiece begun = book.begun(piece);
      if (begun == null) {
        throw new IllegalStateException("a block of piece " + piece + " arrived, which was not begun");
      }
      begun.received(peer.receivingBlock, peer);
      book.updateOpen(begun);
      if (begun.requests(peer.receivingBlock) > 0) {
        cancelElsewhere(begun, peer.receivingBlock);
      }
      if (begun.isComplete()) {
        begun.verifying = true;
        swarm.port.verify(piece, begun.suspect);
      }
    } else {
      wasted += length;
    }
    fill(peer);
  }

  private void cancelElsewhere(BegunPiece begun, int block) {
    for (int i = 0; i < swarm.connections.size() && begun.requests(block) > 0; i++) {
      withdraw(swarm.connections.get(i), begun, block);
    }
  }

  void onChoked(Connection peer) {
    peer.beHungry(false);
    if (!peer.fast) {
      if (!peer.outstanding.isEmpty()) {
        waitIfNothingCame(peer);
      }
      dropRequests(peer);
    }
    letOthersGoOn();
  }

  void onUnchoked(Connection peer) {
    if (peer.downloaded() > peer.downloadedBefore) {
      peer.refusedUntil = Long.MIN_VALUE; // late blocks are blocks
    }
    peer.downloadedBefore = peer.downloaded();
    if (peer.outstanding.isEmpty()) {
      // A new chance; what is known of its rate is old.
      peer.slowStart = true;
      peer.rateBefore = 0;
      peer.pipeline = Math.max(peer.pipeline, FIRST_PIPELINE);
    }
    fill(peer);
  }

  /** After losing somebody to ask: perhaps we stand in a line for nothing, and others behind us. */
  private void letOthersGoOn() {
    swarm.refill |= waitsForMemory || waitsForTokens;
  }

  void onReject(Connection peer, int piece, int begin, int length) {
    if (!swarm.layout.isBlock(piece, begin, length)
        || !peer.outstanding.remove(piece, begin / PieceLayout.BLOCK_LENGTH)) {
      peer.late = Math.max(0, peer.late - 1);
      return;
    }
    requestLost(peer, piece, begin / PieceLayout.BLOCK_LENGTH);
    if (!peer.peerChoking) {
      // Refused while it serves us: its queue is as long as what it kept. If it kept nothing it is not asked again at
      // once, or two programs could keep each other busy for nothing.
      peer.slowStart = false;
      peer.requestQueue = Math.max(LEAST_PIPELINE, Math.min(peer.requestQueue, peer.outstanding.size()));
      if (peer.outstanding.isEmpty()) {
        peer.refusedUntil = swarm.now + WAIT_AFTER_REFUSAL;
      }
    } else if (peer.outstanding.isEmpty()) {
      waitIfNothingCame(peer);
    }
    becameIdle(peer);
  }

  /** A choke took all its requests back: had it sent nothing, it could unchoke us at once and have us ask in vain again. */
  private void waitIfNothingCame(Connection peer) {
    if (peer.downloaded() == peer.downloadedBefore) {
      peer.refusedUntil = swarm.now + WAIT_AFTER_REFUSAL;
    }
  }

  private void requestLost(Connection peer, int piece, int block) {
    BegunPiece begun = book.begun(piece);
    int length = swarm.layout.blockLength(piece, block);
    tokens.giveBack(length);
    budget.giveBackDownload(length);
    if (begun != null) {
      begun.requestEnded(block, peer.stalled);
      book.updateOpen(begun);
      if (begun.exclusive == peer) {
        giveUp(begun);
      }
    }
    swarm.refill = true;
  }

  /** Its requests will not be answered. */
  private void dropRequests(Connection peer) {
    while (!peer.outstanding.isEmpty()) {
      int piece = peer.outstanding.piece(0);
      int block = peer.outstanding.block(0);
      peer.outstanding.remove(piece, block);
      peer.late++;
      requestLost(peer, piece, block);
    }
    becameIdle(peer);
  }

  /** The connection is gone. */
  void onLeft(Connection peer) {
    if (peer.receivingPiece >= 0) {
      BegunPiece begun = book.begun(peer.receivingPiece);
      peer.receivingPiece = -1;
      if (begun != null) {
        begun.receivingAborted(peer.receivingBlock, peer);
        book.updateOpen(begun);
        if (begun.exclusive == peer) {
          giveUp(begun);
        }
      }
      swarm.refill = true;
    }
    dropRequests(peer);
    for (int i = book.open().size() - 1; i >= 0; i--) {
      BegunPiece begun = book.open().get(i);
      if (begun.exclusive == peer) {
        giveUp(begun);
      }
    }
    peer.beHungry(false);
    letOthersGoOn();
  }

  /** The wishes have changed: what is on its way but not wanted any more is given up. */
  void giveUpUnwanted() {
    for (int i = book.begun().size() - 1; i >= 0; i--) {
      BegunPiece begun = book.begun().get(i);
      if (!begun.verifying && !book.wanted().get(begun.piece)) {
        giveUp(begun);
      }
    }
  }

  // Time.

  /** When somebody may have kept us waiting for too long, at the earliest. */
  long watchAt() {
    return watchAt;
  }

  /** Notices who does not answer. */
  void watch() {
    if (swarm.now < watchAt) {
      return;
    }
    watchAt = Long.MAX_VALUE;
    for (int i = swarm.asked.size() - 1; i >= 0; i--) {
      watch(swarm.asked.get(i));
    }
    swarm.asked.removeIf(peer -> {
      peer.watched = isAsked(peer);
      return !peer.watched;
    });
    for (Connection peer : swarm.asked) {
      watchAt = Math.min(watchAt, patienceEnds(peer));
    }
  }

  private void watch(Connection peer) {
    if (!isAsked(peer)) {
      return;
    }
    long waiting = swarm.now - peer.waitingSince;
    if (waiting >= STALLED_AFTER && !peer.stalled) {
      stall(peer);
    }
    if (swarm.now - peer.quietSince >= SNUBBED_AFTER) {
      peer.snubbing = true;
    }
    if (waiting >= SNUBBED_AFTER) {
      forgetRequests(peer);
    }
  }

  /** When {@link #watch} has to do something about this peer if nothing comes from it. */
  private static long patienceEnds(Connection peer) {
    long ends = Long.MAX_VALUE;
    if (!peer.stalled) {
      ends = peer.waitingSince + STALLED_AFTER;
    } else if (!peer.outstanding.isEmpty()) {
      ends = peer.waitingSince + SNUBBED_AFTER;
    }
    return peer.snubbing ? ends : Math.min(ends, peer.quietSince + SNUBBED_AFTER);
  }

  /** Something is on its way from this peer, as of now. */
  private void expect(Connection peer) {
    if (!peer.watched) {
      peer.watched = true;
      swarm.asked.add(peer);
    }
    long ends = patienceEnds(peer);
    if (ends < watchAt) {
      watchAt = ends;
      swarm.stirred = true;
    }
  }

  /** Whether something is on its way from this peer. */
  private static boolean isAsked(Connection peer) {
    return !peer.outstanding.isEmpty() || peer.receivingPiece >= 0;
  }

  /** The pipeline follows the rate; once a second is enough. */
  private void adapt(Connection peer) {
    if (swarm.now - peer.adaptedAt < ADAPT_INTERVAL) {
      return;
    }
    peer.adaptedAt = swarm.now;
    long rate = peer.downloadRate();
    if (peer.slowStart && peer.rateBefore > 0 && rate < peer.rateBefore + peer.rateBefore / 10) {
      peer.slowStart = false;
    }
    peer.rateBefore = rate;
    if (!peer.slowStart) {
      long blocks = PIPELINE_SECONDS * rate / PieceLayout.BLOCK_LENGTH;
      peer.pipeline = (int) Math.max(LEAST_PIPELINE, Math.min(blocks, Short.MAX_VALUE));
    }
  }

  /** They have waited for too long: taken back, so that the peer can be tried with another. */
  private void forgetRequests(Connection peer) {
    for (int i = 0; i < peer.outstanding.size(); i++) {
      send(peer, MessageType.CANCEL, peer.outstanding.piece(i), peer.outstanding.block(i));
    }
    dropRequests(peer);
  }

  private void stall(Connection peer) {
    peer.stalled = true;
    peer.probing = true;
    BegunPiece receiving = peer.receivingPiece < 0 ? null : book.begun(peer.receivingPiece);
    if (receiving != null) {
      receiving.releaseReceiving(peer.receivingBlock);
      book.updateOpen(receiving);
    }
    for (int i = 0; i < peer.outstanding.size(); i++) {
      BegunPiece begun = book.begun(peer.outstanding.piece(i));
      if (begun != null) {
        begun.release(peer.outstanding.block(i));
        book.updateOpen(begun);
      }
    }
    for (int i = book.begun().size() - 1; i >= 0; i--) {
      BegunPiece begun = book.begun().get(i);
      if (begun.exclusive == peer && !begun.verifying) {
        giveUp(begun);
      }
    }
    swarm.listener.detail(peer + " has stalled");
  }

  /** It sends payload. */
  private void recover(Connection peer) {
    peer.waitingSince = swarm.now;
    peer.quietSince = swarm.now;
    peer.probing = false;
    peer.snubbing = false;
    if (!peer.stalled) {
      return;
    }
    peer.stalled = false;
    expect(peer);
    for (int i = 0; i < peer.outstanding.size(); i++) {
      BegunPiece begun = book.begun(peer.outstanding.piece(i));
      if (begun != null) {
        begun.reclaim(peer.outstanding.block(i));
        book.updateOpen(begun);
      }
    }
  }

  // What became of a piece.

  /** It is verified and stored; the piece, or null if it was not begun any more. */
  @Nullable BegunPiece onStored(int piece) {
    BegunPiece begun = book.begun(piece);
    if (begun != null) {
      book.store(begun);
      freeMemory(begun);
      storeTrouble = null;
      storeRetry.succeeded();
      swarm.refill |= waitsForMemory;
    }
    return begun;
  }

  /** It did not match its hash; who sent its blocks, or null if it was not begun any more. */
  Connection @Nullable [] onCorrupt(int piece) {
    BegunPiece begun = book.begun(piece);
    if (begun == null) {
      return null;
    }
    Connection[] senders = begun.senders();
    wasted += begun.length;
    book.giveUp(begun);
    freeMemory(begun);
    swarm.refill = true;
    return senders;
  }

  /** It was right but could not be stored: it is fetched again when the store may have recovered. */
  void onStoreFailed(int piece, String message) {
    onNotStored(piece);
    storeTrouble = message;
    // Once for all pieces that were on their way to the disk.
    if (swarm.now >= storeRetryAt) {
      storeRetryAt = swarm.now + storeRetry.afterFailure();
    }
  }

  /** It was right but is not in the store. */
  void onNotStored(int piece) {
    BegunPiece begun = book.begun(piece);
    if (begun != null) {
      wasted += begun.length;
      book.giveUp(begun);
      freeMemory(begun);
    }
  }

  /** Gives up everything that is begun and not being verified, for a pause or the end. */
  void stop() {
    for (int i = book.begun().size() - 1; i >= 0; i--) {
      BegunPiece begun = book.begun().get(i);
      if (!begun.verifying) {
        giveUp(begun);
      }
    }
    waitsForMemory = false;
    waitsForTokens = false;
    budget.stopWaitingForMemory(self);
    budget.stopWaitingForDownload(self);
  }

  /** The torrent is left: also what is being verified is forgotten. */
  void forgetAll() {
    try {
      stop();
    } finally {
      // Others of the same peer need it, however broken this torrent is.
      budget.giveBackMemory(memoryHeld);
      memoryHeld = 0;
    }
  }
}
