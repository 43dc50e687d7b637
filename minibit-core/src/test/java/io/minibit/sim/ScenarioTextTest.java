package io.minibit.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.SeededRandom;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.UploadPlan;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScenarioTextTest {
  private static final List<Fault.Kind> KINDS = List.of(Fault.Kind.values());

  static final String EXAMPLE =
      """
      # Tit for tat pays
      name = Tit for tat pays
      torrent = 100MiB
      piece = 256KiB
      seed = 7
      handout = own-rack 30 outsiders 5
      interval = 3m
      limit = 4h
      end = at the limit

      [group seed]
      pieces = all
      upload = 400Kibit/s
      super-seeding = yes

      [group leechers]
      count = 100
      upload = 400kbit/s
      download = unlimited
      upload-limit = 30KiB/s
      latency = 50ms
      arrival = poisson 2/s from 10s
      departure = after completion 5m, aborts 0.001/s
      pieces = 30%
      selection = random-piece
      choking = serve-everybody
      connections = 40
      dials = 10
      racks = 4
      storing = 10ms
      piece-memory = 8MiB

      [fault tracker-down]
      from = 10s
      to = 1m

      [fault crash]
      group = leechers
      share = 20%
      to = 60s
      strength = 0.1
      """;

  private static String problem(String text) {
    return String.valueOf(assertThrows(ScenarioException.class, () -> Scenario.parse(text)).getMessage());
  }

  @Test
  void everyKeyIsUnderstood() {
    Scenario expected = Scenario.builder()
        .name("Tit for tat pays")
        .torrent(100L << 20, 256 << 10)
        .seed(7)
        .handout(Handout.ownRack(30, 5).every(Duration.ofMinutes(3)))
        .limit(Duration.ofHours(4))
        .toTheLimit()
        .group("seed", g -> g.seeds().upload(51_200).superSeeding(true))
        .group("leechers", g -> g
            .count(100)
            .upload(50_000)
            .uploadLimit(30 << 10)
            .latency(Duration.ofMillis(50))
            .arrival(new Arrival.Poisson(2, Duration.ofSeconds(10)))
            .departure(new Departure(Duration.ofMinutes(5), null, 0, 0.001))
            .pieces(InitialPieces.random(0.3))
            .selection(StrategyCatalog.stock().selection("random-piece"))
            .choking(StrategyCatalog.stock().choking("serve-everybody"))
            .connections(40)
            .dials(10)
            .racks(4)
            .storing(Duration.ofMillis(10))
            .pieceMemory(8 << 20))
        .fault(Fault.Kind.TRACKER_DOWN, "", Duration.ofSeconds(10), Duration.ofSeconds(60), 1)
        .fault(new Fault(Fault.Kind.CRASH, "leechers", 0.2, Duration.ZERO, Duration.ofSeconds(60), 0.1))
        .build();

    assertEquals(expected, Scenario.parse(EXAMPLE));
    assertEquals(expected, Scenario.parse(expected.toText()));
  }

  @Test
  void whatIsNotSaidIsAsInTheBuilder() {
    assertEquals(
        Scenario.builder().group("a", g -> g.count(3)).build(), Scenario.parse("[group a]\ncount=3"));
  }

  @Test
  void theTextFormIsShortWhereNothingIsUnusual() {
    assertEquals(
        """
        name = swarm
        torrent = 100MiB
        piece = 256KiB
        seed = 1
        handout = random 50
        interval = 2m
        limit = 1d
        end = when complete

        [group seed]
        count = 1
        pieces = all
        upload = 400kbit/s
        download = unlimited
        latency = 25ms
        arrival = at once
        departure = never
        selection = rarest-first
        choking = tit-for-tat
        connections = 50

        [fault slow]
        share = 20%
        from = 0s
        to = 90s
        strength = 0.25
        """,
        Scenario.builder()
            .group("seed", g -> g.seeds().upload(50_000))
            .fault(new Fault(Fault.Kind.SLOW, "", 0.2, Duration.ZERO, Duration.ofSeconds(90), 0.25))
            .build()
            .toText());
  }

  @Test
  void everyScenarioIsReadAsItWasWritten() {
    SeededRandom random = new SeededRandom(4);
    for (int i = 0; i < 500; i++) {
      Scenario scenario = random(random);
      String text = scenario.toText();

      assertEquals(scenario, Scenario.parse(text), text);
      assertEquals(text, Scenario.parse(text).toText());
    }
  }

  private static Scenario random(SeededRandom random) {
    Scenario.Builder scenario = Scenario.builder()
        .name(List.of("swarm", "# 1 = [a]", "\u00fc\u4e2d \"quoted\"", "x".repeat(200)).get(random.nextInt(4)))
        .torrent(1 + random.nextInt(1 << 30), (1 + random.nextInt(64)) << 14)
        .seed(random.nextLong())
        .handout(handout(random).every(time(random).plusNanos(1)))
        .limit(time(random).plusNanos(1))
        .endsWhenComplete(random.nextInt(2) == 0);
    int groups = 1 + random.nextInt(4);
    for (int i = 0; i < groups; i++) {
      scenario.group("group " + i, g -> describe(g, random));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      Duration start = time(random);
      scenario.fault(new Fault(
          KINDS.get(random.nextInt(KINDS.size())),
          random.nextInt(2) == 0 ? "" : "group " + random.nextInt(groups),
          part(random),
          start,
          start.plus(time(random)).plusNanos(1),
          part(random)));
    }
    return scenario.build();
  }

  private static void describe(PeerGroup.Builder group, SeededRandom random) {
    List<String> selections = List.copyOf(StrategyCatalog.stock().selections());
    List<String> chokings = List.copyOf(StrategyCatalog.stock().chokings());
    int count = 1 + random.nextInt(1_000);
    int connections = 1 + random.nextInt(200);
    group
        .count(count)
        .upload(rate(random))
        .download(rate(random))
        .uploadLimit(rate(random))
        .latency(Duration.ofNanos(random.nextInt(1_000_000_000)))
        .arrival(arrival(random))
        .departure(departure(random))
        .pieces(InitialPieces.random(random.nextInt(3) / 2.0 * (random.nextInt(2) == 0 ? 1 : part(random))))
        .selection(StrategyCatalog.stock().selection(selections.get(random.nextInt(selections.size()))))
        .choking(StrategyCatalog.stock().choking(chokings.get(random.nextInt(chokings.size()))))
        .connections(connections)
        .superSeeding(random.nextInt(2) == 0);
    if (random.nextInt(2) == 0) {
      group
          .dials(random.nextInt(connections + 1))
          .racks(random.nextInt(count + 1))
          .storing(time(random))
          .pieceMemory(rate(random));
    }
  }

  private static Handout handout(SeededRandom random) {
    int peers = 1 + random.nextInt(200);
    return random.nextInt(2) == 0 ? Handout.random(peers) : Handout.ownRack(peers, random.nextInt(9));
  }

  private static Arrival arrival(SeededRandom random) {
    Duration start = random.nextInt(2) == 0 ? Duration.ZERO : time(random);
    return switch (random.nextInt(4)) {
      case 0 -> new Arrival.AtOnce(start);
      case 1 -> new Arrival.AtRate(part(random) * 100, start);
      case 2 -> new Arrival.Poisson(part(random), start);
      default -> new Arrival.FlashCrowd(time(random).plusNanos(1), start);
    };
  }

  private static Departure departure(SeededRandom random) {
    return new Departure(
        random.nextInt(3) == 0 ? null : random.nextInt(2) == 0 ? Duration.ZERO : time(random),
        random.nextInt(2) == 0 ? null : time(random),
        random.nextInt(2) == 0 ? 0 : part(random),
        random.nextInt(2) == 0 ? 0 : part(random));
  }

  /** From nothing to ten years, round or not. */
  private static Duration time(SeededRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> Duration.ofSeconds(random.nextInt(100_000));
      case 1 -> Duration.ofMillis(random.nextInt(100_000));
      case 2 -> Duration.ofHours(random.nextInt(80_000));
      default -> Duration.ofNanos(random.nextLong() >>> (6 + random.nextInt(57)));
    };
  }

  private static long rate(SeededRandom random) {
    return switch (random.nextInt(4)) {
      case 0 -> PeerGroup.UNLIMITED;
      case 1 -> (1 + random.nextInt(1_000)) * 125L;
      case 2 -> (1 + random.nextInt(1_000)) * 1_024L;
      default -> 1 + (random.nextLong() >>> (1 + random.nextInt(62)));
    };
  }

  /** Above 0, at most 1: round, any, or tiny. */
  private static double part(SeededRandom random) {
    return switch (random.nextInt(3)) {
      case 0 -> (1 + random.nextInt(100)) / 100.0;
      case 1 -> 1 - random.nextDouble();
      default -> (1 - random.nextDouble()) * Double.longBitsToDouble((long) (1 + random.nextInt(1_000)) << 52);
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "nonsense                    | line 1: 'nonsense' is no 'key = value'",
        "sead = 7                    | line 1: unknown key 'sead'; a scenario has name, torrent, piece, seed, handout,"
            + " interval, limit, end",
        "# ok; ; [group a]; uplod = 1 | line 4: unknown key 'uplod'; a group has count, pieces, upload, download,"
            + " upload-limit, latency, arrival, departure, selection, choking, connections, dials, racks,"
            + " super-seeding, storing, piece-memory",
        "seed = 7; seed = 7          | line 2: 'seed' was said already in line 1",
        "seed = 7.5                  | line 1: seed: '7.5' is no whole number such as 7",
        "seed =                      | line 1: seed: '' is no whole number such as 7",
        "torrent = 5Mb               | line 1: torrent: '5Mb': is Mb bits or bytes? say MB",
        "torrent = big               | line 1: torrent: 'big' is no size such as 1024, 256KiB or 1.5MB",
        "torrent = 0; [group a]      | line 1: a torrent of 0 bytes in pieces of 262144 bytes: pieces must be a multiple"
            + " of 16384 bytes",
        "piece = 4GiB; [group a]     | line 1: a torrent of 104857600 bytes in pieces of 2147483647 bytes: pieces must"
            + " be a multiple of 16384 bytes",
        "interval = 0                | line 1: interval: an announce interval of PT0S is not positive",
        "limit = 20000d              | line 1: limit: a limit of PT480000H is not between 0 and ten years",
        "limit = soon                | line 1: limit: 'soon' is no duration such as 500ms, 10s, 5m or 2h",
        "handout = random            | line 1: handout: 'random' is no hand-out such as 'random 50' or 'own-rack 30"
            + " outsiders 5'",
        "handout = random 4000000000 | line 1: handout: 'random 4000000000' is no hand-out such as 'random 50' or"
            + " 'own-rack 30 outsiders 5'",
        "handout = random 0          | line 1: handout: a hand-out of 0 peers is not between 1 and 10000",
        "end = never                 | line 1: end: 'never' is neither 'when complete' nor 'at the limit'",
        "[group]                     | line 1: '[group]' is no section such as [group leechers] or [fault crash]",
        "[                           | line 1: '[' is no section such as [group leechers] or [fault crash]",
        "[group a                    | line 1: '[group a' is no section such as [group leechers] or [fault crash]",
        "[peers a]                   | line 1: '[peers a]' is no section such as [group leechers] or [fault crash]",
        "[group a]; [group a]        | line 2: group 'a' was described already in line 1",
        "[group -]; [group b]        | line 1: group '-': is no name for a group",
        "[group a]; count = 0        | line 1: group 'a': count 0 is not between 1 and 1000000",
        "[group a]; count = -1       | line 2: count: '-1' is no whole number such as 50",
        "[group a]; upload = fast    | line 2: upload: 'fast' is no rate such as 1024, 100KiB/s or 1.5Mbit/s",
        "[group a]; arrival = rate 2 | line 2: arrival: 'rate 2' is no arrival such as 'at once', 'rate 100/s', 'poisson"
            + " 2/s from 10s' or 'flash crowd 5m'",
        "[group a]; arrival = rate 0/s | line 2: arrival: an arrival rate or mean of 0.0 is not positive",
        "[group a]; arrival = rate 1e999/s | line 2: arrival: 'rate 1e999/s' is no arrival such as 'at once', 'rate"
            + " 100/s', 'poisson 2/s from 10s' or 'flash crowd 5m'",
        "[group a]; departure = never, after 1h | line 2: departure: 'never, after 1h' is no departure such as 'never',"
            + " 'on completion', 'after completion 5m', 'after 1h' or 'seeds 0.005/s, aborts 0.001/s'",
        "[group a]; pieces = 130%    | line 2: pieces: initial pieces: 1.3 is not between 0 and 1",
        "[group a]; choking = mine   | line 2: choking: no choking strategy is called 'mine'; known: tit-for-tat,"
            + " tit-for-tat-by-rare-pieces, tit-for-tat-without-optimistic, serve-everybody, serve-nobody",
        "[group a]; super-seeding = 1 | line 2: super-seeding: '1' is neither 'yes' nor 'no'",
        "[group a]; connections = 5; dials = 6 | line 1: group 'a': 6 dials are not between 0 and the connections",
        "[group a]; [fault crash]; group = b | line 3: group: no group is called 'b' above",
        "[group a]; [fault crash]    | line 2: a fault needs 'to = \u2026'",
        "[group a]; [fault crash]; from = 2s; to = 1s | line 2: fault CRASH: it cannot last from PT2S to PT1S",
        "[group a]; [fault crash]; share = 0; to = 1s | line 2: fault CRASH: a share of 0.0 is not above 0 and up to 1",
        "seed = 1                    | line 1: a scenario needs a group of peers",
        "[group a]; count = 999999; [group b]; count = 9 | line 4: 1000008 peers are more than 1000000",
      })
  void whatIsWrongIsNamedWithItsLine(String text, String problem) {
    assertEquals(problem, problem(text.replaceAll("; ?", "\n")));
  }

  @Test
  void anUnknownFaultIsToldThoseThereAre() {
    String problem = problem("[fault flood]");

    assertTrue(problem.startsWith("line 1: no fault is called 'flood'; known: crash, vanish, "), problem);
    assertTrue(problem.contains(", tracker-down, "), problem);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n", "# nothing"})
  void anEmptyTextIsNoScenario(String text) {
    assertTrue(problem(text).endsWith("a scenario needs a group of peers"), problem(text));
  }

  @Test
  void endlessTextsAreRefused() {
    assertTrue(problem("#".repeat(2_000_000)).contains("too long"));
    assertTrue(problem("#\n".repeat(30_000)).startsWith("line 20001: "));
    assertTrue(problem("#".repeat(1_001)).startsWith("line 1: "));
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 1_001; i++) {
      many.append("[group g").append(i).append("]\n");
    }
    assertEquals("line 1001: more than 1000 groups", problem(many.toString()));
  }

  /** Whatever was done to it, a text gives a scenario or the one exception that says why not. */
  @Test
  void aDamagedTextNeverDoesMoreThanBeRefused() {
    SeededRandom random = new SeededRandom(11);
    String letters = "=[]#%/.,-_ \n\r\t0123456789aefmsx\u0000\ufeff\ud800\u0663";
    for (int i = 0; i < 4_000; i++) {
      StringBuilder text = new StringBuilder(EXAMPLE);
      for (int edits = 1 + random.nextInt(4); edits > 0; edits--) {
        int at = random.nextInt(text.length());
        switch (random.nextInt(4)) {
          case 0 -> text.deleteCharAt(at);
          case 1 -> text.insert(at, letters.charAt(random.nextInt(letters.length())));
          case 2 -> text.setCharAt(at, letters.charAt(random.nextInt(letters.length())));
          default -> text.insert(at, text.substring(at, Math.min(text.length(), at + random.nextInt(40))));
        }
      }
      try {
        Scenario scenario = Scenario.parse(text.toString());
        assertEquals(scenario, Scenario.parse(scenario.toText()));
      } catch (ScenarioException e) {
        assertTrue(String.valueOf(e.getMessage()).matches("(?s)line \\d+: .+"), e.getMessage());
      }
    }
  }

  @Test
  void aFileIsReadAsItWasWritten(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("a.scenario");
    Scenario scenario = Scenario.parse(EXAMPLE);

    scenario.write(file);

    assertEquals(scenario, Scenario.read(file));
  }

  @Test
  void aFileFromWindowsIsReadToo(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("a"), "\ufeff" + EXAMPLE.replace("\n", "\r\n"));

    assertEquals(Scenario.parse(EXAMPLE), Scenario.read(file));
  }

  @Test
  void aBadFileIsNamed(@TempDir Path directory) throws Exception {
    Path bad = Files.writeString(directory.resolve("bad"), "x");
    Path binary = Files.write(directory.resolve("binary"), new byte[] {(byte) 0xff, 0});
    Path large = Files.write(directory.resolve("large"), "#".repeat(2_000_000).getBytes(StandardCharsets.UTF_8));

    assertEquals(
        bad + ": line 1: 'x' is no 'key = value'",
        assertThrows(ScenarioException.class, () -> Scenario.read(bad)).getMessage());
    assertEquals(
        binary + ": not text in UTF-8",
        assertThrows(ScenarioException.class, () -> Scenario.read(binary)).getMessage());
    assertTrue(
        String.valueOf(assertThrows(ScenarioException.class, () -> Scenario.read(large)).getMessage())
            .contains("too long"));
  }

  @Test
  void strategiesOfOnesOwnAreKnownByTheirNames() {
    StrategyCatalog catalog = StrategyCatalog.stock().withChoking("mine", ServeNobody::new);
    Scenario scenario = Scenario.parse("[group a]\nchoking = mine", catalog);

    assertEquals("mine", scenario.groups().get(0).choking().name());
    assertEquals(scenario, Scenario.parse(scenario.toText(), catalog));
  }

  @Test
  void otherConnectionsBringOtherDialsUnlessTheyAreGiven() {
    Scenario scenario = Scenario.parse("[group a]\nconnections = 50\n[group b]\ndials = 3");

    Scenario fewer = scenario.toBuilder().eachGroup(g -> g.connections(6)).build();

    assertEquals(4, fewer.groups().get(0).dials());
    assertEquals(3, fewer.groups().get(1).dials());
  }

  @Test
  void oneValueCanBeAlteredByItsKey() {
    Scenario scenario = Scenario.parse("seed = 1\n[group a]\n[group b.c]\ncount = 9");
    StrategyCatalog stock = StrategyCatalog.stock();

    assertEquals(scenario.withSeed(4), scenario.with("seed", " 4 ", stock));
    assertEquals(scenario.toBuilder().group("b.c", g -> g.count(7)).build(), scenario.with("b.c.count", "7", stock));
    assertEquals(scenario.toBuilder().eachGroup(g -> g.upload(5)).build(), scenario.with("upload", "5B/s", stock));
    assertEquals(scenario, scenario.with("interval", "3m", stock).with("interval", "2m", stock));
  }

  @Test
  void aValueThatCannotBeAlteredIsNamed() {
    Scenario scenario = Scenario.parse("[group a]\n[group b]");
    StrategyCatalog stock = StrategyCatalog.stock();

    assertEquals(
        "seed: 'x' is no whole number such as 7",
        assertThrows(ScenarioException.class, () -> scenario.with("seed", "x", stock)).getMessage());
    assertEquals(
        "no group is called 'c'; there are a, b",
        assertThrows(ScenarioException.class, () -> scenario.with("c.count", "1", stock)).getMessage());
    assertTrue(String.valueOf(
            assertThrows(ScenarioException.class, () -> scenario.with("a.foo", "1", stock)).getMessage())
        .startsWith("unknown key 'foo'; a group has count, "));
    assertTrue(String.valueOf(
            assertThrows(ScenarioException.class, () -> scenario.with("foo", "1", stock)).getMessage())
        .startsWith("unknown key 'foo'; a scenario has name, "));
  }

  /** A strategy of a user. */
  public static final class Mine implements ChokingStrategy {
    @Override
    public Duration interval() {
      return Duration.ofSeconds(5);
    }

    @Override
    public UploadPlan review(ChokingRound round) {
      return new UploadPlan();
    }
  }

  @Test
  void strategiesOfUsersAreKnownByTheNamesOfTheirClassesWhereThatIsAllowed() {
    String name = Mine.class.getName();
    StrategyCatalog catalog = StrategyCatalog.stock().withClasses(ScenarioTextTest.class.getClassLoader());

    Scenario scenario = Scenario.parse("[group a]\nchoking = " + name, catalog);

    assertEquals(Mine.class, scenario.groups().get(0).choking().make().get().getClass());
    assertTrue(problem("[group a]\nchoking = " + name).startsWith("line 2: choking: no choking strategy is called"));
    assertEquals(
        "line 2: choking: no class com.acme.Mine is on the class path; it would be a choking strategy",
        assertThrows(ScenarioException.class, () -> Scenario.parse("[group a]\nchoking = com.acme.Mine", catalog))
            .getMessage());
    assertEquals(
        "line 2: choking: class java.lang.String is no ChokingStrategy",
        assertThrows(ScenarioException.class, () -> Scenario.parse("[group a]\nchoking = java.lang.String", catalog))
            .getMessage());
    assertEquals(
        "line 2: selection: class " + name + " is no PieceSelectionStrategy",
        assertThrows(ScenarioException.class, () -> Scenario.parse("[group a]\nselection = " + name, catalog))
            .getMessage());
  }
}
