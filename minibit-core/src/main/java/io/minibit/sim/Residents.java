package io.minibit.sim;

import io.minibit.model.SeededRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The peers of one region: how they come and go, and how many are still to come or to complete. */
final class Residents {
  private final World world;
  private final Region region;
  private final SeededRandom random;
  /** Peers that come without everything, and have neither got it nor gone. */
  private int unfinished;
  /** Peers that are still to come. */
  private int missing;

  Residents(World world, Region region, SeededRandom random) {
    this.world = world;
    this.region = region;
    this.random = random;
  }

  /** A peer will come at this time. */
  void expect(long time, int index, int groupIndex, int rack, SeededRandom own) {
    missing++;
    unfinished += world.groupOf(index).isSeeding() ? 0 : 1;
    region.at(time, () -> arrive(index, groupIndex, rack, own));
  }

  /** Whether all have come, gone again or not. */
  boolean areHere() {
    return missing == 0;
  }

  /** Nobody is still to come or to complete. */
  boolean areComplete() {
    return unfinished == 0;
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
      region.at(random(departure.abortsPerSecond()), () -> {
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
      region.at(random(departure.seedsPerSecond()), () -> leave(node));
    }
  }

  private void leaveAfter(Node node, @Nullable Duration time) {
    if (time != null) {
      region.at(region.now + time.toNanos(), () -> leave(node));
    }
  }

  private long random(double perSecond) {
    return region.now + (long) Arrival.exponential(World.SECOND / perSecond, random);
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
