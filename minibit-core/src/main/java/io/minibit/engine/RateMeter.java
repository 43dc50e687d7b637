package io.minibit.engine;

/**
 * Bytes per second over about the last four seconds: what came in the current window of four seconds, and of the window
 * before as much as the current one still lacks. Younger meters divide by their age. Five numbers and no array, since a
 * large swarm has very many of them.
 */
final class RateMeter {
  private static final long WINDOW = 4_000_000_000L;
  /** Less than this is too short to call it a rate. */
  private static final long SHORTEST = 100_000_000L;

  private final long born;
  private long windowStart;
  private long before;
  private long current;
  private long total;

  RateMeter(long now) {
    born = now;
    windowStart = now;
  }

  void add(long now, long count) {
    advance(now);
    current += count;
    total += count;
  }

  private boolean isMoving() {
    return current > 0 || before > 0;
  }

  /** All bytes ever. */
  long total() {
    return total;
  }

  long perSecond(long now) {
    if (!isMoving()) {
      return 0; // most meters of a large swarm, most of the time
    }
    advance(now);
    long into = now - windowStart;
    double bytes = current + before * ((double) (WINDOW - into) / WINDOW);
    return (long) (bytes * 1e9 / Math.max(SHORTEST, Math.min(WINDOW, now - born)));
  }

  private void advance(long now) {
    long passed = now - windowStart;
    if (passed < WINDOW) {
      return;
    }
    before = passed < 2 * WINDOW ? current : 0;
    current = 0;
    windowStart = now - passed % WINDOW;
  }
}
