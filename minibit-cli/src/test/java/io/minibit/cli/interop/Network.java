package io.minibit.cli.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /** What 'ip netns exec' puts in the place of files in /etc. */
    private static final Path NAMES = Path.of("/etc/netns");

    private final String ip = Requirements.program("ip");
    private final String tc = Requirements.program("tc");
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

    // What can go wrong between hosts.

    /** The name of its namespace. */
    private static String namespace(Host host) {
      return host.prefix().get(host.prefix().size() - 1);
    }

    /** Gives a host one more address, as {@code 203.0.113.5/24} or {@code fd00::5/64}. */
    Host alsoAt(Host host, String address) throws IOException, InterruptedException {
      // Without 'nodad' an IPv6 address cannot be used in its first second.
      List<String> add = new ArrayList<>(List.of("-n", namespace(host), "address", "add", address, "dev", "eth0"));
      if (address.contains(":")) {
        add.add("nodad");
      }
      ip(add.toArray(String[]::new));
      return host.at(address.substring(0, address.indexOf('/')));
    }

    /** Replaces all IPv4 addresses of a host by another. */
    void renumber(Host host, String address) throws IOException, InterruptedException {
      ip("-n", namespace(host), "-4", "address", "flush", "dev", "eth0");
      ip("-n", namespace(host), "address", "add", address + "/24", "dev", "eth0");
    }

    /** Takes an address away. */
    void notAt(Host host, String address) throws IOException, InterruptedException {
      ip("-n", namespace(host), "address", "delete", address, "dev", "eth0");
    }

    /** Pulls a host's cable out, at the other end: nobody is told. */
    void cut(Host host) throws IOException, InterruptedException {
      ip("-n", bridge, "link", "set", portOf(host), "nomaster");
    }

    /** Puts it in again. */
    void mend(Host host) throws IOException, InterruptedException {
      ip("-n", bridge, "link", "set", portOf(host), "master", "switch");
    }

    private static String portOf(Host host) {
      return "port" + namespace(host).substring(namespace(host).lastIndexOf('-') + 1);
    }

    /** A host does not hear another any more, whose frames go to nobody; the opposite way works. */
    void deafen(Host deaf, Host to) throws IOException, InterruptedException {
      ip("-n", namespace(to), "neighbour", "replace", deaf.ip(), "lladdr", "02:00:00:00:00:01", "dev", "eth0", "nud",
          "permanent");
    }

    /** It hears the other again. */
    void undeafen(Host deaf, Host to) throws IOException, InterruptedException {
      ip("-n", namespace(to), "neighbour", "delete", deaf.ip(), "dev", "eth0");
    }

    /**
     * Limits what a host can send.
     *
     * @param rate as {@code 16mbit}
     * @param most how long a packet may wait, as {@code 50ms}; what would wait longer is lost
     */
    void slow(Host host, String rate, String most) throws IOException, InterruptedException {
      // The burst must hold a whole segment as it leaves the stack, which may be 64 KiB.
      run(tc, "-n", namespace(host), "qdisc", "replace", "dev", "eth0", "root", "tbf", "rate", rate, "burst", "64kb",
          "latency", most);
    }

    /** What the host's programs know the names of, besides the machine's name servers: lines of a hosts file. */
    void names(Host host, List<String> lines) throws IOException {
      Path directory = Files.createDirectories(NAMES.resolve(namespace(host)));
      Files.write(directory.resolve("hosts"), lines);
    }

    /** Connections to a host that were refused since it is there, because nothing listens where they came. */
    int refused(Host host) throws IOException, InterruptedException {
      Process process =
          new ProcessBuilder(host.command(List.of("cat", "/proc/net/snmp"))).redirectErrorStream(true).start();
      List<String> tcp =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines()
              .filter(line -> line.startsWith("Tcp:"))
              .toList();
      process.waitFor();
      List<String> names = List.of(tcp.get(0).split(" ", -1));
      return Integer.parseInt(tcp.get(1).split(" ", -1)[names.indexOf("OutRsts")]);
    }

    private void run(String... command) throws IOException, InterruptedException {
      String problem = attempt(command);
      if (!problem.isEmpty()) {
        throw new IOException(String.join(" ", command) + ": " + problem);
      }
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
      return attempt(command.toArray(String[]::new));
    }

    private static String attempt(String... command) throws IOException, InterruptedException {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      int code = process.waitFor();
      return code == 0 ? "" : said.isEmpty() ? "exit code " + code : said;
    }

    @Override
    public void close() {
      for (String namespace : made) {
        try {
          Files.deleteIfExists(NAMES.resolve(namespace).resolve("hosts"));
          Files.deleteIfExists(NAMES.resolve(namespace));
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
