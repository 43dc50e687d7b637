package io.minibit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class WatchSwarmTest {
  @Test
  void theStoryOfBothPeersIsTold(@TempDir Path temp) throws Exception {
    Path file = Content.file(temp, "data.bin", 10 * Content.PIECE);
    List<String> lines = new CopyOnWriteArrayList<>();
    WatchSwarm.copy(file, temp.resolve("fetched"), lines::add);
    Content.assertSame(file, temp.resolve("fetched/data.bin"));

    List<String> seed = ofPeer("seed", lines);
    assertInOrder(
        seed, "is seeding", "has everything", "meets 127.0.0.1:", "serves [127.0.0.1:", "parts from ", "is left");
    assertTrue(seed.stream().anyMatch(line -> line.endsWith("got 0, gave " + 10 * Content.PIECE)), seed.toString());

    List<String> leech = ofPeer("leech", lines);
    assertInOrder(leech, "is downloading", "meets 127.0.0.1:", "has piece ", "has everything", "is left");
    assertEquals(10, leech.stream().filter(line -> line.startsWith("has piece ")).count());
    assertTrue(leech.stream().anyMatch(line -> line.endsWith(", 10 of 10")), leech.toString());
  }

  private static List<String> ofPeer(String name, List<String> lines) {
    return lines.stream().filter(line -> line.startsWith(name + " ")).map(l -> l.substring(name.length() + 1)).toList();
  }

  /** Lines that begin so come one after the other, whatever is between them. */
  private static void assertInOrder(List<String> lines, String... beginnings) {
    int found = 0;
    for (String line : lines) {
      if (found < beginnings.length && line.startsWith(beginnings[found])) {
        found++;
      }
    }
    assertEquals(beginnings.length, found, () -> List.of(beginnings) + " in " + lines);
  }
}
