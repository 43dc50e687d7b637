package io.minibit.engine;

import io.minibit.model.PeerAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * What the torrents of one peer share: connections, dials, piece memory and rate. Each is granted first come, first
 * served: an engine that was refused stands in line and is told when it is its turn, so that all torrents advance. Pure
 * and single-threaded like the engines.
 */
public final class PeerBudget {
  /** An engine that may stand in line. */
  interface Claimant {
    /** Something that was refused may be granted now. Called from inside other engines' calls: only take note. */
    void budgetAvailable();

    /** Others wait for piece memory: give back what cannot be used. Only take note. */
    void memoryWanted();
  }

  /** One kind of goods, and who waits for it. */
  private static final class Line {
    private final ArrayDeque<Claimant> waiting = new ArrayDeque<>();

    /** Whether it is this one's turn, which it is as long as nobody stands before it. */
    boolean isTurnOf(Claimant claimant) {
      return waiting.isEmpty() || waiting.peekFirst() == claimant;
    }

    /** Its wish was granted, or it wishes for nothing any more. */
    void leave(Claimant claimant) {
      if (waiting.isEmpty()) {
        return;
      }
      boolean wasFirst = waiting.peekFirst() == claimant;
      waiting.remove(claimant);
      if (wasFirst) {
        callFirst();
      }
    }

    void join(Claimant claimant) {
      if (!waiting.contains(claimant)) {
        waiting.addLast(claimant);
      }
    }

    void callAll() {
      waiting.forEach(Claimant::budgetAvailable);
    }

    void callFirst() {
      Claimant first = waiting.peekFirst();
      if (first != null) {
        first.budgetAvailable();
      }
    }
  }

  private final int maxConnections;
  private final long dialInterval;
  private final List<Claimant> members = new ArrayList<>();
  private final Line memoryLine = new Line();
  private final Line uploadLine = new Line();
  private final Line downloadLine = new Line();
  private final Line dialLine = new Line();
  private final TokenBucket uploadTokens;
  private final TokenBucket downloadTokens;
  private final DialRestraint dials = new DialRestraint();

  private long memoryTotal;
  private long memoryUsed;
  private int connections;
  private long nextDialAt;

  /**
   * A budget with nothing granted yet.
   *
   * @param pieceMemory bytes for pieces being assembled
   * @param dialsPerSecond outgoing connection attempts, spread evenly
   */
  public PeerBudget(long pieceMemory, int maxConnections, int dialsPerSecond, long now) {
    this.memoryTotal = pieceMemory;
    this.maxConnections = maxConnections;
    this.dialInterval = 1_000_000_000L / dialsPerSecond;
    this.nextDialAt = now;
    uploadTokens = new TokenBucket(TokenBucket.UNLIMITED, now);
    downloadTokens = new TokenBucket(TokenBucket.UNLIMITED, now);
  }

  /** Limits what all torrents together send; {@link Long#MAX_VALUE} for no limit. */
  public void limitUpload(long bytesPerSecond, long now) {
    uploadTokens.limit(bytesPerSecond, now);
    uploadLine.callAll();
  }

  /** Limits what all torrents together request; {@link Long#MAX_VALUE} for no limit. */
  public void limitDownload(long bytesPerSecond, long now) {
    downloadTokens.limit(bytesPerSecond, now);
    downloadLine.callAll();
  }

  /** Raises the piece memory to at least this much: a torrent needs room for two pieces to keep going. */
  public void requirePieceMemory(long bytes) {
    memoryTotal = Math.max(memoryTotal, bytes);
    memoryLine.callFirst();
  }

  public long pieceMemory() {
    return memoryTotal;
  }

  public long pieceMemoryUsed() {
    return memoryUsed;
  }

  int mostConnections() {
    return maxConnections;
  }

  /** Whether it is a member or stands in a line. */
  boolean knows(Claimant claimant) {
    boolean waits = false;
    for (Line line : List.of(memoryLine, uploadLine, downloadLine, dialLine)) {
      waits |= line.waiting.contains(claimant);
    }
    return waits || members.contains(claimant);
  }

  public int connections() {
    return connections;
  }

  /** A place for one more connection, incoming or outgoing; give it back with {@link #connectionClosed}. */
  public boolean tryConnection() {
    if (connections >= maxConnections) {
      return false;
    }
    connections++;
    return true;
  }

  public void connectionClosed() {
    connections--;
    for (Claimant member : members) {
      member.budgetAvailable();
    }
  }

  void join(Claimant claimant) {
    members.add(claimant);
  }

  void leave(Claimant claimant) {
    members.remove(claimant);
    for (Line line : List.of(memoryLine, uploadLine, downloadLine, dialLine)) {
      line.leave(claimant);
    }
  }

  /** Whether there is a place for one more connection. */
  boolean hasConnection() {
    return connections < maxConnections;
  }

  /** When to try the next dial, spread evenly over all torrents; never, if others stand before this one. */
  long dialAt(Claimant claimant) {
    return dialLine.isTurnOf(claimant) ? nextDialAt : Long.MAX_VALUE;
  }

  /** When an endpoint that the user did not name may be dialed; {@code now} if it may. */
  long dialableAt(PeerAddress address, long now) {
    return dials.openAt(address, now);
  }

  /** There was a peer at an endpoint that was dialed. */
  void dialReached(PeerAddress address) {
    dials.reached(address);
  }

  /** Grants a dial to this endpoint and a connection for it, or puts the claimant in line. */
  boolean tryDial(Claimant claimant, PeerAddress address, long now) {
    if (now < nextDialAt || !dialLine.isTurnOf(claimant) || !tryConnection()) {
      dialLine.join(claimant);
      return false;
    }
    dials.dialed(address, now);
    nextDialAt = now + Math.max(dialInterval, dials.interval());
    dialLine.leave(claimant);
    return true;
  }

  void stopWaitingForDial(Claimant claimant) {
    dialLine.leave(claimant);
  }

  /** Reserves memory for one piece, or puts the claimant in line. */
  boolean tryMemory(Claimant claimant, long bytes) {
    if (hasMemory(claimant, bytes)) {
      memoryUsed += bytes;
      memoryLine.leave(claimant);
      return true;
    }
    memoryLine.join(claimant);
    return false;
  }

  void waitForMemory(Claimant claimant) {
    memoryLine.join(claimant);
  }

  /** Stands in line and asks the others to give back what they cannot use. */
  void askForMemory(Claimant claimant) {
    memoryLine.join(claimant);
    for (Claimant member : members) {
      if (member != claimant) {
        member.memoryWanted();
      }
    }
  }

  /** Whether a reservation of this size would be granted. */
  boolean hasMemory(Claimant claimant, long bytes) {
    return memoryLine.isTurnOf(claimant) && memoryUsed + bytes <= memoryTotal;
  }

  void giveBackMemory(long bytes) {
    memoryUsed -= bytes;
    memoryLine.callFirst();
  }

  /** It wants no more memory now: the next in line may have its turn. */
  void stopWaitingForMemory(Claimant claimant) {
    memoryLine.leave(claimant);
  }

  /** Whether the claimant may send a block, which it then does; else it stands in line. */
  boolean mayUpload(Claimant claimant, long now) {
    return mayTake(uploadTokens, uploadLine, claimant, now);
  }

  void takeUpload(Claimant claimant, int bytes) {
    take(uploadTokens, uploadLine, claimant, bytes);
  }

  /** When to come back; never, if others stand before this one, as it is called then. */
  long uploadAt(Claimant claimant, long now) {
    return uploadLine.isTurnOf(claimant) ? uploadTokens.opensAt(now) : Long.MAX_VALUE;
  }

  void stopWaitingForUpload(Claimant claimant) {
    uploadLine.leave(claimant);
  }

  /** Whether the claimant may ask for a block, which it then does; else it stands in line. */
  boolean mayDownload(Claimant claimant, long now) {
    return mayTake(downloadTokens, downloadLine, claimant, now);
  }

  void takeDownload(Claimant claimant, int bytes) {
    take(downloadTokens, downloadLine, claimant, bytes);
  }

  /** When to come back; never, if others stand before this one, as it is called then. */
  long downloadAt(Claimant claimant, long now) {
    return downloadLine.isTurnOf(claimant) ? downloadTokens.opensAt(now) : Long.MAX_VALUE;
  }

  void stopWaitingForDownload(Claimant claimant) {
    downloadLine.leave(claimant);
  }

  void giveBackDownload(long bytes) {
    downloadTokens.giveBack(bytes);
  }

  long uploadLimit() {
    return uploadTokens.bytesPerSecond();
  }

  private static boolean mayTake(TokenBucket bucket, Line line, Claimant claimant, long now) {
    if (!bucket.isLimited() || (line.isTurnOf(claimant) && bucket.isOpen(now))) {
      return true;
    }
    line.join(claimant);
    return false;
  }

  private static void take(TokenBucket bucket, Line line, Claimant claimant, int bytes) {
    bucket.take(bytes);
    line.leave(claimant);
  }
}
