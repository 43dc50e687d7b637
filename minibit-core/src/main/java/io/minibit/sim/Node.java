package io.minibit.sim;

import io.minibit.engine.EngineListener;
import io.minibit.engine.EnginePort;
import io.minibit.engine.EngineSettings;
import io.minibit.engine.PeerBudget;
import io.minibit.engine.PieceSet;
import io.minibit.engine.TorrentEngine;
import io.minibit.metainfo.PieceLayout;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import io.minibit.model.SeededRandom;
import io.minibit.tracker.AnnounceRequest;
import io.minibit.tracker.AnnounceResponse;
import io.minibit.wire.MessageType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A simulated peer: a production engine under a production budget, its disk, its links, and the ends of its
 * connections.
 */
final class Node implements EnginePort, EngineListener {
  private static final int FIRST_EPHEMERAL_PORT = 32_768;
  private static final int EPHEMERAL_PORTS = 16_384;
  private static final Limits LIMITS = Limits.defaults();
  /** A link without a limit that gets slow is slow compared to this, bytes per second. */
  private static final long FASTEST_SLOW_LINK = 1 << 20;

  final int index;
  final PeerGroup group;
  final int groupIndex;
  /** Its rack, from 0; -1 for none. */
  final int rack;
  final PeerAddress address;
  /** Of the process that runs or ran last. */
  PeerId id;
  /** Verified and stored: what would survive the end of the process. */
  final PieceSet disk;
  /** What has happened to it, for the report. */
  final PeerRecord record;

  /** Where it lives. */
  final Region region;

  private final World world;
  private final PieceLayout layout;
  private final SeededRandom random;
  private final Residents residents;
  private final PieceMemory memory;
  private final Uplink uplink = new Uplink();
  private @Nullable TorrentEngine running;
  private @Nullable PeerBudget budget;
  private @Nullable End[] ends = new End[16];
  private int dials;
  private boolean finished;
  private boolean gone;
  private boolean off;
  private int starts;
  /** Rates of the links, bytes per second. */
  private long upRate;
  private long downRate;
  /** How it departs from what its engine decides; null if it never does. */
  private final @Nullable Conduct conduct;
  /** What its engine says and is told, while invariants are checked. */
  @Nullable Watch watch;

  private long wakeWanted = Long.MAX_VALUE;
  private long wakeScheduled = Long.MAX_VALUE;
  private long downlinkFreeAt;

  /**
   * A peer that is not running yet.
   *
   * @param residents told when it has everything, each time it starts or gets there
   */
  Node(World world, int index, int groupIndex, int rack, SeededRandom random, Residents residents) {
    this.world = world;
    region = world.regionOf(index);
    this.residents = residents;
    this.index = index;
    this.groupIndex = groupIndex;
    this.group = world.scenario.groups().get(groupIndex);
    this.rack = rack;
    this.random = random;
    layout = world.layout;
    address = World.address(index);
    id = PeerId.random(random);
    disk = new PieceSet(layout.pieceCount());
    memory = new PieceMemory(layout.pieceCount(), layout.blockCount(0));
    record = new PeerRecord(index, group.name(), rack, region.now);
    double share = group.pieces().share();
    for (int piece = 0; piece < disk.size(); piece++) {
      if (share == 1 || (share > 0 && random.nextDouble() < share)) {
        disk.set(piece);
      }
    }
    upRate = group.upload();
    downRate = group.download();
    conduct = world.faults == null ? null : world.faults.conductOf(this);
  }

  // Coming and going.

  /** Whether it has got what it came for, or given up. */
  boolean isFinished() {
    return finished;
  }

  void finish() {
    finished = true;
  }

  /** Whether this process of it still runs. */
  boolean runs(TorrentEngine process) {
    return running == process;
  }

  boolean isOnline() {
    return running != null;
  }

  /** Whether it has left for good. */
  boolean isGone() {
    return gone;
  }

  /** Whether the machine is off, so that nothing there answers. */
  boolean isOff() {
    return off;
  }

  /** The process starts, with what is on its disk. */
  void start() {
    if (starts++ > 0) {
      id = PeerId.random(random);
      record.left = -1;
    }
    off = false;
    Limits limits = LIMITS.with(l -> {
      l.maxConnections = group.connections();
      l.dialTarget = group.dials();
    });
    long pieceMemory = Math.max(group.pieceMemory(), 2L * layout.pieceLength());
    PeerBudget shared = new PeerBudget(pieceMemory, limits.maxConnections(), limits.maxDialsPerSecond(), region.now);
    EngineSettings settings = new EngineSettings(layout, id, address, limits, group.selection().make().get(),
        group.choking().make().get(), random.fork(), group.uploadLimit(), Long.MAX_VALUE, Long.MAX_VALUE,
        group.superSeeding(), true);
    budget = shared;
    EnginePort port = conduct == null ? this : conduct;
    Watch sees = world.inspector == null ? null : world.inspector.watch(this, port);
    TorrentEngine engine = sees == null
        ? new TorrentEngine(settings, shared, port, this, region.now)
        : new TorrentEngine(settings, shared, sees, sees, region.now);
    if (sees != null) {
      sees.watches(engine, shared);
    }
    watch = sees;
    running = engine;
    region.tally.online(this);
    engine.start(region.now);
    region.touched(this);
  }

  /** The process ends in order, for good. */
  void leave() {
    gone = true;
    TorrentEngine engine = running;
    if (engine != null) {
      engine.leave(region.now);
      for (End end : ends()) {
        shut(end);
        region.send(end, World.CLOSED, 0, 0, 0);
      }
      stopped(engine);
    }
  }

  /** The process ends in the middle of something, or the whole machine without another word. */
  void fall(boolean silently) {
    TorrentEngine engine = running;
    if (engine != null) {
      for (End end : ends()) {
        shut(end);
        end.lost = silently;
        if (!silently) {
          region.reset(end);
        }
      }
      off = silently;
      stopped(engine);
    }
  }

  /** It starts again, unless it is there or has left for good. */
  void comeBack() {
    if (running == null && !gone) {
      start();
    }
  }

  private void stopped(TorrentEngine engine) {
    record.add(engine);
    if (watch != null) {
      watch.stopped();
    }
    running = null;
    budget = null;
    wakeWanted = Long.MAX_VALUE;
    for (int piece = 0; memory.open() > 0; piece++) {
      if (memory.isOpen(piece)) {
        memory.close(piece);
      }
    }
    record.left = region.now;
    region.tally.offline(this);
  }

  TorrentEngine engine() {
    TorrentEngine engine = running;
    if (engine == null) {
      throw new IllegalStateException("peer " + index + " is not running");
    }
    return engine;
  }

  /** Does something with this process, unless it has ended meanwhile. */
  void later(long time, Consumer<TorrentEngine> event) {
    later(engine(), time, event);
  }

  private void later(TorrentEngine process, long time, Consumer<TorrentEngine> event) {
    region.at(time, () -> {
      if (running == process) {
        event.accept(process);
        region.touched(this);
      }
    });
  }

  /** Whether there is memory for a piece that is on its way. */
  boolean hasMemory(int piece) {
    return memory.isOpen(piece);
  }

  boolean hasMemory() {
    return memory.open() > 0;
  }

  /** What has become of it by now. */
  PeerOutcome outcome() {
    PeerRecord total = record;
    TorrentEngine engine = running;
    if (engine != null) {
      total = record.with(engine);
    }
    return total.outcome(disk.count());
  }

  // Time.

  @Override
  public void wakeAt(long time) {
    wakeWanted = time;
    if (time < wakeScheduled) {
      wakeScheduled = Math.max(time, region.now);
      region.wake(this, wakeScheduled);
    }
  }

  boolean isWakeWanted() {
    return wakeWanted != Long.MAX_VALUE;
  }

  void onWake() {
    if (wakeScheduled != region.now) {
      return; // an earlier one was asked for meanwhile, and has been
    }
    if (wakeWanted > region.now) {
      wakeScheduled = wakeWanted;
      if (wakeWanted != Long.MAX_VALUE) {
        region.wake(this, wakeWanted);
      }
      return;
    }
    wakeScheduled = Long.MAX_VALUE;
    wakeWanted = Long.MAX_VALUE;
    TorrentEngine engine = running;
    if (engine != null) {
      engine.onWake(region.now);
    }
  }

  // Connections.

  @Override
  public void dial(PeerAddress target) {
    int callee = World.numberOf(target);
    PeerAddress source = address.withPort(FIRST_EPHEMERAL_PORT + dials++ % EPHEMERAL_PORTS);
    if (callee >= 0 && callee < world.scenario.peers()) {
      new Dial(world, this, target, callee, source).begin();
    } else {
      // There is no such machine.
      later(region.now + LIMITS.connectTimeout().toNanos(), engine -> dialFailed(target, "timed out"));
    }
  }

  /**
   * Somebody connects to it; false if it takes nobody.
   *
   * @param theirs the other side's end, which does not know this one yet
   */
  boolean accept(End theirs, PeerAddress source, PeerId as) {
    if (!isOnline() || !shared().tryConnection()) {
      return false;
    }
    End mine = open(new End(this, theirs.latency, null));
    End.join(mine, theirs);
    if (!theirs.ghost) {
      region.send(mine, World.CONNECTED, 0, 0, 0);
    }
    mine.announced = true;
    engine().onConnected(region.now, mine.number, source, as, true, true, true);
    region.touched(this);
    return true;
  }

  /** Connects to somebody without its engine knowing, under its own or another id. */
  void connectGhost(Node other, boolean own) {
    PeerAddress source = address.withPort(FIRST_EPHEMERAL_PORT + dials++ % EPHEMERAL_PORTS);
    End mine = new End(this, group.latency().plus(other.group.latency()).toNanos(), null);
    mine.ghost = true;
    mine.announced = true;
    if (other.accept(mine, source, own ? id : PeerId.random(random))) {
      open(mine);
    }
  }

  private PeerBudget shared() {
    PeerBudget shared = budget;
    if (shared == null) {
      throw new IllegalStateException("peer " + index + " is not running");
    }
    return shared;
  }

  void dialFailed(PeerAddress target, String reason) {
    shared().connectionClosed();
    engine().onDialFailed(region.now, target, reason);
  }

  private End open(End end) {
    int number = 0;
    while (number < ends.length && ends[number] != null) {
      number++;
    }
    if (number == ends.length) {
      ends = Arrays.copyOf(ends, number * 2);
    }
    end.number = number;
    ends[number] = end;
    return end;
  }

  /** All sides of connections, in no order that means anything. */
  List<End> ends() {
    List<End> open = new ArrayList<>();
    for (End end : ends) {
      if (end != null) {
        open.add(end);
      }
    }
    return open;
  }

  End end(int connection) {
    End end = connection >= 0 && connection < ends.length ? ends[connection] : null;
    if (end == null) {
      throw new IllegalStateException("peer " + index + " has no connection " + connection);
    }
    return end;
  }

  private void shut(End end) {
    stopServing(end);
    end.open = false;
    ends[end.number] = null;
  }

  @Override
  public void close(int connection, String reason) {
    End end = end(connection);
    shut(end);
    region.send(end, World.CLOSED, 0, 0, 0);
    shared().connectionClosed();
  }

  /** Somebody has accepted a connection. */
  void onConnected(End end) {
    Dial dial = end.dial;
    if (dial == null || !dial.isWanted()) {
      // The process that dialed has ended; what answers for it is the machine, if that is on.
      end.open = false;
      end.lost = off;
      if (!off) {
        region.send(end, World.CLOSED, 0, 0, 0);
      }
      return;
    }
    open(end);
    end.announced = true;
    Node other = end.other().owner;
    engine().onConnected(region.now, end.number, other.address, other.id, false, true, true);
  }

  void onClosed(End end) {
    disconnected(end, "closed by the other side");
  }

  private void disconnected(End end, String reason) {
    shut(end);
    shared().connectionClosed();
    engine().onDisconnected(region.now, end.number, reason);
  }

  /** A connection has broken that both sides knew, or something came for a connection that the engine knows nothing of. */
  void onBroken(End end, int type) {
    if (end.ghost) {
      if (type == World.CLOSED || type == World.RESET) {
        shut(end);
      }
    } else {
      disconnected(end, "connection reset");
    }
  }

  /** Something came that is no message, so that the connection is of no more use. */
  void refuse(End end) {
    region.send(end, World.CLOSED, 0, 0, 0);
    disconnected(end, "broke the protocol");
  }

  // Messages.

  @Override
  public void send(int connection, int type, int a, int b, int c) {
    End end = end(connection);
    if (type == MessageType.UNCHOKE) {
      end.servingSince = region.now;
    } else if (type == MessageType.CHOKE) {
      stopServing(end);
    }
    region.send(end, type & World.TYPE, a, b, c);
  }

  private void stopServing(End end) {
    if (end.servingSince >= 0) {
      region.tally.served(this, end, region.now - end.servingSince);
      end.servingSince = -1;
    }
  }

  @Override
  public void sendBitfield(int connection, PieceSet have) {
    region.sendBitfield(end(connection), have);
  }

  @Override
  public void sendExtendedHandshake(int connection, int requestQueue) {
    region.send(end(connection), MessageType.EXTENDED, requestQueue, address.port(), 0);
  }

  /** Whether a message that comes is not even handed to the engine. */
  boolean ignores(int type, int piece) {
    return conduct != null && conduct.ignores(type, piece);
  }

  void onMessage(End end, int type, int a, int b, int c) {
    if (!ignores(type, a)) {
      engine().onMessage(region.now, end.number, type, a, b, c);
    }
  }

  void onBitfield(End end, PieceSet pieces) {
    engine().onBitfield(region.now, end.number, pieces);
  }

  void onExtendedHandshake(End end, int requestQueue, int port) {
    engine().onExtendedHandshake(region.now, end.number, requestQueue, port, "MiniBit");
  }

  // Blocks.

  /** Blocks on their way up, in the order in which they leave. */
  private static final class Uplink {
    private @Nullable End[] ends = new End[8];
    private int[] lengths = new int[8];
    private long[] leave = new long[8];
    private int first;
    private int size;
    long freeAt;
    boolean scheduled;

    void add(End end, int length, long leaves) {
      if (size == ends.length) {
        grow();
      }
      int at = (first + size++) & (ends.length - 1);
      ends[at] = end;
      lengths[at] = length;
      leave[at] = leaves;
    }

    private void grow() {
      @Nullable End[] moreEnds = new End[size * 2];
      int[] moreLengths = new int[size * 2];
      long[] moreLeave = new long[size * 2];
      for (int i = 0; i < size; i++) {
        int at = (first + i) & (ends.length - 1);
        moreEnds[i] = ends[at];
        moreLengths[i] = lengths[at];
        moreLeave[i] = leave[at];
      }
      ends = moreEnds;
      lengths = moreLengths;
      leave = moreLeave;
      first = 0;
    }
  }

  @Override
  public void sendBlock(int connection, int piece, int begin, int length) {
    sendBlock(connection, piece, begin, length, 0);
  }

  /** Sends a block with flags beside the type of its message. */
  void sendBlock(int connection, int piece, int begin, int length, int flags) {
    End end = end(connection);
    long starts = Math.max(region.now, uplink.freeAt);
    if (world.faults != null) {
      region.send(end, starts, World.BLOCK_BEGINS, piece, begin, length);
    }
    queue(end, length);
    region.send(end, end.uplinkFreeAt, MessageType.PIECE | flags, piece, begin, length);
  }

  /** Does with a block as if it were sent. */
  void swallowBlock(int connection, int length) {
    queue(end(connection), length);
  }

  private void queue(End end, int length) {
    long starts = Math.max(region.now, uplink.freeAt);
    long leaves = starts + transmission(length, upRate);
    uplink.freeAt = leaves;
    end.uplinkFreeAt = leaves;
    end.queuedBytes += length;
    uplink.add(end, length, leaves);
    scheduleUplink();
  }

  /** Leaves this part of the rates of its links. */
  void slowLinks(double part) {
    upRate = slowed(group.upload(), part);
    downRate = slowed(group.download(), part);
  }

  private static long slowed(long rate, double part) {
    return part == 1 ? rate : Math.max(1000, (long) (Math.min(rate, FASTEST_SLOW_LINK) * part));
  }

  private static long transmission(int length, long bytesPerSecond) {
    return bytesPerSecond == PeerGroup.UNLIMITED ? 0 : length * World.SECOND / bytesPerSecond;
  }

  /** One event at a time: when the next block has left. */
  private void scheduleUplink() {
    if (!uplink.scheduled && uplink.size > 0) {
      uplink.scheduled = true;
      region.uplink(this, uplink.leave[uplink.first]);
    }
  }

  /** The last byte of a block has left. */
  void onUplink() {
    while (uplink.size > 0 && uplink.leave[uplink.first] <= region.now) {
      End end = uplink.ends[uplink.first];
      int length = uplink.lengths[uplink.first];
      uplink.ends[uplink.first] = null;
      uplink.first = (uplink.first + 1) & (uplink.ends.length - 1);
      uplink.size--;
      region.tally.sent(this, length);
      if (end != null && end.open) {
        end.queuedBytes -= length;
        engine().onSent(region.now, end.number, length, end.queuedBytes);
      }
    }
    uplink.scheduled = false;
    scheduleUplink();
  }

  /** A block has come to the downlink: when it will have passed. */
  long receive(End end, int length) {
    if (downRate == PeerGroup.UNLIMITED) {
      return end.waiting > 0 ? end.downlinkFreeAt : region.now;
    }
    downlinkFreeAt = Math.max(region.now, downlinkFreeAt + transmission(length, downRate));
    return downlinkFreeAt;
  }

  void onBlockBegins(End end, int piece, int begin, int length) {
    end.keeps = engine().onPieceHeader(region.now, end.number, piece, begin, length);
  }

  void onBlock(End end, int piece, int begin, int length, boolean corrupt) {
    region.tally.received(end, this, length);
    TorrentEngine engine = engine();
    boolean wanted = world.faults == null
        ? engine.onPieceHeader(region.now, end.number, piece, begin, length)
        : end.keeps;
    end.keeps = false;
    if (wanted) {
      long tag = corrupt ? random.nextLong() | 2 : PieceMemory.RIGHT;
      memory.write(piece, begin / PieceLayout.BLOCK_LENGTH, tag);
    }
    if (end.open) {
      engine.onBlock(region.now, end.number, length);
    }
  }

  // Pieces.

  @Override
  public void openPiece(int piece) {
    memory.open(piece);
  }

  @Override
  public void dropPiece(int piece) {
    memory.close(piece);
  }

  @Override
  public void discardRest(int connection) {
    end(connection).keeps = false;
  }

  @Override
  public void verify(int piece, boolean suspect) {
    later(region.now + group.storing().toNanos() + (conduct == null ? 0 : conduct.storingNanos), engine -> {
      int blocks = layout.blockCount(piece);
      boolean right = memory.isRight(piece, blocks);
      long[] digests = suspect || !right ? memory.digests(piece, blocks) : null;
      memory.close(piece);
      if (right && conduct != null && conduct.diskFull) {
        engine.onStoreFailed(region.now, piece, "no space left on device");
      } else if (right && conduct != null && conduct.losesAnother()) {
        engine.onStoreChanged(region.now, piece, "a file was deleted");
      } else if (right) {
        disk.set(piece);
        engine.onPieceStored(region.now, piece, digests);
      } else if (digests != null) {
        engine.onPieceCorrupt(region.now, piece, digests);
      }
    });
  }

  /** A piece on the disk is gone. */
  void lose(int piece) {
    region.tally.lost(this, piece);
    disk.clear(piece);
  }

  @Override
  public void check() {
    later(region.now, engine -> engine.onChecked(region.now, PieceSet.of(disk.size(), disk.toWords())));
  }

  // The tracker.

  @Override
  public void announce(AnnounceEvent event, long uploaded, long downloaded, long left, int numWant) {
    String rackName = rack < 0 ? null : "rack " + rack;
    AnnounceRequest request = new AnnounceRequest(
        world.infoHash, id, address, uploaded, downloaded, left, event, numWant, index, rackName);
    Announcement announcement = new Announcement(this, engine(), region.now, request);
    if (world.faults != null && world.faults.losesAnnounce(this)) {
      answered(announcement, null);
    } else {
      region.announce(announcement);
    }
  }

  /** The tracker has answered, or what was announced was lost. */
  void answered(Announcement announcement, @Nullable AnnounceResponse response) {
    if (announcement.request().event() == AnnounceEvent.STOPPED) {
      return;
    }
    TorrentEngine process = announcement.process();
    FaultPlan faults = world.faults;
    if (response == null || (faults != null && faults.losesAnswer(this))) {
      long end = announcement.time() + LIMITS.trackerTimeout().toNanos();
      later(process, end, engine -> engine.onAnnounceFailed(region.now, "timed out"));
      return;
    }
    List<PeerAddress> found = new ArrayList<>();
    response.peers().forEach(contact -> found.add(contact.address()));
    List<PeerAddress> peers = faults == null ? found : faults.handOut(this, found);
    later(process, announcement.time() + 2 * group.latency().toNanos(), engine -> engine.onAnnounced(
        region.now, nanos(response.interval()), nanos(response.minInterval()), peers));
  }

  private static long nanos(@Nullable Duration interval) {
    return interval == null ? -1 : interval.toNanos();
  }

  // What the engine tells.

  @Override
  public void pieceStored(int piece) {
    region.tally.stored(this, piece);
  }

  @Override
  public void completed() {
    region.tally.completed(this);
    residents.onCompleted(this);
  }

  @Override
  public void failed(Throwable cause) {
    TorrentEngine engine = engine();
    record.failure = String.valueOf(cause);
    region.at(region.now, () -> {
      if (running == engine) {
        residents.leave(this);
      }
    });
  }
}
