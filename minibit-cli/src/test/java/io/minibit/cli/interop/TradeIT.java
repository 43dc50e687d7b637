package io.minibit.cli.interop;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MiniBit seeds to the clients that people use, and fetches from them. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class TradeIT {
  private static final Duration AT_MOST = Duration.ofMinutes(1);

  /** One file, or several (sizes joined by +), cut into pieces. */
  private static final String TABLE =
      """
      # client     | bytes                       | piece size
      libtorrent   | 1                           | 16384
      libtorrent   | 16383                       | 16384
      libtorrent   | 16385                       | 16384
      libtorrent   | 1+0+16385+70001+16384       | 32768
      libtorrent   | 268435456                   | 1048576
      Transmission | 1                           | 16384
      Transmission | 16385                       | 32768
      Transmission | 1000003                     | 65536
      Transmission | 70001+1+0+3000001           | 16384
      Transmission | 20000003                    | 4194304
      aria2        | 1                           | 16384
      aria2        | 16383                       | 16384
      aria2        | 1000003                     | 262144
      aria2        | 0+16384+33333+1+100003      | 65536
      aria2        | 20000003                    | 4194304
      qBittorrent  | 1                           | 16384
      qBittorrent  | 1000003                     | 16384
      qBittorrent  | 5+16385+0+1+2500000         | 1048576
      qBittorrent  | 20000003                    | 2097152
      """;

  @ParameterizedTest(name = "{0}, {1} bytes in pieces of {2}")
  @CsvSource(textBlock = TABLE, delimiter = '|')
  void fetchesFromMiniBit(String name, String bytes, int pieceLength) throws Exception {
    RealClient client = RealClient.named(name);
    client.requireInstalled();
    try (Testbed testbed = Testbed.suiting(client)) {
      MiniBit miniBit = new MiniBit(testbed);
      Host here = testbed.host();
      Host there = testbed.host();
      Path full = testbed.newDirectory("full");
      Path fetched = testbed.newDirectory("fetched");
      Content content = Content.of(bytes).writeTo(full);
      // Most of them cannot be told of a peer but by a tracker.
      String tracker = miniBit.tracker(here, "http");
      Path torrent = miniBit.create(full.resolve(content.name()), pieceLength, tracker);

      Program seed = miniBit.seed(here, torrent, full);
      Program leech = client.start(testbed, there, Host.freePort(), torrent, fetched);

      testbed.awaitSame(content, full, fetched, AT_MOST, leech, seed);
    }
  }

  @ParameterizedTest(name = "{0}, {1} bytes in pieces of {2}")
  @CsvSource(textBlock = TABLE, delimiter = '|')
  void servesMiniBit(String name, String bytes, int pieceLength) throws Exception {
    RealClient client = RealClient.named(name);
    client.requireInstalled();
    try (Testbed testbed = Testbed.suiting(client)) {
      MiniBit miniBit = new MiniBit(testbed);
      Host here = testbed.host();
      Host there = testbed.host();
      Path full = testbed.newDirectory("full");
      Path fetched = testbed.newDirectory("fetched");
      Content content = Content.of(bytes).writeTo(full);
      Path torrent = miniBit.create(full.resolve(content.name()), pieceLength, nobody(there));

      int port = Host.freePort();
      Program seed = client.start(testbed, there, port, torrent, full);
      Program leech = miniBit.get(here, torrent, fetched, "--no-tracker", "--peer", there.ip() + ":" + port);

      testbed.awaitSame(content, full, fetched, AT_MOST, leech, seed);
      leech.awaitSuccess(AT_MOST);
    }
  }

  /** A tracker that is not there. */
  private static String nobody(Host host) {
    return "http://" + host.ip() + ":9/announce";
  }
}
