package io.minibit.sim;

import io.minibit.model.PeerAddress;
import io.minibit.model.SeededRandom;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which faults meet whom and when: starts and heals them, and says what the network and the tracker do meanwhile. */
final class FaultPlan {
  /** How long a process or machine is away, on average. */
  private static final double DOWN_NANOS = 30e9;
  /** A machine that has no part in the swarm (RFC 5737). */
  private static final byte[] VICTIM = {(byte) 198, 51, 100, 7};

  private final World world;
  private final SeededRandom random;
  private final List<Fault> faults;
  /** By fault and peer. */
  private final boolean[][] met;
  private final boolean[] active;
  private final @Nullable Conduct[] conducts;
  /** Sides of connections that something was sent to which could not reach them, in the order of the first of it. */
  private final List<End> silent = new ArrayList<>();
  private int partitions;

  FaultPlan(World world, SeededRandom random) {
    this.world = world;
    this.random = random;
    faults = world.scenario.faults();
    int peers = world.scenario.peers();
    met = new boolean[faults.size()][peers];
    active = new boolean[faults.size()];
    conducts = new Conduct[peers];
    for (int f = 0; f < met.length; f++) {
      draw(faults.get(f), met[f]);
    }
  }

  /** Where all peers live: where there are faults, there is one region. */
  private Region region() {
    return world.region(0);
  }

  private void draw(Fault fault, boolean[] peers) {
    int first = 0;
    for (PeerGroup group : world.scenario.groups()) {
      if (fault.group().isEmpty() || fault.group().equals(group.name())) {
        for (int i = first; i < first + group.count(); i++) {
          peers[i] = random.nextDouble() < fault.share();
        }
        peers[first + random.nextInt(group.count())] |= fault.share() < 1 && !fault.group().isEmpty();
      }
      first += group.count();
    }
    if (fault.group().isEmpty()) {
      peers[random.nextInt(peers.length)] = true;
    }
  }

  /** Schedules the beginnings and ends of all faults. */
  void schedule() {
    for (int f = 0; f < faults.size(); f++) {
      int number = f;
      region().at(faults.get(f).start().toNanos(), () -> begin(number));
      region().at(faults.get(f).end().toNanos(), () -> heal(number));
    }
  }

  /** When the last of them has healed. */
  long healedAt() {
    return faults.stream().mapToLong(fault -> fault.end().toNanos()).max().orElse(0);
  }

  /** Whether no fault ever makes this peer break the rules. */
  boolean isHonest(int peer) {
    for (int f = 0; f < met.length; f++) {
      if (met[f][peer] && faults.get(f).kind().isMisconduct()) {
        return false;
      }
    }
    return true;
  }

  /** A peer comes for the first time: how it will behave; null if no fault ever meets it. */
  @Nullable Conduct conductOf(Node node) {
    for (boolean[] peers : met) {
      if (peers[node.index]) {
        Conduct conduct = new Conduct(node, world, random.fork());
        conducts[node.index] = conduct;
        return conduct;
      }
    }
    return null;
  }

  /** It is there for the first time: what goes on already meets it too. */
  void arrived(Node node) {
    for (int f = 0; f < active.length; f++) {
      if (active[f] && met[f][node.index]) {
        meet(f, node);
      }
    }
  }

  private List<Node> metBy(int f) {
    return world.nodes().stream().filter(node -> met[f][node.index] && !node.isGone()).toList();
  }

  // From the beginning to the end.

  private void begin(int f) {
    active[f] = true;
    Fault.Kind kind = faults.get(f).kind();
    partitions += kind == Fault.Kind.PARTITION || kind == Fault.Kind.ONE_WAY_PARTITION ? 1 : 0;
    metBy(f).forEach(node -> meet(f, node));
  }

  private void heal(int f) {
    active[f] = false;
    Fault.Kind kind = faults.get(f).kind();
    metBy(f).forEach(node -> release(f, node));
    if (kind == Fault.Kind.PARTITION || kind == Fault.Kind.ONE_WAY_PARTITION) {
      partitions--;
      reachAgain();
    }
  }

  private Conduct conduct(Node node) {
    Conduct conduct = conducts[node.index];
    if (conduct == null) {
      throw new IllegalStateException("no fault meets peer " + node.index);
    }
    return conduct;
  }

  private void meet(int f, Node node) {
    Conduct conduct = conduct(node);
    double strength = faults.get(f).strength();
    switch (faults.get(f).kind()) {
      case CRASH -> again(f, node, strength, () -> fall(f, node, false));
      case VANISH -> again(f, node, strength, () -> fall(f, node, true));
      case SLOW -> node.slowLinks(strength);
      case SNUB -> conduct.snub = strength;
      case IDLE_INTEREST -> conduct.idle = strength;
      case CORRUPT_BLOCKS -> conduct.corrupt = strength;
      case DISK_FULL -> conduct.diskFull = true;
      case DISK_SLOW -> conduct.storingNanos = (long) (strength * World.SECOND);
      case DISK_ERRORS -> conduct.readErrors = strength;
      case DISK_LOSSES -> conduct.losses = strength;
      case LYING_HAVES -> {
        conduct.lies = true;
        again(f, node, strength, conduct::lie);
      }
      case CHOKE_FLAPPING -> perConnection(f, node, strength, conduct::flap);
      case NONSENSE -> again(f, node, strength, conduct::talkNonsense);
      case REQUEST_FLOOD -> perConnection(f, node, strength, conduct::flood);
      case DUPLICATE_CONNECTIONS -> again(f, node, strength, conduct::connectAgain);
      default -> {
        // Partitions and the tracker's faults are asked for when something is sent.
      }
    }
  }

  private void release(int f, Node node) {
    Conduct conduct = conduct(node);
    switch (faults.get(f).kind()) {
      case CRASH, VANISH -> node.comeBack();
      case SLOW -> node.slowLinks(1);
      case SNUB -> conduct.snub = 0;
      case IDLE_INTEREST -> conduct.idle = 0;
      case CORRUPT_BLOCKS -> conduct.corrupt = 0;
      case DISK_FULL -> conduct.diskFull = false;
      case DISK_SLOW -> conduct.storingNanos = 0;
      case DISK_ERRORS -> conduct.readErrors = 0;
      case DISK_LOSSES -> conduct.losses = 0;
      case LYING_HAVES -> conduct.lies = false;
      case CHOKE_FLAPPING -> conduct.stopFlapping();
      default -> {
        // What was done again and again has ended by itself.
      }
    }
  }

  /** Does something at random times while the fault lasts and the peer is there. */
  private void again(int f, Node node, double perSecond, Runnable what) {
    repeat(f, node, perSecond, false, what);
  }

  private void perConnection(int f, Node node, double perSecond, Runnable what) {
    repeat(f, node, perSecond, true, what);
  }

  private void repeat(int f, Node node, double perSecond, boolean perConnection, Runnable what) {
    if (perSecond <= 0) {
      return;
    }
    double rate = perConnection ? perSecond * Math.max(1, node.ends().size()) : perSecond;
    region().at(region().now + (long) Arrival.exponential(World.SECOND / rate, random), () -> {
      if (active[f] && !node.isGone()) {
        if (node.isOnline()) {
          what.run();
        }
        repeat(f, node, perSecond, perConnection, what);
      }
    });
  }

  private void fall(int f, Node node, boolean silently) {
    node.fall(silently);
    region().at(region().now + (long) Arrival.exponential(DOWN_NANOS, random), () -> {
      if (active[f]) {
        node.comeBack();
      }
    });
  }

  // The network.

  /** Whether a dial gets no answer: the machine is off, the way is cut, or there is no such machine. */
  boolean isSilent(Node from, @Nullable Node to) {
    return to == null || to.isOff() || isCut(from, to) || isCut(to, from);
  }

  private boolean isCut(Node from, Node to) {
    for (int f = 0; partitions > 0 && f < active.length; f++) {
      boolean[] inside = met[f];
      Fault.Kind kind = faults.get(f).kind();
      if (active[f]
          && ((kind == Fault.Kind.PARTITION && inside[from.index] != inside[to.index])
              || (kind == Fault.Kind.ONE_WAY_PARTITION && inside[from.index] && !inside[to.index]))) {
        return true;
      }
    }
    return false;
  }

  /** Whether a message does not get through now; it is kept until it does or the connection has ended. */
  boolean holds(Delivery delivery, End to, int flags, int a, int b, int c) {
    Delivery backlog = to.backlog;
    if ((flags & World.WAITED) != 0 || (backlog == null && !isCut(to.other().owner, to.owner))) {
      return false;
    }
    if (backlog == null) {
      backlog = new Delivery();
      to.backlog = backlog;
      silent.add(to);
    }
    delivery.copy(flags, a, b, c, to, backlog);
    return true;
  }

  private void reachAgain() {
    List<End> before = new ArrayList<>(silent);
    silent.clear();
    for (End end : before) {
      Delivery backlog = end.backlog;
      end.backlog = null;
      if (backlog != null) {
        region().deliver(backlog);
      }
    }
  }

  // The tracker.

  private double strength(Fault.Kind kind, Node node) {
    double most = -1;
    for (int f = 0; f < active.length; f++) {
      if (active[f] && faults.get(f).kind() == kind && met[f][node.index]) {
        most = Math.max(most, faults.get(f).strength());
      }
    }
    return most;
  }

  /** Whether what a peer announces does not reach the tracker. */
  boolean losesAnnounce(Node node) {
    return strength(Fault.Kind.TRACKER_DOWN, node) >= 0 || isFlaky(node);
  }

  /** Whether what the tracker answers does not reach the peer. */
  boolean losesAnswer(Node node) {
    return isFlaky(node);
  }

  private boolean isFlaky(Node node) {
    double flaky = strength(Fault.Kind.TRACKER_FLAKY, node);
    return flaky > 0 && random.nextDouble() < flaky / 2;
  }

  /** What the tracker makes of its answer. */
  List<PeerAddress> handOut(Node node, List<PeerAddress> peers) {
    double lying = strength(Fault.Kind.TRACKER_LYING, node);
    double inciting = strength(Fault.Kind.TRACKER_INCITING, node);
    if (lying < 0 && inciting < 0) {
      return peers;
    }
    List<PeerAddress> lies = new ArrayList<>();
    for (int i = 0; i < inciting; i++) {
      lies.add(PeerAddress.of(VICTIM, 1 + random.nextInt(65_535)));
    }
    for (PeerAddress peer : peers) {
      if (random.nextDouble() < lying) {
        switch (random.nextInt(4)) {
          case 0 -> lies.add(peer.withPort(0));
          case 1 -> lies.add(node.address);
          case 2 -> lies.add(PeerAddress.of(new byte[] {(byte) 192, 0, 2, (byte) random.nextInt(256)}, 6881));
          default -> {
            lies.add(peer);
            lies.add(peer);
          }
        }
      } else {
        lies.add(peer);
      }
    }
    return lies;
  }
}
