package io.minibit.engine;

import io.minibit.metainfo.PieceLayout;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.wire.MessageType;
import org.jspecify.annotations.Nullable;

/**
 * Asks peers for blocks: fills the pipeline of each, notices who has stalled, and takes care that what arrives is wanted.
 * Every request that is sent is in the connection's {@code outstanding} and counted in its begun piece, both or neither.
 */
final class Downloader {
  /** Requests outstanding at first; it grows by one per block received. */
  static final int FIRST_PIPELINE = 4;

  private static final int LEAST_PIPELINE = 2;
  /** Seconds of the peer's rate that are kept outstanding, so that a long way to the peer does not leave it idle. */
  private static final int PIPELINE_SECONDS = 3;

  private static final long STALLED_AFTER = 20_000_000_000L;
  private static final long SNUBBED_AFTER = 60_000_000_000L;
  private static final long STORE_RETRY = 10_000_000_000L;

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
  private @Nullable String storeTrouble;
  private long storeRetryAt;

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
    for (int i = 0; i < swarm.connections.size(); i++) {
      Connection peer = swarm.connections.get(i);
      if (peer.hungry) {
        fill(peer);
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
    peer.hungry = false;
    while (mayAsk(peer)) {
      boolean memory = budget.hasMemory(self, swarm.layout.pieceLength());
      int piece = select(peer, memory);
      if (piece == PieceSelectionStrategy.NONE) {
        peer.hungry = true;
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
        peer.hungry = true;
        return;
      }
      if (begun == null || !takeTokens(swarm.layout.blockLength(piece, begun.firstMissing()))) {
        peer.hungry = true;
        return;
      }
      ask(peer, begun, begun.firstMissing());
    }
  }

  private int select(Connection peer, boolean memory) {
    try {
      return selection.select(choice.of(peer, memory));
    } catch (RuntimeException e) {
      swarm.failure = e;
      return PieceSelectionStrategy.NONE;
    }
  }

  private boolean mayAsk(Connection peer) {
    if (!peer.canServe() || !swarm.isTrading() || swarm.failure != null || (storeTrouble != null && swarm.now < storeRetryAt)) {
      peer.hungry = peer.canServe();
      return false;
    }
    // A stalled peer gets nothing new until it has sent something; it would only hold up what others can give.
    if (peer.stalled && !peer.outstanding.isEmpty()) {
      return false;
    }
    int most = Math.min(peer.pipeline, Math.min(peer.requestQueue, swarm.limits.maxOutgoingRequests()));
    return peer.outstanding.size() < (peer.snubbing ? 1 : most);
  }

  private void ask(Connection peer, BegunPiece begun, int block) {
    if (peer.outstanding.isEmpty()) {
      peer.lastPayloadAt = swarm.now;
    }
    begun.requested(block, peer);
    book.updateOpen(begun);
    if (begun.suspect) {
      begun.exclusive = peer;
    }
    peer.outstanding.add(begun.piece, block);
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
    return book.begin(piece, blame.isSuspect(piece));
  }

  private boolean takeTokens(int bytes) {
    if (!tokens.isOpen(swarm.now)) {
      waitsForTokens = true;
      return false;
    }
    if (!budget.tryDownload(self, bytes, swarm.now)) {
      waitsForTokens = true;
      return false;
    }
    tokens.take(bytes);
    return true;
  }

  /** When tokens will be there that were refused; never, if none were. */
  long tokensAt() {
    return waitsForTokens ? Math.max(tokens.opensAt(swarm.now), budget.downloadAt(swarm.now)) : Long.MAX_VALUE;
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
    if (budget.tryMemory(self, swarm.layout.pieceLength())) {
      budget.giveBackMemory(swarm.layout.pieceLength());
      return true;
    }
    return giveUpOne() && budget.hasMemory(self, swarm.layout.pieceLength());
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
      if (peer.canServe() && !peer.stalled && peer.has(begun.piece)) {
        return true;
      }
    }
    return false;
  }

  /** Drops a begun piece: withdraws its requests, forgets its blocks and gives its memory back. */
  private void giveUp(BegunPiece begun) {
    int piece = begun.piece;
    for (Connection peer : swarm.connections) {
      for (int b = 0; b < begun.blocks(); b++) {
        if (peer.outstanding.remove(piece, b)) {
          begun.requestEnded(b);
          send(peer, MessageType.CANCEL, piece, b);
        }
      }
      if (peer.receivingPiece == piece) {
        swarm.port.discardRest(peer.number);
        peer.receivingPiece = -1;
      }
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

  private void freeMemory(BegunPiece begun) {
    memoryHeld -= begun.length;
    budget.giveBackMemory(begun.length);
  }

  /** The endgame: everything is requested, so that an idle peer is asked for a block that another is slow with. */
  private void askForBusyBlock(Connection peer) {
    int begun = book.begun().size();
    int start = swarm.random.nextInt(begun);
    for (int i = 0; i < begun; i++) {
      BegunPiece piece = book.begun().get((start + i) % begun);
      int busy = piece.exclusive == null && peer.has(piece.piece) ? piece.busy() : 0;
      if (busy > 0) {
        int block = piece.busyBlock(swarm.random.nextInt(busy));
        if (takeTokens(swarm.layout.blockLength(piece.piece, block))) {
          ask(peer, piece, block);
        }
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
    if (asked && begun != null) {
      begun.requestEnded(block);
    }
    peer.lastPayloadAt = swarm.now;
    recover(peer);
    if (begun == null || !isWanted(peer, begun, block)) {
      if (begun != null) {
        book.updateOpen(begun);
      }
      wasted += length;
      return false;
    }
    begun.receiving(block, peer);
    book.updateOpen(begun);
    peer.receivingPiece = piece;
    peer.receivingBlock = block;
    return true;
  }

  private boolean isWanted(Connection peer, BegunPiece begun, int block) {
    if (begun.verifying || begun.isReceived(block) || (begun.exclusive != null && begun.exclusive != peer)) {
      return false;
    }
    if (!begun.isReceiving(block)) {
      return true;
    }
    Connection other = begun.source(block);
    if (other == null || !other.stalled) {
      return false;
    }
    swarm.port.discardRest(other.number);
    other.receivingPiece = -1;
    return true;
  }

  /** All payload of a block has arrived; {@code wanted} is what {@link #onPieceHeader} answered. */
  void onBlock(Connection peer, int length) {
    received += length;
    peer.download.add(swarm.now, length);
    peer.lastPayloadAt = swarm.now;
    if (peer.slowStart) {
      peer.pipeline = Math.min(peer.pipeline + 1, swarm.limits.maxOutgoingRequests());
    }
    int piece = peer.receivingPiece;
    if (piece >= 0) {
      peer.receivingPiece = -1;
      BegunPiece begun = book.begun(piece);
      if (begun == null) {
        throw new IllegalStateException("a block of piece " + piece + " arrived, which was not begun");
      }
      begun.received(peer.receivingBlock);
      if (begun.requests(peer.receivingBlock) > 0) {
        cancelElsewhere(begun, peer.receivingBlock);
      }
      if (begun.isComplete()) {
        begun.verifying = true;
        swarm.port.verify(piece, begun.suspect);
      }
    }
    fill(peer);
  }

  private void cancelElsewhere(BegunPiece begun, int block) {
    for (Connection other : swarm.connections) {
      if (other.outstanding.remove(begun.piece, block)) {
        begun.requestEnded(block);
        send(other, MessageType.CANCEL, begun.piece, block);
        // It may have nothing to do now.
        other.hungry = true;
        swarm.refill = true;
      }
    }
  }

  void onChoked(Connection peer) {
    peer.hungry = false;
    if (!peer.fast) {
      dropRequests(peer);
    }
  }

  void onUnchoked(Connection peer) {
    peer.lastPayloadAt = swarm.now;
    fill(peer);
  }

  void onReject(Connection peer, int piece, int begin, int length) {
    if (!swarm.layout.isBlock(piece, begin, length)
        || !peer.outstanding.remove(piece, begin / PieceLayout.BLOCK_LENGTH)) {
      return;
    }
    requestLost(peer, piece, begin / PieceLayout.BLOCK_LENGTH);
    if (!peer.peerChoking) {
      // Refused while unchoked: not asked again at once, or two programs could keep each other busy for nothing.
      peer.pipeline = LEAST_PIPELINE;
      peer.hungry = true;
    }
  }

  private void requestLost(Connection peer, int piece, int block) {
    BegunPiece begun = book.begun(piece);
    int length = swarm.layout.blockLength(piece, block);
    tokens.giveBack(length);
    budget.giveBackDownload(length);
    if (begun != null) {
      begun.requestEnded(block);
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
      requestLost(peer, piece, block);
    }
  }

  /** The connection is gone. */
  void onLeft(Connection peer) {
    if (peer.receivingPiece >= 0) {
      BegunPiece begun = book.begun(peer.receivingPiece);
      peer.receivingPiece = -1;
      if (begun != null) {
        begun.receivingAborted(peer.receivingBlock);
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
  }

  // Time.

  /** Once a second: adapts the pipelines and notices who does not answer. */
  void tick() {
    for (int i = 0; i < swarm.connections.size(); i++) {
      Connection peer = swarm.connections.get(i);
      adapt(peer);
      long silent = swarm.now - peer.lastPayloadAt;
      if (peer.outstanding.isEmpty() || silent < STALLED_AFTER) {
        continue;
      }
      if (!peer.stalled) {
        stall(peer);
      }
      if (silent >= SNUBBED_AFTER) {
        peer.snubbing = true;
      }
    }
    swarm.refill = true;
  }

  private static void adapt(Connection peer) {
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

  private void stall(Connection peer) {
    peer.stalled = true;
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

  private void recover(Connection peer) {
    peer.snubbing = false;
    if (!peer.stalled) {
      return;
    }
    peer.stalled = false;
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
    wasted += begun.length;
    book.giveUp(begun);
    freeMemory(begun);
    swarm.refill = true;
    return begun.senders();
  }

  /** It was right but could not be stored: it is fetched again when the store may have recovered. */
  void onStoreFailed(int piece, String message) {
    BegunPiece begun = book.begun(piece);
    if (begun != null) {
      wasted += begun.length;
      book.giveUp(begun);
      freeMemory(begun);
    }
    storeTrouble = message;
    storeRetryAt = swarm.now + STORE_RETRY;
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
    stop();
    budget.giveBackMemory(memoryHeld);
    memoryHeld = 0;
  }
}
