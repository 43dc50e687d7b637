package io.minibit.engine;

/**
 * A rate limit. Whoever finds the bucket not empty may take a whole block, so that the bucket may go into debt and
 * blocks larger than it need no special care; over time the rate holds exactly.
 */
final class TokenBucket {
  /** No limit. */
  static final long UNLIMITED = Long.MAX_VALUE;

  /** What may come at once after a rest: a twentieth of a second, at least one block. */
  private static final int BURST_DIVISOR = 20;

  private static final long SMALLEST_BURST = 16 << 10;

  private long bytesPerSecond;
  private double tokens;
  private long updatedAt;

  TokenBucket(long bytesPerSecond, long now) {
    updatedAt = now;
    limit(bytesPerSecond, now);
  }

  void limit(long newBytesPerSecond, long now) {
    if (newBytesPerSecond <= 0) {
      throw new IllegalArgumentException("a rate of " + newBytesPerSecond + " bytes/s is not positive");
    }
    boolean first = bytesPerSecond == 0;
    refill(now);
    bytesPerSecond = newBytesPerSecond;
    tokens = first ? burst() : Math.min(tokens, burst());
  }

  long bytesPerSecond() {
    return bytesPerSecond;
  }

  boolean isLimited() {
    return bytesPerSecond != UNLIMITED;
  }

  boolean isOpen(long now) {
    if (!isLimited()) {
      return true;
    }
    refill(now);
    return tokens > 0;
  }

  void take(long bytes) {
    if (isLimited()) {
      tokens -= bytes;
    }
  }

  /** What was taken is not used after all. */
  void giveBack(long bytes) {
    if (isLimited()) {
      tokens = Math.min(burst(), tokens + bytes);
    }
  }

  /** When it will be open; {@code now} if it is. */
  long opensAt(long now) {
    if (isOpen(now)) {
      return now;
    }
    return now + 1 + (long) StrictMath.ceil(-tokens * 1e9 / bytesPerSecond);
  }

  private double burst() {
    return Math.max(SMALLEST_BURST, (double) bytesPerSecond / BURST_DIVISOR);
  }

  private void refill(long now) {
    if (now > updatedAt && bytesPerSecond != 0 && isLimited()) {
      tokens = Math.min(burst(), tokens + (now - updatedAt) * 1e-9 * bytesPerSecond);
    }
    updatedAt = Math.max(updatedAt, now);
  }
}
