package io.minibit.engine;

import io.minibit.wire.MessageType;

/**
 * Serves blocks to the peers that have a slot. It hands the port no more than about half a second of each peer's rate,
 * so that a choke takes effect soon, and shares out the upload limit by the weights of the plan.
 */
final class Uploader {
  static final int FIRST_QUEUE = 64 << 10;
  private static final int LEAST_QUEUE = 16 << 10;
  private static final long ADAPT_INTERVAL = 1_000_000_000L;
  private static final int MOST_QUEUE = 2 << 20;

  private final Swarm swarm;
  private final PeerBudget budget;
  private final PeerBudget.Claimant self;
  private final SuperSeeding superSeeding;
  private final TokenBucket tokens;
  private final RateMeter meter;
  private final Suggestions suggestions;
  private boolean waitsForTokens;
  private long retryAt = Long.MAX_VALUE;
  private long highestRate;
  private long rateSeenAt;
  private boolean pumpAll;
  /**
   * The share at which the last block was handed over: start-time fair queueing (Goyal, Vin, Cheng 1996). Whoever had
   * nothing to send meanwhile goes on from here, so that a rest is no credit.
   */
  private double virtualTime;

  Uploader(Swarm swarm, PeerBudget budget, PeerBudget.Claimant self, SuperSeeding superSeeding) {
    this.swarm = swarm;
    this.budget = budget;
    this.self = self;
    this.superSeeding = superSeeding;
    tokens = new TokenBucket(swarm.settings.uploadLimit(), swarm.now);
    suggestions = new Suggestions(swarm);
    meter = new RateMeter(swarm.now);
  }

  long sent() {
    return meter.total();
  }

  TokenBucket tokens() {
    return tokens;
  }

  /** The limit in force in bytes per second, or the highest rate seen if there is none. */
  long capacity() {
    long limit = Math.min(tokens.bytesPerSecond(), budget.uploadLimit());
    return limit == TokenBucket.UNLIMITED ? Math.max(1, highestRate) : limit;
  }

  void onRequest(Connection peer, int piece, int begin, int length) {
    if (!swarm.layout.isRange(piece, begin, length) || length > swarm.limits.maxServedBlock()) {
      swarm.condemn(peer, "asked for " + length + " bytes at " + begin + " of piece " + piece);
      return;
    }
    if (peer.slot == null || !superSeeding.offers(peer, piece)) {
      if (++peer.refused > swarm.limits.maxIncomingRequests()) {
        swarm.condemn(peer, "asked for more than " + swarm.limits.maxIncomingRequests() + " blocks that it cannot get");
      } else {
        reject(peer, piece, begin, length);
      }
      return;
    }
    if (peer.uploads.size() >= swarm.limits.maxIncomingRequests()) {
      swarm.condemn(peer, "asked for more than " + swarm.limits.maxIncomingRequests() + " blocks at once");
      return;
    }
    peer.uploads.add(piece, begin, length);
    suggestions.onAsked(peer, piece);
    pump(peer);
  }

  void onCancel(Connection peer, int piece, int begin, int length) {
    if (peer.uploads.remove(piece, begin, length)) {
      reject(peer, piece, begin, length);
    }
  }

  private void reject(Connection peer, int piece, int begin, int length) {
    if (peer.fast) {
      swarm.send(peer, MessageType.REJECT, piece, begin, length);
    }
  }

  /** The peer got a slot. */
  void onServed(Connection peer) {
    suggestions.offer(peer);
  }

  /** The peer lost its slot: what it waits for will not come, except what was handed to the port. */
  void onChoke(Connection peer) {
    for (int i = 0; i < peer.uploads.size(); i++) {
      reject(peer, peer.uploads.piece(i), peer.uploads.begin(i), peer.uploads.length(i));
    }
    peer.uploads.clear();
    suggestions.onChoked(peer);
  }

  /** The connection is gone. */
  void onLeft(Connection peer) {
    suggestions.onChoked(peer);
  }

  void onSent(Connection peer, int bytes, int stillQueued) {
    peer.upload.add(swarm.now, bytes);
    if (bytes > 0) {
      peer.takes();
    }
    meter.add(swarm.now, bytes);
    peer.lastSentAt = swarm.now;
    peer.queuedBytes = stillQueued;
    if (stillQueued == 0 && !peer.uploads.isEmpty()) {
      peer.queueTarget = Math.min(MOST_QUEUE, peer.queueTarget * 2);
    }
    adapt(peer);
    pump(peer);
  }

  /** A block that was handed to the port could not be read. */
  void onReadFailed(Connection peer, int piece, int begin, int length) {
    if (peer.fast) {
      reject(peer, piece, begin, length);
    } else {
      swarm.condemn(peer, "piece " + piece + " cannot be read");
    }
  }

  boolean isLimited() {
    return tokens.isLimited() || budget.uploadLimit() != TokenBucket.UNLIMITED;
  }

  private boolean isReady(Connection peer) {
    Connection.Slot slot = peer.slot;
    return slot != null && !peer.uploads.isEmpty() && peer.queuedBytes < peer.queueTarget;
  }

  private void pump(Connection peer) {
    if (isLimited()) {
      // While the limit is used up, another request changes nothing.
      pumpAll |= !waitsForTokens;
      swarm.stirred |= pumpAll;
      return;
    }
    boolean more = true;
    while (more && isReady(peer)) {
      more = handOver(peer);
    }
  }

  /** Shares the upload limit out, if there is one: whoever has had the least for its weight is next. */
  void pumpLimited(boolean due) {
    if (due) {
      retryAt = Long.MAX_VALUE;
      pumpAll = true;
    }
    if (!pumpAll) {
      return;
    }
    pumpAll = false;
    waitsForTokens = false;
    while (true) {
      Connection next = null;
      double least = Double.MAX_VALUE;
      for (Connection peer : swarm.served) {
        Connection.Slot slot = peer.slot;
        if (slot != null && isReady(peer) && slot.share < least && capOpen(slot)) {
          next = peer;
          least = slot.share;
        }
      }
      if (next == null || !hasTokens() || !handOver(next)) {
        break;
      }
    }
    if (!waitsForTokens) {
      budget.stopWaitingForUpload(self);
    }
  }

  private boolean capOpen(Connection.Slot slot) {
    if (slot.cap.isOpen(swarm.now)) {
      return true;
    }
    retryAt = Math.min(retryAt, slot.cap.opensAt(swarm.now));
    swarm.stirred = true;
    return false;
  }

  /** Whether the limits allow another block; if not, stands in line. */
  private boolean hasTokens() {
    if (!tokens.isOpen(swarm.now)) {
      waitsForTokens = true;
      retryAt = Math.min(retryAt, tokens.opensAt(swarm.now));
      // Our own limit binds: others must not wait behind us.
      budget.stopWaitingForUpload(self);
      return false;
    }
    if (!budget.mayUpload(self, swarm.now)) {
      waitsForTokens = true;
      retryAt = Math.min(retryAt, budget.uploadAt(self, swarm.now));
      return false;
    }
    return true;
  }

  /** Hands the oldest request to the port; false if the peer's own cap is used up. */
  private boolean handOver(Connection peer) {
    Connection.Slot slot = peer.slot;
    if (slot == null || !capOpen(slot)) {
      return false;
    }
    int piece = peer.uploads.piece(0);
    int begin = peer.uploads.begin(0);
    int length = peer.uploads.length(0);
    peer.uploads.removeFirst();
    slot.cap.take(length);
    virtualTime = Math.max(virtualTime, slot.share);
    slot.share = virtualTime + length / slot.weight;
    tokens.take(length);
    budget.takeUpload(self, length);
    peer.queuedBytes += length;
    peer.sendingBytes = peer.sending == piece ? peer.sendingBytes + length : length;
    peer.sending = piece;
    swarm.pieceSent |= peer.sendingBytes >= swarm.layout.length(piece) && swarm.book.isComplete();
    superSeeding.onServed(peer, piece, length);
    swarm.port.sendBlock(peer.number, piece, begin, length);
    return true;
  }

  /** When something that had to wait can go on. */
  long retryAt() {
    return retryAt;
  }

  /** More may be sent now: a limit was changed, or it is our turn. */
  void retry() {
    pumpAll = true;
    if (!isLimited()) {
      for (Connection peer : swarm.served) {
        pump(peer);
      }
      pumpAll = false;
      waitsForTokens = false;
      budget.stopWaitingForUpload(self);
    }
  }

  /** Lets the queue follow the rate; once a second is enough. */
  private void adapt(Connection peer) {
    if (swarm.now - peer.queueAdaptedAt >= ADAPT_INTERVAL) {
      peer.queueAdaptedAt = swarm.now;
      long half = peer.uploadRate() / 2;
      // A peer that takes nothing now tells nothing of its rate.
      if (half > 0 && half < peer.queueTarget) {
        peer.queueTarget = (int) Math.max(LEAST_QUEUE, half);
      }
    }
    if (swarm.now - rateSeenAt >= ADAPT_INTERVAL) {
      // It fades by half in a minute and a half, so that the highest rate is one of lately.
      rateSeenAt = swarm.now;
      highestRate = Math.max(highestRate - highestRate / 128, meter.perSecond(swarm.now));
    }
  }

  void stop() {
    waitsForTokens = false;
    retryAt = Long.MAX_VALUE;
    budget.stopWaitingForUpload(self);
  }
}
