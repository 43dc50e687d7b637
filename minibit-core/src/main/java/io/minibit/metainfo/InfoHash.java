package io.minibit.metainfo;

import io.minibit.model.MiniBitException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;

/** The SHA-1 of a torrent's raw info dictionary (BEP 3): its name on the wire and at trackers. Immutable. */
public final class InfoHash implements Comparable<InfoHash> {
  /** Length in bytes. */
  public static final int LENGTH = 20;

  private final byte[] bytes;

  private InfoHash(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * An info-hash of these bytes.
   *
   * @throws MiniBitException if there are not exactly 20
   */
  public static InfoHash of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new MiniBitException("info-hash: " + bytes.length + " bytes instead of " + LENGTH);
    }
    return new InfoHash(bytes.clone());
  }

  /**
   * From 40 hexadecimal digits.
   *
   * @throws MiniBitException if it is anything else
   */
  public static InfoHash parse(String hex) {
    try {
      return of(HexFormat.of().parseHex(hex));
    } catch (IllegalArgumentException e) {
      throw new MiniBitException("info-hash is not hexadecimal: " + e.getMessage(), e);
    }
  }

  public byte[] toBytes() {
    return bytes.clone();
  }

  @Override
  public int compareTo(InfoHash other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof InfoHash hash && Arrays.equals(bytes, hash.bytes);
  }

  @Override
  public int hashCode() {
    return ByteBuffer.wrap(bytes).getInt();
  }

  /** 40 lower-case hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().formatHex(bytes);
  }
}
