package io.minibit.engine;

import io.minibit.metainfo.PieceLayout;
import io.minibit.model.PeerId;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.IntConsumer;

/**
 * Checks an engine's books against each other: what is counted twice must agree. For tests and the simulator's
 * invariants; costs in proportion to pieces times connections, so production code does not call it.
 *
 * <p>To be called between events, on the engine's thread. A flaw is thrown as {@link IllegalStateException} that says
 * what disagrees.
 */
public final class EngineAudit {
  /** What ticks once a second is noticed at most so much later. */
  private static final long TICK = 2_000_000_000L;

  private static final long FORGOTTEN_AFTER = 60_000_000_000L;

  private final TorrentEngine engine;
  private final Swarm swarm;
  private final PieceBook book;
  private final Downloader downloader;
  private final PeerBudget budget;
  private final PieceLayout layout;

  public EngineAudit(TorrentEngine engine) {
    this.engine = engine;
    swarm = engine.swarm();
    book = swarm.book;
    downloader = engine.downloader();
    budget = engine.budget();
    layout = swarm.layout;
  }

  private static IllegalStateException flaw(String what, Object... values) {
    return new IllegalStateException(text(what, values));
  }

  /** The words with the values in place of the braces. */
  private static String text(String what, Object... values) {
    StringBuilder text = new StringBuilder();
    int from = 0;
    for (Object value : values) {
      int at = what.indexOf("{}", from);
      text.append(what, from, at).append(value);
      from = at + 2;
    }
    return text.append(what, from, what.length()).toString();
  }

  /**
   * Checks everything that must hold between two events.
   *
   * @param alone whether this is the only torrent under its budget, whose totals are then its own
   */
  public void check(boolean alone) {
    if (engine.isOver()) {
      checkOver();
      return;
    }
    checkPieces();
    checkAvailability();
    checkBegun();
    for (int i = 0; i < swarm.connections.size(); i++) {
      checkConnection(swarm.connections.get(i), i);
    }
    engine.dialer().audit();
    long begunBytes = 0;
    for (BegunPiece begun : book.begun()) {
      begunBytes += begun.length;
    }
    if (downloader.memoryHeld() != begunBytes) {
      throw flaw("piece memory: {} bytes are held for begun pieces of {}", downloader.memoryHeld(), begunBytes);
    }
    if (budget.pieceMemoryUsed() > budget.pieceMemory()) {
      throw flaw("piece memory: {} of {} bytes granted", budget.pieceMemoryUsed(), budget.pieceMemory());
    }
    if (budget.connections() > budget.mostConnections()) {
      throw flaw("{} of {} connections granted", budget.connections(), budget.mostConnections());
    }
    if (alone) {
      if (budget.pieceMemoryUsed() != begunBytes) {
        throw flaw("piece memory: {} bytes granted for begun pieces of {}", budget.pieceMemoryUsed(), begunBytes);
      }
      int places = swarm.connections.size() + engine.dialer().dialing();
      if (budget.connections() != places) {
        throw flaw("{} connections granted; {} there and {} being dialed", budget.connections(), swarm.connections.size(), engine.dialer().dialing());
      }
    }
    if (swarm.hasCondemned()) {
      throw flaw("a condemned connection was not closed");
    }
  }

  private void checkPieces() {
    long left = 0;
    long wantedLeft = 0;
    for (int p = 0; p < layout.pieceCount(); p++) {
      boolean held = book.held().get(p);
      boolean wanted = !held && book.priority(p) > 0;
      left += held ? 0 : layout.length(p);
      wantedLeft += wanted ? layout.length(p) : 0;
      if (book.wanted().get(p) != wanted) {
        throw flaw("piece {}: wanted is not what is not held and has a priority", p);
      }
      boolean fresh = wanted && book.begun(p) == null;
      if (book.fresh().get(p) != fresh) {
        throw flaw("piece {}: fresh is not what is wanted and not begun", p);
      }
      if (book.index().isPickable(p) != fresh) {
        throw flaw("piece {}: fresh {}, but pickable {}", p, fresh, !fresh);
      }
    }
    if (book.bytesLeft() != left) {
      throw flaw("{} bytes left, but the pieces say {}", book.bytesLeft(), left);
    }
    if (book.wantedBytesLeft() != wantedLeft) {
      throw flaw("{} wanted bytes left, but the pieces say {}", book.wantedBytesLeft(), wantedLeft);
    }
  }

  private void checkAvailability() {
    int[] copies = new int[layout.pieceCount()];
    int seeds = 0;
    for (Connection peer : swarm.connections) {
      PieceSet has = peer.pieceSet();
      seeds += peer.seed() ? 1 : 0;
      for (int p = has == null ? -1 : has.next(0); has != null && p >= 0; p = has.next(p + 1)) {
        copies[p]++;
      }
    }
    if (book.seeds() != seeds) {
      throw flaw("{} seeds counted, {} connected", book.seeds(), seeds);
    }
    for (int p = 0; p < copies.length; p++) {
      int availability = book.index().availability(p);
      if (availability != copies[p] + seeds) {
        throw flaw("piece {}: availability {}, but {} peers have it", p, availability, copies[p] + seeds);
      }
    }
    book.index().audit();
  }

  private void checkBegun() {
    Asked asked = new Asked(book.begun());
    int open = 0;
    for (int i = 0; i < book.begun().size(); i++) {
      BegunPiece begun = book.begun().get(i);
      int p = begun.piece;
      if (!(begun.listIndex == i && book.begun(p) == begun)) {
        throw flaw("piece {} is not where the list of begun pieces says", p);
      }
      if (!((begun.missing() > 0) == (begun.openIndex >= 0))) {
        throw flaw("piece {} is open at {}", begun, begun.openIndex);
      }
      if (!(begun.openIndex < 0 || book.open().get(begun.openIndex) == begun)) {
        throw flaw("piece {} is not open where it says", p);
      }
      open += begun.openIndex >= 0 ? 1 : 0;
      if (begun.verifying != begun.isComplete()) {
        throw flaw("piece {}: verifying is {}", begun, begun.verifying);
      }
      checkBlocks(begun, asked);
    }
    if (book.open().size() != open) {
      throw flaw("{} pieces are open, {} in the list", open, book.open().size());
    }
  }

  /** How many requests for each block of each begun piece are outstanding, and how many peers are sending it. */
  private final class Asked {
    final int[][] requests;
    final int[][] live;
    final int[][] receiving;

    Asked(List<BegunPiece> pieces) {
      requests = new int[pieces.size()][layout.blockCount(0)];
      live = new int[pieces.size()][layout.blockCount(0)];
      receiving = new int[pieces.size()][layout.blockCount(0)];
      for (Connection peer : swarm.connections) {
        for (int i = 0; i < peer.outstanding.size(); i++) {
          int p = peer.outstanding.piece(i);
          BegunPiece begun = book.begun(p);
          if (begun == null) {
            throw flaw("{} is asked for piece {}, which is not begun", peer, p);
          }
          if (!peer.has(p)) {
            throw flaw("{} is asked for piece {}, which it has not", peer, p);
          }
          requests[begun.listIndex][peer.outstanding.block(i)]++;
          live[begun.listIndex][peer.outstanding.block(i)] += peer.stalled ? 0 : 1;
        }
        BegunPiece coming = peer.receivingPiece < 0 ? null : book.begun(peer.receivingPiece);
        if (!(peer.receivingPiece < 0 || coming != null)) {
          throw flaw("{} sends piece {}, which is not begun", peer, peer.receivingPiece);
        }
        if (coming != null) {
          receiving[coming.listIndex][peer.receivingBlock]++;
        }
      }
    }
  }

  private void checkBlocks(BegunPiece begun, Asked asked) {
    int missing = 0;
    int received = 0;
    for (int b = 0; b < begun.blocks(); b++) {
      int requests = asked.requests[begun.listIndex][b];
      int live = asked.live[begun.listIndex][b];
      int receiving = asked.receiving[begun.listIndex][b];
      if (begun.requests(b) != requests) {
        throw flaw("piece {} block {}: {} requests counted, {} outstanding", begun, b, begun.requests(b), requests);
      }
      if (begun.live(b) != live) {
        throw flaw("piece {} block {}: {} live requests counted, {} outstanding", begun, b, begun.live(b), live);
      }
      if (receiving > 1) {
        throw flaw("piece {} block {} comes from {} peers at once", begun, b, receiving);
      }
      if (begun.isReceived(b)) {
        if (requests != 0) {
          throw flaw("piece {} block {} is here and still asked for", begun, b);
        }
        if (receiving != 0) {
          throw flaw("piece {} block {} is here and still coming", begun, b);
        }
        received++;
      } else if (begun.isReceiving(b)) {
        if (receiving != 1) {
          throw flaw("piece {} block {} comes from nobody", begun, b);
        }
      } else if (live == 0) {
        if (!begun.isMissing(b)) {
          throw flaw("piece {} block {} is neither asked for nor missing", begun, b);
        }
        missing++;
      } else {
        if (begun.isMissing(b)) {
          throw flaw("piece {} block {} is asked for and missing", begun, b);
        }
      }
    }
    if (begun.missing() != missing) {
      throw flaw("piece {}: {} missing", begun, begun.missing());
    }
    if (begun.received() != received) {
      throw flaw("piece {}: {} received", begun, begun.received());
    }
    if (!(begun.missing() == 0 || begun.isMissing(begun.firstMissing()))) {
      throw flaw("piece {}: first missing", begun);
    }
    Connection only = begun.exclusive;
    if (!(only == null || begun.verifying || swarm.connections.contains(only))) {
      throw flaw("piece {} waits for {}, who is gone", begun, only);
    }
  }

  private void checkConnection(Connection peer, int place) {
    if (swarm.connection(peer.number) != peer) {
      throw flaw("{} is not connection {}", peer, peer.number);
    }
    for (int i = place + 1; i < swarm.connections.size(); i++) {
      PeerId other = swarm.connections.get(i).id();
      if (other.equals(peer.id())) {
        throw flaw("{} is connected twice", peer);
      }
    }
    PieceSet has = peer.pieceSet();
    int wanted = peer.seed() ? book.wanted().count() : has == null ? 0 : has.countShared(book.wanted());
    if (peer.wanted != wanted) {
      throw flaw("{}: wanted {}, but it has {} that we want", peer, peer.wanted, wanted);
    }
    if (!(peer.amInterested == wanted > 0)) {
      throw flaw("{}: interested is {} with {} wanted", peer, peer.amInterested, wanted);
    }
    FewPieces few = peer.few;
    if (few != null) {
      if (few.size() != wanted) {
        throw flaw("{}: {} few pieces of {} wanted", peer, few.size(), wanted);
      }
      Set<Integer> seen = new HashSet<>();
      for (int i = 0; i < few.size(); i++) {
        int p = few.get(i);
        if (!(seen.add(p) && book.wanted().get(p) && peer.has(p))) {
          throw flaw("{}: piece {} among the few", peer, p);
        }
      }
    }
    int most = swarm.limits.maxOutgoingRequests();
    if (peer.outstanding.size() > most) {
      throw flaw("{}: {} requests outstanding", peer, peer.outstanding.size());
    }
    if (!(peer.fast || !peer.peerChoking || peer.outstanding.isEmpty())) {
      throw flaw("{} chokes and is asked", peer);
    }
    boolean waits = !peer.outstanding.isEmpty();
    if (!(!waits || swarm.now - peer.waitingSince <= FORGOTTEN_AFTER + TICK)) {
      throw flaw("{} is waited for since {} s", peer, (swarm.now - peer.waitingSince) / 1_000_000_000L);
    }
    long silence = swarm.limits.silenceTimeout().toNanos() + TICK;
    if (swarm.now - peer.lastReceivedAt > silence) {
      throw flaw("{} is silent since {} s and not closed", peer, (swarm.now - peer.lastReceivedAt) / 1_000_000_000L);
    }
    if (!(peer.uploads.isEmpty() || peer.slot != null)) {
      throw flaw("{} is choked with {} requests queued", peer, peer.uploads.size());
    }
    if (peer.uploads.size() > swarm.limits.maxIncomingRequests()) {
      throw flaw("{}: {} requests queued", peer, peer.uploads.size());
    }
    if (!(peer.queuedBytes <= peer.queueTarget + swarm.limits.maxServedBlock() && peer.queuedBytes >= 0)) {
      throw flaw("{}: {} bytes queued, {} meant", peer, peer.queuedBytes, peer.queueTarget);
    }
    if (engine.dialer().isBanned(peer.address(), peer.id())) {
      throw flaw("{} is banned and connected", peer);
    }
  }

  /** What must hold once the torrent was left or failed: everything is given back. */
  private void checkOver() {
    if (!swarm.connections.isEmpty()) {
      throw flaw("{} connections after the end", swarm.connections.size());
    }
    if (downloader.memoryHeld() != 0) {
      throw flaw("{} bytes of piece memory after the end", downloader.memoryHeld());
    }
    if (budget.knows(engine.claimant())) {
      throw flaw("the budget still knows the torrent after its end");
    }
    for (BegunPiece begun : book.begun()) {
      if (!begun.verifying) {
        throw flaw("piece {} is begun after the end", begun);
      }
    }
  }

  /**
   * Names the connections that are idle without need: they serve us and could give a block that nobody is asked for, we
   * have room for it, and nothing is outstanding.
   */
  public void idle(IntConsumer connections) {
    if (!swarm.isTrading() || downloader.storeTrouble() != null || downloader.waitsForTokens()) {
      return;
    }
    boolean memory = budget.pieceMemoryUsed() + layout.pieceLength() <= budget.pieceMemory();
    for (Connection peer : swarm.connections) {
      boolean busy = !peer.outstanding.isEmpty() || peer.receivingPiece >= 0;
      if (peer.canServe() && !busy && !peer.stalled && swarm.now >= peer.refusedUntil && couldGive(peer, memory)) {
        connections.accept(peer.number);
      }
    }
  }

  private boolean couldGive(Connection peer, boolean memory) {
    for (int p = memory ? book.fresh().next(0) : -1; p >= 0; p = book.fresh().next(p + 1)) {
      if (peer.has(p)) {
        return true;
      }
    }
    for (BegunPiece begun : book.open()) {
      if (peer.has(begun.piece) && (begun.exclusive == null || begun.exclusive == peer)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a serving peer has a piece for which there is no memory, while a begun piece holds memory that nobody can
   * continue.
   */
  public boolean hoardsMemory() {
    boolean memory = budget.pieceMemoryUsed() + layout.pieceLength() <= budget.pieceMemory();
    if (memory || !swarm.isTrading() || downloader.storeTrouble() != null) {
      return false;
    }
    boolean wished = false;
    for (Connection peer : swarm.connections) {
      boolean idle = peer.canServe() && !peer.stalled && peer.outstanding.isEmpty();
      wished |= idle && swarm.now >= peer.refusedUntil && couldGive(peer, true);
    }
    return wished && downloader.hasUncontinued();
  }

  // What the engine believes of a connection, to be compared with what went over it.

  public boolean isConnected(int connection) {
    return swarm.connection(connection) != null;
  }

  private Connection connection(int number) {
    Connection peer = swarm.connection(number);
    if (peer == null) {
      throw new IllegalStateException("connection " + number + " is not known to the engine");
    }
    return peer;
  }

  /** The state of a connection's downloading, for people. */
  public String describe(int connection) {
    Connection peer = connection(connection);
    return peer + ": wanted " + peer.wanted + ", outstanding " + peer.outstanding.size() + " of " + peer.pipeline + " and "
        + peer.requestQueue + ", hungry " + peer.hungry + ", stalled " + peer.stalled + ", probing " + peer.probing
        + ", snubbing " + peer.snubbing + ", late " + peer.late + "; open " + book.open() + ", begun " + book.begun();
  }

  public int connections() {
    return swarm.connections.size();
  }

  public int dialing() {
    return engine.dialer().dialing();
  }

  /** Blocks that we have asked for, as piece << 32 | begin, in order. */
  public long[] asked(int connection) {
    Outstanding outstanding = connection(connection).outstanding;
    long[] blocks = new long[outstanding.size()];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = (long) outstanding.piece(i) << 32 | outstanding.block(i) * (long) PieceLayout.BLOCK_LENGTH;
    }
    Arrays.sort(blocks);
    return blocks;
  }

  /** Requests of the peer that wait, as piece << 32 | begin, in order. */
  public long[] queued(int connection) {
    UploadQueue uploads = connection(connection).uploads;
    long[] blocks = new long[uploads.size()];
    for (int i = 0; i < blocks.length; i++) {
      blocks[i] = (long) uploads.piece(i) << 32 | uploads.begin(i);
    }
    Arrays.sort(blocks);
    return blocks;
  }

  public int queuedBytes(int connection) {
    return connection(connection).queuedBytes;
  }

  public boolean isServed(int connection) {
    return connection(connection).slot != null;
  }

  public boolean isInterested(int connection) {
    return connection(connection).amInterested;
  }

  public boolean peerHas(int connection, int piece) {
    return connection(connection).has(piece);
  }

  public boolean peerIsInterested(int connection) {
    return connection(connection).peerInterested;
  }

  /** Whether what a peer is sending goes to the memory of a piece. */
  public boolean isReceiving(int connection) {
    return connection(connection).receivingPiece >= 0;
  }

  /** Begun pieces, each of which has memory. */
  public PieceSet begun() {
    PieceSet pieces = new PieceSet(layout.pieceCount());
    book.begun().forEach(begun -> pieces.set(begun.piece));
    return pieces;
  }
}
