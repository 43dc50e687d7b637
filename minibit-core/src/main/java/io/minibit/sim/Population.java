package io.minibit.sim;

import io.minibit.model.SeededRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Who comes when, who goes when, and whether all who are still there have what they came for. */
final class Population {
  private final World world;
  private final SeededRandom random;
  /** Peers that come without everything, and have neither got it nor gone. */
  private int unfinished;
  private final int leechers;
  /** Peers that are still to come. */
  private int missing;

  Population(World world, SeededRandom random) {
    this.world = world;
    this.random = random;
    leechers = world.scenario.groups().stream()
        .filter(group -> !group.isSeeding())
        .mapToInt(PeerGroup::count)
        .sum();
    unfinished = leechers;
    missing = world.scenario.peers();
  }

  /** Whether all have come, gone again or not. */
  boolean isEverybodyHere() {
    return missing == 0;
  }

  int leechers() {
    return leechers;
  }

  /** Nobody is still to come or to complete. */
  boolean isComplete() {
    return unfinished == 0;
  }

  /**
   * Schedules all arrivals. Those who come at one moment come in random order: the first find the seeds' places free, and
   * no group is to have them because it was named first.
   */
  void schedule() {
    int peers = world.scenario.peers();
    long[] times = new long[peers];
    Runnable[] arrivals = new Runnable[peers];
    int[] order = new int[peers];
    int index = 0;
    for (int g = 0; g < world.scenario.groups().size(); g++) {
      PeerGroup group = world.scenario.groups().get(g);
      long[] groupTimes = group.arrival().times(group.count(), random);
      for (int i = 0; i < group.count(); i++) {
        int number = index++;
        int groupIndex = g;
        int rack = group.racks() == 0 ? -1 : i % group.racks();
        SeededRandom own = random.fork();
        order[number] = number;
        times[number] = groupTimes[i];
        arrivals[number] = () -> arrive(number, groupIndex, rack, own);
      }
    }
    random.shuffle(order, peers);
    for (int number : order) {
      world.at(times[number], arrivals[number]);
    }
  }

  private void arrive(int index, int groupIndex, int rack, SeededRandom own) {
    Node node = new Node(world, index, groupIndex, rack, own, this);
    world.add(node);
    node.start();
    if (world.faults != null) {
      world.faults.arrived(node);
    }
    missing--;
    Departure departure = node.group.departure();
    leaveAfter(node, departure.afterArrival());
    if (departure.abortsPerSecond() > 0) {
      world.at(random(departure.abortsPerSecond()), () -> {
        if (node.record.completed < 0) {
          leave(node);
        }
      });
    }
  }

  /** It has everything. */
  void onCompleted(Node node) {
    if (node.isFinished()) {
      return;
    }
    node.finish();
    if (!node.group.isSeeding()) {
      unfinished--;
    }
    Departure departure = node.group.departure();
    if (!node.group.isSeeding()) {
      leaveAfter(node, departure.afterCompletion());
    }
    if (departure.seedsPerSecond() > 0) {
      world.at(random(departure.seedsPerSecond()), () -> leave(node));
    }
  }

  private void leaveAfter(Node node, @Nullable Duration time) {
    if (time != null) {
      world.at(world.now + time.toNanos(), () -> leave(node));
    }
  }

  private long random(double perSecond) {
    return world.now + (long) Arrival.exponential(World.SECOND / perSecond, random);
  }

  /** It goes for good. */
  void leave(Node node) {
    if (!node.isFinished()) {
      node.finish();
      unfinished -= node.group.isSeeding() ? 0 : 1;
    }
    node.leave();
  }
}
