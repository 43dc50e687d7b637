package io.minibit.sim;

import io.minibit.engine.PieceSet;
import io.minibit.wire.MessageType;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Some of the peers of a {@link World}, what is going to happen to them, and the messages that come to them. A region has
 * a time of its own and is used by one thread at a time. What it sends to another waits in an {@link Outbox} until
 * {@link Lockstep} hands it over.
 */
final class Region {
  private static final int WAKE = 0;
  private static final int UPLINK = 1;
  private static final int DELIVERY = 2;
  private static final int TASK = 3;
  private static final int KIND_BITS = 2;
  private static final int OPEN_DELIVERIES = 1 << 10;

  final int number;
  final TraceHash trace = new TraceHash();
  final Tally tally;

  long now;

  private final World world;
  private final @Nullable FaultPlan faults;
  private final @Nullable Inspector inspector;

  private final EventQueue queue = new EventQueue();
  private final List<@Nullable Runnable> tasks = new ArrayList<>();
  private final ArrayDeque<Integer> freeTasks = new ArrayDeque<>();
  private final List<Delivery> deliveries = new ArrayList<>();
  private final ArrayDeque<Integer> freeDeliveries = new ArrayDeque<>();
  /** Deliveries to which messages may still be added, as numbers plus one, by their time. */
  private final int[] openDeliveries = new int[OPEN_DELIVERIES];
  /** What goes to each of the regions in this window, and what went there in the last one and is being taken in. */
  private Outbox[] outgoing;

  private Outbox[] outgone;
  /** When the first thing is due that has been sent in this window. */
  private long earliestSent = Long.MAX_VALUE;

  private final ArrayDeque<Announcement> announced = new ArrayDeque<>();
  private long events;

  /**
   * A region in which nothing has happened yet.
   *
   * @param regions how many there are in its world
   */
  Region(World world, int number, int regions) {
    this.world = world;
    this.number = number;
    faults = world.faults;
    inspector = world.inspector;
    tally = new Tally(world.scenario, this);
    outgoing = Stream.generate(Outbox::new).limit(regions).toArray(Outbox[]::new);
    outgone = Stream.generate(Outbox::new).limit(regions).toArray(Outbox[]::new);
  }

  /** Events so far. */
  long events() {
    return events;
  }

  // Time.

  /** Something rare to be done at a time, or now if that is over. */
  void at(long time, Runnable task) {
    Integer free = freeTasks.poll();
    int place = free == null ? tasks.size() : free;
    if (free == null) {
      tasks.add(task);
    } else {
      tasks.set(place, task);
    }
    schedule(Math.max(time, now), TASK, place);
  }

  /** Something rare to be done in another region, or in this one; for another one not before the window's end. */
  void at(Region where, long time, Runnable task) {
    if (where == this) {
      at(time, task);
    } else {
      earliestSent = Math.min(earliestSent, time);
      outgoing[where.number].add(time, task);
    }
  }

  void wake(Node node, long time) {
    schedule(time, WAKE, node.index);
  }

  void uplink(Node node, long time) {
    schedule(time, UPLINK, node.index);
  }

  private void schedule(long time, int kind, int place) {
    queue.add(time, (long) place << KIND_BITS | kind);
  }

  /** When the next event is due, here or where this region has sent something to. */
  long nextTime() {
    return Math.min(queue.nextTime(), earliestSent);
  }

  /** When the next event is due here. */
  long nextEvent() {
    return queue.nextTime();
  }

  /** A window has ended: what was sent in it is to be taken in, and what was sent before has been. */
  void turn() {
    Outbox[] empty = outgone;
    outgone = outgoing;
    outgoing = empty;
    earliestSent = Long.MAX_VALUE;
  }

  /** Takes in what the regions sent in the last window, in their order and in that in which they sent it. */
  void takeIn() {
    for (Region other : world.regions()) {
      other.outgone[number].empty(this);
    }
  }

  /** Lets everything happen that is due before then. */
  void runBefore(long end) {
    while (queue.nextTime() < end) {
      step();
    }
  }

  /** Lets the next event happen; there must be one. */
  void step() {
    now = queue.nextTime();
    long event = queue.remove();
    events++;
    int place = (int) (event >> KIND_BITS);
    switch ((int) event & ((1 << KIND_BITS) - 1)) {
      case WAKE -> {
        world.node(place).onWake();
        touched(world.node(place));
      }
      case UPLINK -> {
        world.node(place).onUplink();
        touched(world.node(place));
      }
      case DELIVERY -> deliver(place);
      default -> runTask(place);
    }
  }

  /** Something has happened to a peer. */
  void touched(Node node) {
    if (inspector != null) {
      inspector.touched(node);
    }
  }

  private void runTask(int place) {
    Runnable task = tasks.set(place, null);
    freeTasks.push(place);
    if (task != null) {
      task.run();
    }
  }

  // The tracker.

  /** A peer asks the tracker, which answers in the order of time. */
  void announce(Announcement announcement) {
    announced.add(announcement);
    if (world.isWhole()) {
      world.answerAnnounced();
    }
  }

  /** What was announced and is not answered yet, in the order of time. */
  ArrayDeque<Announcement> announced() {
    return announced;
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
      batch(from, leaves).add(to, type, a, b, c);
    } else if (to.owner.isOnline()) {
      // The machine is there again and knows nothing of the connection.
      deliveryAt(now + 2 * from.latency).add(from, World.RESET, 0, 0, 0);
    }
  }

  /** Breaks a connection: the other side, in this region too, learns it as soon as it can. */
  void reset(End from) {
    End to = from.other();
    if (to.open) {
      deliveryAt(now + from.latency).add(to, World.RESET, 0, 0, 0);
    }
  }

  void sendBitfield(End from, PieceSet have) {
    PieceSet copy = PieceSet.of(have.size(), have.toWords());
    Delivery batch = batch(from, Math.max(now, from.uplinkFreeAt));
    batch.add(from.other(), MessageType.BITFIELD, batch.keep(copy), 0, 0);
  }

  /** To what a message is to be added whose last byte leaves at this time. */
  private Delivery batch(End from, long leaves) {
    long arrives = Math.max(leaves + from.latency, from.lastArrival);
    from.lastArrival = arrives;
    Region there = from.remoteRegion();
    if (there == this) {
      return deliveryAt(arrives);
    }
    earliestSent = Math.min(earliestSent, arrives);
    return outgoing[there.number].at(arrives);
  }

  /** Where in {@link #openDeliveries} a delivery at this time stands: ten bits of a multiplicative hash. */
  private static int openSlot(long time) {
    return (int) ((time * 0x9e3779b97f4a7c15L) >>> 54);
  }

  /** What arrives at this time in this region, to be added to. */
  Delivery deliveryAt(long time) {
    int slot = openSlot(time);
    int place = openDeliveries[slot] - 1;
    if (place >= 0 && deliveries.get(place).time == time) {
      return deliveries.get(place);
    }
    Integer free = freeDeliveries.poll();
    place = free == null ? deliveries.size() : free;
    if (free == null) {
      deliveries.add(new Delivery());
    }
    Delivery delivery = deliveries.get(place);
    delivery.time = time;
    openDeliveries[slot] = place + 1;
    schedule(time, DELIVERY, place);
    return delivery;
  }

  private void deliver(int place) {
    Delivery delivery = deliveries.get(place);
    int slot = openSlot(delivery.time);
    if (openDeliveries[slot] == place + 1) {
      openDeliveries[slot] = 0; // what is sent to arrive now comes after all that is in here
    }
    deliver(delivery);
    delivery.time = -1;
    delivery.clear();
    freeDeliveries.push(place);
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
    int type = flags & World.TYPE;
    Node node = to.owner;
    if (faults != null && faults.holds(delivery, to, flags, a, b, c)) {
      return;
    }
    if (type == World.RESET || to.ghost) {
      node.onBroken(to, type);
      touched(node);
      return;
    }
    if ((flags & World.WAITED) != 0) {
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
    if ((flags & World.RAW) != 0 && !RawMessage.isReadable(type, a, b, c, world.layout.pieceCount())) {
      node.refuse(to);
      touched(node);
      return;
    }
    switch (type) {
      case World.BLOCK_BEGINS -> node.onBlockBegins(to, a, b, c);
      case MessageType.PIECE -> node.onBlock(to, a, b, c, (flags & World.CORRUPT) != 0);
      case MessageType.BITFIELD -> node.onBitfield(to, delivery.bitfield(a));
      case MessageType.EXTENDED -> node.onExtendedHandshake(to, a, b);
      case World.CONNECTED -> node.onConnected(to);
      case World.CLOSED -> node.onClosed(to);
      default -> node.onMessage(to, type == 0xff ? MessageType.KEEP_ALIVE : type, a, b, c);
    }
    touched(node);
  }

  private void waitForDownlink(Delivery delivery, End to, long until, int flags, int a, int b, int c) {
    to.waiting++;
    to.downlinkFreeAt = Math.max(until, to.downlinkFreeAt);
    Delivery later = deliveryAt(to.downlinkFreeAt);
    delivery.copy(flags | World.WAITED, a, b, c, to, later);
  }
}
