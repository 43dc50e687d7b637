package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Disks that get full, vanish or may not be used any more, seen from the command line: it says so, and goes on later. */
@Timeout(180)
class DisksIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  /** Nobody, on every Linux. */
  private static final String NOBODY = "65534";

  private final Deque<Path> mounted = new ArrayDeque<>();
  private Testbed testbed;
  private MiniBit miniBit;
  private Content content;
  private Path full;
  private Path torrent;
  private String seed;

  @BeforeEach
  void startSeed() throws Exception {
    testbed = Testbed.onLoopback();
    miniBit = new MiniBit(testbed);
    full = testbed.newDirectory("full");
    content = Content.of("3000000").writeTo(full);
    torrent = miniBit.create(full.resolve(content.name()), 65_536, "http://127.0.0.1:9/announce");
    seed = address(miniBit.seed(Host.LOOPBACK, torrent, full, "--no-tracker", "--upload-rate", "1MiB/s"));
  }

  @AfterEach
  void close() throws Exception {
    try {
      for (Path place : mounted) {
        command("umount", "-l", place.toString());
      }
    } finally {
      if (testbed != null) {
        testbed.close();
      }
    }
  }

  private static String address(Program program) throws InterruptedException {
    return program.await("(?m)^seeding .* on (\\S+:\\d+), ", SOON).group(1);
  }

  private static void command(String... command) throws IOException, InterruptedException {
    List<String> located = new ArrayList<>(List.of(command));
    located.set(0, Requirements.program(command[0]));
    Process process = new ProcessBuilder(located).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
  }

  private void mount(Path place, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(arguments));
    command.add(place.toString());
    try {
      command(command.toArray(String[]::new));
    } catch (IOException e) {
      throw Requirements.unmet("no small file system can be mounted: " + e.getMessage());
    }
    mounted.push(place);
  }

  private Program get(Path directory, Object... options) throws IOException {
    List<Object> all = new ArrayList<>(List.of("--no-tracker", "--peer", seed));
    all.addAll(List.of(options));
    return miniBit.get(Host.LOOPBACK, torrent, directory, all.toArray());
  }

  private void completes(Program get, Path directory) throws Exception {
    get.awaitSuccess(SOON);
    testbed.awaitSame(content, full, directory, SOON);
    assertWordsOnly(get);
  }

  /** No stack trace, no class name of an exception. */
  private static void assertWordsOnly(Program program) {
    assertFalse(program.output().contains("Exception"), program::lastLines);
    assertFalse(program.output().contains("\tat "), program::lastLines);
  }

  @Test
  void aFullDiskIsWaitedFor() throws Exception {
    Path disk = testbed.newDirectory("disk");
    mount(disk, "-t", "tmpfs", "-o", "size=1m", "minibit-test");
    Program get = get(disk);
    get.await("No space left on device", SOON);
    command("mount", "-o", "remount,size=8m", disk.toString());
    completes(get, disk);
  }

  @Test
  void aDiskThatStaysFullEndsWhatHasATimeout() throws Exception {
    Path disk = testbed.newDirectory("disk");
    mount(disk, "-t", "tmpfs", "-o", "size=1m", "minibit-test");
    Program get = get(disk, "--timeout", "4s");
    assertEquals(1, get.awaitEnd(SOON), get::lastLines);
    String last = get.output().lines().reduce("", (a, b) -> b);
    assertTrue(last.matches("minibit: nothing has come for 4(\\.0)? s: cannot store: .*No space left on device"), last);
    assertWordsOnly(get);
  }

  @Test
  void aDiskThatVanishesIsWaitedFor() throws Exception {
    Path source = testbed.newDirectory("source");
    Path disk = testbed.newDirectory("disk");
    mount(source, "-t", "tmpfs", "-o", "size=8m", "minibit-test");
    mount(disk, "--bind", source.toString());
    Program get = get(disk);
    while (!Files.exists(disk.resolve(content.name()))) {
      Thread.sleep(20);
    }
    command("umount", "-l", disk.toString());
    mounted.remove(disk);
    get.await("nothing is mounted at", SOON);
    try (var below = Files.list(disk)) {
      assertEquals(List.of(), below.toList());
    }
    mount(disk, "--bind", source.toString());
    completes(get, disk);
  }

  /** Root may do everything, so that another user tries. */
  private Host nobody() {
    return new Host("127.0.0.1", List.of(
        Requirements.program("setpriv"), "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups"));
  }

  private void requireNobody() throws IOException, InterruptedException {
    String setpriv = Requirements.program("setpriv");
    try {
      command(setpriv.substring(setpriv.lastIndexOf('/') + 1), "--reuid", NOBODY, "--regid", NOBODY, "--clear-groups",
          Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-version");
    } catch (IOException e) {
      throw Requirements.unmet("nobody cannot run Java: " + e.getMessage());
    }
  }

  private static void permit(Path path, String permissions) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
  }

  @Test
  void aDirectoryThatMayNotBeWrittenIsWaitedFor() throws Exception {
    requireNobody();
    Path directory = testbed.newDirectory("closed");
    permit(directory, "r-xr-xr-x");
    Program get =
        miniBit.get(nobody(), torrent, directory, "--no-tracker", "--peer", seed);
    get.await("(?i)permission denied", SOON);
    permit(directory, "rwxrwxrwx");
    completes(get, directory);
  }

  @Test
  void filesThatMayNotBeReadForAWhileAreServedAgainLater() throws Exception {
    requireNobody();
    Path directory = testbed.newDirectory("shared");
    content.writeTo(directory);
    permit(directory, "rwxrwxrwx");
    Program server =
        miniBit.seed(nobody(), torrent, directory, "--no-tracker", "--upload-rate", "500KiB/s");
    Path fetched = testbed.newDirectory("fetched");
    Program get =
        miniBit.get(Host.LOOPBACK, torrent, fetched, "--no-tracker", "--peer", address(server));
    while (!Files.exists(fetched.resolve(content.name()))) {
      Thread.sleep(20);
    }
    permit(directory, "---------");
    server.await("(?i)cannot be checked: .*permission denied", SOON);
    permit(directory, "rwxrwxrwx");
    completes(get, fetched);
    assertTrue(server.isAlive());
    assertWordsOnly(server);
  }
}
