package io.minibit.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * Writes of a length that suits the page cache. Linux (ext4, 6.18) takes memory for it in stretches as long as the write, and
 * those of up to 32 KiB from lists that each processor has of its own. For longer ones processors wait for each other, and a
 * virtual machine for its host: the system's part of a swarm's CPU time was 3.7 s in writes of 16 KiB, 3.2 s in writes of
 * 32 KiB, 5.0 s in writes of 64 KiB and 6.9 s in those of 256 KiB.
 */
final class ShortWrites {
  /** Bytes of one write. */
  static final int MOST = 32 << 10;

  private ShortWrites() {}

  /** Writes from a buffer, at most {@link #MOST} bytes and, like any channel, perhaps less, and returns how many. */
  static int write(FileChannel channel, ByteBuffer source, long position) throws IOException {
    int limit = source.limit();
    source.limit(Math.min(limit, source.position() + MOST));
    try {
      return channel.write(source, position);
    } finally {
      source.limit(limit);
    }
  }
}
