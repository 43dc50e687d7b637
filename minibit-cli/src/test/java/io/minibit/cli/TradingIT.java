package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.SeededRandom;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code seed}, {@code get} and {@code tracker} among themselves, over loopback. */
class TradingIT {
  private static final String LOOPBACK = "127.0.0.1:0";

  @TempDir private Path directory;

  private final byte[] bytes = new byte[1_000_001];
  private Path content;
  private Path torrent;
  private Path downloads;

  @BeforeEach
  void makeTorrent() throws Exception {
    new SeededRandom(3).nextBytes(bytes);
    content = Files.write(directory.resolve("data.bin"), bytes);
    torrent = directory.resolve("data.torrent");
    downloads = directory.resolve("downloads");
    CommandLineRun.run("create", content, "-o", torrent).requireDone();
  }

  private CommandLineRun seed(Object... more) {
    Object[] args = {"seed", torrent, "--dir", directory, "--listen", LOOPBACK};
    return CommandLineRun.start(concat(args, more));
  }

  private CommandLineRun get(Object... more) {
    Object[] args = {"get", torrent, "--dir", downloads, "--listen", LOOPBACK};
    return CommandLineRun.start(concat(args, more));
  }

  private static Object[] concat(Object[] first, Object... second) {
    Object[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /** Where a seed says that it can be reached. */
  private static String address(CommandLineRun seed) throws InterruptedException {
    return seed.awaitLine("seeding data.bin on ").replaceAll("seeding data.bin on ([^,]+),.*", "$1");
  }

  private void assertDownloaded() throws IOException {
    assertEquals(-1, Files.mismatch(content, downloads.resolve("data.bin")));
  }

  @Test
  void getFetchesWhatSeedServesAndASecondGetFindsItThere() throws Exception {
    CommandLineRun seed = seed("--no-tracker");
    String address = address(seed);

    CommandLineRun first = get("--no-tracker", "--peer", address).requireDone();
    assertDownloaded();
    assertTrue(
        first.lastLine().matches("data\\.bin: complete, 1000001 bytes in \\d+\\.\\d\\d s, .*/s.*"), first.lastLine());

    CommandLineRun second = get("--no-tracker").requireDone();
    assertTrue(
        second.lastLine().matches("data\\.bin: complete, 0 bytes in .*; 1000001 bytes were there already"),
        second.lastLine());

    assertEquals(0, seed.stop());
    assertTrue(seed.lastLine().startsWith("uploaded 977 KiB (1,000,001 bytes) in "), seed.lastLine());
    assertEquals(0, first.err().size() + second.err().size() + seed.err().size());
  }

  @Test
  void getGoesOnFromWhatIsThere() throws Exception {
    byte[] half = bytes.clone();
    Arrays.fill(half, 0, 16 << 10, (byte) 0);
    Files.createDirectories(downloads);
    Files.write(downloads.resolve("data.bin"), half);
    CommandLineRun seed = seed("--no-tracker");

    CommandLineRun get = get("--no-tracker", "--peer", address(seed)).requireDone();

    assertDownloaded();
    assertTrue(get.lastLine().startsWith("data.bin: complete, 16384 bytes in "), get.lastLine());
    seed.stop();
  }

  @Test
  void aTrackerBringsThemTogether() throws Exception {
    CommandLineRun tracker = CommandLineRun.start("tracker", "--http", LOOPBACK);
    String url = tracker.awaitLine("tracker on http://").substring("tracker on ".length());
    CommandLineRun.run("create", content, "-o", torrent, "--tracker", url, "--force").requireDone();
    CommandLineRun seed = seed();
    address(seed);

    get().requireDone();

    assertDownloaded();
    assertEquals(0, seed.stop());
    assertEquals(0, tracker.stop());
    assertTrue(tracker.lastLine().matches("answered \\d+ requests"), tracker.lastLine());
  }

  @Test
  void getServesOthersForAWhileIfAskedTo() throws Exception {
    CommandLineRun get = CommandLineRun.start("get", torrent, "--dir", directory, "--no-tracker", "--seed-for", "200ms");

    get.requireDone();

    assertTrue(get.lastLine().contains("1000001 bytes were there already"), get.lastLine());
  }

  @Test
  void anInterruptedGetSaysSo() throws Exception {
    CommandLineRun get = get("--no-tracker");

    assertEquals(130, get.stop());

    assertTrue(get.err().get(0).startsWith("minibit: interrupted"), get.err().get(0));
  }

  @Test
  void getGivesUpWhenNothingComesIfAskedTo() throws Exception {
    String nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = "127.0.0.1:" + socket.getLocalPort();
    }

    String error = get("--no-tracker", "--peer", nobody, "--timeout", "300ms").requireError(1);

    assertTrue(error.startsWith("minibit: nothing has come for 0.30 s: "), error);
  }

  @Test
  void whatIsMissingIsNotSeeded() throws Exception {
    Files.delete(content);
    String error = seed("--no-tracker").requireError(1);
    assertTrue(error.startsWith("minibit: nothing of data.bin is in "), error);

    bytes[0] ^= 1;
    Files.write(content, bytes);
    error = seed("--no-tracker").requireError(1);
    assertTrue(error.startsWith("minibit: 1 of 62 pieces of data.bin are missing or differ; 'minibit get "), error);
  }

  @Test
  void aPortInUseIsNamed() throws Exception {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + socket.getLocalPort();

      String error = CommandLineRun.run("seed", torrent, "--dir", directory, "--listen", address).requireError(1);
      assertTrue(error.contains(address), error);
      error = CommandLineRun.run("get", torrent, "--dir", directory, "--listen", address).requireError(1);
      assertTrue(error.contains(address), error);
      error = CommandLineRun.run("tracker", "--http", address).requireError(1);
      assertTrue(error.contains(address), error);
    }
  }

  @Test
  void addressesAndRatesAreChecked() throws Exception {
    assertTrue(get("--peer", "127.0.0.1").requireError(2).contains("no address such as"));
    assertTrue(get("--peer", "127.0.0.1:0").requireError(2).contains("port 0"));
    assertTrue(get("--upload-rate", "0").requireError(2).contains("--upload-rate"));
    assertEquals("minibit: unknown host: no.such.invalid", get("--peer", "no.such.invalid:1").requireError(1));
    assertFalse(Files.exists(downloads));
  }

  @Test
  void aTargetThatIsNoDirectoryIsNamed() throws Exception {
    String error = CommandLineRun.run("get", torrent, "--dir", content, "--no-tracker").requireError(1);

    assertEquals("minibit: " + content + " is not a directory", error);
  }
}
