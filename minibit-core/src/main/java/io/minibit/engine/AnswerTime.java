package io.minibit.engine;

/**
 * How long a peer takes to answer a request, and how many requests are worth having outstanding because of it: once
 * answers take several times as long as the quickest, further requests would only wait in the peer's queue (the idea of
 * TCP Vegas, Brakmo and Peterson 1995). What waits there binds memory here and cannot be fetched from anybody else, so
 * that two peers ask a seed for the same pieces long before either has them.
 *
 * <p>One request is timed after the other; all times are nanoseconds.
 */
final class AnswerTime {
  /** So many requests are worth having in any case: two pieces of the usual size. */
  static final int LEAST = 32;

  /** So short a wait is not worth avoiding: a peer that is busy with others, or a disk, takes as long. */
  private static final long SHORT = 20_000_000L;

  /** Times the quickest answer that a wait may take: the way there and back twice, and as much for its variation. */
  static final int TIMES = 4;

  /** The quickest answer is one of the last one or two of these, as the way to a peer may change. */
  private static final long WINDOW = 10_000_000_000L;

  private int piece = -1;
  private int block;
  private int depth;
  private long askedAt;
  private long quickest = Long.MAX_VALUE;
  private long quickestBefore = Long.MAX_VALUE;
  private long windowStart;
  private int most = Integer.MAX_VALUE;

  AnswerTime(long now) {
    windowStart = now;
  }

  /** Requests that are worth having outstanding at a time. */
  int most() {
    return most;
  }

  /** A block was asked for, with which {@code outstanding} are. */
  void onAsked(long now, int askedPiece, int askedBlock, int outstanding) {
    // One that was taken back or refused is never answered.
    if (piece < 0 || outstanding == 1 || now - askedAt > WINDOW) {
      piece = askedPiece;
      block = askedBlock;
      depth = outstanding;
      askedAt = now;
    }
  }

  /** The answer to a request begins to arrive. */
  void onAnswered(long now, int answeredPiece, int answeredBlock) {
    if (answeredPiece != piece || answeredBlock != block) {
      return;
    }
    piece = -1;
    long wait = now - askedAt;
    if (now - windowStart > WINDOW) {
      windowStart = now;
      quickestBefore = quickest;
      quickest = Long.MAX_VALUE;
    }
    quickest = Math.min(quickest, wait);
    long enough = Math.max(SHORT, TIMES * Math.min(quickest, quickestBefore));
    // As many as would have waited that long, if each waits for those before it.
    most = (int) Math.max(LEAST, (double) depth * enough / Math.max(1, wait));
  }
}
