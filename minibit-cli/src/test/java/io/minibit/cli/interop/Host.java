package io.minibit.cli.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.stream.Stream;

/**
 * A place with an address of its own where programs run.
 *
 * @param ip its address
 * @param prefix what goes before a command to run it there
 */
record Host(String ip, List<String> prefix) {
  /** This machine, seen from itself. */
  static final Host LOOPBACK = new Host("127.0.0.1", List.of());

  List<String> command(List<String> command) {
    return Stream.concat(prefix.stream(), command.stream()).toList();
  }

  /** A TCP port that nobody uses at the moment. */
  int freePort() {
    // A namespace is empty, so what is free outside is free inside, too.
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
