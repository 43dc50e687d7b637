package io.minibit.store;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;

/** A SHA-1 over what identifies the state of a store. */
final class Fingerprint {
  /** Of a SHA-1, bytes. */
  static final int LENGTH = 20;

  private final MessageDigest digest = newSha1();
  private final ByteBuffer buffer = ByteBuffer.allocate(20);

  private static MessageDigest newSha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  static byte[] sha1(byte[] bytes) {
    return newSha1().digest(bytes);
  }

  /** Size and time, not the inode: a copy that keeps the times is as good. */
  void add(FileState state) {
    Instant modified = state.modified().toInstant();
    buffer.clear().putLong(state.size()).putLong(modified.getEpochSecond()).putInt(modified.getNano()).flip();
    digest.update(buffer);
  }

  void add(byte[] bytes) {
    digest.update(bytes);
  }

  /** 40 hexadecimal digits. Ends the computation. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
