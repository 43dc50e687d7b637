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

  final int index;
  final PeerGroup group;
  final int groupIndex;
  /** Its rack, from 0; -1 for none. */
  final int rack;
  final PeerAddress address;
  final PeerId id;
  /** Verified and stored: what would survive the end of the process. */
  final PieceSet disk;
  /** What has happened to it, for the report. */
  final PeerRecord record;

  private final World world;
  private final PieceLayout layout;
  private final SeededRandom random;
  private final Consumer<Node> onCompleted;
  private final PieceMemory memory;
  private final Uplink uplink = new Uplink();
  private @Nullable TorrentEngine running;
  private @Nullable PeerBudget budget;
  private @Nullable End[] ends = new End[16];
  private int dials;
  private boolean finished;

  private long wakeWanted = Long.MAX_VALUE;
  private long wakeScheduled = Long.MAX_VALUE;
  private long downlinkFreeAt;

  /**
   * A peer that is not running yet.
   *
   * @param onCompleted told when it has everything, each time it starts or gets there
   */
  Node(World world, int index, int groupIndex, int rack, SeededRandom random, Consumer<Node> onCompleted) {
    this.world = world;
    this.onCompleted = onCompleted;
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
    record = new PeerRecord(index, group.name(), rack, world.now);
    double share = group.pieces().share();
    for (int piece = 0; piece < disk.size(); piece++) {
      if (share == 1 || (share > 0 && random.nextDouble() < share)) {
        disk.set(piece);
      }
    }
  }

  // Coming and going.

  /** Whether it has got what it came for, or given up. */
  boolean isFinished() {
    return finished;
  }

  void finish() {
    finished = true;
  }

  boolean isOnline() {
    return running != null;
  }

  /** The process starts, with what is on its disk. */
  void start() {
    Limits limits = Limits.defaults().with(l -> {
      l.maxConnections = group.connections();
      l.dialTarget = group.dials();
    });
    long pieceMemory = Math.max(group.pieceMemory(), 2L * layout.pieceLength());
    PeerBudget shared = new PeerBudget(pieceMemory, limits.maxConnections(), limits.maxDialsPerSecond(), world.now);
    EngineSettings settings = new EngineSettings(layout, id, address, limits, group.selection().make().get(),
        group.choking().make().get(), random.fork(), group.uploadLimit(), Long.MAX_VALUE, Long.MAX_VALUE,
        group.superSeeding(), true);
    budget = shared;
    TorrentEngine engine = new TorrentEngine(settings, shared, this, this, world.now);
    running = engine;
    world.recorder.online(this);
    engine.start(world.now);
  }

  /** The process ends in order. */
  void leave() {
    TorrentEngine engine = running;
    if (engine != null) {
      engine.leave(world.now);
      stopped(engine);
    }
  }

  private void stopped(TorrentEngine engine) {
    record.add(engine);
    running = null;
    budget = null;
    wakeWanted = Long.MAX_VALUE;
    for (End end : ends) {
      if (end != null) {
        shut(end);
        world.send(end, World.CLOSED, 0, 0, 0);
      }
    }
    for (int piece = 0; memory.open() > 0; piece++) {
      if (memory.isOpen(piece)) {
        memory.close(piece);
      }
    }
    record.left = world.now;
    world.recorder.offline(this);
  }

  TorrentEngine engine() {
    TorrentEngine engine = running;
    if (engine == null) {
      throw new IllegalStateException("peer " + index + " is not running");
    }
    return engine;
  }

  /** Does something with this process, unless it has ended meanwhile. */
  private void later(long time, Consumer<TorrentEngine> event) {
    TorrentEngine engine = engine();
    world.at(time, () -> {
      if (running == engine) {
        event.accept(engine);
      }
    });
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
      wakeScheduled = Math.max(time, world.now);
      world.wake(this, wakeScheduled);
    }
  }

  void onWake() {
    if (wakeScheduled != world.now) {
      return; // an earlier one was asked for meanwhile, and has been
    }
    if (wakeWanted > world.now) {
      wakeScheduled = wakeWanted;
      if (wakeWanted != Long.MAX_VALUE) {
        world.wake(this, wakeWanted);
      }
      return;
    }
    wakeScheduled = Long.MAX_VALUE;
    wakeWanted = Long.MAX_VALUE;
    TorrentEngine engine = running;
    if (engine != null) {
      engine.onWake(world.now);
    }
  }

  // Connections.

  @Override
  public void dial(PeerAddress target) {
    Node other = world.listening(target);
    long oneWay = group.latency().toNanos() + (other == null ? group : other.group).latency().toNanos();
    int port = FIRST_EPHEMERAL_PORT + dials++ % EPHEMERAL_PORTS;
    if (other == null || !other.isOnline()) {
      later(world.now + 2 * oneWay, engine -> dialFailed(engine, target, "connection refused"));
      return;
    }
    // The connection takes a round trip, the handshake half of one.
    later(world.now + 3 * oneWay, engine -> {
      if (!other.isOnline() || !other.shared().tryConnection()) {
        later(world.now + oneWay, caller -> dialFailed(caller, target, "connection refused"));
        return;
      }
      End mine = open(oneWay);
      End theirs = other.open(oneWay);
      End.join(mine, theirs);
      world.send(theirs, World.CONNECTED, 0, 0, 0);
      theirs.announced = true;
      other.engine().onConnected(world.now, theirs.number, address.withPort(port), id, true, true, true);
    });
  }

  private PeerBudget shared() {
    PeerBudget shared = budget;
    if (shared == null) {
      throw new IllegalStateException("peer " + index + " is not running");
    }
    return shared;
  }

  private void dialFailed(TorrentEngine engine, PeerAddress target, String reason) {
    shared().connectionClosed();
    engine.onDialFailed(world.now, target, reason);
  }

  private End open(long oneWay) {
    int number = 0;
    while (number < ends.length && ends[number] != null) {
      number++;
    }
    if (number == ends.length) {
      ends = Arrays.copyOf(ends, number * 2);
    }
    End end = new End(this, number, oneWay);
    ends[number] = end;
    return end;
  }

  private End end(int connection) {
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
    world.send(end, World.CLOSED, 0, 0, 0);
    shared().connectionClosed();
  }

  void onConnected(End end) {
    end.announced = true;
    Node other = end.other().owner;
    engine().onConnected(world.now, end.number, other.address, other.id, false, true, true);
  }

  void onClosed(End end) {
    shut(end);
    shared().connectionClosed();
    engine().onDisconnected(world.now, end.number, "closed by the other side");
  }

  // Messages.

  @Override
  public void send(int connection, int type, int a, int b, int c) {
    End end = end(connection);
    if (type == MessageType.UNCHOKE) {
      end.servingSince = world.now;
    } else if (type == MessageType.CHOKE) {
      stopServing(end);
    }
    world.send(end, type & World.TYPE, a, b, c);
  }

  private void stopServing(End end) {
    if (end.servingSince >= 0) {
      world.recorder.served(this, end, world.now - end.servingSince);
      end.servingSince = -1;
    }
  }

  @Override
  public void sendBitfield(int connection, PieceSet have) {
    world.sendBitfield(end(connection), have);
  }

  @Override
  public void sendExtendedHandshake(int connection, int requestQueue) {
    world.send(end(connection), MessageType.EXTENDED, requestQueue, address.port(), 0);
  }

  void onMessage(End end, int type, int a, int b, int c) {
    engine().onMessage(world.now, end.number, type, a, b, c);
  }

  void onBitfield(End end, PieceSet pieces) {
    engine().onBitfield(world.now, end.number, pieces);
  }

  void onExtendedHandshake(End end, int requestQueue, int port) {
    engine().onExtendedHandshake(world.now, end.number, requestQueue, port, "MiniBit");
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
    End end = end(connection);
    long starts = Math.max(world.now, uplink.freeAt);
    long leaves = starts + transmission(length, group.upload());
    uplink.freeAt = leaves;
    end.uplinkFreeAt = leaves;
    end.queuedBytes += length;
    uplink.add(end, length, leaves);
    scheduleUplink();
    world.send(end, leaves, MessageType.PIECE, piece, begin, length);
  }

  private static long transmission(int length, long bytesPerSecond) {
    return bytesPerSecond == PeerGroup.UNLIMITED ? 0 : length * World.SECOND / bytesPerSecond;
  }

  /** One event at a time: when the next block has left. */
  private void scheduleUplink() {
    if (!uplink.scheduled && uplink.size > 0) {
      uplink.scheduled = true;
      world.uplink(this, uplink.leave[uplink.first]);
    }
  }

  /** The last byte of a block has left. */
  void onUplink() {
    while (uplink.size > 0 && uplink.leave[uplink.first] <= world.now) {
      End end = uplink.ends[uplink.first];
      int length = uplink.lengths[uplink.first];
      uplink.ends[uplink.first] = null;
      uplink.first = (uplink.first + 1) & (uplink.ends.length - 1);
      uplink.size--;
      world.recorder.sent(this, length);
      if (end != null && end.open) {
        end.queuedBytes -= length;
        engine().onSent(world.now, end.number, length, end.queuedBytes);
      }
    }
    uplink.scheduled = false;
    scheduleUplink();
  }

  /** A block has come to the downlink: when it will have passed. */
  long receive(End end, int length) {
    if (group.download() == PeerGroup.UNLIMITED) {
      return end.waiting > 0 ? end.downlinkFreeAt : world.now;
    }
    downlinkFreeAt = Math.max(world.now, downlinkFreeAt + transmission(length, group.download()));
    return downlinkFreeAt;
  }

  void onBlock(End end, int piece, int begin, int length, boolean corrupt) {
    world.recorder.received(end, this, length);
    TorrentEngine engine = engine();
    if (engine.onPieceHeader(world.now, end.number, piece, begin, length)) {
      long tag = corrupt ? random.nextLong() | 2 : PieceMemory.RIGHT;
      memory.write(piece, begin / PieceLayout.BLOCK_LENGTH, tag);
    }
    if (end.open) {
      engine.onBlock(world.now, end.number, length);
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
    end(connection); // blocks arrive whole: nothing is left of them
  }

  @Override
  public void verify(int piece, boolean suspect) {
    later(world.now + group.storing().toNanos(), engine -> {
      int blocks = layout.blockCount(piece);
      boolean right = memory.isRight(piece, blocks);
      long[] digests = suspect || !right ? memory.digests(piece, blocks) : null;
      memory.close(piece);
      if (right) {
        disk.set(piece);
        engine.onPieceStored(world.now, piece, digests);
      } else if (digests != null) {
        engine.onPieceCorrupt(world.now, piece, digests);
      }
    });
  }

  @Override
  public void check() {
    later(world.now, engine -> engine.onChecked(world.now, PieceSet.of(disk.size(), disk.toWords())));
  }

  // The tracker.

  @Override
  public void announce(AnnounceEvent event, long uploaded, long downloaded, long left, int numWant) {
    long away = 2 * group.latency().toNanos();
    String rackName = rack < 0 ? null : "rack " + rack;
    AnnounceRequest request = new AnnounceRequest(
        world.infoHash, id, address, uploaded, downloaded, left, event, numWant, index, rackName);
    AnnounceResponse response = world.tracker.announce(request).join();
    if (event == AnnounceEvent.STOPPED) {
      return;
    }
    List<PeerAddress> peers = new ArrayList<>();
    response.peers().forEach(contact -> peers.add(contact.address()));
    later(world.now + away, engine -> engine.onAnnounced(
        world.now, nanos(response.interval()), nanos(response.minInterval()), peers));
  }

  private static long nanos(@Nullable Duration interval) {
    return interval == null ? -1 : interval.toNanos();
  }

  // What the engine tells.

  @Override
  public void pieceStored(int piece) {
    world.recorder.stored(this, piece);
  }

  @Override
  public void completed() {
    world.recorder.completed(this);
    onCompleted.accept(this);
  }

  @Override
  public void failed(Throwable cause) {
    TorrentEngine engine = engine();
    record.failure = String.valueOf(cause);
    world.at(world.now, () -> {
      if (running == engine) {
        stopped(engine);
      }
    });
  }
}
