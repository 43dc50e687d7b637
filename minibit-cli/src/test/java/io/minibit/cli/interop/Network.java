package io.minibit.cli.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** Where the programs of a test see each other: loopback, or hosts of their own on a switch. */
interface Network extends AutoCloseable {
  /** Another host; on loopback always the same. */
  Host host() throws IOException, InterruptedException;

  @Override
  void close();

  static Network loopback() {
    return new Network() {
      @Override
      public Host host() {
        return Host.LOOPBACK;
      }

      @Override
      public void close() {}
    };
  }

  /** Hosts with addresses of their own, for clients that do not use loopback. They reach each other and nothing else. */
  static Network namespaces() throws IOException, InterruptedException {
    return new Namespaces();
  }

  /**
   * Network namespaces on a bridge that is in a namespace itself, so that nothing is left once they are removed and the
   * machine's own network is not touched.
   */
  final class Namespaces implements Network {
    private static final AtomicInteger COUNTER = new AtomicInteger();

    private final String ip = Requirements.program("ip");
    private final String name = "minibit-" + ProcessHandle.current().pid() + "-" + COUNTER.incrementAndGet();
    private final String bridge = name + "-switch";
    private final List<String> made = new ArrayList<>();

    Namespaces() throws IOException, InterruptedException {
      String problem = tryIp("netns", "add", bridge);
      if (!problem.isEmpty()) {
        throw Requirements.unmet("network namespaces are not permitted: " + problem);
      }
      made.add(bridge);
      try {
        ip("-n", bridge, "link", "add", "switch", "type", "bridge");
        ip("-n", bridge, "link", "set", "switch", "up");
      } catch (IOException | InterruptedException e) {
        close();
        throw e;
      }
    }

    @Override
    public Host host() throws IOException, InterruptedException {
      int number = made.size();
      String host = name + "-" + number;
      String address = "10.77.0." + number;
      ip("netns", "add", host);
      made.add(host);
      String port = "port" + number;
      ip("link", "add", "eth0", "netns", host, "type", "veth", "peer", "name", port, "netns", bridge);
      ip("-n", bridge, "link", "set", port, "master", "switch", "up");
      ip("-n", host, "address", "add", address + "/24", "dev", "eth0");
      ip("-n", host, "link", "set", "eth0", "up");
      ip("-n", host, "link", "set", "lo", "up");
      return new Host(address, List.of(ip, "netns", "exec", host));
    }

    private void ip(String... arguments) throws IOException, InterruptedException {
      String problem = tryIp(arguments);
      if (!problem.isEmpty()) {
        throw new IOException("ip " + String.join(" ", arguments) + ": " + problem);
      }
    }

    /** What went wrong, or nothing. */
    private String tryIp(String... arguments) throws IOException, InterruptedException {
      List<String> command = new ArrayList<>(List.of(ip));
      command.addAll(List.of(arguments));
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      int code = process.waitFor();
      return code == 0 ? "" : said.isEmpty() ? "exit code " + code : said;
    }

    @Override
    public void close() {
      for (String namespace : made) {
        try {
          ip("netns", "delete", namespace);
        } catch (IOException e) {
          System.err.println(e.getMessage()); // the others must go all the same
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      made.clear();
    }
  }
}
