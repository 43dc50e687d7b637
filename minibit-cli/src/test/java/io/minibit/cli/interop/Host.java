package io.minibit.cli.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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

  /** Below the ports that Linux gives to outgoing connections, and above those of well-known services. */
  private static final int FIRST_PORT = 20_000;

  private static final int PORTS = 10_000;

  /** Two runs on one machine begin at different ports. */
  private static final AtomicInteger NEXT_PORT = new AtomicInteger((int) ProcessHandle.current().pid() * 97);

  /** Whether it sees only what else is in the test. */
  boolean isIsolated() {
    return !prefix.isEmpty();
  }

  /** The same place by another of its addresses. */
  Host at(String address) {
    return new Host(address, prefix);
  }

  /** A host and a port, as URLs and options have them. */
  String endpoint(int port) {
    return (ip.contains(":") ? "[" + ip + "]" : ip) + ":" + port;
  }

  List<String> command(List<String> command) {
    return Stream.concat(prefix.stream(), command.stream()).toList();
  }

  /** A TCP port that nobody uses, and that this machine gives nobody who does not ask for it. */
  static int freePort() {
    while (true) {
      int port = FIRST_PORT + Math.floorMod(NEXT_PORT.getAndIncrement(), PORTS);
      // A namespace is empty, so what is free outside is free inside, too.
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return free.getLocalPort();
      } catch (IOException e) {
        // Taken: the next one.
      }
    }
  }
}
