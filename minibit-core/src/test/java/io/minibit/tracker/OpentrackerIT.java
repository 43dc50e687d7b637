package io.minibit.tracker;

import static io.minibit.tracker.Announces.OTHER;
import static io.minibit.tracker.Announces.TORRENT;
import static io.minibit.tracker.Announces.announce;
import static io.minibit.tracker.Announces.await;
import static io.minibit.tracker.Announces.peers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Our clients against opentracker. Without the program the tests are skipped, unless {@code MINIBIT_REQUIRE_CLIENTS} is
 * {@code true}: then they fail.
 */
@Timeout(120)
class OpentrackerIT {
  private static final Path PROGRAM = Path.of("/usr/bin/opentracker");

  private @Nullable Process process;
  private int port;

  @BeforeEach
  void start(@TempDir Path directory) throws Exception {
    if (!Files.isExecutable(PROGRAM)) {
      String missing = PROGRAM + " is not installed";
      assertFalse("true".equals(System.getenv("MINIBIT_REQUIRE_CLIENTS")), missing);
      abort(missing);
    }
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    // Debian's build serves the torrents on its whitelist only, and gives up its privileges before it reads that.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.writeString(directory.resolve("whitelist"), TORRENT + "\n");
    Process started =
        new ProcessBuilder(
                PROGRAM.toString(),
                "-i", "127.0.0.1", "-p", "" + port, "-P", "" + port, "-d", directory.toString(),
                "-w", "whitelist") // as it is called after the chroot
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    process = started;
    for (int attempt = 0; !serves(); attempt++) {
      if (started.waitFor(100, TimeUnit.MILLISECONDS) || attempt == 100) {
        fail("opentracker does not serve: " + Files.readString(directory.resolve("log")));
      }
    }
  }

  @AfterEach
  void stop() throws InterruptedException {
    if (process != null) {
      process.destroy();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    }
  }

  @Test
  void itIntroducesPeersThatAnnounceOverHttp() throws Exception {
    try (Tracker tracker = tracker("http")) {
      introduces(tracker);
    }
  }

  @Test
  void itIntroducesPeersThatAnnounceOverUdp() throws Exception {
    try (Tracker tracker = tracker("udp")) {
      introduces(tracker);
    }
  }

  private static void introduces(Tracker tracker) throws Exception {
    await(tracker.announce(announce("0.0.0.0:1001", AnnounceEvent.STARTED, 0)));
    AnnounceResponse answer = await(tracker.announce(announce("0.0.0.0:1002", AnnounceEvent.STARTED, 5)));
    assertTrue(peers(answer).contains("127.0.0.1:1001"), () -> answer.toString());
    assertEquals(1, answer.seeders());
    assertEquals(1, answer.leechers());
    ScrapeResponse scraped = await(tracker.scrape(List.of(OTHER, TORRENT)));
    assertEquals(new ScrapeResponse.Counts(1, 0, 1), scraped.counts().get(TORRENT));

    await(tracker.announce(announce("0.0.0.0:1002", AnnounceEvent.COMPLETED, 0)));
    await(tracker.announce(announce("0.0.0.0:1001", AnnounceEvent.STOPPED, 0)));
    assertEquals(new ScrapeResponse.Counts(1, 1, 0), await(tracker.scrape(List.of(TORRENT))).counts().get(TORRENT));
  }

  private Tracker tracker(String scheme) {
    return Tracker.at(URI.create(scheme + "://127.0.0.1:" + port + "/announce"), Limits.defaults());
  }

  /** It reads the whitelist on a thread of its own, after it has begun to listen. */
  private boolean serves() throws InterruptedException {
    try (Tracker tracker = tracker("http")) {
      tracker.announce(announce("0.0.0.0:1", AnnounceEvent.STOPPED, 1)).get();
      return true;
    } catch (ExecutionException e) {
      return false;
    }
  }
}
