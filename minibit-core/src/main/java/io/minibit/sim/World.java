package io.minibit.sim;

import io.minibit.engine.PieceSet;
import io.minibit.metainfo.InfoHash;
import io.minibit.metainfo.PieceLayout;
import io.minibit.model.PeerAddress;
import io.minibit.model.SeededRandom;
import io.minibit.tracker.MemoryTracker;
import io.minibit.wire.MessageType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time, what is going to happen in it, and the network between the peers. One thread; all randomness comes from
 * the scenario's seed.
 *
 * <p>The network is last-mile only; see {@link Simulation} for what it takes into account and what not.
 */
final class World {
  static final long SECOND = 1_000_000_000L;

  /** A message that the dialing side gets first: both sides have exchanged handshakes. */
  static final int CONNECTED = 100;

  /** The other side has closed the connection. */
  static final int CLOSED = 101;

  /** The header of a block has come; the message itself follows when its last byte has. Only where faults are. */
  static final int BLOCK_BEGINS = 102;

  /** The connection has broken: what else was on its way does not arrive. */
  static final int RESET = 103;

  /** Set in the type of a message that has waited for the downlink, which is free now. */
  static final int WAITED = 1 << 8;

  /** Set in the type of a block whose bytes were altered. */
  static final int CORRUPT = 1 << 9;

  /** Set in the type of a message that was not made by an engine: it may not even be one. */
  static final int RAW = 1 << 10;

  static final int TYPE = 0xff;

  private static final int WAKE = 0;
  private static final int UPLINK = 1;
  private static final int DELIVERY = 2;
  private static final int TASK = 3;
  private static final int KIND_BITS = 2;
  private static final int OPEN_DELIVERIES = 1 << 10;

  final Scenario scenario;
  final PieceLayout layout;
  final MemoryTracker tracker;
  final InfoHash infoHash;
  final Recorder recorder;
  final TraceHash trace = new TraceHash();
  /** What goes wrong; null if nothing does. */
  final @Nullable FaultPlan faults;
  /** Checks invariants; null if they are not checked. */
  final @Nullable Inspector inspector;

  long now;

  private final EventQueue queue = new EventQueue();
  private final List<@Nullable Runnable> tasks = new ArrayList<>();
  private final ArrayDeque<Integer> freeTasks = new ArrayDeque<>();
  private final List<Delivery> deliveries = new ArrayList<>();
  private final ArrayDeque<Integer> freeDeliveries = new ArrayDeque<>();
  /** Deliveries to which messages may still be added, as numbers plus one, by their time. */
  private final int[] openDeliveries = new int[OPEN_DELIVERIES];

  private final @Nullable Node[] nodes;
  private long events;

  /**
   * A world in which nothing has happened yet.
   *
   * @param chance for faults
   */
  World(Scenario scenario, SeededRandom random, SeededRandom chance, boolean checked) {
    this.scenario = scenario;
    layout = scenario.layout();
    nodes = new Node[scenario.peers()];
    byte[] hash = new byte[InfoHash.LENGTH];
    random.nextBytes(hash);
    infoHash = InfoHash.of(hash);
    tracker = MemoryTracker.builder()
        .clock(() -> now)
        .random(random.fork())
        .handout(scenario.handout().policy())
        .interval(scenario.handout().interval())
        .maxHandout(scenario.handout().peers())
        .build();
    recorder = new Recorder(this);
    faults = scenario.faults().isEmpty() ? null : new FaultPlan(this, chance);
    inspector = checked ? new Inspector(this) : null;
  }

  /** Events so far. */
  long events() {
    return events;
  }

  // Time.

  /** Something rare to be done at a time, or now if that is over. */
  void at(long time, Runnable task) {
    Integer free = freeTasks.poll();
    int number = free == null ? tasks.size() : free;
    if (free == null) {
      tasks.add(task);
    } else {
      tasks.set(number, task);
    }
    schedule(Math.max(time, now), TASK, number);
  }

  void wake(Node node, long time) {
    schedule(time, WAKE, node.index);
  }

  void uplink(Node node, long time) {
    schedule(time, UPLINK, node.index);
  }

  private void schedule(long time, int kind, int number) {
    queue.add(time, (long) number << KIND_BITS | kind);
  }

  boolean isEmpty() {
    return queue.size() == 0;
  }

  /** Lets the next event happen if it is due until then; false if none is. */
  boolean step(long end) {
    long time = queue.nextTime();
    if (time > end) {
      return false;
    }
    now = time;
    long event = queue.remove();
    events++;
    int number = (int) (event >> KIND_BITS);
    switch ((int) event & ((1 << KIND_BITS) - 1)) {
      case WAKE -> {
        node(number).onWake();
        touched(node(number));
      }
      case UPLINK -> {
        node(number).onUplink();
        touched(node(number));
      }
      case DELIVERY -> deliver(number);
      default -> runTask(number);
    }
    return true;
  }

  /** Something has happened to a peer. */
  void touched(Node node) {
    if (inspector != null) {
      inspector.touched(node);
    }
  }

  private void runTask(int number) {
    Runnable task = tasks.set(number, null);
    freeTasks.push(number);
    if (task != null) {
      task.run();
    }
  }

  // Peers.

  Node node(int index) {
    Node node = nodes[index];
    if (node == null) {
      throw new IllegalStateException("peer " + index + " has not come yet");
    }
    return node;
  }

  void add(Node node) {
    nodes[node.index] = node;
  }

  /** Those who have come, gone or not, in the order of their numbers. */
  List<Node> nodes() {
    List<Node> all = new ArrayList<>();
    for (Node node : nodes) {
      if (node != null) {
        all.add(node);
      }
    }
    return all;
  }

  /** Where the peer of this number listens. */
  static PeerAddress address(int index) {
    return PeerAddress.of(new byte[] {10, (byte) (index >> 16), (byte) (index >> 8), (byte) index}, 6881);
  }

  /** Who listens there; null if nobody ever did. */
  @Nullable Node listening(PeerAddress address) {
    byte[] ip = address.ip();
    if (ip.length != 4 || ip[0] != 10 || address.port() != 6881) {
      return null;
    }
    int index = (ip[1] & 0xff) << 16 | (ip[2] & 0xff) << 8 | (ip[3] & 0xff);
    return index < nodes.length ? nodes[index] : null;
  }

  // Messages.

  /** Sends a message over a connection; it arrives after what was sent before it, blocks included. */
  void send(End from, int type, int a, int b, int c) {
    send(from, Math.max(now, from.uplinkFreeAt), type, a, b, c);
  }

  /** Sends a message whose last byte leaves at this time. */
  void send(End from, long leaves, int type, int a, int b, int c) {
    End to = from.other();
    if (faults == null || !to.lost) {
      deliveryAt(arrival(from, leaves)).add(to, type, a, b, c);
    } else if (to.owner.isOnline()) {
      // The machine is there again and knows nothing of the connection.
      deliveryAt(now + 2 * from.latency).add(from, RESET, 0, 0, 0);
    }
  }

  /** Breaks a connection: the other side learns it as soon as it can. */
  void reset(End from) {
    End to = from.other();
    if (to.open) {
      deliveryAt(now + from.latency).add(to, RESET, 0, 0, 0);
    }
  }

  void sendBitfield(End from, PieceSet have) {
    End to = from.other();
    if (to.open) {
      Delivery delivery = deliveryAt(arrival(from, Math.max(now, from.uplinkFreeAt)));
      PieceSet copy = PieceSet.of(have.size(), have.toWords());
      delivery.add(to, MessageType.BITFIELD, delivery.keep(copy), 0, 0);
    }
  }

  private static long arrival(End from, long leaves) {
    long arrives = Math.max(leaves + from.latency, from.lastArrival);
    from.lastArrival = arrives;
    return arrives;
  }

  /** Where in {@link #openDeliveries} a delivery at this time stands: ten bits of a multiplicative hash. */
  private static int openSlot(long time) {
    return (int) ((time * 0x9e3779b97f4a7c15L) >>> 54);
  }

  private Delivery deliveryAt(long time) {
    int slot = openSlot(time);
    int number = openDeliveries[slot] - 1;
    if (number >= 0 && deliveries.get(number).time == time) {
      return deliveries.get(number);
    }
    Integer free = freeDeliveries.poll();
    number = free == null ? deliveries.size() : free;
    if (free == null) {
      deliveries.add(new Delivery());
    }
    Delivery delivery = deliveries.get(number);
    delivery.time = time;
    openDeliveries[slot] = number + 1;
    schedule(time, DELIVERY, number);
    return delivery;
  }

  private void deliver(int number) {
    Delivery delivery = deliveries.get(number);
    int slot = openSlot(delivery.time);
    if (openDeliveries[slot] == number + 1) {
      openDeliveries[slot] = 0; // what is sent to arrive now comes after all that is in here
    }
    deliver(delivery);
    delivery.time = -1;
    delivery.clear();
    freeDeliveries.push(number);
  }

  /** What is in it arrives now. */
  void deliver(Delivery delivery) {
    for (int i = 0; i < delivery.size(); i++) {
      End to = delivery.to(i);
      if (to.open) {
        arrive(delivery, to, delivery.type(i), delivery.a(i), delivery.b(i), delivery.c(i));
      }
    }
  }

  private void arrive(Delivery delivery, End to, int flags, int a, int b, int c) {
    int type = flags & TYPE;
    Node node = to.owner;
    if (faults != null && faults.holds(delivery, to, flags, a, b, c)) {
      return;
    }
    if (type == RESET || to.ghost) {
      node.onBroken(to, type);
      touched(node);
      return;
    }
    if ((flags & WAITED) != 0) {
      to.waiting--;
    } else {
      long free = type == MessageType.PIECE ? node.receive(to, c) : to.waiting > 0 ? to.downlinkFreeAt : now;
      if (free > now || to.waiting > 0) {
        waitForDownlink(delivery, to, free, flags, a, b, c);
        return;
      }
    }
    trace.add(now, (long) to.remoteIndex << 32 | node.index);
    trace.add((long) flags << 32 | a, (long) b << 32 | c);
    if (inspector != null) {
      inspector.arrives(to, flags, a, b, c);
    }
    if ((flags & RAW) != 0 && !RawMessage.isReadable(type, a, b, c, layout.pieceCount())) {
      node.refuse(to);
      touched(node);
      return;
    }
    switch (type) {
      case BLOCK_BEGINS -> node.onBlockBegins(to, a, b, c);
      case MessageType.PIECE -> node.onBlock(to, a, b, c, (flags & CORRUPT) != 0);
      case MessageType.BITFIELD -> node.onBitfield(to, delivery.bitfield(a));
      case MessageType.EXTENDED -> node.onExtendedHandshake(to, a, b);
      case CONNECTED -> node.onConnected(to);
      case CLOSED -> node.onClosed(to);
      default -> node.onMessage(to, type == 0xff ? MessageType.KEEP_ALIVE : type, a, b, c);
    }
    touched(node);
  }

  private void waitForDownlink(Delivery delivery, End to, long until, int flags, int a, int b, int c) {
    to.waiting++;
    to.downlinkFreeAt = Math.max(until, to.downlinkFreeAt);
    Delivery later = deliveryAt(to.downlinkFreeAt);
    delivery.copy(flags | WAITED, a, b, c, to, later);
  }
}
