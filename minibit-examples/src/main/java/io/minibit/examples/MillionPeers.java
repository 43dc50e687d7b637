package io.minibit.examples;

import io.minibit.metainfo.InfoHash;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import io.minibit.tracker.AnnounceRequest;
import io.minibit.tracker.AnnounceResponse;
import io.minibit.tracker.MemoryTracker;
import io.minibit.tracker.PeerHandout;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a large swarm costs a tracker: bytes per peer, and how long the announces of a small and of a large one take. A
 * {@link MemoryTracker} needs no network for that, and its clock is yours.
 */
public final class MillionPeers {
  private static final InfoHash TORRENT = InfoHash.of(new byte[InfoHash.LENGTH]);
  private static final int ROUND = 40_000;
  private static final int ROUNDS = 7;

  private MillionPeers() {}

  /** What is announced, again and again, by peers all over the swarm. */
  enum Change {
    NOTHING_NEW,
    LEFT_CHANGES,
    LEAVES_AND_RETURNS,
    OTHERS_EXPIRE
  }

  /** {@code MillionPeers [PEERS]}: a swarm of 1,000 beside one of PEERS, by default 1,000,000. */
  public static void main(String[] args) {
    int many = args.length > 0 ? Integer.parseInt(args[0]) : 1_000_000;
    System.out.printf(Locale.ROOT, "IPv4 and IPv6 in turn:         %5.1f bytes a peer%n", bytesPerPeer(many, null));
    System.out.printf(Locale.ROOT, "and each of them in a group:   %5.1f bytes a peer%n", bytesPerPeer(many, "rack"));
    for (Change change : Change.values()) {
      measure(1000, change); // the compiler has seen it all before anything is compared
    }
    System.out.printf(Locale.ROOT, "%-30s %,14d %,14d%n", "microseconds per announce at", 1000, many);
    for (Change change : Change.values()) {
      String name = change.name().toLowerCase(Locale.ROOT).replace('_', ' ');
      System.out.printf(Locale.ROOT, "%-30s %14.2f %14.2f%n", name, measure(1000, change), measure(many, change));
    }
  }

  static double bytesPerPeer(int peers, @Nullable String group) {
    long before = usedHeap();
    MemoryTracker tracker = MemoryTracker.builder().handout(PeerHandout.preferGroup(5)).build();
    for (int i = 0; i < peers; i++) {
      announce(tracker, i, AnnounceEvent.STARTED, i % 3, 0, group == null ? null : group + i % 100);
    }
    double each = (double) (usedHeap() - before) / peers;
    if (tracker.stats().peers() != peers) { // also keeps the tracker from being collected before it is measured
      throw new IllegalStateException("some peers are missing");
    }
    return each;
  }

  /** Microseconds per announce: the median of several rounds. */
  static double measure(int peers, Change change) {
    long[] now = {0};
    MemoryTracker tracker = MemoryTracker.builder().clock(() -> now[0]).expiry(Duration.ofHours(1)).build();
    // The oldest peer expires whenever a new one comes, so that the swarm keeps its size.
    long tick = change == Change.OTHERS_EXPIRE ? Duration.ofHours(1).toNanos() / peers : 0;
    for (int i = 0; i < peers; i++) {
      announce(tracker, i, AnnounceEvent.STARTED, i % 3, 0, null);
      now[0] += tick;
    }
    double[] rounds = new double[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      for (int i = round * ROUND; i < (round + 1) * ROUND; i++) {
        now[0] += tick;
        announce(tracker, peers, i, change);
      }
      rounds[round] = (System.nanoTime() - start) / 1e3 / ROUND;
    }
    Arrays.sort(rounds);
    return rounds[ROUNDS / 2];
  }

  private static void announce(MemoryTracker tracker, int peers, int number, Change change) {
    int peer = Math.floorMod(number / 2 * 0x9e3779b9, peers); // anywhere in the swarm
    switch (change) {
      case NOTHING_NEW -> announce(tracker, peer, AnnounceEvent.REGULAR, peer % 3, 50, null);
      case LEFT_CHANGES -> announce(tracker, peer, AnnounceEvent.REGULAR, number % 2, 50, null);
      case LEAVES_AND_RETURNS -> {
        AnnounceEvent event = number % 2 == 0 ? AnnounceEvent.STOPPED : AnnounceEvent.STARTED;
        announce(tracker, peer, event, peer % 3, 50, null);
      }
      case OTHERS_EXPIRE -> announce(tracker, peers + number, AnnounceEvent.STARTED, number % 3, 50, null);
    }
  }

  private static void announce(
      MemoryTracker tracker, int peer, AnnounceEvent event, int left, int wanted, @Nullable String group) {
    byte[] ip = ByteBuffer.allocate(peer % 2 == 0 ? 4 : 16).putInt(0x20010000 + peer / 10).array();
    byte[] id = ByteBuffer.allocate(PeerId.LENGTH).putInt(16, peer).array();
    PeerAddress address = PeerAddress.of(ip, 6881 + peer % 10);
    AnnounceResponse answer =
        tracker
            .announce(new AnnounceRequest(TORRENT, PeerId.of(id), address, 0, 0, left, event, wanted, peer, group))
            .join();
    if (answer.peers().size() > wanted) {
      throw new IllegalStateException("more peers than wanted");
    }
  }

  private static long usedHeap() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
