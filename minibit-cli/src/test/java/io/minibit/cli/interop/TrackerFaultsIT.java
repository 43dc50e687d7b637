package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trackers that die and come back, lie, or send their clients to where they have no business. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class TrackerFaultsIT {
  private static final Duration SOON = Duration.ofSeconds(40);
  private static final int PIECE_LENGTH = 65_536;

  private Network.Namespaces network;
  private Testbed testbed;
  private MiniBit miniBit;
  private Content content;
  private Path full;

  @BeforeEach
  void makeNetwork() throws Exception {
    network = new Network.Namespaces();
    testbed = Testbed.on(network);
    miniBit = new MiniBit(testbed);
    full = testbed.newDirectory("full");
    content = Content.of("2000003").writeTo(full);
  }

  @AfterEach
  void close() {
    if (testbed != null) {
      testbed.close();
    }
  }

  private Program tracker(Host host, String scheme) throws Exception {
    Program tracker = miniBit.start(host, "tracker", "--" + scheme, host.endpoint(6969), "--interval", "3s");
    tracker.await("tracker on " + scheme, SOON);
    return tracker;
  }

  /** Two tiers; only one of the two comes back. */
  @ParameterizedTest
  @ValueSource(strings = {"http", "udp"})
  void aTrackerThatWasKilledAndComesBackIsToldOfEverybodyAgain(String survivor) throws Exception {
    Host first = testbed.host();
    Host second = testbed.host();
    Program http = tracker(first, "http");
    Program udp = tracker(second, "udp");
    Path torrent = testbed.newDirectory("torrent").resolve("it.torrent");
    miniBit.run("create", full.resolve(content.name()), "-o", torrent, "--piece-size", PIECE_LENGTH, "--tracker",
        "http://" + first.endpoint(6969) + "/announce", "--tracker", "udp://" + second.endpoint(6969) + "/announce");
    Program seed = ImpatientPeer.start(testbed, "seed", testbed.host(), torrent, full, 1 << 30);
    seed.await("(?m)^complete", SOON);
    Path early = testbed.newDirectory("early");
    ImpatientPeer.start(testbed, "early", testbed.host(), torrent, early, 1 << 30).await("(?m)^complete", SOON);

    http.close();
    udp.close();
    seed.await("announce failed: no tracker answered: http://.*; udp://", SOON);
    Path late = testbed.newDirectory("late");
    Program newcomer = ImpatientPeer.start(testbed, "newcomer", testbed.host(), torrent, late, 1 << 30);
    newcomer.await("announce failed: no tracker answered: http://.*; udp://", SOON);
    long startedAt = System.nanoTime();
    Program again = tracker(survivor.equals("http") ? first : second, survivor);

    newcomer.await("(?m)^complete", SOON);
    testbed.awaitSame(content, full, late, SOON);
    assertTrue(failures(seed) <= 4, () -> "announced again and again\n" + seed.lastLines());
    // Three peers every three seconds, over UDP with a question before; its status line counts.
    long seconds = (System.nanoTime() - startedAt) / 1_000_000_000;
    again.await("[1-9]\\d* requests?", SOON);
    Matcher counts = Pattern.compile("(\\d+) requests?").matcher(again.output());
    int requests = 0;
    while (counts.find()) {
      requests = Integer.parseInt(counts.group(1));
    }
    assertTrue(requests <= 20 + 3 * seconds, requests + " requests in " + seconds + " s\n" + again.lastLines());
  }

  private static int failures(Program peer) {
    Matcher matcher = Pattern.compile("announce failed").matcher(peer.output());
    int count = 0;
    while (matcher.find()) {
      count++;
    }
    return count;
  }

  @Test
  void whoeverIsNamedByALyingTrackerIsDialedAFewTimesOnly() throws Exception {
    Host liar = testbed.host();
    Host victim = testbed.host();
    Host believer = testbed.host();
    ImpatientPeer.main(testbed, "liar", liar, OddTracker.class, "lies", victim.ip()).await("listening", SOON);
    Path torrent =
        miniBit.create(
            full.resolve(content.name()), PIECE_LENGTH, "http://" + liar.endpoint(OddTracker.PORT) + "/announce");

    miniBit.get(believer, torrent, testbed.newDirectory("fetched"), "--timeout", "12s").awaitEnd(SOON);

    int refused = network.refused(victim);
    assertTrue(refused >= 10 && refused <= 25, refused + " dials of one machine");
  }

  @Test
  void noPublicTrackerSendsUsToAPrivateAddress() throws Exception {
    Host host = testbed.host();
    for (String address :
        List.of("203.0.113.1/24", "198.51.100.9/24", "2001:db8::9/64", "100.64.0.9/24", "169.254.7.7/24", "fd00:77::9/64",
            "192.168.7.9/24", "172.16.0.9/24")) {
      network.alsoAt(host, address);
    }
    network.names(
        host,
        List.of("198.51.100.9 outside.example", host.ip() + " inside.example", host.ip() + " both.example",
            "198.51.100.9 both.example", "127.0.0.1 localhost"));
    List<String> open = List.of("198.51.100.9", "[2001:db8::9]", "outside.example", "both.example", "198.51.100.9,203.0.113.1");
    List<String> closed =
        List.of(host.ip(), "127.0.0.1", "127.9.9.9", "localhost", "[::1]", "0.0.0.0", "[::]", "[fd00:77::9]", "100.64.0.9", "169.254.7.7",
            "192.168.7.9", "172.16.0.9", "[::ffff:127.0.0.1]", "[::ffff:10.77.0.1]", "inside.example", "2130706433",
            "198.51.100.9,127.0.0.1", "outside.example,inside.example");
    List<String> all = new ArrayList<>(List.of("sends", "203.0.113.1"));
    all.addAll(open);
    all.addAll(closed);

    Program fromPublic = ImpatientPeer.main(testbed, "public", host, OddTracker.class, all.toArray());
    assertEquals(0, fromPublic.awaitEnd(SOON), fromPublic::lastLines);
    all.set(1, host.ip());
    Program fromPrivate = ImpatientPeer.main(testbed, "private", host, OddTracker.class, all.toArray());
    assertEquals(0, fromPrivate.awaitEnd(SOON), fromPrivate::lastLines);

    for (String to : open) {
      fromPublic.await(Pattern.quote(" to " + to + ": answered 0"), SOON);
      fromPrivate.await(Pattern.quote(" to " + to + ": answered 0"), SOON);
    }
    for (String to : closed) {
      fromPublic.await(Pattern.quote(" to " + to + ": refused, "), SOON);
    }
    for (String to : List.of(host.ip(), "127.0.0.1", "inside.example", "192.168.7.9")) {
      fromPrivate.await(Pattern.quote(" to " + to + ": answered 0"), SOON); // the tracker of a house may do so
    }
    fromPrivate.await(Pattern.quote(" to 198.51.100.9,127.0.0.1: refused, "), SOON);
  }
}
