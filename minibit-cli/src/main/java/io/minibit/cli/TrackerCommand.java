package io.minibit.cli;

import io.minibit.tracker.MemoryTracker;
import io.minibit.tracker.TrackerServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code minibit tracker}: introduces peers to each other. */
@Command(
    name = "tracker",
    mixinStandardHelpOptions = true,
    header = "Run a tracker, which introduces peers to each other.",
    description = {
      "",
      "Serves any torrent, over HTTP and UDP, to any client, until Ctrl-C; --allow and --token close it. It keeps "
          + "nothing on disk: peers announce themselves again.",
      "",
    },
    footer = {
      "",
      "Example:",
      "  minibit tracker --http :8000",
      "  minibit create holiday.mp4 --tracker http://myhost.example:8000/announce",
      "  minibit tracker --allow holiday.mp4.torrent --token s3cret",
    })
final class TrackerCommand implements Callable<Integer> {
  private static final InetSocketAddress DEFAULT_ADDRESS = new InetSocketAddress(6969);
  private static final long TICK_MILLIS = 1000;

  private final Session session;

  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      converter = Addresses.Converter.class,
      description = "Where to answer over HTTP. Without --http and --udp: both on port 6969.")
  private @Nullable InetSocketAddress http;

  @Option(
      names = "--udp",
      paramLabel = "HOST:PORT",
      converter = Addresses.Converter.class,
      description = "Where to answer over UDP.")
  private @Nullable InetSocketAddress udp;

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      defaultValue = "5m",
      converter = Durations.Converter.class,
      description =
          "How long peers wait between announces; one that is silent for twice as long is forgotten. Default: "
              + "${DEFAULT-VALUE}.")
  private Duration interval = Duration.ofMinutes(5);

  @Option(
      names = "--allow",
      paramLabel = "FILE|HASH",
      description =
          "Serve only these torrents: a .torrent file, an info-hash, or a text file with an info-hash per line. May be "
              + "repeated.")
  private List<String> allowed = new ArrayList<>();

  @Option(
      names = "--token",
      paramLabel = "TOKEN",
      description =
          "Serve only those who announce to the URL with this word in it, which is printed; letters, digits and - . _ ~.")
  private @Nullable String token;

  TrackerCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    if (interval.toSeconds() < 1) {
      throw CommandException.misused("--interval is at least 1s");
    }
    boolean both = http == null && udp == null;
    InetSocketAddress httpAddress = both ? DEFAULT_ADDRESS : http;
    InetSocketAddress udpAddress = both ? DEFAULT_ADDRESS : udp;
    MemoryTracker.Builder swarms = MemoryTracker.builder().interval(interval);
    if (!allowed.isEmpty()) {
      swarms.allow(AllowedTorrents.read(allowed)::contains);
    }
    MemoryTracker tracker = swarms.build();
    TrackerServer.Builder builder = TrackerServer.builder(tracker);
    if (token != null) {
      try {
        builder.token(token);
      } catch (IllegalArgumentException e) {
        throw CommandException.misused("--token: " + e.getMessage());
      }
    }
    if (httpAddress != null) {
      builder.http(Addresses.resolve(httpAddress));
    }
    if (udpAddress != null) {
      builder.udp(Addresses.resolve(udpAddress));
    }
    try (TrackerServer server = builder.build()) {
      if (httpAddress != null) {
        session.print("tracker on " + url("http", server.httpAddress()));
      }
      if (udpAddress != null) {
        session.print("tracker on " + url("udp", server.udpAddress()));
      }
      serve(tracker, server);
      TrackerServer.Stats stats = server.stats();
      session.print("answered " + Words.count(stats.httpRequests() + stats.udpRequests(), "request"));
    }
    return Main.DONE;
  }

  private void serve(MemoryTracker tracker, TrackerServer server) {
    TrackerPulse pulse = new TrackerPulse();
    CompletableFuture<Void> nothing = new CompletableFuture<>();
    try (StatusLine line = StatusLine.onErrorOutput()) {
      while (!session.stop().isRequested()) {
        line.update(pulse.describe(tracker.stats(), server.stats(), System.nanoTime()));
        session.stop().await(nothing, TICK_MILLIS);
      }
    }
  }

  /** For all addresses of this machine it does not know which one others can reach. */
  private String url(String scheme, InetSocketAddress address) {
    String authority =
        address.getAddress().isAnyLocalAddress() ? "THIS-HOST:" + address.getPort() : Addresses.format(address);
    return scheme + "://" + authority + (token == null ? "" : "/" + token) + "/announce";
  }
}
