package io.minibit.wire;

import io.minibit.model.PeerId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The first {@value #LENGTH} bytes of a connection, each way (BEP 3): protocol string, 8 reserved bytes, info-hash,
 * peer-id. Ours always announces the fast extension (BEP 6) and the extension protocol (BEP 10) and nothing else; the
 * peer's reserved bits are never echoed. {@link HandshakeReader} reads the other side's.
 */
public final class Handshake {
  /** Bytes of a handshake. */
  public static final int LENGTH = 68;

  /** Bytes after which the info-hash is known; some peers send the rest only when they got an answer. */
  public static final int INFO_HASH_END = 48;

  static final int RESERVED_START = 20;
  static final int INFO_HASH_START = 28;

  /** BEP 10: bit 20 from the right of the 64 reserved ones. */
  static final long EXTENDED_BIT = 1L << 20;

  /** BEP 6: the third least significant bit of the last reserved byte. */
  static final long FAST_BIT = 1L << 2;

  private static final byte[] PREFIX = "\u0013BitTorrent protocol".getBytes(StandardCharsets.US_ASCII);

  private Handshake() {}

  /** Writes our handshake, {@value #LENGTH} bytes. */
  public static void write(ByteBuffer out, byte[] infoHash, PeerId self) {
    if (infoHash.length != INFO_HASH_END - INFO_HASH_START) {
      throw new IllegalArgumentException("info-hash of " + infoHash.length + " bytes");
    }
    out.put(PREFIX).putLong(EXTENDED_BIT | FAST_BIT).put(infoHash).put(self.toBytes());
  }

  /** What a handshake must have at this offset, 0 to 19. */
  static byte prefix(int offset) {
    return PREFIX[offset];
  }
}
