package io.minibit.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** The 20 bytes by which a peer names itself (BEP 3; BEP 20 for the client prefix). Immutable, ordered as unsigned bytes. */
public final class PeerId implements Comparable<PeerId> {
  /** Length in bytes. */
  public static final int LENGTH = 20;

  /** Client code and version in BEP 20's form. */
  private static final String PREFIX = "-mB0100-";

  private final byte[] bytes;

  private PeerId(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * A peer-id of these bytes.
   *
   * @throws MiniBitException if there are not exactly 20
   */
  public static PeerId of(byte[] bytes) {
    if (bytes.length != LENGTH) {
      throw new MiniBitException("peer-id: " + bytes.length + " bytes instead of " + LENGTH);
    }
    return new PeerId(bytes.clone());
  }

  /** A new MiniBit peer-id with a random tail. */
  public static PeerId random(SeededRandom random) {
    byte[] bytes = new byte[LENGTH];
    random.nextBytes(bytes);
    byte[] prefix = PREFIX.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(prefix, 0, bytes, 0, prefix.length);
    return new PeerId(bytes);
  }

  public byte[] toBytes() {
    return bytes.clone();
  }

  /**
   * Eight of the bytes as a number, network order.
   *
   * @param from 0 to 12
   */
  public long bits(int from) {
    return ByteBuffer.wrap(bytes).getLong(from);
  }

  @Override
  public int compareTo(PeerId other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PeerId id && Arrays.equals(bytes, id.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** The printable client prefix as it is, everything else in hex: safe for logs and terminals. */
  @Override
  public String toString() {
    int printable = 0;
    while (printable < 8 && bytes[printable] > ' ' && bytes[printable] < 0x7f) {
      printable++;
    }
    String prefix = printable == 8 ? new String(bytes, 0, 8, StandardCharsets.US_ASCII) : "";
    return prefix + HexFormat.of().formatHex(bytes, prefix.length(), LENGTH);
  }
}
