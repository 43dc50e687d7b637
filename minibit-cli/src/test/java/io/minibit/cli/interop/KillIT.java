package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.metainfo.Metainfo;
import io.minibit.model.MiniBitException;
import io.minibit.store.FilePieceStore;
import io.minibit.store.PieceVerifier;
import io.minibit.store.ResumeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The program is killed at random moments, again and again, and always goes on. {@code -Dkills=200} kills more often than
 * there is time for in every build.
 */
@Timeout(1800)
class KillIT {
  private static final int KILLS = Integer.getInteger("kills", 8);
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int PIECE_LENGTH = 65_536;

  private final Random random = new Random(1);
  private Testbed testbed;
  private MiniBit miniBit;
  private Content content;
  private Path full;

  @BeforeEach
  void writeContent() throws Exception {
    testbed = Testbed.onLoopback();
    miniBit = new MiniBit(testbed);
    full = testbed.newDirectory("full");
    content = Content.of("24000003").writeTo(full);
  }

  @AfterEach
  void close() {
    if (testbed != null) {
      testbed.close();
    }
  }

  private void kill(Program program, int mostMillis) throws InterruptedException {
    Thread.sleep(random.nextInt(mostMillis));
    program.close();
  }

  @Test
  void aDownloadThatIsKilledNeverClaimsWhatItDoesNotHaveAndCompletes() throws Exception {
    Path torrent = miniBit.create(full.resolve(content.name()), PIECE_LENGTH, "http://127.0.0.1:9/announce");
    Program seed = miniBit.seed(Host.LOOPBACK, torrent, full, "--no-tracker");
    String address = seed.await("(?m)^seeding .* on (\\S+:\\d+), ", SOON).group(1);
    Metainfo metainfo = Metainfo.read(torrent);
    Path fetched = testbed.newDirectory("fetched");
    int remembered = 0;
    for (int i = 0; i < KILLS; i++) {
      Program get =
          miniBit.get(
              Host.LOOPBACK, torrent, fetched, "--no-tracker", "--peer", address, "--download-rate", "16MiB/s",
              "--seed-for", "1m");
      kill(get, 2500);
      BitSet claims = claims(metainfo, fetched);
      BitSet good = good(metainfo, fetched);
      remembered += claims.isEmpty() ? 0 : 1;
      claims.andNot(good);
      assertTrue(claims.isEmpty(), () -> "claimed, but not there: " + claims);
      if (good.cardinality() == metainfo.layout().pieceCount()) {
        // Sometimes everything goes, sometimes the content alone: the note of what was verified is stale then.
        Files.delete(fetched.resolve(content.name()));
        if (random.nextBoolean()) {
          Files.delete(ResumeFile.beside(fetched, metainfo).path());
        }
      }
    }
    miniBit.get(Host.LOOPBACK, torrent, fetched, "--no-tracker", "--peer", address).awaitSuccess(SOON);
    testbed.awaitSame(content, full, fetched, SOON);
    assertTrue(KILLS < 100 || remembered > 0, "no kill came after something was remembered");
  }

  private static BitSet claims(Metainfo metainfo, Path directory) throws IOException {
    try (FilePieceStore store = FilePieceStore.open(metainfo, directory)) {
      BitSet claimed = store.claimed();
      BitSet remembered = ResumeFile.beside(directory, metainfo).load(metainfo, store.fingerprint());
      if (remembered == null) {
        return new BitSet();
      }
      claimed.and(remembered);
      return claimed;
    } catch (MiniBitException e) {
      assertTrue(e.getMessage().contains("does not count"), e::getMessage); // never damaged
      return new BitSet();
    }
  }

  private static BitSet good(Metainfo metainfo, Path directory) throws IOException {
    try (FilePieceStore store = FilePieceStore.open(metainfo, directory)) {
      return new PieceVerifier(metainfo, store).verify(Runnable::run, 1, (piece, isGood) -> {}, () -> false);
    }
  }

  @Test
  void aTorrentFileIsThereAsAWholeOrNotAtAll() throws Exception {
    Path torrent = testbed.newDirectory("torrent").resolve("it.torrent");
    List<Object> create =
        List.of("create", full.resolve(content.name()), "-o", torrent, "--piece-size", "16KiB", "--no-date", "--force");
    miniBit.run(create.toArray());
    byte[] whole = Files.readAllBytes(torrent);
    for (int i = 0; i < KILLS; i++) {
      if (random.nextBoolean()) {
        Files.deleteIfExists(torrent);
      }
      kill(miniBit.start(Host.LOOPBACK, create.toArray()), 600);
      if (Files.exists(torrent)) {
        assertArrayEquals(whole, Files.readAllBytes(torrent));
      }
    }
    miniBit.run(create.toArray());
    assertArrayEquals(whole, Files.readAllBytes(torrent));
    try (var left = Files.list(torrent.getParent())) {
      assertTrue(left.count() <= 2, "a killed 'create' leaves more than one file behind");
    }
  }

  @Test
  void aSplitThatWasKilledCanBeDoneAgain() throws Exception {
    Path classroom = testbed.newDirectory("classroom");
    List<Object> split =
        List.of("split", full.resolve(content.name()), "--peers", "3", "--block-size", "64KiB", "--dir", classroom);
    for (int i = 0; i < KILLS; i++) {
      kill(miniBit.start(Host.LOOPBACK, split.toArray()), 900);
    }
    miniBit.run("cleanup", "--dir", classroom);
    miniBit.run(split.toArray());
    try (var blocks = Files.list(classroom.resolve("peers/blocks"))) {
      assertEquals(content.length() / PIECE_LENGTH + 1, blocks.filter(path -> path.toString().endsWith(".bin")).count());
    }
  }
}
