package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.minibit.model.SeededRandom;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The classroom program row by row, as it is built, in processes of its own. */
@DisabledOnOs(OS.WINDOWS)
class ClassroomIT {
  private static final int LENGTH = 100_001;
  private static final int BLOCKS = 98;

  /** Where a dozen JVMs share two cores, a start may take a while. */
  private static final long PATIENCE_SECONDS = 120;

  @TempDir private Path temporary;

  private Path directory;
  private Path photo;
  private int runs;

  private record Result(int exitCode, String out, String err) {
    Result requireDone() {
      assertEquals(0, exitCode, () -> out + err);
      return this;
    }

    /** The one line of an error. */
    String requireError(int code) {
      assertEquals(code, exitCode, () -> out + err);
      assertEquals(1, err.lines().count(), err);
      return err.strip();
    }
  }

  @BeforeEach
  void makeFile() throws IOException {
    directory = Files.createDirectory(temporary.toRealPath().resolve("class room"));
    photo = directory.resolve("photo.jpg");
    makeFile(photo, 1);
  }

  private static void makeFile(Path file, long seed) throws IOException {
    byte[] bytes = new byte[LENGTH];
    new SeededRandom(seed).nextBytes(bytes);
    Files.write(file, bytes);
  }

  @AfterEach
  void leaveNoProcess() {
    processes().forEach(ProcessHandle::destroyForcibly);
  }

  private static Path dist() {
    String dist = System.getProperty("minibit.dist");
    return dist == null ? fail("minibit.dist is not set: run by 'mvn verify'") : Path.of(dist);
  }

  private Process start(Path program, Path out, Path err, String... args) throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(Arrays.asList(args));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder.start();
  }

  private Result run(Path program, String... args) throws Exception {
    Path out = temporary.resolve("out" + runs);
    Path err = temporary.resolve("err" + runs++);
    Process process = start(program, out, err, args);
    try {
      assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), () -> Arrays.toString(args) + " does not end");
    } finally {
      process.destroyForcibly();
    }
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private Result minibit(String... args) throws Exception {
    return run(dist().resolve("bin/minibit"), args);
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, what);
      Thread.sleep(50);
    }
  }

  /** Of this classroom, whatever they are; one that is dead but was not waited for has no command line any more. */
  private List<ProcessHandle> processes() {
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                process.info().arguments().map(Arrays::asList).orElse(List.of()).contains(directory.toString()))
        .toList();
  }

  private ProcessHandle process(String name) throws IOException {
    long pid = ProcessEntry.read(directory.resolve("peers/.minibit/" + name + ".process")).pid();
    return processes().stream().filter(process -> process.pid() == pid).findFirst().orElseThrow();
  }

  /** Starts a tracker on a free port and answers its URL. */
  private String startTracker() throws Exception {
    String out = minibit("start-tracker", "--port", "0").requireDone().out();
    return out.substring(out.indexOf("http://")).strip();
  }

  private Path rebuilt(int peer) {
    return directory.resolve("reconstructed/peer_" + peer + ".jpg");
  }

  private void awaitRebuilt(Path original, int peers) throws Exception {
    for (int peer = 1; peer <= peers; peer++) {
      Path file = rebuilt(peer);
      await(file + " does not appear", () -> Files.exists(file));
      assertEquals(-1, Files.mismatch(original, file), file.toString());
    }
  }

  private String log(int peer) {
    try {
      return Files.readString(directory.resolve("peers/peer_" + peer + "/peer.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private Set<String> names(String subdirectory) throws IOException {
    try (Stream<Path> entries = Files.list(directory.resolve(subdirectory))) {
      return entries.map(path -> path.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
    }
  }

  @Test
  void everyPeerRebuildsTheFileAndNothingIsLeftInTheEnd() throws Exception {
    String tracker = startTracker();
    minibit("split", "photo.jpg", "--tracker", tracker).requireDone();

    Result started = minibit("start-peers", "--choking-interval", "1s").requireDone();

    assertTrue(started.out().contains("5 peers started"), started.out());
    assertEquals(6, processes().size());
    awaitRebuilt(photo, 5);
    for (int peer = 1; peer <= 5; peer++) {
      int number = peer;
      await(log(peer), () -> log(number).contains("Tit for tat, round") && log(number).contains("Rebuilt"));
      assertTrue(log(peer).contains("Holds 98 of 98 blocks: 0-97"), log(peer));
      assertTrue(log(peer).contains("staying as a seeder"), log(peer));
      assertTrue(log(peer).contains("nchoked"), log(peer));
    }
    assertTrue(minibit("start-peers").requireError(1).contains("all peers run already"));
    assertTrue(minibit("cleanup").requireError(1).contains("'minibit stop-all' first"));

    Result stopped = minibit("stop-all").requireDone();

    assertEquals(6, stopped.out().lines().filter(line -> line.startsWith("stopped ")).count(), stopped.out());
    assertEquals(List.of(), processes());
    assertTrue(log(1).stripTrailing().endsWith("Stopped"), log(1));
    assertTrue(minibit("stop-all").requireDone().out().contains("nothing runs here"));

    minibit("cleanup").requireDone();

    assertEquals(Set.of("photo.jpg"), names("."));
  }

  @Test
  void crashedProcessesAreStartedAgainAndStopAllKnowsWhoIsLeft() throws Exception {
    minibit("split", "photo.jpg", "--peers", "3", "--tracker", startTracker()).requireDone();
    minibit("start-peers").requireDone();
    awaitRebuilt(photo, 3);

    assertTrue(process("peer_2").destroyForcibly());
    await("peer 2 lives", () -> processes().size() == 3);
    Result again = minibit("start-peers").requireDone();
    assertTrue(again.out().contains("peer_1, peer_3 run already"), again.out());
    assertTrue(again.out().contains("1 peer started"), again.out());
    assertEquals(4, processes().size());

    assertTrue(process("peer_3").destroyForcibly());
    await("peer 3 lives", () -> processes().size() == 3);
    // The terminal is closed: not meant for these.
    assertEquals(0, run(Path.of("/bin/kill"), "-HUP", Long.toString(process("peer_1").pid())).exitCode());
    // What has the number of a process that crashed may be anything, such as the program that runs this test.
    Path forged = directory.resolve("peers/.minibit/peer_9.process");
    new ProcessEntry(forged, "peer_9", ProcessHandle.current().pid(), 1, 1, "0", "").write();
    Result stopped = minibit("stop-all").requireDone();

    assertTrue(stopped.out().matches("(?s).*stopped peer_1 \\(process \\d+\\)\\R.*"), stopped.out());
    assertTrue(stopped.out().matches("(?s).*stopped peer_2 .*"), stopped.out());
    assertTrue(stopped.out().matches("(?s).*peer_3 \\(process \\d+\\) was not running any more.*"), stopped.out());
    assertTrue(stopped.out().matches("(?s).*peer_9 \\(process \\d+\\) was not running any more.*"), stopped.out());
    assertEquals(List.of(), processes());
    assertFalse(names("peers/.minibit").stream().anyMatch(name -> name.endsWith(".process")));
  }

  @Test
  void splitSaysHowManyBlocksThereAreAndWhoGotHowMany() throws Exception {
    List<String> lines = minibit("split", "photo.jpg", "--peers", "3").requireDone().out().lines().toList();

    assertEquals("photo.jpg: 97.7 KiB (100,001 bytes) in 98 blocks of 1.00 KiB", lines.get(0));
    assertEquals(BLOCKS, names("peers/blocks").size());
    Set<String> union = new TreeSet<>();
    for (int peer = 1; peer <= 3; peer++) {
      Set<String> blocks = names("peers/peer_" + peer + "/blocks");
      assertTrue(lines.get(peer).startsWith("peer_" + peer + ": " + blocks.size() + " blocks ("), lines.get(peer));
      assertTrue(blocks.size() < BLOCKS);
      union.addAll(blocks);
    }
    assertEquals(names("peers/blocks"), union);
    assertTrue(Files.exists(directory.resolve("peers/photo.jpg.torrent")));
    assertEquals(673, Files.size(directory.resolve("peers/blocks/block_97.bin")));
  }

  @Test
  void theSameSeedGivesTheSameSubsets() throws Exception {
    String first = minibit("split", "photo.jpg", "--seed", "42").requireDone().out();
    Set<String> blocks = names("peers/peer_4/blocks");
    minibit("cleanup").requireDone();
    assertEquals(first, minibit("split", "photo.jpg", "--seed", "42").requireDone().out());
    assertEquals(blocks, names("peers/peer_4/blocks"));
  }

  @Test
  void aSecondFileNeedsACleanupWhichKeepsWhatIsNotOurs() throws Exception {
    Path other = directory.resolve("other.jpg");
    makeFile(other, 2);
    minibit("split", "photo.jpg").requireDone();
    byte[] torrent = Files.readAllBytes(directory.resolve("peers/photo.jpg.torrent"));

    assertTrue(minibit("split", "other.jpg").requireError(1).contains("run 'minibit cleanup' first"));
    assertFalse(Files.exists(directory.resolve("peers/other.jpg.torrent")));
    assertEquals(-1, Arrays.mismatch(torrent, Files.readAllBytes(directory.resolve("peers/photo.jpg.torrent"))));

    Path notes = Files.writeString(directory.resolve("peers/peer_2/notes.txt"), "mine");
    Path link = Files.createSymbolicLink(directory.resolve("peers/peer_1/blocks/block_0.bin.part"), photo);
    Path mine = Files.createDirectory(directory.resolve("reconstructed")).resolve("peer_1.txt");
    Files.writeString(mine, "mine");
    String out = minibit("cleanup").requireDone().out();

    for (Path kept : List.of(notes, link, mine)) {
      assertTrue(Files.exists(kept), kept.toString());
      assertTrue(out.contains("kept, since it was not made here: " + directory.relativize(kept)), out);
    }
    assertFalse(Files.exists(directory.resolve("peers/blocks")));
    assertFalse(Files.exists(directory.resolve("peers/photo.jpg.torrent")));
    Files.delete(link);
    minibit("split", "other.jpg", "--tracker", startTracker()).requireDone();
    minibit("start-peers").requireDone();
    awaitRebuilt(other, 5);
    assertEquals("mine", Files.readString(mine));
    minibit("stop-all").requireDone();
  }

  @Test
  void splitOverwritesNothing() throws Exception {
    Path mine = Files.createDirectory(directory.resolve("reconstructed")).resolve("peer_3.jpg");
    Files.writeString(mine, "mine");

    assertTrue(minibit("split", "photo.jpg").requireError(1).contains("reconstructed/peer_3.jpg is there already"));
    minibit("cleanup").requireDone();

    assertEquals("mine", Files.readString(mine));
    assertFalse(Files.exists(directory.resolve("peers")));
  }

  @Test
  void whatCannotBeSplitIsOneClearError() throws Exception {
    Files.createFile(directory.resolve("empty"));
    try (RandomAccessFile sparse = new RandomAccessFile(directory.resolve("large").toFile(), "rw")) {
      sparse.setLength((1L << 31) + 1);
    }
    assertTrue(minibit("split", "empty").requireError(2).contains("is empty"));
    assertTrue(minibit("split", "none").requireError(1).contains("no such file: none"));
    assertTrue(minibit("split", ".").requireError(2).contains("is not a file"));
    assertTrue(minibit("split", "large").requireError(2).endsWith("--block-size 2048 would do"));
    assertTrue(minibit("split", "photo.jpg", "--peers", "0").requireError(2).contains("between 1 and"));
    assertEquals(Set.of("empty", "large", "photo.jpg"), names("."));
  }

  @Test
  void whatCannotBeStartedSaysWhy() throws Exception {
    assertTrue(minibit("start-peers").requireError(1).contains("run 'minibit split FILE' first"));
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String port = Integer.toString(taken.getLocalPort());
      String error = minibit("start-tracker", "--port", port).requireError(1);
      assertTrue(error.contains("did not start: cannot listen on http localhost:" + port + ": "), error);

      minibit("split", "photo.jpg", "--peers", "2", "--tracker", "http://127.0.0.1:1/announce").requireDone();
      error = minibit("start-peers").requireError(1);
      assertTrue(error.contains("no tracker answered"), error);
      assertTrue(error.contains("'minibit start-tracker'"), error);
    }
    assertEquals(List.of(), processes());
  }

  @Test
  void inTheForegroundTheyStayUntilStopped() throws Exception {
    Path out = temporary.resolve("foreground");
    Process tracker =
        start(
            dist().resolve("bin/minibit"), out, temporary.resolve("err"),
            "start-tracker", "--foreground", "--port", "0");
    Path peersOut = temporary.resolve("foreground peers");
    try {
      await("no tracker", () -> contains(out, "/announce"));
      String url = Files.readString(out).replace("tracker on ", "").strip();
      minibit("split", "photo.jpg", "--peers", "2", "--tracker", url).requireDone();
      Process peers =
          start(dist().resolve("bin/minibit"), peersOut, temporary.resolve("err2"), "start-peers", "--foreground");
      try {
        await("not rebuilt", () -> contains(peersOut, "peer_2: 98 of 98 blocks, rebuilt reconstructed/peer_2.jpg"));
        minibit("stop-all").requireDone();
        assertTrue(peers.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
        assertEquals(0, peers.exitValue());
      } finally {
        peers.destroyForcibly();
      }
      assertTrue(tracker.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS));
      assertEquals(0, tracker.exitValue());
      assertTrue(contains(out, "tracker stopped"));
    } finally {
      tracker.destroyForcibly();
    }
    assertEquals(List.of(), processes());
  }

  private static boolean contains(Path file, String text) {
    try {
      return Files.readString(file).contains(text);
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void theScriptsCallTheProgram() throws Exception {
    Path scripts = dist().resolve("scripts/unix");
    String out = run(scripts.resolve("start_tracker.sh"), "--port", "0").requireDone().out();
    String tracker = out.substring(out.indexOf("http://")).strip();
    minibit("split", "photo.jpg", "--peers", "2", "--tracker", tracker).requireDone();
    run(scripts.resolve("start_peers.sh")).requireDone();
    awaitRebuilt(photo, 2);
    assertTrue(run(scripts.resolve("stop_all.sh")).requireDone().out().contains("stopped tracker"));
    run(scripts.resolve("cleanup.sh")).requireDone();
    assertEquals(Set.of("photo.jpg"), names("."));
    assertEquals(Set.of("cleanup.ps1", "start_peers.ps1", "start_tracker.ps1", "stop_all.ps1"),
        namesIn(dist().resolve("scripts/windows")));
  }

  private static Set<String> namesIn(Path path) throws IOException {
    try (Stream<Path> entries = Files.list(path)) {
      return entries.map(entry -> entry.getFileName().toString()).collect(Collectors.toSet());
    }
  }
}
