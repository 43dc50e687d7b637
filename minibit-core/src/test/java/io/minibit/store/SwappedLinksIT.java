package io.minibit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Somebody swaps directories and files for links as fast as possible while they are used, and nothing outside is made,
 * changed or cut. The number of tries is bounded by time: what matters is that none of them succeeds.
 */
@Timeout(60)
class SwappedLinksIT {
  /** {@code -Dswaps=60} attacks for longer than every build has time for. */
  private static final long NANOS = TimeUnit.SECONDS.toNanos(Integer.getInteger("swaps", 2));

  private static final int FILES = 12;

  @TempDir Path temp;
  private Path inside = Path.of("");
  private Path outside = Path.of("");

  @BeforeEach
  void makeDirectories() throws IOException {
    inside = Files.createDirectories(temp.resolve("inside"));
    outside = Files.createDirectories(temp.resolve("outside"));
    for (int i = 0; i < FILES; i += 2) {
      Files.writeString(outside.resolve(String.valueOf(i)), "precious, and longer than any file of the torrent");
    }
  }

  private interface Step {
    void run() throws IOException;
  }

  /** Does one thing over and over while an attacker does another; answers how often each went well. */
  private int[] attack(Step attack, Step use) throws InterruptedException {
    long end = System.nanoTime() + NANOS;
    AtomicReference<Throwable> bug = new AtomicReference<>();
    int[] done = new int[2];
    AtomicInteger attacks = new AtomicInteger();
    Thread attacker =
        new Thread(
            () -> {
              try {
                while (System.nanoTime() < end) {
                  try {
                    attack.run();
                    attacks.incrementAndGet();
                  } catch (IOException e) {
                    // The victim was faster: the next time.
                  }
                }
              } catch (RuntimeException | Error e) {
                bug.set(e);
              }
            },
            "attacker");
    attacker.start();
    while (System.nanoTime() < end) {
      try {
        use.run();
        done[1]++;
      } catch (IOException e) {
        // Refused, as it should be.
      }
    }
    attacker.join();
    assertNull(bug.get());
    done[0] = attacks.get();
    assertTrue(done[0] > 0 && done[1] > 0, done[0] + " attacks, " + done[1] + " uses");
    return done;
  }

  private Map<String, String> look(Path directory) throws IOException {
    Map<String, String> found = new TreeMap<>();
    try (Stream<Path> entries = Files.list(directory)) {
      for (Path entry : entries.toList()) {
        found.put(entry.getFileName().toString(), Files.isDirectory(entry) ? "directory" : Files.readString(entry));
      }
    }
    return found;
  }

  /** A directory becomes a link, and a directory again. */
  private void swap(Path directory, Path kept, Path link) throws IOException {
    if (!Files.isSymbolicLink(link)) {
      Files.createSymbolicLink(link, outside);
    }
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      FileUtils.deleteDirectory(kept.toFile());
      Files.move(directory, kept);
    }
    Files.move(link, directory, StandardCopyOption.ATOMIC_MOVE);
    Thread.onSpinWait();
    Files.delete(directory);
    Files.createDirectory(directory);
  }

  @Test
  void aDirectoryOfTheTorrent() throws Exception {
    Path kept = temp.resolve("kept");
    Map<String, String> before = look(outside);
    int[] lengths = new int[FILES];
    Arrays.fill(lengths, 10);
    TestTorrent torrent = TestTorrent.multi(10, lengths);
    AtomicInteger next = new AtomicInteger();
    try (FilePieceStore store = FilePieceStore.open(torrent.layout(), torrent.files(), inside, 2, System::nanoTime)) {
      int[] done =
          attack(
              () -> swap(inside.resolve("t"), kept, temp.resolve("link")),
              () -> {
                try {
                  torrent.write(store, next.incrementAndGet() % FILES);
                } catch (StoreChangedException e) {
                  store.claimed();
                  throw e;
                }
              });
      System.out.println("directory swapped " + done[0] + " times, " + done[1] + " pieces written");
    }
    assertEquals(before, look(outside));
    assertEquals(List.of("t"), look(inside).keySet().stream().filter(name -> !name.startsWith(".minibit-")).toList());
  }

  @Test
  void aFileOfTheTorrent() throws Exception {
    Map<String, String> before = look(outside);
    TestTorrent torrent = TestTorrent.multi(10, 10, 10);
    Path file = inside.resolve("t").resolve("0");
    Files.createDirectory(inside.resolve("t"));
    try (FilePieceStore store = FilePieceStore.open(torrent.layout(), torrent.files(), inside, 2, System::nanoTime)) {
      int[] done =
          attack(
              () -> {
                Path link = temp.resolve("link");
                Files.deleteIfExists(link);
                Files.createSymbolicLink(link, outside.resolve("0"));
                Files.move(link, file, StandardCopyOption.ATOMIC_MOVE);
                Files.delete(file);
              },
              () -> {
                try {
                  torrent.write(store, 0);
                } catch (StoreChangedException e) {
                  store.claimed();
                  throw e;
                }
              });
      System.out.println("file swapped " + done[0] + " times, " + done[1] + " pieces written");
    }
    assertEquals(before, look(outside));
  }

  @Test
  void whereItIsNotedWhatIsVerified() throws Exception {
    Path kept = temp.resolve("kept");
    Metainfo metainfo = MetainfoBuilder.ofBytes("any", new byte[100]).pieceLength(16384).build();
    ResumeFile resume = ResumeFile.beside(inside, metainfo);
    Files.writeString(outside.resolve(resume.path().getFileName()), "precious");
    Map<String, String> before = look(outside);
    BitSet one = BitSet.valueOf(new long[] {1});
    int[] done =
        attack(
            () -> swap(inside.resolve(ResumeFile.DIRECTORY), kept, temp.resolve("link")),
            () -> {
              resume.delete();
              resume.save(metainfo, one, "any", true);
            });
    System.out.println("directory swapped " + done[0] + " times, " + done[1] + " notes written");
    assertEquals(before, look(outside));
  }
}
