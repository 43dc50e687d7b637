package io.minibit.sim;

import io.minibit.model.SeededRandom;
import java.util.ArrayList;
import java.util.List;

/** Who comes when, and whether all who are still there have what they came for. */
final class Population {
  private final World world;
  private final SeededRandom random;
  private final List<Residents> residents = new ArrayList<>();
  private final int leechers;

  Population(World world, SeededRandom random) {
    this.world = world;
    this.random = random;
    for (Region region : world.regions()) {
      residents.add(new Residents(world, region, world.isWhole() ? random : random.fork()));
    }
    leechers = world.scenario.groups().stream()
        .filter(group -> !group.isSeeding())
        .mapToInt(PeerGroup::count)
        .sum();
  }

  /** Whether all have come, gone again or not. */
  boolean isEverybodyHere() {
    for (Residents some : residents) {
      if (!some.areHere()) {
        return false;
      }
    }
    return true;
  }

  int leechers() {
    return leechers;
  }

  /** Nobody is still to come or to complete. */
  boolean isComplete() {
    for (Residents some : residents) {
      if (!some.areComplete()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Schedules all arrivals. Those who come at one moment come in random order: the first find the seeds' places free, and
   * no group is to have them because it was named first.
   */
  void schedule() {
    int peers = world.scenario.peers();
    Runnable[] arrivals = new Runnable[peers];
    int[] order = new int[peers];
    int index = 0;
    for (int g = 0; g < world.scenario.groups().size(); g++) {
      PeerGroup group = world.scenario.groups().get(g);
      long[] times = group.arrival().times(group.count(), random);
      for (int i = 0; i < group.count(); i++) {
        int number = index++;
        int groupIndex = g;
        int rack = group.racks() == 0 ? -1 : i % group.racks();
        long time = times[i];
        SeededRandom own = random.fork();
        Residents neighbours = residents.get(world.regionOf(number).number);
        order[number] = number;
        arrivals[number] = () -> neighbours.expect(time, number, groupIndex, rack, own);
      }
    }
    random.shuffle(order, peers);
    for (int number : order) {
      arrivals[number].run();
    }
  }
}
