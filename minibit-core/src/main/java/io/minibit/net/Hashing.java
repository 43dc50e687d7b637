package io.minibit.net;

import io.minibit.metainfo.PieceLayout;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-1 over buffers, one digest object per thread. */
final class Hashing {
  private static final ThreadLocal<MessageDigest> SHA1 =
      ThreadLocal.withInitial(
          () -> {
            try {
              return MessageDigest.getInstance("SHA-1");
            } catch (NoSuchAlgorithmException e) {
              throw new AssertionError("every JDK has SHA-1", e);
            }
          });

  /** Bytes handed to the digest at a time: few calls, and yet they stay in the nearest cache between copy and digest. */
  private static final int CHUNK = 16 << 10;

  private static final ThreadLocal<byte[]> CHUNKS = ThreadLocal.withInitial(() -> new byte[CHUNK]);

  private Hashing() {}

  static byte[] sha1(ByteBuffer[] content) {
    MessageDigest digest = SHA1.get();
    digest.reset();
    byte[] chunk = CHUNKS.get();
    for (ByteBuffer buffer : content) {
      while (buffer.hasRemaining()) {
        int count = Math.min(buffer.remaining(), chunk.length);
        buffer.get(chunk, 0, count);
        digest.update(chunk, 0, count);
      }
    }
    return digest.digest();
  }

  /** The first eight bytes of the SHA-1 of each block: enough to tell blocks apart. */
  static long[] blockDigests(PieceMemory piece) {
    int blocks = (piece.length() - 1) / PieceLayout.BLOCK_LENGTH + 1;
    long[] digests = new long[blocks];
    for (int b = 0; b < blocks; b++) {
      int begin = b * PieceLayout.BLOCK_LENGTH;
      int length = Math.min(PieceLayout.BLOCK_LENGTH, piece.length() - begin);
      byte[] sha1 = sha1(new ByteBuffer[] {piece.view(begin, length)});
      digests[b] = ByteBuffer.wrap(sha1).getLong();
    }
    return digests;
  }
}
