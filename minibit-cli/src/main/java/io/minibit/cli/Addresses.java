package io.minibit.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Endpoints as people write and read them: {@code 127.0.0.1:6881}, {@code [::1]:6881}, {@code host.example:6881}, and
 * {@code :6881} or {@code 6881} for all addresses of this machine.
 */
final class Addresses {
  private static final Pattern HOST_AND_PORT = Pattern.compile("(?:(\\[[^]\\s]+]|[^:\\[\\]\\s]*):)?(\\d{1,5})");
  private static final String BYTE = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
  private static final Pattern IPV4 = Pattern.compile(BYTE + "(?:\\." + BYTE + "){3}");
  private static final Pattern HOST_NAME = Pattern.compile("[\\w.-]{1,253}");

  private Addresses() {}

  /**
   * An endpoint; unresolved if the host is a name, so that nothing waits for a name server here.
   *
   * @throws IllegalArgumentException if it is none, in words for whoever typed it
   */
  static InetSocketAddress parse(String text) {
    Matcher matcher = HOST_AND_PORT.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address such as 127.0.0.1:6881, [::1]:6881 or host.example:6881");
    }
    int port = Integer.parseInt(matcher.group(2));
    if (port > 0xffff) {
      throw new IllegalArgumentException("'" + text + "': a port is at most 65535");
    }
    String host = matcher.group(1);
    if (host == null || host.isEmpty()) {
      return new InetSocketAddress(port);
    }
    if (!host.startsWith("[") && !IPV4.matcher(host).matches()) {
      if (!HOST_NAME.matcher(host).matches() || host.matches("[\\d.]+")) {
        throw new IllegalArgumentException("'" + text + "': '" + host + "' is no host");
      }
      return InetSocketAddress.createUnresolved(host, port);
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(host), port);
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("'" + text + "': '" + host + "' is no address", e);
    }
  }

  /** The same endpoint, its host looked up now. */
  static InetSocketAddress resolve(InetSocketAddress address) throws UnknownHostException {
    return address.isUnresolved()
        ? new InetSocketAddress(InetAddress.getByName(address.getHostString()), address.getPort())
        : address;
  }

  /** {@code 127.0.0.1:6881}, {@code [::1]:6881}, {@code host.example:6881}; {@code port 6881} for all of this machine. */
  static String format(InetSocketAddress address) {
    InetAddress ip = address.getAddress();
    if (ip == null) {
      return address.getHostString() + ":" + address.getPort();
    }
    if (ip.isAnyLocalAddress()) {
      return "port " + address.getPort();
    }
    String host = ip.getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /** For options of type {@code InetSocketAddress}. */
  static final class Converter implements ITypeConverter<InetSocketAddress> {
    @Override
    public InetSocketAddress convert(String text) {
      try {
        return parse(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(e.getMessage());
      }
    }
  }
}
