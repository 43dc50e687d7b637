package io.minibit.sim;

import io.minibit.engine.EnginePort;
import io.minibit.wire.MessageType;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Checks that what must always hold does: has a {@link Watch} at each engine, remembers the last events, and knows by when
 * everybody must have finished.
 */
final class Inspector {
  private static final int LAST_EVENTS = 50;
  /** More than so many events at one moment mean that time stands still. */
  private static final long MOST_AT_ONCE = 200_000;

  // The longest that an engine waits for by itself: see Dialer, Announcer, Limits.
  private static final long LONGEST_DIAL_WAIT = 675 * World.SECOND;
  private static final long LONGEST_ANNOUNCE_WAIT = 1801 * World.SECOND;
  private static final long SILENCE = 125 * World.SECOND;
  private static final long SNUBBED = 60 * World.SECOND;

  private final World world;
  /** A ring; {@link #next} is the oldest. */
  private final Event[] last = new Event[LAST_EVENTS];

  private int next;
  private long moment = -1;
  private long atOnce;
  private long everybodyHereAt = -1;
  private boolean ending;

  Inspector(World world) {
    this.world = world;
    for (int i = 0; i < LAST_EVENTS; i++) {
      last[i] = new Event();
    }
  }

  Watch watch(Node node, EnginePort port) {
    return new Watch(this, world, node, port);
  }

  // What happens.

  /** A message arrives at this side of a connection. */
  void arrives(End to, int flags, int a, int b, int c) {
    int type = flags & World.TYPE;
    last[next].set(to.owner.region.now, to.other().owner.index, to.owner.index, flags, a, b, c);
    next = (next + 1) % LAST_EVENTS;
    Watch watch = to.owner.watch;
    boolean readable = (flags & World.RAW) == 0
        || RawMessage.isReadable(type, a, b, c, world.layout.pieceCount());
    if (watch != null && readable && !to.owner.ignores(type, a)) {
      watch.arriving(to, type, a, b, c);
    }
  }

  void note(Node node, String what) {
    last[next].set(node.region.now, node.index, what);
    next = (next + 1) % LAST_EVENTS;
  }

  private static String time(long nanos) {
    return String.format("%.6f s", nanos / 1e9);
  }

  /** A message that arrived, or something that a peer did. */
  private static final class Event {
    private long time = -1;
    private int from;
    private int to;
    private int flags;
    private int a;
    private int b;
    private int c;
    private @Nullable String text;

    void set(long now, int sender, int receiver, int typeAndFlags, int first, int second, int third) {
      time = now;
      from = sender;
      to = receiver;
      flags = typeAndFlags;
      a = first;
      b = second;
      c = third;
      text = null;
    }

    void set(long now, int peer, String what) {
      time = now;
      from = peer;
      text = what;
    }

    @Override
    public String toString() {
      if (text != null) {
        return Inspector.time(time) + " " + from + " " + text;
      }
      int type = flags & World.TYPE;
      String what = switch (type) {
        case World.CONNECTED -> "connected";
        case World.CLOSED -> "closed";
        case World.BLOCK_BEGINS -> "begin of " + MessageType.describe(MessageType.PIECE, a, b, c);
        case 0xff -> MessageType.name(MessageType.KEEP_ALIVE);
        default -> MessageType.describe(type, a, b, c);
      };
      return Inspector.time(time) + " " + from + " -> " + to + " " + what
          + ((flags & World.CORRUPT) != 0 ? ", altered" : "") + ((flags & World.RAW) != 0 ? ", made up" : "");
    }
  }

  /** Something has happened to a peer. */
  void touched(Node node) {
    if (node.region.now != moment) {
      moment = node.region.now;
      atOnce = 0;
    } else if (++atOnce > MOST_AT_ONCE) {
      throw violation("peer " + node.index + ": time stands still", null);
    }
    Watch watch = node.watch;
    if (watch != null) {
      watch.touched();
    }
  }

  // By when all must be over.

  /** Some time has passed. */
  void passes(Population population) {
    FaultPlan faults = world.faults;
    if (everybodyHereAt < 0 && population.isEverybodyHere()) {
      everybodyHereAt = world.now();
    }
    if (faults == null || everybodyHereAt < 0) {
      return;
    }
    long from = Math.max(everybodyHereAt, faults.healedAt());
    if (world.now() > from + bound(from) && hasSource()) {
      for (Node node : world.nodes()) {
        boolean finished = node.isFinished() || node.isGone() || !faults.isHonest(node.index);
        if (!finished) {
          throw violation("peer " + node.index + " has " + node.disk.count() + " of " + node.disk.size() + " pieces "
              + Duration.ofNanos(world.now() - from).toSeconds() + " s after all has healed: " + explanation(node), null);
        }
      }
    }
  }

  private String explanation(Node node) {
    if (!node.isOnline()) {
      return "it is not there";
    }
    StringBuilder text = new StringBuilder(node.engine().explanation(node.region.now));
    node.engine().peers().forEach(peer -> text.append("\n  ").append(peer).append(": ").append(peer.pieces())
        .append(" pieces, ").append(peer.wantedPieces()).append(" wanted").append(peer.unchokesUs() ? ", serves us" : "")
        .append(peer.served() ? ", served" : ""));
    return text.toString();
  }

  /** Whether a peer is there from which all others could get everything. */
  private boolean hasSource() {
    return world.nodes().stream().anyMatch(this::isSource);
  }

  private boolean isSource(Node node) {
    boolean honest = world.faults == null || world.faults.isHonest(node.index);
    return honest && node.group.isSeeding() && node.isOnline() && !node.group.choking().name().equals("serve-nobody");
  }

  /**
   * How long it may take after everything has healed: what engines wait for at most after so long a trouble (dials and
   * announces are tried again after waits that double, so that the last wait is about as long as the trouble was), the
   * time for noticing dead connections, and three times what it takes if one seed serves all.
   */
  private long bound(long trouble) {
    long waits = Math.min(LONGEST_DIAL_WAIT, 2 * trouble) + Math.min(LONGEST_ANNOUNCE_WAIT, 2 * trouble + 60 * World.SECOND)
        + SILENCE + SNUBBED + 2 * world.scenario.handout().interval().toNanos();
    double slowestDown = Double.POSITIVE_INFINITY;
    double seedUp = Double.POSITIVE_INFINITY;
    long takers = 0;
    for (PeerGroup group : world.scenario.groups()) {
      slowestDown = Math.min(slowestDown, (double) group.download());
      if (group.isSeeding()) {
        seedUp = Math.min(seedUp, (double) Math.min(group.upload(), group.uploadLimit()));
      }
      takers += group.count();
    }
    double transfer = 3.0 * world.scenario.bytes() * (takers / seedUp + 1 / slowestDown);
    return waits + (long) (transfer * 1e9) + 60 * World.SECOND;
  }

  /** The simulation is over: all leave, and nothing may be left of them. */
  void end(Lockstep lockstep) {
    ending = true;
    for (Node node : world.nodes()) {
      node.leave();
    }
    while (lockstep.advance(Long.MAX_VALUE - 1)) {
      // What is on its way still happens, to nobody.
    }
    for (Node node : world.nodes()) {
      if (!node.ends().isEmpty() || node.hasMemory()) {
        throw violation("peer " + node.index + ": connections or memory are left at the end", null);
      }
    }
  }

  // What is said of it.

  InvariantViolation violation(String invariant, @Nullable Throwable cause) {
    Scenario scenario = world.scenario;
    StringBuilder events = new StringBuilder();
    for (int i = 0; i < LAST_EVENTS; i++) {
      Event event = last[(next + i) % LAST_EVENTS];
      events.append(event.time < 0 ? "" : "\n  " + event);
    }
    String message = invariant + "\n\nat " + time(world.now()) + (ending ? ", while all leave," : "") + " of '" + scenario.name()
        + "', seed " + scenario.seed() + "\n\nlast events:" + events + "\n\nscenario:\n"
        + scenario.toText() + "\nto see it again: minibit sim --check FILE with this scenario"
        + (RandomScenario.of(scenario.seed()).equals(scenario)
            ? ", or mvn -pl minibit-core test -Dtest=RandomScenarioTest -Dsim.seed=" + scenario.seed()
            : "");
    return new InvariantViolation(invariant, message, cause);
  }
}
