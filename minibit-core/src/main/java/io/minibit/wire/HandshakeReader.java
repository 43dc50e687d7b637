package io.minibit.wire;

import io.minibit.model.PeerId;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Reads the remote side's {@link Handshake}, however its bytes are cut up. It takes what it is given, up to the last
 * byte of the handshake and never one more. The incoming side of a connection may have to answer as soon as
 * {@link #hasInfoHash()}: some peers hold their peer-id back until then. Not thread-safe.
 */
public final class HandshakeReader {
  private final byte[] bytes = new byte[Handshake.LENGTH];
  private int filled;

  /**
   * Takes bytes from {@code in}.
   *
   * @return whether the handshake is complete
   * @throws ProtocolException at the first byte that is not BitTorrent's protocol string
   */
  public boolean read(ByteBuffer in) {
    int count = Math.min(in.remaining(), bytes.length - filled);
    int from = filled;
    in.get(bytes, from, count);
    filled += count;
    for (int i = from; i < Math.min(filled, Handshake.RESERVED_START); i++) {
      if (bytes[i] != Handshake.prefix(i)) {
        throw new ProtocolException("handshake: byte " + i + " is not of the BitTorrent protocol");
      }
    }
    return isComplete();
  }

  /** Whether the first {@value Handshake#INFO_HASH_END} bytes are there. */
  public boolean hasInfoHash() {
    return filled >= Handshake.INFO_HASH_END;
  }

  /** Whether all {@value Handshake#LENGTH} bytes are there. */
  public boolean isComplete() {
    return filled == Handshake.LENGTH;
  }

  /** A copy of the 20 bytes that name the torrent; only when {@link #hasInfoHash()}. */
  public byte[] infoHash() {
    require(hasInfoHash());
    return Arrays.copyOfRange(bytes, Handshake.INFO_HASH_START, Handshake.INFO_HASH_END);
  }

  /** Whether the peer speaks the fast extension (BEP 6); only when {@link #hasInfoHash()}. */
  public boolean fast() {
    return (reserved() & Handshake.FAST_BIT) != 0;
  }

  /** Whether the peer speaks the extension protocol (BEP 10); only when {@link #hasInfoHash()}. */
  public boolean extended() {
    return (reserved() & Handshake.EXTENDED_BIT) != 0;
  }

  /** The peer's name for itself; only when {@link #isComplete()}. */
  public PeerId peerId() {
    require(isComplete());
    return PeerId.of(Arrays.copyOfRange(bytes, Handshake.INFO_HASH_END, Handshake.LENGTH));
  }

  private long reserved() {
    require(hasInfoHash());
    return ByteBuffer.wrap(bytes).getLong(Handshake.RESERVED_START);
  }

  private void require(boolean received) {
    if (!received) {
      throw new IllegalStateException("only " + filled + " bytes of the handshake have come");
    }
  }
}
