package io.minibit.cli.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Peers that know nothing of each other but what a tracker tells them. */
@Timeout(240)
@Execution(ExecutionMode.CONCURRENT)
class TrackerIT {
  private static final int PIECE_LENGTH = 65_536;

  /** Size of the content, not a multiple of the piece's or the block's. */
  private static final String BYTES = "3000007";

  private static final Duration AT_MOST = Duration.ofMinutes(2);

  @ParameterizedTest
  @CsvSource({"http, qBittorrent", "udp, libtorrent"})
  void miniBitsTrackerServesAllClients(String scheme, String seed) throws Exception {
    List<String> names = new ArrayList<>(List.of("libtorrent", "Transmission", "aria2", "qBittorrent"));
    List<RealClient> clients = names.stream().map(RealClient::named).toList();
    clients.forEach(RealClient::requireInstalled);
    try (Testbed testbed = Testbed.suiting(clients.toArray(RealClient[]::new))) {
      MiniBit miniBit = new MiniBit(testbed);
      Path full = testbed.newDirectory("full");
      Content content = Content.of(BYTES).writeTo(full);
      String tracker = miniBit.tracker(testbed.host(), scheme);
      Path torrent = miniBit.create(full.resolve(content.name()), PIECE_LENGTH, tracker);

      List<Program> programs = new ArrayList<>();
      programs.add(RealClient.named(seed).start(testbed, testbed.host(), Host.freePort(), torrent, full));
      List<Path> directories = new ArrayList<>();
      for (String name : names) {
        if (!name.equals(seed)) {
          directories.add(testbed.newDirectory("fetched"));
          Path directory = directories.get(directories.size() - 1);
          programs.add(
              RealClient.named(name).start(testbed, testbed.host(), Host.freePort(), torrent, directory));
        }
      }
      directories.add(testbed.newDirectory("fetched"));
      Program get = miniBit.get(testbed.host(), torrent, directories.get(directories.size() - 1), "--seed-for", "10m");
      programs.add(get);

      for (Path directory : directories) {
        testbed.awaitSame(content, full, directory, AT_MOST, programs.toArray(Program[]::new));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "udp"})
  void miniBitAnnouncesToOpentracker(String scheme) throws Exception {
    try (Testbed testbed = Testbed.onLoopback()) {
      Opentracker.requireInstalled();
      MiniBit miniBit = new MiniBit(testbed);
      Path full = testbed.newDirectory("full");
      Path fetched = testbed.newDirectory("fetched");
      Content content = Content.of(BYTES).writeTo(full);
      int port = Host.freePort();
      String url = scheme + "://" + Host.LOOPBACK.ip() + ":" + port + "/announce";
      Path torrent = miniBit.create(full.resolve(content.name()), PIECE_LENGTH, url);
      Program opentracker = Opentracker.start(testbed, port, miniBit.infoHash(torrent));

      Program seed = miniBit.seed(Host.LOOPBACK, torrent, full);
      Program leech = miniBit.get(Host.LOOPBACK, torrent, fetched);

      testbed.awaitSame(content, full, fetched, AT_MOST, leech, seed, opentracker);
      leech.awaitSuccess(AT_MOST);
    }
  }
}
