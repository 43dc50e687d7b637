package io.minibit.engine;

import java.util.Arrays;

/** Bytes per second over the last four seconds, in half-second steps; younger meters divide by their age. */
final class RateMeter {
  private static final long STEP = 500_000_000L;
  private static final int STEPS = 8;
  /** Less than this is too short to call it a rate. */
  private static final long SHORTEST = 100_000_000L;

  private final long born;
  private final long[] bytes = new long[STEPS];
  private long step;
  private long sum;
  private long total;

  RateMeter(long now) {
    born = now;
    step = Math.floorDiv(now, STEP);
  }

  void add(long now, long count) {
    advance(now);
    bytes[(int) Math.floorMod(step, (long) STEPS)] += count;
    sum += count;
    total += count;
  }

  /** Whether the rate was above 0 when it was last asked for. */
  boolean isMoving() {
    return sum > 0;
  }

  /** All bytes ever. */
  long total() {
    return total;
  }

  long perSecond(long now) {
    if (sum == 0) {
      return 0; // most meters of a large swarm, most of the time
    }
    advance(now);
    if (sum == 0) {
      return 0;
    }
    long covered = (STEPS - 1) * STEP + Math.floorMod(now, STEP);
    long span = Math.max(SHORTEST, Math.min(covered, now - born));
    return (long) (sum * (1e9 / span));
  }

  private void advance(long now) {
    long target = Math.floorDiv(now, STEP);
    if (target - step >= STEPS) {
      Arrays.fill(bytes, 0);
      sum = 0;
      step = target;
    }
    while (step < target) {
      int slot = (int) Math.floorMod(++step, (long) STEPS);
      sum -= bytes[slot];
      bytes[slot] = 0;
    }
  }
}
