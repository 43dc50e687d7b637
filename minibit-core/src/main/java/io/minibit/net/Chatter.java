package io.minibit.net;

/**
 * How much one connection may say besides blocks. A message costs far more time than its bytes, so whoever sends nothing
 * else would keep the one thread that serves all; a peer that says more than its share is read later, and its network
 * makes it wait. Trade earns more: requests and {@code have}s come with blocks. Loop's thread.
 */
final class Chatter {
  /** Messages that a new connection may send at once: few, so that connecting anew brings nothing. */
  private static final int FIRST = 1000;

  /** A message of more bytes counts as several: a longer one takes longer to read. */
  private static final int BYTES_PER_MESSAGE = 32;

  /** Bytes of blocks, sent or wanted, that earn a message: eight messages with every block of 16 KiB. */
  private static final int EARNING_BYTES = 2048;

  /** Bytes of blocks thrown away that count as a message: after a choke or a cancel some come without any malice. */
  private static final int UNWANTED_BYTES = 512;

  private final int messagesPerSecond;
  private final double most;
  private double left;
  private long updatedAt;

  /**
   * For a connection that begins.
   *
   * @param bitfield length of the torrent's, bytes
   */
  Chatter(int messagesPerSecond, int bitfield, long now) {
    this.messagesPerSecond = messagesPerSecond;
    double allOfThem = (double) bitfield / BYTES_PER_MESSAGE;
    most = messagesPerSecond + allOfThem;
    left = Math.min(FIRST, messagesPerSecond) + allOfThem;
    updatedAt = now;
  }

  /** A read brought so many messages, and so many bytes that were not of blocks. */
  void said(int messages, int bytes) {
    left -= Math.max(messages, (double) bytes / BYTES_PER_MESSAGE);
  }

  /** A read brought so many bytes of blocks that are thrown away. */
  void unwanted(int bytes) {
    left -= (double) bytes / UNWANTED_BYTES;
  }

  /** So many bytes of blocks have moved, either way, that one side wants. */
  void traded(int bytes) {
    left = Math.min(most, left + (double) bytes / EARNING_BYTES);
  }

  /** When to read on; {@code now} if at once. */
  long restUntil(long now) {
    left = Math.min(most, left + (now - updatedAt) * 1e-9 * messagesPerSecond);
    updatedAt = now;
    return left > 0 ? now : now + 1 + (long) Math.ceil(-left * 1e9 / messagesPerSecond);
  }
}
