package io.minibit.sim;

import io.minibit.metainfo.InfoHash;
import io.minibit.metainfo.PieceLayout;
import io.minibit.model.PeerAddress;
import io.minibit.model.SeededRandom;
import io.minibit.tracker.MemoryTracker;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is simulated: the peers, in one {@link Region} or several, the tracker, what goes wrong and who watches. All
 * randomness comes from the scenario's seed.
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

  private static final int LISTENING_PORT = 6881;

  /** Peers whose numbers differ in so many low bits only share a region, so that regions share few cache lines. */
  private static final int NEIGHBOURS_BITS = 4;

  /**
   * With fewer, one thread waits for the other; with more, more messages of one moment are events of their own. Measured
   * with 1,000 peers on two processors: 23.6 s with 4, 21.3 s with 8, 24.3 s with 16.
   */
  private static final int REGIONS = 8;

  private static final int LEAST_PEERS_OF_REGIONS = REGIONS << NEIGHBOURS_BITS;
  /** With less time between peers, regions would wait for each other more than they do. */
  private static final long LEAST_LOOK_AHEAD = SECOND / 1000;

  final Scenario scenario;
  final PieceLayout layout;
  final InfoHash infoHash;
  final Recorder recorder;
  /** What goes wrong; null if nothing does. */
  final @Nullable FaultPlan faults;
  /** Checks invariants; null if they are not checked. */
  final @Nullable Inspector inspector;

  private final MemoryTracker tracker;
  private long trackerTime;
  private final List<Region> regions = new ArrayList<>();
  private final long lookAhead;
  /** By number; a group's peers follow each other. */
  private final PeerGroup[] groups;
  /** By number; null before they come. Each is written and read by its region. */
  private final @Nullable Node[] nodes;

  /**
   * A world in which nothing has happened yet.
   *
   * @param chance for faults
   */
  World(Scenario scenario, SeededRandom random, SeededRandom chance, boolean checked) {
    this.scenario = scenario;
    layout = scenario.layout();
    nodes = new Node[scenario.peers()];
    groups = new PeerGroup[scenario.peers()];
    int peers = 0;
    for (PeerGroup group : scenario.groups()) {
      for (int i = 0; i < group.count(); i++) {
        groups[peers++] = group;
      }
    }
    byte[] hash = new byte[InfoHash.LENGTH];
    random.nextBytes(hash);
    infoHash = InfoHash.of(hash);
    tracker = MemoryTracker.builder()
        .clock(() -> trackerTime)
        .random(random.fork())
        .handout(scenario.handout().policy())
        .interval(scenario.handout().interval())
        .maxHandout(scenario.handout().peers())
        .maxPeers(Integer.MAX_VALUE) // whatever the heap: the same everywhere
        .build();
    faults = scenario.faults().isEmpty() ? null : new FaultPlan(this, chance);
    inspector = checked ? new Inspector(this) : null;
    lookAhead = lookAhead(scenario);
    int parts = faults == null && peers >= LEAST_PEERS_OF_REGIONS && lookAhead >= LEAST_LOOK_AHEAD ? REGIONS : 1;
    for (int part = 0; part < parts; part++) {
      regions.add(new Region(this, part, parts));
    }
    recorder = new Recorder(this);
  }

  /** The least time in which something that one peer does can reach another, or the tracker's answer come back. */
  private static long lookAhead(Scenario scenario) {
    return 2 * scenario.groups().stream().mapToLong(group -> group.latency().toNanos()).min().orElse(0);
  }

  /** How far regions may be ahead of each other, nanoseconds. */
  long lookAhead() {
    return lookAhead;
  }

  // Regions.

  /** Whether there is only one region. */
  boolean isWhole() {
    return regions.size() == 1;
  }

  List<Region> regions() {
    return regions;
  }

  Region region(int number) {
    return regions.get(number);
  }

  /** Where the peer of this number lives. A function of the scenario only, so that what happens is one too. */
  Region regionOf(int peer) {
    return regions.get((peer >> NEIGHBOURS_BITS) % regions.size());
  }

  /** The latest time at which anything has happened. */
  long now() {
    long now = 0;
    for (Region region : regions) {
      now = Math.max(now, region.now);
    }
    return now;
  }

  /** Time goes on to then, without anything happening. */
  void passTo(long time) {
    regions.forEach(region -> region.now = time);
  }

  /** Events so far. */
  long events() {
    return regions.stream().mapToLong(Region::events).sum();
  }

  /** A digest of all that has arrived anywhere. */
  long traceHash() {
    if (isWhole()) {
      return region(0).trace.value();
    }
    TraceHash all = new TraceHash();
    for (Region region : regions) {
      all.add(region.number, region.trace.value());
    }
    return all.value();
  }

  // Peers.

  Node node(int index) {
    Node node = nodes[index];
    if (node == null) {
      throw new IllegalStateException("peer " + index + " has not come yet");
    }
    return node;
  }

  /** The peer of this number, for its own region; null if it has not come yet. */
  @Nullable Node find(int index) {
    return nodes[index];
  }

  /** The group of the peer of this number, whether it has come or not. */
  PeerGroup groupOf(int index) {
    return groups[index];
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
    byte[] ip = {10, (byte) (index >> 16), (byte) (index >> 8), (byte) index};
    return PeerAddress.of(ip, LISTENING_PORT);
  }

  /** The number of the peer that listens there; -1 if none could. */
  static int numberOf(PeerAddress address) {
    byte[] ip = address.ip();
    if (ip.length != 4 || ip[0] != 10 || address.port() != LISTENING_PORT) {
      return -1;
    }
    return (ip[1] & 0xff) << 16 | (ip[2] & 0xff) << 8 | (ip[3] & 0xff);
  }

  // The tracker.

  /** Has the tracker answer all that was announced, in the order of time and of regions. */
  void answerAnnounced() {
    for (Announcement next = nextAnnounced(); next != null; next = nextAnnounced()) {
      trackerTime = next.time();
      next.node().answered(next, tracker.announce(next.request()).join());
    }
  }

  private @Nullable Announcement nextAnnounced() {
    Region first = null;
    long time = Long.MAX_VALUE;
    for (Region region : regions) {
      Announcement announced = region.announced().peek();
      if (announced != null && announced.time() < time) {
        time = announced.time();
        first = region;
      }
    }
    return first == null ? null : first.announced().poll();
  }
}
