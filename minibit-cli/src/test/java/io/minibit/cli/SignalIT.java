package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What a polite kill does to the program as it is built; Ctrl-C goes the same way. */
@DisabledOnOs(OS.WINDOWS)
class SignalIT {
  @TempDir private Path directory;

  private Path file;
  private Path torrent;

  @BeforeEach
  void makeTorrent() throws Exception {
    file = Files.write(directory.resolve("data.bin"), new byte[200_000]);
    torrent = directory.resolve("data.bin.torrent");
    Process create = start("create", "data.bin");
    assertTrue(create.waitFor(1, TimeUnit.MINUTES));
    assertEquals(0, create.exitValue());
    assertTrue(Files.exists(torrent), "the default is the name of the content, in the current directory");
  }

  private Process start(String... args) throws IOException {
    String jar = System.getProperty("minibit.jar");
    if (jar == null) {
      return fail("minibit.jar is not set: run by 'mvn verify'");
    }
    List<String> command =
        new ArrayList<>(
            List.of(
                System.getProperty("java.home") + "/bin/java", "-Djava.io.tmpdir=" + directory.toAbsolutePath(), "-jar",
                jar));
    command.addAll(Arrays.asList(args));
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectError(directory.resolve("err").toFile())
        .start();
  }

  /** Kills politely after the first line that begins so; answers the exit code. */
  private int kill(Process process, String line) throws Exception {
    try (BufferedReader out = process.inputReader()) {
      String first = out.readLine();
      while (first != null && !first.startsWith(line)) {
        first = out.readLine();
      }
      assertNotNull(first, () -> errors());
      process.destroy();
      assertTrue(process.waitFor(1, TimeUnit.MINUTES), "it does not end");
    } finally {
      process.destroyForcibly();
    }
    return process.exitValue();
  }

  private String errors() {
    try {
      return Files.readString(directory.resolve("err"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void aSeedEndsInOrder() throws Exception {
    assertEquals(0, kill(start("seed", "data.bin.torrent", "--dir", ".", "--listen", "127.0.0.1:0"), "seeding"));
  }

  @Test
  void aTrackerEndsInOrder() throws Exception {
    assertEquals(0, kill(start("tracker", "--http", "127.0.0.1:0", "--udp", "127.0.0.1:0"), "tracker on udp"));
  }

  @Test
  void aSwarmLeavesNothingBehind() throws Exception {
    int code = kill(start("swarm", "data.bin", "--upload-rate", "2KiB/s"), "5 peers");

    assertEquals(StopSignal.INTERRUPTED, code);
    assertEquals("minibit: interrupted", errors().strip());
    try (Stream<Path> entries = Files.list(directory)) {
      assertEquals(List.of(), entries.filter(path -> path.toString().contains("minibit-swarm")).toList());
    }
    assertEquals(200_000, Files.size(file));
  }
}
