package io.minibit.cli.interop;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A swarm without a seed: three clients and three MiniBits, each with some of the pieces. */
@Timeout(240)
class MixedSwarmIT {
  private static final int PIECE_LENGTH = 65_536;
  private static final int PIECES = 160;
  private static final int PEERS = 6;

  @Test
  void scatteredPiecesReachEverybody() throws Exception {
    List<RealClient> clients =
        List.of(new LibtorrentClient(), new TransmissionClient(), new Aria2Client());
    clients.forEach(RealClient::requireInstalled);
    try (Testbed testbed = Testbed.suiting(clients.toArray(RealClient[]::new))) {
      MiniBit miniBit = new MiniBit(testbed);
      Path full = testbed.newDirectory("full");
      Content content = Content.of(String.valueOf(PIECES * (long) PIECE_LENGTH - 12_345)).writeTo(full);
      String tracker = miniBit.tracker(testbed.host(), "http");
      Path torrent = miniBit.create(full.resolve(content.name()), PIECE_LENGTH, tracker);

      List<BitSet> parts = scatter();
      List<Path> directories = new ArrayList<>();
      List<Program> programs = new ArrayList<>();
      for (int i = 0; i < PEERS; i++) {
        Path directory = testbed.newDirectory("peer");
        content.writePiecesTo(directory, parts.get(i), PIECE_LENGTH);
        directories.add(directory);
        Host host = testbed.host();
        programs.add(
            i < clients.size()
                ? clients.get(i).start(testbed, host, Host.freePort(), torrent, directory)
                : miniBit.get(host, torrent, directory, "--seed-for", "10m"));
      }

      for (Path directory : directories) {
        testbed.awaitSame(content, full, directory, Duration.ofMinutes(2), programs.toArray(Program[]::new));
      }
    }
  }

  /** Every piece is somewhere, most of them more than once, and nobody has all. */
  private static List<BitSet> scatter() {
    Random random = new Random(1);
    List<BitSet> parts = new ArrayList<>();
    for (int i = 0; i < PEERS; i++) {
      parts.add(new BitSet());
    }
    for (int piece = 0; piece < PIECES; piece++) {
      parts.get(random.nextInt(PEERS)).set(piece);
      for (BitSet part : parts) {
        if (random.nextInt(6) == 0) {
          part.set(piece);
        }
      }
    }
    return parts;
  }
}
