package io.minibit.sim;

import io.minibit.engine.EngineAudit;
import io.minibit.engine.EngineListener;
import io.minibit.engine.EnginePort;
import io.minibit.engine.PeerBudget;
import io.minibit.engine.PieceSet;
import io.minibit.engine.TorrentEngine;
import io.minibit.metainfo.PieceLayout;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.PeerAddress;
import io.minibit.model.TorrentState;
import io.minibit.strategy.RemotePeer;
import io.minibit.wire.MessageType;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Stands between one engine and its port, keeps a {@link Ledger} of each connection, and compares what is said with the
 * engine's books and with what is on disk.
 */
final class Watch implements EnginePort, EngineListener {
  /** Between two events everything is checked that seldom; the rest of the time what happens at the port only. */
  private static final int CHECK_EVERY = 8;

  /** Whoever could ask and does not for longer is stuck. A second for the engine's tick, and some for it to act. */
  private static final long IDLE_TOO_LONG = 10 * World.SECOND;

  /** A choker looks round every ten seconds and at every change. */
  private static final long WAITS_TOO_LONG = 25 * World.SECOND;

  /** Of the stock choker: four regular ones and an optimistic one. */
  private static final int STOCK_PLACES = 5;

  /** Dials of one machine that has no peers: sixteen in a row, and some while the waits double (see DialRestraint). */
  private static final int MOST_DIALS_OF_STRANGER = 26;

  private static final long LONGEST_RESTRAINT = 600 * World.SECOND;

  private final Inspector inspector;
  private final World world;
  private final Node node;
  private final EnginePort port;
  private final PieceLayout layout;
  private @Nullable TorrentEngine engine;
  private @Nullable PeerBudget budget;
  private @Nullable EngineAudit audit;
  /** By IP, as an address with port 0; looked up only. */
  private final Map<PeerAddress, Integer> strangersDialed = new HashMap<>();
  private final long watchedSince;
  private boolean over;
  private int touches;
  private long lastCheck = -World.SECOND;
  private long hoardingSince = -1;

  Watch(Inspector inspector, World world, Node node, EnginePort port) {
    this.inspector = inspector;
    this.world = world;
    this.node = node;
    this.port = port;
    watchedSince = node.region.now;
    layout = world.layout;
  }

  /** The engine is there now; it has asked for nothing yet. */
  void watches(TorrentEngine itsEngine, PeerBudget itsBudget) {
    engine = itsEngine;
    budget = itsBudget;
    audit = new EngineAudit(itsEngine);
  }

  private EngineAudit audit() {
    EngineAudit known = audit;
    if (known == null) {
      throw new IllegalStateException("the engine is not there yet");
    }
    return known;
  }

  private InvariantViolation flaw(String invariant) {
    return inspector.violation("peer " + node.index + ": " + invariant, null);
  }

  private void require(boolean holds, String invariant) {
    if (!holds) {
      throw flaw(invariant);
    }
  }

  private Ledger ledger(End end) {
    Ledger ledger = end.ledger;
    if (ledger == null) {
      ledger = new Ledger(layout.pieceCount());
      end.ledger = ledger;
    }
    return ledger;
  }

  private static boolean isHonest(World world, Node node) {
    return world.faults == null || world.faults.isHonest(node.index);
  }

  // The end of the process.

  /** The process has ended, in order or not. */
  void stopped() {
    TorrentEngine ended = engine;
    PeerBudget its = budget;
    if (ended != null && its != null && ended.state() == TorrentState.LEFT) {
      check(ended);
      require(its.pieceMemoryUsed() == 0, its.pieceMemoryUsed() + " bytes of piece memory are not given back");
      require(its.connections() == audit().dialing(), its.connections() + " connections are not given back, "
          + audit().dialing() + " are being dialed");
      require(!node.isWakeWanted(), "wants to be woken after the end");
    }
    over = true;
  }

  private void requireRunning(String what) {
    if (over) {
      throw flaw(what + " after the end");
    }
  }

  // Between events.

  /** Something has happened to it. */
  void touched() {
    boolean due = node.region.now - lastCheck >= World.SECOND;
    TorrentEngine running = engine;
    if (!over && running != null && (++touches % CHECK_EVERY == 0 || due)) {
      lastCheck = node.region.now;
      check(running);
    }
  }

  private void check(TorrentEngine running) {
    EngineAudit books = audit();
    try {
      books.check(true);
    } catch (IllegalStateException e) {
      throw inspector.violation("peer " + node.index + ": " + e.getMessage(), e);
    }
    if (running.state() == TorrentState.LEFT || running.state() == TorrentState.FAILED) {
      return;
    }
    boolean knowsDisk = running.state() != TorrentState.CHECKING && running.state() != TorrentState.PAUSED;
    PieceSet begun = books.begun();
    for (int p = 0; p < layout.pieceCount(); p++) {
      if (knowsDisk && running.held().get(p) != node.disk.get(p)) {
        throw flaw("piece " + p + " is held: " + running.held().get(p) + ", and on disk: " + node.disk.get(p));
      }
      if (begun.get(p) != node.hasMemory(p)) {
        throw flaw("piece " + p + " is begun: " + begun.get(p) + ", and has memory: " + node.hasMemory(p));
      }
    }
    List<End> ends = node.ends();
    int known = 0;
    for (End end : ends) {
      if (!end.ghost && end.announced) {
        known++;
        check(books, end);
        if (knowsDisk) {
          checkPieces(books, running, end);
        }
      }
    }
    if (known != books.connections()) {
      throw flaw(books.connections() + " connections are known, " + known + " are open");
    }
    checkPlaces(books, ends);
    checkIdle(books, ends);
  }

  private void check(EngineAudit books, End end) {
    int number = end.number;
    Ledger ledger = ledger(end);
    String name = "connection " + number;
    require(books.isConnected(number), name + " is open and not known");
    if (!ledger.asksExactly(books.asked(number))) {
      throw flaw(name + ": what is outstanding is not what was asked for: " + ledger);
    }
    if (!ledger.owesExactly(books.queued(number))) {
      throw flaw(name + ": what waits to be served is not what was neither sent nor refused: " + ledger);
    }
    if (books.queuedBytes(number) != end.queuedBytes) {
      throw flaw(name + ": " + books.queuedBytes(number) + " bytes are thought to be queued, " + end.queuedBytes + " are");
    }
    if (books.isServed(number) != ledger.serving) {
      throw flaw(name + ": the last choke or unchoke is wrong");
    }
    if (books.isInterested(number) != ledger.interested) {
      throw flaw(name + ": the last interest is wrong");
    }
  }

  /** What each side knows of the other's pieces. */
  private void checkPieces(EngineAudit books, TorrentEngine running, End end) {
    Node other = end.other().owner;
    Ledger ledger = ledger(end);
    // Whoever has lost a piece has closed its connections, which this side hears of later.
    boolean honest = isHonest(world, other) && isHonest(world, node) && end.other().open;
    for (int p = 0; p < layout.pieceCount(); p++) {
      boolean has = books.peerHas(end.number, p);
      if (running.held().get(p) && !ledger.told.get(p) && !has && !node.group.superSeeding()) {
        throw flaw("connection " + end.number + " was not told of piece " + p);
      }
      if (has && honest && !other.disk.get(p)) {
        throw flaw("connection " + end.number + " is thought to have piece " + p + ", and peer " + other.index + " has not");
      }
    }
  }

  /** With the stock choker nobody waits while a place is free, and no more are served than there are places. */
  private void checkPlaces(EngineAudit books, List<End> ends) {
    if (!node.group.choking().name().equals("tit-for-tat")) {
      return;
    }
    int served = 0;
    for (End end : ends) {
      served += ledger(end).serving ? 1 : 0;
    }
    if (served > STOCK_PLACES) {
      throw flaw(served + " peers are served");
    }
    for (End end : ends) {
      Ledger ledger = ledger(end);
      boolean known = !end.ghost && end.announced;
      if (served == STOCK_PLACES || ledger.serving || !known || !books.peerIsInterested(end.number)) {
        ledger.waitingSince = -1;
      } else if (ledger.waitingSince < 0) {
        ledger.waitingSince = node.region.now;
      } else if (node.region.now - ledger.waitingSince > WAITS_TOO_LONG) {
        throw flaw("connection " + end.number + " is interested and not served although places are free");
      }
    }
  }

  private void checkIdle(EngineAudit books, List<End> ends) {
    for (End end : ends) {
      ledger(end).idle = false;
    }
    books.idle(number -> ledger(node.end(number)).idle = true);
    for (End end : ends) {
      Ledger ledger = ledger(end);
      if (!ledger.idle || ledger.coming || ledger.requests != ledger.requestsThen) {
        ledger.idleSince = -1;
        ledger.requestsThen = ledger.requests;
      } else if (ledger.idleSince < 0) {
        ledger.idleSince = node.region.now;
      } else if (node.region.now - ledger.idleSince > IDLE_TOO_LONG) {
        throw flaw("connection " + end.number + " serves us, could give what nobody is asked for, and is asked for nothing: "
            + books.describe(end.number));
      }
    }
    if (!books.hoardsMemory()) {
      hoardingSince = -1;
    } else if (hoardingSince < 0) {
      hoardingSince = node.region.now;
    } else if (node.region.now - hoardingSince > IDLE_TOO_LONG) {
      throw flaw("a begun piece holds memory that nobody can continue, and another is on offer");
    }
  }

  // What comes from the network.

  /** A message is about to be handed to the engine. */
  void arriving(End end, int type, int a, int b, int c) {
    Ledger ledger = ledger(end);
    switch (type) {
      case MessageType.REQUEST -> {
        if (layout.isRange(a, b, c)) {
          ledger.owe(a, b);
        }
      }
      case World.BLOCK_BEGINS -> {
        ledger.coming = true;
        if (layout.isBlock(a, b, c)) {
          ledger.unask(a, b);
        }
      }
      case MessageType.PIECE -> {
        ledger.coming = false;
        if (world.faults == null && layout.isBlock(a, b, c)) {
          ledger.unask(a, b);
        }
      }
      case MessageType.REJECT -> {
        if (layout.isBlock(a, b, c)) {
          ledger.unask(a, b);
        }
      }
      default -> {
        // Says nothing of blocks.
      }
    }
  }

  /** A block that was handed to the port cannot be read: the other side still waits for it. */
  void unread(End end, int piece, int begin) {
    ledger(end).owe(piece, begin);
  }

  // What the engine says.

  private void requireStored(int piece) {
    if (!node.disk.get(piece)) {
      throw flaw("announces or sends piece " + piece + ", which is not stored");
    }
  }

  @Override
  public void wakeAt(long time) {
    requireRunning("wants to be woken");
    port.wakeAt(time);
  }

  @Override
  public void dial(PeerAddress address) {
    requireRunning("dials " + address);
    require(!address.equals(node.address), "dials itself");
    if (World.numberOf(address) < 0) {
      int dials = strangersDialed.merge(address.withPort(0), 1, Integer::sum);
      long most = MOST_DIALS_OF_STRANGER + (node.region.now - watchedSince) / LONGEST_RESTRAINT;
      require(dials <= most, "dials " + address + ", where nobody is: the " + dials + "th time at that machine");
    }
    inspector.note(node, "dials " + address);
    port.dial(address);
  }

  @Override
  public void close(int connection, String reason) {
    requireRunning("closes " + connection);
    End end = node.end(connection);
    Node other = end.other().owner;
    inspector.note(node, "closes connection " + connection + " to " + other.index + ": " + reason);
    boolean accuses = reason.startsWith("asked for") || reason.startsWith("sent") || reason.startsWith("banned");
    require(!accuses || !isHonest(world, node) || !isHonest(world, other), "accuses honest peer " + other.index + ": " + reason);
    port.close(connection, reason);
  }

  @Override
  public void send(int connection, int type, int a, int b, int c) {
    requireRunning("says something");
    End end = node.end(connection);
    Ledger ledger = ledger(end);
    switch (type) {
      case MessageType.HAVE -> {
        requireStored(a);
        ledger.told.set(a);
      }
      case MessageType.HAVE_ALL -> {
        require(node.disk.isFull(), "announces everything with " + node.disk.count() + " pieces stored");
        ledger.told.setAll();
      }
      case MessageType.CHOKE, MessageType.UNCHOKE -> {
        require(ledger.serving == (type == MessageType.CHOKE), "connection " + connection + ": "
            + MessageType.name(type) + " again");
        ledger.serving = !ledger.serving;
      }
      case MessageType.INTERESTED, MessageType.NOT_INTERESTED -> {
        require(ledger.interested == (type == MessageType.NOT_INTERESTED), "connection " + connection + ": "
            + MessageType.name(type) + " again");
        ledger.interested = !ledger.interested;
      }
      case MessageType.REQUEST -> {
        require(!node.disk.get(a), "asks for piece " + a + ", which it has");
        if (!layout.isBlock(a, b, c) || !ledger.ask(a, b)) {
          throw flaw("connection " + connection + " is asked twice or for what is no block: " + a + " " + b + " " + c);
        }
      }
      case MessageType.CANCEL ->
          require(ledger.unask(a, b), "withdraws block " + a + " " + b + ", which was not asked for");
      case MessageType.REJECT ->
          require(ledger.answer(a, b), "refuses block " + a + " " + b + ", which it does not owe");
      default -> {
        // Nothing to compare.
      }
    }
    port.send(connection, type, a, b, c);
  }

  @Override
  public void sendBitfield(int connection, PieceSet have) {
    requireRunning("sends a bitfield");
    Ledger ledger = ledger(node.end(connection));
    for (int p = have.next(0); p >= 0; p = have.next(p + 1)) {
      requireStored(p);
      ledger.told.set(p);
    }
    port.sendBitfield(connection, have);
  }

  @Override
  public void sendExtendedHandshake(int connection, int requestQueue) {
    requireRunning("sends a handshake");
    port.sendExtendedHandshake(connection, requestQueue);
  }

  @Override
  public void sendBlock(int connection, int piece, int begin, int length) {
    requireRunning("sends a block");
    requireStored(piece);
    Ledger ledger = ledger(node.end(connection));
    require(ledger.serving, "sends a block to connection " + connection + ", which is choked");
    require(ledger.answer(piece, begin), "sends block " + piece + " " + begin + ", which it does not owe");
    port.sendBlock(connection, piece, begin, length);
  }

  @Override
  public void openPiece(int piece) {
    requireRunning("begins a piece");
    port.openPiece(piece);
  }

  @Override
  public void dropPiece(int piece) {
    requireRunning("drops a piece");
    port.dropPiece(piece);
  }

  @Override
  public void discardRest(int connection) {
    requireRunning("discards a block");
    require(node.end(connection).keeps, "connection " + connection + " sends nothing that could be discarded");
    port.discardRest(connection);
  }

  @Override
  public void verify(int piece, boolean suspect) {
    requireRunning("verifies a piece");
    port.verify(piece, suspect);
  }

  @Override
  public void check() {
    requireRunning("checks its store");
    port.check();
  }

  @Override
  public void announce(AnnounceEvent event, long uploaded, long downloaded, long left, int numWant) {
    requireRunning("announces");
    inspector.note(node, "announces " + event);
    port.announce(event, uploaded, downloaded, left, numWant);
  }

  // What the engine tells its user.

  @Override
  public void stateChanged(TorrentState state) {
    inspector.note(node, "is " + state);
    node.stateChanged(state);
  }

  @Override
  public void pieceStored(int piece) {
    require(node.disk.get(piece), "stored piece " + piece + " without storing it");
    node.pieceStored(piece);
  }

  @Override
  public void pieceCorrupt(int piece) {
    inspector.note(node, "finds piece " + piece + " corrupt");
    node.pieceCorrupt(piece);
  }

  @Override
  public void peerBanned(RemotePeer peer, String reason) {
    inspector.note(node, "bans " + peer + ": " + reason);
    for (Node other : world.nodes()) {
      boolean honest = isHonest(world, node) && isHonest(world, other);
      require(!other.address.sameHost(peer.address()) || !honest,
          "bans honest peer " + other.index + ": " + reason);
    }
    node.peerBanned(peer, reason);
  }

  @Override
  public void completed() {
    require(node.disk.isFull(), "is complete with " + node.disk.count() + " of " + node.disk.size() + " pieces stored");
    inspector.note(node, "is complete");
    node.completed();
  }

  @Override
  public void strategyIgnored(String what) {
    inspector.note(node, "ignores: " + what);
    node.strategyIgnored(what);
  }

  @Override
  public void failed(Throwable cause) {
    inspector.note(node, "fails: " + cause);
    node.failed(cause);
  }

  @Override
  public void detail(String what) {
    inspector.note(node, what);
    node.detail(what);
  }
}
