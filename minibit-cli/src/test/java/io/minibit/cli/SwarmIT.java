package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.SeededRandom;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SwarmIT {
  private static final String SUMMARY = "peers complete in \\d+\\.\\d\\d s from first connect to last completion";

  @TempDir private Path directory;

  private Path file;

  @BeforeEach
  void makeFile() throws IOException {
    byte[] bytes = new byte[100_001];
    new SeededRandom(5).nextBytes(bytes);
    file = Files.write(directory.resolve("photo.jpg"), bytes);
  }

  @Test
  void randomSubsetsBecomeWholeFilesEverywhere() throws Exception {
    Path out = directory.resolve("out");

    CommandLineRun swarm = CommandLineRun.run("swarm", file, "--out", out, "--seed", 1).requireDone();

    assertEquals("photo.jpg: 97.7 KiB (100,001 bytes) in 98 blocks of 1.00 KiB", swarm.out().get(0));
    assertTrue(swarm.lastLine().matches("5 " + SUMMARY), swarm.lastLine());
    assertEquals(5, swarm.out().stream().filter(line -> line.endsWith("  equal")).count());
    for (int peer = 1; peer <= 5; peer++) {
      Path home = out.resolve("peer_" + peer);
      assertEquals(-1, Files.mismatch(file, home.resolve("reconstructed/photo.jpg")));
      assertTrue(Files.isRegularFile(home.resolve("blocks/block_97.bin")));
    }
  }

  @Test
  void oneSeedServesAllTheOthers() throws Exception {
    CommandLineRun swarm =
        CommandLineRun.run(
                "swarm", file, "--start", "one-seed", "--peers", 3, "--selection", "sequential", "--choking", "serve-all",
                "--block-size", "16KiB")
            .requireDone();

    assertTrue(swarm.lastLine().matches("3 " + SUMMARY + "; the seed uploaded \\d+\\.\\d\\d copies"), swarm.lastLine());
  }

  @Test
  void theSameSeedGivesTheSameSubsets() throws Exception {
    String first = CommandLineRun.run("swarm", file, "--peers", 2, "--seed", 42).requireDone().out().get(1);
    String second = CommandLineRun.run("swarm", file, "--peers", 2, "--seed", 42).requireDone().out().get(1);

    assertEquals(first.replaceAll(";.*", ""), second.replaceAll(";.*", ""));
  }

  @Test
  void wrongUsageIsOneClearError() throws Exception {
    Path empty = Files.createFile(directory.resolve("empty"));
    assertTrue(CommandLineRun.run("swarm", empty).requireError(2).contains("nothing to share"));
    assertTrue(CommandLineRun.run("swarm", directory).requireError(2).contains("is not a file"));
    assertTrue(CommandLineRun.run("swarm", directory.resolve("none")).requireError(1).contains("no such file"));
    assertTrue(CommandLineRun.run("swarm", file, "--peers", 1).requireError(2).contains("2 to 200 peers"));
    assertTrue(CommandLineRun.run("swarm", file, "--block-size", 0).requireError(2).contains("not between 1 and"));
    assertTrue(CommandLineRun.run("swarm", file, "--choking", "none").requireError(2).contains("tit-for-tat-rare"));
    assertTrue(CommandLineRun.run("swarm", file, "--out", directory).requireError(1).contains("is not empty"));
  }

  @Test
  void thePageOfASwarmStaysForAWhile() throws Exception {
    CommandLineRun swarm = CommandLineRun.run("swarm", "--web", file, "--web-for", "10ms").requireDone();

    assertTrue(swarm.out().stream().anyMatch(line -> line.matches("watch it at http://127\\.0\\.0\\.1:\\d+/")));
    assertTrue(swarm.lastLine().startsWith("the page stays at http://127.0.0.1:"), swarm.lastLine());
    CommandLineRun until = CommandLineRun.start("swarm", file, "--web=localhost:0");
    until.awaitLine("the page stays at ");
    assertEquals(0, until.stop());
  }

  @Test
  void thePageIsForThisMachineOnly() throws Exception {
    assertTrue(CommandLineRun.run("swarm", file, "--web=0.0.0.0:0").requireError(2).contains("for this machine only"));
    assertTrue(CommandLineRun.run("swarm", file, "--web-for", "1s").requireError(2).contains("give --web too"));
  }

  @Test
  void tooManyBlocksNameAWorkableSize() throws Exception {
    Path large = directory.resolve("large");
    try (RandomAccessFile sparse = new RandomAccessFile(large.toFile(), "rw")) {
      sparse.setLength(1L << 31);
    }

    assertTrue(
        CommandLineRun.run("swarm", large, "--block-size", 512).requireError(2).endsWith("--block-size 1024 would do"));
  }
}
