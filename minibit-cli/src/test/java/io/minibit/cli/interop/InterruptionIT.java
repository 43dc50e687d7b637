package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** MiniBit ended in the middle of a transfer, by whatever means. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class InterruptionIT {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final int PIECE_LENGTH = 65_536;

  private final RealClient client = new LibtorrentClient();
  private Testbed testbed;
  private MiniBit miniBit;
  private Content content;
  private Path full;
  private Path fetched;

  @BeforeEach
  void writeContent() throws Exception {
    client.requireInstalled();
    testbed = Testbed.onLoopback();
    miniBit = new MiniBit(testbed);
    full = testbed.newDirectory("full");
    fetched = testbed.newDirectory("fetched");
    content = Content.of("40000003").writeTo(full);
  }

  @AfterEach
  void close() {
    if (testbed != null) {
      testbed.close();
    }
  }

  private Path torrent(String tracker) throws Exception {
    return miniBit.create(full.resolve(content.name()), PIECE_LENGTH, tracker);
  }

  @Test
  void aSeedEndsInOrderWhileItServes() throws Exception {
    Path torrent = torrent(miniBit.tracker(Host.LOOPBACK, "http"));
    Program seed = miniBit.seed(Host.LOOPBACK, torrent, full, "--upload-rate", "4MiB/s");
    Program leech = client.start(testbed, Host.LOOPBACK, Host.freePort(), torrent, fetched);
    leech.await("client of a peer: MiniBit", SOON);
    leech.await("pieces: [1-9]", SOON);

    seed.interrupt();

    assertEquals(0, seed.awaitEnd(SOON), seed::lastLines);
    seed.await("(?m)^uploaded [1-9]", SOON);
  }

  @Test
  void aGetThatWasKilledGoesOnFromWhatIsThere() throws Exception {
    Path torrent = torrent("http://127.0.0.1:9/announce");
    int port = Host.freePort();
    client.start(testbed, Host.LOOPBACK, port, torrent, full);
    Object[] from = {"--no-tracker", "--peer", Host.LOOPBACK.ip() + ":" + port};
    Program killed =
        miniBit.get(Host.LOOPBACK, torrent, fetched, from[0], from[1], from[2], "--download-rate", "4MiB/s", "--debug");
    killed.await("(?s)(piece \\d+ verified and stored.*){20}", SOON);
    killed.close();

    Program second = miniBit.get(Host.LOOPBACK, torrent, fetched, from);

    second.awaitSuccess(SOON);
    long there = Long.parseLong(second.await("; (\\d+) bytes were there already", SOON).group(1));
    assertTrue(there >= 20L * PIECE_LENGTH && there < content.length(), second::lastLines);
    testbed.awaitSame(content, full, fetched, SOON);
  }
}
