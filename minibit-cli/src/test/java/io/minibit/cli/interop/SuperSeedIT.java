package io.minibit.cli.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A MiniBit that shows one piece at a time, and clients that have to give the pieces to each other. */
@Timeout(180)
class SuperSeedIT {
  @Test
  void clientsCompleteFromASuperSeed() throws Exception {
    LibtorrentClient client = new LibtorrentClient();
    client.requireInstalled();
    try (Testbed testbed = Testbed.suiting(client)) {
      MiniBit miniBit = new MiniBit(testbed);
      Path full = testbed.newDirectory("full");
      Content content = Content.of("20000003").writeTo(full);
      String tracker = miniBit.tracker(testbed.host(), "http");
      Path torrent = miniBit.create(full.resolve(content.name()), 65_536, tracker);
      List<Path> directories = List.of(testbed.newDirectory("fetched"), testbed.newDirectory("fetched"));

      Program seed = miniBit.seed(testbed.host(), torrent, full, "--super-seed", "--upload-rate", "4MiB/s");
      Program one = client.start(testbed, testbed.host(), Host.freePort(), torrent, directories.get(0));
      Program two = client.start(testbed, testbed.host(), Host.freePort(), torrent, directories.get(1));

      for (Path fetched : directories) {
        testbed.awaitSame(content, full, fetched, Duration.ofMinutes(1), one, two, seed);
      }
    }
  }
}
