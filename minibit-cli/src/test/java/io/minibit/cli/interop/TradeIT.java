package io.minibit.cli.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** MiniBit seeds to the clients that people use, and fetches from them. */
@Timeout(120)
class TradeIT {
  private static final Duration AT_MOST = Duration.ofSeconds(60);

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

  private static final Map<String, Place> PLACES = new HashMap<>();

  /** Where one client and MiniBit trade. */
  private record Place(Testbed testbed, MiniBit miniBit, Host miniBitHost, Host clientHost) {
    static Place suiting(RealClient client) {
      try {
        Testbed testbed = Testbed.suiting(client);
        return new Place(testbed, new MiniBit(testbed), testbed.host(), testbed.host());
      } catch (java.io.IOException e) {
        throw new java.io.UncheckedIOException(e);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @AfterEach
  void endPrograms() {
    PLACES.values().forEach(place -> place.testbed().endPrograms());
  }

  @AfterAll
  static void leave() {
    PLACES.values().forEach(place -> place.testbed().close());
    PLACES.clear();
  }

  @ParameterizedTest(name = "{0}, {1} bytes in pieces of {2}")
  @CsvSource(textBlock = TABLE, delimiter = '|')
  void fetchesFromMiniBit(String name, String bytes, int pieceLength) throws Exception {
    RealClient client = RealClient.named(name);
    client.requireInstalled();
    Place place = PLACES.computeIfAbsent(name, key -> Place.suiting(client));
    Testbed testbed = place.testbed();
    Path full = testbed.newDirectory("full");
    Content content = Content.of(bytes).writeTo(full);
    String tracker = place.miniBit().tracker(place.miniBitHost(), "http");
    Path torrent = place.miniBit().create(full.resolve(content.name()), pieceLength, tracker);

    Program seed = place.miniBit().seed(place.miniBitHost(), torrent, full);
    Path fetched = testbed.newDirectory("fetched");
    Program leech =
        client.start(testbed, place.clientHost(), place.clientHost().freePort(), torrent, fetched);

    testbed.awaitSame(content, full, fetched, AT_MOST, leech, seed);
  }

  @ParameterizedTest(name = "{0}, {1} bytes in pieces of {2}")
  @CsvSource(textBlock = TABLE, delimiter = '|')
  void servesMiniBit(String name, String bytes, int pieceLength) throws Exception {
    RealClient client = RealClient.named(name);
    client.requireInstalled();
    Place place = PLACES.computeIfAbsent(name, key -> Place.suiting(client));
    Testbed testbed = place.testbed();
    Path full = testbed.newDirectory("full");
    Content content = Content.of(bytes).writeTo(full);
    // Nobody is there: it waits for us.
    Path torrent =
        place.miniBit().create(full.resolve(content.name()), pieceLength, "http://" + place.clientHost().ip() + ":9/announce");

    int port = place.clientHost().freePort();
    Program seed = client.start(testbed, place.clientHost(), port, torrent, full);
    Path fetched = testbed.newDirectory("fetched");
    Program leech =
        place.miniBit().get(
            place.miniBitHost(), torrent, fetched, "--no-tracker", "--peer", place.clientHost().ip() + ":" + port);

    testbed.awaitSame(content, full, fetched, AT_MOST, seed);
    leech.awaitSuccess(AT_MOST);
  }
}
