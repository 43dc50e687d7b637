package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.sim.Scenario;
import io.minibit.sim.StrategyCatalog;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SimCommandTest {
  /** Small enough for a test. */
  private static final List<String> SMALL = List.of("sim", "--size", "1MiB", "--piece-size", "64KiB", "--peers", "8");

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @TempDir private Path directory;

  private int run(Object... args) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> all = new ArrayList<>(SMALL);
    Arrays.stream(args).map(String::valueOf).forEach(all::add);
    return Main.run(all.toArray(String[]::new), new PrintWriter(out, true), new PrintWriter(err, true));
  }

  private Scenario scenario(Object... args) {
    List<Object> all = new ArrayList<>(List.of(args));
    all.add("--print-scenario");
    assertEquals(Main.DONE, run(all.toArray()), err::toString);
    return Scenario.parse(out.toString(), StrategyCatalog.stock().withClasses(getClass().getClassLoader()));
  }

  private String error(int code, Object... args) {
    assertEquals(code, run(args), err::toString);
    assertEquals("", out.toString());
    return err.toString().strip();
  }

  private List<String> lines() {
    return out.toString().lines().toList();
  }

  @Test
  void everyOptionAltersTheScenario() {
    assertEquals(
        Scenario.parse(
            """
            torrent = 1MiB
            piece = 64KiB
            seed = 3
            limit = 2h
            [group seed]
            count = 2
            pieces = all
            upload = 1Mbit/s
            latency = 10ms
            connections = 7
            selection = sequential
            choking = serve-everybody
            super-seeding = yes
            [group leechers]
            count = 6
            upload = 400Kibit/s
            download = unlimited
            latency = 10ms
            arrival = poisson 2/s
            departure = on completion
            connections = 7
            selection = sequential
            choking = serve-everybody
            racks = 2
            [group free-riders]
            count = 2
            upload = 400Kibit/s
            download = unlimited
            latency = 10ms
            arrival = poisson 2/s
            departure = on completion
            connections = 7
            selection = sequential
            choking = serve-nobody
            """),
        scenario(
            "--seeds", 2, "--up", "400Kibit/s", "--down", "unlimited", "--seed-up", "1Mbit/s", "--latency", "10ms",
            "--connections", 7, "--arrival", "poisson 2/s", "--leave", "on completion", "--selection", "sequential",
            "--choking", "serve-everybody", "--super-seed", "--free-riders", "25%", "--seed", 3, "--limit", "2h", "--set",
            "leechers.racks=2"));
  }

  @Test
  void seedsHaveTheUplinkOfLeechersUnlessAFileOrAnOptionSaysOtherwise() throws Exception {
    Path file = Files.writeString(directory.resolve("a"), "[group s]\npieces = all\nupload = 9\n[group l]\ncount = 3");

    assertEquals(7, scenario("--up", "7").groups().get(0).upload());
    assertEquals(9, scenario(file, "--up", "7").groups().get(0).upload());
    assertEquals(7, scenario(file, "--up", "7").groups().get(1).upload());
  }

  @Test
  void aPrintedScenarioIsTheSameAsAFile() throws Exception {
    Scenario scenario = scenario("--free-riders", "50%");
    Path file = Files.writeString(directory.resolve("a.scenario"), out.toString());

    assertEquals(Main.DONE, Main.run(
        new String[] {"sim", file.toString(), "--print-scenario"}, new PrintWriter(out, true), new PrintWriter(err, true)));
    assertEquals(scenario, Scenario.read(file));
  }

  @Test
  void whatIsWrongIsOneLineThatNamesOptionOrFileAndExitCodeTwo() throws Exception {
    Path bad = Files.writeString(directory.resolve("bad"), "[group a]\nuplod = 1");
    Path two = Files.writeString(directory.resolve("two"), "[group a]\n[group b]");

    assertEquals(
        "minibit: --latency: latency: 'soon' is no duration such as 500ms, 10s, 5m or 2h",
        error(Main.MISUSED, "--latency", "soon"));
    assertTrue(error(Main.MISUSED, bad).startsWith("minibit: " + bad + ": line 2: unknown key 'uplod'; a group has "));
    assertTrue(error(Main.MISUSED, two).startsWith("minibit: --peers: the scenario has several such groups, a, b; say "));
    assertEquals(
        "minibit: --free-riders: 'some' is no share such as 20%", error(Main.MISUSED, "--free-riders", "some"));
    assertEquals(
        "minibit: --selection: selection: no class com.acme.Mine is on the class path; it would be a selection strategy",
        error(Main.MISUSED, "--selection", "com.acme.Mine"));
    assertEquals(
        "minibit: --compare seed: give KEY=VALUE, such as connections=5", error(Main.MISUSED, "--compare", "seed"));
    assertEquals("minibit: no such file: nowhere.scenario", error(Main.FAILED, "nowhere.scenario"));
    assertEquals("minibit: no such file: nowhere", error(Main.FAILED, "--class-path", "nowhere"));
    assertEquals("minibit: --jobs 0: it takes at least one", error(Main.MISUSED, "--jobs", "0"));
  }

  @Test
  void theTableTellsHowEachGroupAndTheSwarmFared() {
    assertEquals(Main.DONE, run("--free-riders", "25%"), err::toString);

    List<String> lines = lines();
    assertEquals("swarm: 1.00 MiB in 16 pieces of 64.0 KiB; 1 seed, 6 leechers, 2 free-riders; seed 1", lines.get(0));
    assertEquals(
        "group        peers  complete  median s  mean s  last s", lines.get(2).substring(0, 54));
    assertTrue(lines.get(3).matches("seed +1 +- +- +- +- +[\\d.]+ KiB/s +- +- +-"), lines.get(3));
    assertTrue(lines.get(4).matches("leechers +6 +6 .*"), lines.get(4));
    assertTrue(lines.get(5).matches("free-riders +2 +2 .* 0\\.00 +\\d.*%"), lines.get(5));
    assertTrue(
        lines.get(7).matches(
            "swarm    all 8 peers complete, the last after [\\d.]+ s; fluid bound 4\\.\\d s, times \\d\\.\\d\\d"),
        lines.get(7));
    assertTrue(lines.get(8).matches("uplinks  \\d\\d\\.\\d% used"), lines.get(8));
    assertTrue(lines.get(9).startsWith("seeds    sent "), lines.get(9));
    assertTrue(lines.get(10).matches("trace    [0-9a-f]{16}; [\\d,]+ events in \\d+\\.\\d\\d s"), lines.get(10));
  }

  @Test
  void peersThatDidNotCompleteAreCountedAndNoFailureOfTheProgram() {
    assertEquals(Main.DONE, run("--limit", "1s"), err::toString);

    assertTrue(out.toString().contains("swarm    8 of 8 peers did not complete; "), out.toString());
    assertTrue(out.toString().contains("; ended by its limit of 1.0 s"), out.toString());
  }

  @Test
  void variantsStandSideBySideAndAreTheSameWhateverRunsAtATime() {
    assertEquals(Main.DONE, run("--compare", "selection=rarest-first,random-piece", "--compare", "seed=1,2"));
    List<String> one = lines();
    assertEquals(Main.DONE, run("--compare", "selection=rarest-first,random-piece", "--compare", "seed=1,2", "--jobs", 4));

    assertTrue(one.get(2).startsWith("variant                         complete  median s"), one.get(2));
    assertEquals(
        List.of("rarest-first, seed=1 ", "rarest-first, seed=2 ", "random-piece, seed=1 ", "random-piece, seed=2 "),
        one.subList(3, 7).stream().map(line -> line.substring("selection=".length()).substring(0, 21)).toList());
    assertEquals(one.subList(0, 8), lines().subList(0, 8));
    assertEquals(withoutTimes(one), withoutTimes(lines()));
  }

  private static List<String> withoutTimes(List<String> lines) {
    return lines.stream().map(line -> line.replaceAll(" +\\d+\\.\\d\\d s$", "")).toList();
  }

  @Test
  void whereLeechersAreSeveralGroupsEachHasARow() {
    assertEquals(
        Main.DONE, run("--free-riders", "25%", "--compare", "choking=tit-for-tat,serve-everybody"), err::toString);

    List<String> lines = lines();
    assertTrue(lines.get(2).matches("variant +group +complete .*"), lines.get(2));
    assertTrue(lines.get(3).matches("choking=tit-for-tat +leechers +6/6 .*"), lines.get(3));
    assertTrue(lines.get(4).matches(" +free-riders +2/2 .*"), lines.get(4));
    assertTrue(lines.get(5).matches("choking=serve-everybody +leechers +6/6 .*"), lines.get(5));
  }

  @Test
  void theTablesForSpreadsheetsHaveAHeadingAndARowForEachFact() throws Exception {
    Path csv = directory.resolve("results");

    assertEquals(Main.DONE, run("--csv", csv, "--compare", "seed=1,2"), err::toString);

    List<String> peers = Files.readAllLines(csv.resolve("peers.csv"));
    assertEquals(SimCsv.PEERS, peers.get(0));
    assertEquals(1 + 2 * 9, peers.size());
    assertTrue(
        peers.get(1).matches("seed=1,0,seed,,0\\.000000,\\d\\.\\d{6},0\\.0+,,16,\\d+,0,0,")
            || peers.get(1).matches("seed=1,0,seed,,0\\.000000,,0\\.0+,,16,\\d+,0,0,"),
        peers.get(1));
    assertTrue(peers.get(18).startsWith("seed=2,8,leechers,,"), peers.get(18));
    for (String line : peers) {
      assertEquals(13, line.split(",", -1).length, line);
    }
    assertEquals(SimCsv.SAMPLES, Files.readAllLines(csv.resolve("samples.csv")).get(0));
    assertEquals(9, Files.readAllLines(csv.resolve("samples.csv")).get(1).split(",", -1).length);
    assertEquals(SimCsv.TRAFFIC, Files.readAllLines(csv.resolve("traffic.csv")).get(0));
    List<String> traffic = Files.readAllLines(csv.resolve("traffic.csv"));
    assertTrue(traffic.stream().anyMatch(line -> line.startsWith("seed=1,seed 0,leechers ")), traffic::toString);
    List<String> copies = Files.readAllLines(csv.resolve("copies.csv"));
    assertEquals(SimCsv.COPIES, copies.get(0));
    assertEquals("seed=1,0.000000,15,1", copies.get(16));
  }

  @Test
  void noFileIsReplacedUnlessThatIsAskedFor() throws Exception {
    Path csv = Files.createDirectory(directory.resolve("results"));
    Path theirs = Files.writeString(csv.resolve("samples.csv"), "mine");
    Path page = Files.writeString(directory.resolve("page.html"), "mine");

    assertEquals(
        "minibit: " + theirs + " exists already; --force replaces it", error(Main.FAILED, "--csv", csv));
    assertEquals(
        "minibit: " + page + " exists already; --force replaces it", error(Main.FAILED, "--report", page));
    assertEquals("mine", Files.readString(theirs));
    assertFalse(Files.exists(csv.resolve("peers.csv")));

    assertEquals(Main.DONE, run("--csv", csv, "--report", page, "--force"), err::toString);
    assertTrue(Files.readString(theirs).startsWith(SimCsv.SAMPLES));
    assertTrue(Files.readString(page).contains("<html"));
  }

  /** A strategy of a user. */
  public static final class Mine implements ChokingStrategy {
    @Override
    public UploadPlan review(ChokingRound round) {
      UploadPlan plan = new UploadPlan();
      round.peers().stream().filter(RemotePeer::interested).forEach(plan::serve);
      return plan;
    }
  }

  @Test
  void aStrategyOfOnesOwnIsFoundByItsClass() {
    assertEquals(Main.DONE, run("--choking", Mine.class.getName()), err::toString);
    assertTrue(out.toString().contains("all 8 peers complete"), out.toString());
    assertEquals(Mine.class.getName(), scenario("--choking", Mine.class.getName()).groups().get(1).choking().name());
  }

  /** A strategy of a user who has not finished. */
  public static final class Broken implements ChokingStrategy {
    @Override
    public UploadPlan review(ChokingRound round) {
      throw new IllegalStateException("not today");
    }
  }

  @Test
  void aStrategyThatThrowsIsToldOf() {
    assertEquals(Main.DONE, run("--choking", Broken.class.getName(), "--limit", "1m"), err::toString);

    assertTrue(out.toString().contains("failed   9 torrents; the first, of seed 0: "), out.toString());
    assertTrue(out.toString().contains("not today"), out.toString());
  }

  @Test
  void theScenarioOfTheReadmeIsOne() throws Exception {
    String readme = Files.readString(Path.of("../README.md"));
    int start = readme.indexOf("name = Tit for tat pays");

    Scenario scenario = Scenario.parse(readme.substring(start, readme.indexOf("```", start)));

    assertEquals(101, scenario.peers());
    assertEquals(1, scenario.faults().size());
  }

  @Test
  void checkingChangesNothingOfWhatComesOut() {
    assertEquals(Main.DONE, run(), err::toString);
    List<String> unchecked = lines();
    assertEquals(Main.DONE, run("--check"), err::toString);

    assertEquals(withoutTimes(unchecked), withoutTimes(lines()));
  }

  @Test
  void aStopEndsACheckedSimulation() throws Exception {
    CommandLineRun endless =
        CommandLineRun.start("sim", "--set", "end=at the limit", "--limit", "3000d", "--peers", "20", "--check");
    endless.awaitLine("swarm: 100 MiB");

    assertEquals(StopSignal.INTERRUPTED, endless.stop());
    assertEquals(List.of("minibit: interrupted"), endless.err());
  }

  @Test
  void aStopEndsASimulation() throws Exception {
    CommandLineRun endless = CommandLineRun.start("sim", "--set", "end=at the limit", "--limit", "3000d", "--peers", "100");
    endless.awaitLine("swarm: 100 MiB");

    assertEquals(StopSignal.INTERRUPTED, endless.stop());
    assertEquals(List.of("minibit: interrupted"), endless.err());
  }
}
