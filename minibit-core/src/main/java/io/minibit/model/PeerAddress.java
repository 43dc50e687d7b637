package io.minibit.model;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An endpoint: an IPv4 or IPv6 address and a port. Several peers behind one IP are normal, so "the address of a peer"
 * always includes the port. An IPv4-mapped IPv6 address counts as the IPv4 address. Immutable; hash and order are the
 * same on every machine.
 */
public final class PeerAddress implements Comparable<PeerAddress> {
  /** Bytes of an IPv4 endpoint in compact form (BEP 23). */
  public static final int COMPACT_IPV4 = 6;

  /** Bytes of an IPv6 endpoint in compact form (BEP 7). */
  public static final int COMPACT_IPV6 = 18;

  private static final long MAPPED_IPV4 = 0xffffL << 32;

  private final long high;
  private final long low;
  private final int port;

  private PeerAddress(long high, long low, int port) {
    this.high = high;
    this.low = low;
    this.port = port;
  }

  /**
   * An endpoint of these parts.
   *
   * @param ip 4 or 16 bytes, network order
   * @param port 0 to 65535
   */
  public static PeerAddress of(byte[] ip, int port) {
    ByteBuffer bytes = ByteBuffer.wrap(ip);
    if (ip.length == 4) {
      return of(0, MAPPED_IPV4 | (bytes.getInt() & 0xffffffffL), port);
    }
    if (ip.length == 16) {
      return of(bytes.getLong(), bytes.getLong(), port);
    }
    throw new MiniBitException("IP address of " + ip.length + " bytes");
  }

  /**
   * An endpoint whose IP is given as two halves of 16 bytes, an IPv4 address in its IPv6-mapped form.
   *
   * @param high the first 8 bytes, network order
   * @param low the last 8 bytes, network order
   * @param port 0 to 65535
   */
  public static PeerAddress of(long high, long low, int port) {
    if (port < 0 || port > 0xffff) {
      throw new MiniBitException("port " + port + " is not between 0 and 65535");
    }
    return new PeerAddress(high, low, port);
  }

  /**
   * The same endpoint as the JDK's type.
   *
   * @throws MiniBitException if the host name was not resolved
   */
  public static PeerAddress of(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    if (ip == null) {
      throw new MiniBitException("unknown host: " + address.getHostString());
    }
    return of(ip.getAddress(), address.getPort());
  }

  /** Reads one endpoint in compact form (BEP 23, BEP 7) and moves the buffer's position past it. */
  public static PeerAddress readCompact(ByteBuffer source, boolean ipv6) {
    long high = ipv6 ? source.getLong() : 0;
    long low = ipv6 ? source.getLong() : MAPPED_IPV4 | (source.getInt() & 0xffffffffL);
    return of(high, low, Short.toUnsignedInt(source.getShort()));
  }

  /** Writes the endpoint in compact form: 6 bytes for IPv4 (BEP 23), 18 for IPv6 (BEP 7). */
  public void writeCompact(ByteBuffer target) {
    if (isIpv6()) {
      target.putLong(high).putLong(low);
    } else {
      target.putInt((int) low);
    }
    target.putShort((short) port);
  }

  /** The first 8 bytes of the IP; of an IPv4 address, those of its IPv6-mapped form. */
  public long high() {
    return high;
  }

  /** The last 8 bytes of the IP; of an IPv4 address, those of its IPv6-mapped form. */
  public long low() {
    return low;
  }

  public boolean isIpv6() {
    return !isIpv4(high, low);
  }

  /** Whether these two halves of 16 bytes are an IPv4 address in its IPv6-mapped form. */
  public static boolean isIpv4(long high, long low) {
    return high == 0 && low >>> 32 == 0xffff;
  }

  public boolean isLoopback() {
    return isIpv6() ? high == 0 && low == 1 : ((low >>> 24) & 0xff) == 127;
  }

  /** Whether it is {@code 0.0.0.0} or {@code ::}, which stands for all addresses of a machine where one listens. */
  public boolean isUnspecified() {
    return (high == 0 && low == 0) || (high == 0 && low == MAPPED_IPV4);
  }

  /**
   * Whether one machine can have this address: it is not the unspecified one or of its network ({@code 0.0.0.0/8}), no
   * multicast, no broadcast, nor of the reserved rest of IPv4 ({@code 240.0.0.0/4}).
   */
  public boolean isUnicast() {
    if (isIpv6()) {
      return high >>> 56 != 0xff && (high != 0 || low != 0);
    }
    long first = (low >>> 24) & 0xff;
    return first != 0 && first < 224;
  }

  /** Whether the two share an IP, whatever the ports. */
  public boolean sameHost(PeerAddress other) {
    return high == other.high && low == other.low;
  }

  /** The IP in network order, 4 or 16 bytes. */
  public byte[] ip() {
    return isIpv6() ? ByteBuffer.allocate(16).putLong(high).putLong(low).array() : ByteBuffer.allocate(4).putInt((int) low).array();
  }

  public int port() {
    return port;
  }

  public PeerAddress withPort(int newPort) {
    return of(high, low, newPort);
  }

  public InetSocketAddress toSocketAddress() {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(ip()), port);
    } catch (UnknownHostException e) {
      throw new AssertionError("4 and 16 bytes are always an address", e);
    }
  }

  @Override
  public int compareTo(PeerAddress other) {
    int byHigh = Long.compareUnsigned(high, other.high);
    int byLow = byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
    return byLow != 0 ? byLow : Integer.compare(port, other.port);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PeerAddress a && high == a.high && low == a.low && port == a.port;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high * 31 + low) * 31 + port;
  }

  @Override
  public String toString() {
    String host = toSocketAddress().getAddress().getHostAddress();
    return (isIpv6() ? "[" + host + "]" : host) + ":" + port;
  }
}
