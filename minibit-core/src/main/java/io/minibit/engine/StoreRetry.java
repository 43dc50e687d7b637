package io.minibit.engine;

/** How long to wait before a store that failed is tried again: a second, then twice as long every time, ten at most. */
final class StoreRetry {
  /** Also what a store is left alone for that somebody else writes to all the time, nanoseconds. */
  static final long LONGEST = 10_000_000_000L;

  private static final long FIRST = 1_000_000_000L;

  private long next = FIRST;

  /** The wait after one more failure, nanoseconds. */
  long afterFailure() {
    long wait = next;
    next = Math.min(2 * next, LONGEST);
    return wait;
  }

  /** It works again. */
  void succeeded() {
    next = FIRST;
  }
}
