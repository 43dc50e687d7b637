package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers in processes of their own, on hosts of their own, trade over a network that is slow, cut, deaf or renumbered. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class NetworkFaultsIT {
  private static final Duration SOON = Duration.ofSeconds(40);
  private static final int PIECE_LENGTH = 65_536;

  private Network.Namespaces network;
  private Testbed testbed;
  private MiniBit miniBit;
  private Content content;
  private Path full;
  private Path fetched;

  @BeforeEach
  void makeNetwork() throws Exception {
    network = new Network.Namespaces();
    testbed = Testbed.on(network);
    miniBit = new MiniBit(testbed);
    full = testbed.newDirectory("full");
    fetched = testbed.newDirectory("fetched");
  }

  @AfterEach
  void close() {
    if (testbed != null) {
      testbed.close();
    }
  }

  private Path torrent(String bytes, String tracker) throws Exception {
    content = Content.of(bytes).writeTo(full);
    return miniBit.create(full.resolve(content.name()), PIECE_LENGTH, tracker);
  }

  private static String nobody(Host host) {
    return "http://" + host.endpoint(9) + "/announce";
  }

  // Slow links.

  @ParameterizedTest(name = "{0}, a packet waits for {1} at most: {2} bytes in {3} s or a bit more")
  @CsvSource({
    "24mbit, 20ms, 9000000, 3", // short queue: much is lost, as on a long way with small buffers
    "24mbit, 500ms, 9000000, 3",
    "1mbit, 3s, 500000, 4", // long queue: seconds of latency, as behind a full modem
  })
  void aLinkIsUsedForWhatItGivesAndNothingTimesOut(String rate, String most, String bytes, int ideal) throws Exception {
    Host here = testbed.host();
    Host there = testbed.host();
    Path torrent = torrent(bytes, nobody(here));
    Program seed = miniBit.seed(here, torrent, full, "--no-tracker");
    String address = seed.await("(?m)^seeding .* on (\\S+:\\d+), ", SOON).group(1);
    network.slow(here, rate, most);

    Program get = miniBit.get(there, torrent, fetched, "--no-tracker", "--peer", address, "--debug");

    get.awaitSuccess(SOON);
    Matcher said = get.await("complete, .* in ([\\d.]+) s", SOON);
    double seconds = Double.parseDouble(said.group(1));
    assertTrue(seconds < 1.5 * ideal + 1, () -> "it took " + seconds + " s\n" + get.lastLines());
    for (Program program : List.of(seed, get)) {
      assertFalse(program.output().matches("(?s).*(silent for|timed out|does not read|snub).*"), program::output);
    }
    testbed.awaitSame(content, full, fetched, SOON);
  }

  // Cut links.

  @Test
  void aLinkThatIsAwayForAWhileInterruptsNothing() throws Exception {
    Host here = testbed.host();
    Host there = testbed.host();
    Path torrent = torrent("9000000", nobody(here));
    Program seed = miniBit.seed(here, torrent, full, "--no-tracker", "--upload-rate", "2MiB/s");
    String address = seed.await("(?m)^seeding .* on (\\S+:\\d+), ", SOON).group(1);
    Program get = miniBit.get(there, torrent, fetched, "--no-tracker", "--peer", address, "--debug");
    get.await("(?s)(piece \\d+ verified and stored.*){20}", SOON);

    for (Host host : List.of(here, there)) {
      network.cut(host);
      Thread.sleep(1500);
      network.mend(host);
      Thread.sleep(1000);
    }

    get.awaitSuccess(SOON);
    testbed.awaitSame(content, full, fetched, SOON);
  }

  private enum Cut {
    BOTH_WAYS,
    SEED_DEAF,
    LEECH_DEAF
  }

  @ParameterizedTest
  @ValueSource(strings = {"BOTH_WAYS", "SEED_DEAF", "LEECH_DEAF"})
  void aConnectionThatFallsSilentIsGivenUpAndMadeAgainWhenTheLinkHasHealed(Cut cut) throws Exception {
    Host trackers = testbed.host();
    Host here = testbed.host();
    Host there = testbed.host();
    Path torrent = torrent("4000000", miniBit.tracker(trackers, "http"));
    Program seed = ImpatientPeer.start(testbed, "seed", here, torrent, full, 800_000);
    Program leech = ImpatientPeer.start(testbed, "leech", there, torrent, fetched, 1 << 30);
    leech.await("pieces [1-9]", SOON);

    switch (cut) {
      case BOTH_WAYS -> network.cut(there);
      case SEED_DEAF -> network.deafen(here, there);
      case LEECH_DEAF -> network.deafen(there, here);
    }
    // The other side may hear of it only later, or not at all: it must go on in any case.
    leech.await("left: |dialing \\S+ failed", SOON);
    switch (cut) {
      case BOTH_WAYS -> network.mend(there);
      case SEED_DEAF -> network.undeafen(here, there);
      case LEECH_DEAF -> network.undeafen(there, here);
    }

    leech.await("(?m)^complete", SOON);
    assertTrue(seed.isAlive(), seed::lastLines);
    testbed.awaitSame(content, full, fetched, SOON);
  }

  // Resets.

  @Test
  void connectionsThatAreResetInMidHandshakeAndMidBlockAreMadeAgainAndNoOtherIsTouched() throws Exception {
    Host here = testbed.host();
    Host between = testbed.host();
    Host there = testbed.host();
    Host beside = testbed.host();
    Path torrent = torrent("4000000", nobody(here));
    Program seed = miniBit.seed(here, torrent, full, "--no-tracker", "--debug");
    Matcher address = seed.await("(?m)^seeding .* on (\\S+):(\\d+), ", SOON);
    List<Object> relayed = new ArrayList<>(List.of(address.group(1), address.group(2)));
    // The sixth block is in the second piece.
    List<String> moments =
        List.of(ResettingRelay.HANDSHAKE, ResettingRelay.ANSWER, "6", "1", ResettingRelay.ANSWER, "50", "2");
    relayed.addAll(moments);
    Program relay =
        ImpatientPeer.main(testbed, "relay", between, ResettingRelay.class, relayed.toArray());
    relay.await("listening", SOON);
    Path byNeighbour = testbed.newDirectory("beside");
    Program neighbour =
        miniBit.get(beside, torrent, byNeighbour, "--no-tracker", "--peer", here.endpoint(Integer.parseInt(address.group(2))),
            "--download-rate", "80KiB/s", "--debug");
    neighbour.await("piece \\d+ verified and stored", SOON);

    Program get =
        miniBit.get(
            there, torrent, fetched, "--no-tracker", "--peer", between.endpoint(ResettingRelay.PORT), "--debug");

    get.awaitSuccess(SOON.multipliedBy(2));
    testbed.awaitSame(content, full, fetched, SOON);
    for (String moment : moments) {
      relay.await("reset in " + moment, SOON);
    }
    assertEquals(moments.size(), count(relay, "reset in "), relay::lastLines);
    assertEquals(0, count(get, "does not match its hash|[Bb]anned"), get::lastLines);
    // Its one connection is the one that it had before.
    int stored = count(neighbour, "piece \\d+ verified and stored");
    if (stored < 4_000_000 / PIECE_LENGTH) {
      neighbour.await("(?s)(piece \\d+ verified and stored.*){" + (stored + 1) + "}", SOON);
      assertEquals(0, count(neighbour, " left: |failed"), neighbour::lastLines);
    }
    assertTrue(seed.isAlive(), seed::lastLines);
  }

  private static int count(Program program, String regex) {
    return (int) Pattern.compile(regex).matcher(program.output()).results().count();
  }

  // Other addresses.

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPeerWhoseAddressIsReplacedIsFoundAgain(boolean seedMoves) throws Exception {
    Host trackers = testbed.host();
    Host here = testbed.host();
    Host there = testbed.host();
    Path torrent = torrent("4000000", miniBit.tracker(trackers, "http"));
    Program seed = ImpatientPeer.start(testbed, "seed", anywhere(here), torrent, full, 800_000);
    Program leech = ImpatientPeer.start(testbed, "leech", anywhere(there), torrent, fetched, 1 << 30);
    leech.await("pieces [1-9]", SOON);

    Host moves = seedMoves ? here : there;
    network.renumber(moves, "10.77.0." + (seedMoves ? 201 : 202));

    leech.await("(?m)^complete", SOON);
    assertTrue(seed.isAlive(), seed::lastLines);
    testbed.awaitSame(content, full, fetched, SOON);
  }

  private static Host anywhere(Host host) {
    return host.at("0.0.0.0");
  }

  // Both families.

  @ParameterizedTest
  @ValueSource(strings = {"http", "udp"})
  void peersWithoutIpv4MeetByATrackerWithoutIpv4(String scheme) throws Exception {
    List<Host> hosts = new ArrayList<>();
    for (int n = 1; n <= 4; n++) {
      Host host = testbed.host();
      network.notAt(host, host.ip() + "/24");
      hosts.add(network.alsoAt(host, "fd00:77::" + n + "/64"));
    }
    Path torrent = torrent("3000007", miniBit.tracker(hosts.get(0), scheme));
    miniBit.seed(hosts.get(1), torrent, full);
    Program named = miniBit.get(hosts.get(2), torrent, fetched);
    named.awaitSuccess(SOON);
    testbed.awaitSame(content, full, fetched, SOON);

    Path byUser = testbed.newDirectory("fetched");
    Program seed = miniBit.seed(hosts.get(3), torrent, fetched, "--no-tracker");
    String address = seed.await("(?m)^seeding .* on (\\[\\S+]:\\d+), ", SOON).group(1);
    miniBit.get(hosts.get(0), torrent, byUser, "--no-tracker", "--peer", address).awaitSuccess(SOON);
    testbed.awaitSame(content, full, byUser, SOON);
  }

  /** Those who have both families bring together those who have one. */
  @ParameterizedTest
  @ValueSource(strings = {"http", "udp"})
  void peersWithOneFamilyMeetThroughOneWithBoth(String scheme) throws Exception {
    Host trackers = testbed.host();
    Host both = testbed.host();
    Host old = testbed.host();
    Host young = testbed.host();
    network.alsoAt(trackers, "fd00:77::1/64");
    network.alsoAt(both, "fd00:77::2/64");
    network.notAt(young, young.ip() + "/24");
    network.alsoAt(young, "fd00:77::4/64");
    miniBit.start(trackers, "tracker", "--" + scheme, ":6969").await("tracker on ", SOON);
    network.names(both, List.of(trackers.ip() + " tracker.example", "fd00:77::1 tracker.example"));
    network.names(old, List.of(trackers.ip() + " tracker.example"));
    network.names(young, List.of("fd00:77::1 tracker.example"));
    Path torrent = torrent("300007", scheme + "://tracker.example:6969/announce");
    Path byOld = testbed.newDirectory("old");
    Path byYoung = testbed.newDirectory("young");

    ImpatientPeer.start(testbed, "seed", old, torrent, full, 1 << 30);
    Program middle = ImpatientPeer.start(testbed, "middle", both.at("::"), torrent, byOld, 1 << 30);
    Program leech = ImpatientPeer.start(testbed, "leech", young.at("::"), torrent, byYoung, 1 << 30);

    middle.await("(?m)^complete", SOON);
    leech.await("(?m)^complete", SOON);
    testbed.awaitSame(content, full, byOld, SOON);
    testbed.awaitSame(content, full, byYoung, SOON);
  }
}
