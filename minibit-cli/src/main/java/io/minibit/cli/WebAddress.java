package io.minibit.cli;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Stack;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.TypeConversionException;

/** Where a page for the people at this machine may be: {@code 8080}, {@code localhost:8080}, {@code [::1]:8080}. */
final class WebAddress {
  /** Any free port. */
  private static final String DEFAULT = "127.0.0.1:0";

  private WebAddress() {}

  /**
   * The endpoint; a port alone is one of the loopback address.
   *
   * @throws IllegalArgumentException if it is none, or not a loopback address
   */
  static InetSocketAddress parse(String text) {
    boolean portOnly = text.strip().matches(":?\\d+");
    InetSocketAddress address = Addresses.parse(text);
    if (portOnly || "localhost".equalsIgnoreCase(address.getHostString())) {
      return new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort());
    }
    if (address.isUnresolved() || !address.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(
          "'" + text + "': the page is for this machine only; take 127.0.0.1, [::1] or localhost");
    }
    return address;
  }

  /** For the option. */
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

  /** Takes an address after {@code =} only: what follows {@code --web} otherwise is the file to trade. */
  static final class OnlyAttached implements IParameterPreprocessor {
    @Override
    public boolean preprocess(Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
      if (!"=".equals(info.get("separator"))) {
        args.push(DEFAULT);
      }
      return false;
    }
  }
}
