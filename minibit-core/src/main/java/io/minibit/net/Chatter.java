package io.minibit.net;

/**
 * How much one connection may say that is not a block we want. Messages cost far more time than their bytes, so whoever
 * sends nothing but messages would keep the one thread that serves all; a peer that says more than its share is read later,
 * and its network makes it wait. Trade earns more: requests and {@code have}s come with blocks. Loop's thread.
 */
final class Chatter {
  /** What a new connection may say at once, besides a bitfield: little, so that connecting anew brings nothing. */
  private static final int FIRST = 32 << 10;

  /** Of a block that was sent or wanted, one in so many bytes is earned: messages for 15 blocks with every one. */
  private static final int EARNED = 64;

  /** Of a block that is thrown away, one in so many bytes counts: after a choke or a cancel many come without any malice. */
  private static final int UNWANTED = 16;

  private final int bytesPerSecond;
  private final double most;
  private double left;
  private long updatedAt;

  /**
   * For a connection that begins.
   *
   * @param bitfield length of the torrent's, bytes
   */
  Chatter(int bytesPerSecond, int bitfield, long now) {
    this.bytesPerSecond = bytesPerSecond;
    most = (double) bytesPerSecond + bitfield;
    left = Math.min(FIRST + bitfield, most);
    updatedAt = now;
  }

  /** So much of what was read was not of a block. */
  void said(int bytes) {
    left -= bytes;
  }

  /** So much of what was read was of a block that is thrown away. */
  void unwanted(int bytes) {
    left -= (double) bytes / UNWANTED;
  }

  /** So much of a block that one side wants has moved. */
  void traded(int bytes) {
    left = Math.min(most, left + (double) bytes / EARNED);
  }

  /** When to read on; not later than {@code now} if it may go on. */
  long restUntil(long now) {
    left = Math.min(most, left + (now - updatedAt) * 1e-9 * bytesPerSecond);
    updatedAt = now;
    return left > 0 ? now : now + 1 + (long) Math.ceil(-left * 1e9 / bytesPerSecond);
  }
}
