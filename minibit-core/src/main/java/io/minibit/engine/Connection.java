package io.minibit.engine;

import io.minibit.metainfo.PieceLayout;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;
import org.jspecify.annotations.Nullable;

/**
 * What an engine knows of one connected peer. The parts of the engine keep it up to date; strategies see the rest of
 * it.
 */
final class Connection implements RemotePeer {
  /** What libtorrent and others assume of a peer that names no request queue (BEP 10). */
  private static final int ASSUMED_REQUEST_QUEUE = 250;

  /** A peer that is served asks within a round trip; this is several of the slowest, and a busy machine. */
  static final long IDLE_AFTER = 5_000_000_000L;

  /** In the endgame, what comes sooner is waited for. */
  private static final long SLOW = 1_000_000_000L;

  private final Swarm swarm;
  final int number;
  private final long key;
  private final PeerAddress address;
  private final PeerId peerId;
  final boolean incoming;
  final boolean fast;
  final boolean extended;
  final long connectedAt;

  /** Pieces it has; null while that is none or all. */
  private @Nullable PieceSet has;
  private boolean seed;

  /** Pieces it has that we want and lack: our interest. */
  int wanted;
  /** Those pieces by themselves while they are few; null otherwise. */
  @Nullable FewPieces few;

  boolean peerChoking = true;
  boolean peerInterested;
  boolean amInterested;
  @Nullable Slot slot;
  /** What it was shown while we super-seed; null if nothing is hidden from it. */
  @Nullable Disclosure disclosure;
  /** Its place in the plan that is being carried out. */
  UploadPlan.@Nullable Slot planned;
  long servedSince;
  long servesUsSince;

  // Downloading.
  final Outstanding outstanding = new Outstanding();
  int pipeline = Downloader.FIRST_PIPELINE;
  final AnswerTime answers;
  boolean slowStart = true;
  long rateBefore;
  int requestQueue = ASSUMED_REQUEST_QUEUE;
  /** When it last sent payload, or was asked with nothing outstanding: since when the requests of now wait. */
  long waitingSince;
  /** As {@link #waitingSince}, but a request that only tries whether it is still alive does not count. */
  long quietSince;
  /** Its requests have waited for too long, and others may be asked for the same. */
  boolean stalled;
  /** It has stalled and not sent anything since: asked for one block at a time. */
  boolean probing;
  boolean snubbing;
  /** Requests that were taken back, or that it dropped by choking: as many blocks may still come. */
  int late;
  /** It refused while it served us, or choked us before it sent anything: not asked before this time. */
  long refusedUntil = Long.MIN_VALUE;
  /** What had come of it when it unchoked us last, bytes. */
  long downloadedBefore;
  /** It could take more requests than we found blocks for; see {@link #beHungry}. */
  boolean hungry;
  /** Whether it is in the swarm's list of those that we wait for. */
  boolean watched;
  /** When its pipeline was last adapted to its rate. */
  long adaptedAt;
  /** What it suggested to us last, as a ring. */
  final int[] suggestions = {-1, -1, -1, -1};
  private int nextSuggestion;
  int receivingPiece = -1;
  int receivingBlock;
  final RateMeter download;

  // Uploading.
  final UploadQueue uploads = new UploadQueue();
  int queuedBytes;
  int queueTarget = Uploader.FIRST_QUEUE;
  /** When that was last adapted to its rate. */
  long queueAdaptedAt;
  /** What we suggested to it and it has not asked for. */
  final FewPieces suggested = new FewPieces(4);
  /** The piece of its last request. */
  int lastAsked = -1;
  /** The piece of which it was sent a block last, and how much of it in one go. */
  int sending = -1;
  int sendingBytes;
  /** When it was served, or took payload last. */
  long tookAt;
  /** When its last turn ended it had asked for nothing. */
  private boolean wastedTurn;
  /** Requests refused since it was last served. */
  int refused;
  final RateMeter upload;

  long lastReceivedAt;
  long lastSentAt;
  @Nullable String client;
  /** Where it accepts connections, as far as we know. */
  @Nullable PeerAddress listening;

  /** By which right it is served, and how. */
  static final class Slot {
    boolean optimistic;
    double weight;
    final TokenBucket cap;
    /** Bytes served divided by the weight, see {@link Uploader}: the smallest is next when the upload limit binds. */
    double share;

    Slot(boolean optimistic, long cap, double weight, long now) {
      this.optimistic = optimistic;
      this.weight = weight;
      this.cap = new TokenBucket(cap, now);
    }
  }

  Connection(Swarm swarm, int number, long key, PeerAddress address, PeerId peerId, boolean incoming, boolean fast,
      boolean extended) {
    this.swarm = swarm;
    this.number = number;
    this.key = key;
    this.address = address;
    this.peerId = peerId;
    this.incoming = incoming;
    this.fast = fast;
    this.extended = extended;
    listening = incoming ? null : address;
    long now = swarm.now;
    connectedAt = now;
    servedSince = now;
    servesUsSince = now;
    lastReceivedAt = now;
    lastSentAt = now;
    waitingSince = now;
    quietSince = now;
    adaptedAt = now;
    queueAdaptedAt = now;
    answers = new AnswerTime(now);
    download = new RateMeter(now);
    upload = new RateMeter(now);
  }

  boolean has(int piece) {
    return seed || (has != null && has.get(piece));
  }

  /**
   * The pieces it has, or null for all of them; an empty set is null too, so ask {@link #seed()} and {@link #pieces()}.
   */
  @Nullable PieceSet pieceSet() {
    return has;
  }

  /** Adds a piece; false if it was known. */
  boolean addPiece(int piece) {
    if (seed) {
      return false;
    }
    if (has == null) {
      has = new PieceSet(swarm.layout.pieceCount());
    }
    return has.set(piece);
  }

  void setPieces(PieceSet pieces) {
    has = pieces;
  }

  /** It has everything: no bits are kept. */
  void becomeSeed() {
    seed = true;
    has = null;
  }

  /** It suggests a piece; old suggestions give way. */
  void suggests(int piece) {
    suggestions[nextSuggestion] = piece;
    nextSuggestion = (nextSuggestion + 1) % suggestions.length;
  }

  /** Whether it will take more than a second for what it is asked for, as far as its rate tells. */
  boolean isSlow() {
    if (swarm.now - waitingSince >= SLOW) {
      return true;
    }
    long rate = downloadRate();
    return rate > 0 && (long) outstanding.size() * PieceLayout.BLOCK_LENGTH > rate * SLOW / 1_000_000_000L;
  }

  /** Whether it is to be tried again when there may be something to ask it for. */
  void beHungry(boolean value) {
    hungry = value;
    if (value && !swarm.someHungry) {
      swarm.someHungry = true;
      swarm.stirred = true;
    }
  }

  /** It begins its turn, or takes something in it. */
  void takes() {
    tookAt = swarm.now;
  }

  void endsTurn() {
    wastedTurn = asksForNothing();
    slot = null;
    servedSince = swarm.now;
  }

  boolean canServe() {
    return !peerChoking && wanted > 0;
  }

  @Override
  public long key() {
    return key;
  }

  @Override
  public PeerId id() {
    return peerId;
  }

  @Override
  public PeerAddress address() {
    return address;
  }

  @Override
  public boolean interested() {
    return peerInterested;
  }

  @Override
  public boolean interesting() {
    return wanted > 0;
  }

  @Override
  public boolean unchokesUs() {
    return !peerChoking;
  }

  @Override
  public boolean served() {
    return slot != null;
  }

  @Override
  public boolean asksForNothing() {
    if (slot == null) {
      return wastedTurn;
    }
    // While we super-seed it may ask for little only; what it did ask for may wait for our limits, the disk or a slow line.
    boolean asks = disclosure != null || !uploads.isEmpty() || queuedBytes > 0;
    return !asks && swarm.now - tookAt >= IDLE_AFTER;
  }

  @Override
  public boolean servedInPart() {
    if (slot == null || sending < 0) {
      return false;
    }
    int length = swarm.layout.length(sending);
    return sendingBytes >= length / 4 && sendingBytes < length;
  }

  @Override
  public boolean servedOptimistically() {
    return slot != null && slot.optimistic;
  }

  @Override
  public long downloadRate() {
    return download.perSecond(swarm.now);
  }

  @Override
  public long uploadRate() {
    return upload.perSecond(swarm.now);
  }

  @Override
  public long downloaded() {
    return download.total();
  }

  @Override
  public long uploaded() {
    return upload.total();
  }

  @Override
  public int outstanding() {
    return outstanding.size();
  }

  @Override
  public boolean snubbing() {
    return snubbing;
  }

  @Override
  public boolean seed() {
    return seed;
  }

  @Override
  public int pieces() {
    return seed ? swarm.layout.pieceCount() : has == null ? 0 : has.count();
  }

  @Override
  public int wantedPieces() {
    return wanted;
  }

  @Override
  public double rarity() {
    return swarm.book.rarityOf(this);
  }

  @Override
  public long connectedFor() {
    return swarm.now - connectedAt;
  }

  @Override
  public long servedSince() {
    return servedSince;
  }

  @Override
  public long servesUsSince() {
    return servesUsSince;
  }

  @Override
  public String toString() {
    return address + " (" + peerId + ")";
  }
}
