package io.minibit.net;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What honest peers lose while a {@link FloodVictim} is flooded: how long it takes to fetch 128 MiB of the flooded
 * torrent from it, or of another of its torrents, and how long it takes itself to fetch 128 MiB of a flooded torrent.
 * Each is a median in milliseconds, divided by the median of as many runs before and as many after the flood. Beside it
 * stands the victim's memory during the flood of its uploads, and what it was flooded with. Those who flood are in a
 * process of the lowest priority, so that they compete for the victim more than for the processor; still believe only
 * what a machine measures that does nothing else.
 *
 * <pre>{@code
 * mvn -B -pl minibit-core -Pbench test -Dbench.main=io.minibit.net.FloodLosses
 * mvn -B -pl minibit-core -Pbench test -Dbench.main=io.minibit.net.FloodLosses -Dbench='HAVES|CANCELS' \
 *     -Dbench.runs=5 -Dbench.connections=100
 * }</pre>
 */
final class FloodLosses {
  private static final long LENGTH = 128 << 20;
  private static final int RUNS = Integer.getInteger("bench.runs", 3);
  private static final int CONNECTIONS = Integer.getInteger("bench.connections", 50);

  /** More of those who compete for slots by right would only show that there are few slots. */
  private static final int COMPETITORS = 8;

  /** Rounds that the victim's code needs to be compiled. */
  private static final int WARM_UP = 3;

  /** Until all who flood are connected. */
  private static final long GATHERING_MILLIS = 1000;

  private static final String ROW = "%-37s %-22s %-22s %-22s %s";

  private static final Metainfo FLOODED = FloodVictim.torrent(FloodVictim.FLOODED, LENGTH);
  private static final Metainfo OTHER = FloodVictim.torrent(FloodVictim.OTHER, LENGTH);
  private static final Metainfo MISSING = FloodVictim.torrent(FloodVictim.MISSING, LENGTH);

  private final Peer honest;
  private final JavaProcess victim;
  private final String port;

  /** Milliseconds of every run. */
  private record Times(List<Long> flooded, List<Long> other, List<Long> own) {
    Times() {
      this(new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    }
  }

  private FloodLosses(Peer honest, JavaProcess victim) throws InterruptedException {
    this.honest = honest;
    this.victim = victim;
    port = victim.line();
  }

  /** A regular expression that is found in the names of the floods; all of them without. */
  public static void main(String[] args) throws Exception {
    System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "warn");
    Pattern wanted = Pattern.compile(args.length == 0 ? "" : args[0]);
    List<Flood> floods = Arrays.stream(Flood.values()).filter(flood -> wanted.matcher(flood.name()).find()).toList();
    if (floods.isEmpty()) {
      System.err.println("none of " + Arrays.toString(Flood.values()) + " has " + wanted + " in its name");
      System.exit(2);
    }
    System.out.printf(Locale.ROOT, "Median of %d runs, %d connections that flood.%n", RUNS, CONNECTIONS);
    System.out.printf(
        Locale.ROOT, ROW + "%n", "ms with / without the flood", "flooded torrent", "another torrent", "own download",
        "heap + direct, flooded with");
    try (Peer honest = Loopback.peer().build()) {
      FloodVictim.join(honest, MISSING, true);
      for (Flood flood : floods) {
        try (JavaProcess victim = FloodVictim.start(LENGTH)) {
          System.out.println(new FloodLosses(honest, victim).row(flood));
        }
      }
    }
  }

  private String row(Flood flood) throws Exception {
    Times without = new Times();
    measure(null, WARM_UP, new Times());
    measure(null, RUNS, without);
    Times with = new Times();
    String seen = measure(flood, RUNS, with);
    measure(null, RUNS, without);
    return String.format(
        Locale.ROOT, ROW, flood, ratio(with.flooded, without.flooded), ratio(with.other, without.other),
        ratio(with.own, without.own), seen);
  }

  /** Adds the times, and gives what was seen of the flood of the uploads. */
  private String measure(@Nullable Flood flood, int runs, Times times) throws Exception {
    String seen;
    JavaProcess uploads = flooders(flood, FloodVictim.FLOODED);
    try {
      gather(flood);
      for (int run = 0; run < runs; run++) {
        times.flooded.add(fetch(FLOODED));
        times.other.add(fetch(OTHER));
      }
      seen = victim.tell("memory").line() + (uploads == null ? "" : ", " + uploads.tell("sent").line());
    } finally {
      stop(uploads);
    }
    JavaProcess downloads = flooders(flood, FloodVictim.MISSING);
    try {
      for (int run = 0; run < runs; run++) {
        victim.tell("join").line();
        gather(flood);
        times.own.add(Long.parseLong(victim.tell(Integer.toString(honest.address().getPort())).line()));
      }
    } finally {
      stop(downloads);
    }
    return seen;
  }

  private @Nullable JavaProcess flooders(@Nullable Flood flood, String torrent) throws Exception {
    if (flood == null) {
      return null;
    }
    int connections = flood.competesForSlots() ? COMPETITORS : CONNECTIONS;
    JavaProcess flooders =
        JavaProcess.startNice(
            List.of("-Xmx256m"), Flooders.class, flood.name(), port, torrent, Long.toString(LENGTH),
            Integer.toString(connections));
    flooders.line();
    return flooders;
  }

  private static void gather(@Nullable Flood flood) {
    if (flood != null) {
      Loopback.pause(GATHERING_MILLIS);
    }
  }

  private static void stop(@Nullable JavaProcess flooders) {
    if (flooders != null) {
      flooders.close();
    }
  }

  private long fetch(Metainfo metainfo) throws Exception {
    InetSocketAddress address = FloodVictim.address(port);
    Torrent torrent = FloodVictim.join(honest, metainfo, false);
    long millis = FloodVictim.fetch(torrent, address);
    torrent.leave().get(Loopback.MOST_SECONDS, TimeUnit.SECONDS);
    return millis;
  }

  private static String ratio(List<Long> with, List<Long> without) {
    long ours = median(with);
    long usual = median(without);
    return String.format(Locale.ROOT, "%d / %d = %.2f", ours, usual, (double) ours / usual);
  }

  private static long median(List<Long> millis) {
    List<Long> sorted = millis.stream().sorted().toList();
    return (sorted.get((sorted.size() - 1) / 2) + sorted.get(sorted.size() / 2)) / 2;
  }
}
