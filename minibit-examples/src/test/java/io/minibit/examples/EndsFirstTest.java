package io.minibit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EndsFirstTest {
  @Test
  void theEndsAreBegunBeforeAllOthers(@TempDir Path temp) throws Exception {
    Path file = Content.file(temp, "archive.zip", 20 * Content.PIECE - 1);
    List<Integer> order = EndsFirst.copy(file, temp.resolve("fetched"));
    assertEquals(List.of(0, 19, 1, 18), order.subList(0, 4));
    assertEquals(IntStream.range(0, 20).boxed().toList(), List.copyOf(new TreeSet<>(order)));
    Content.assertSame(file, temp.resolve("fetched/archive.zip"));
  }

  @Test
  void aFileOfOnePieceHasOneEnd(@TempDir Path temp) throws Exception {
    Path file = Content.file(temp, "tiny.zip", 1);
    assertEquals(List.of(0), EndsFirst.copy(file, temp.resolve("fetched")));
    Content.assertSame(file, temp.resolve("fetched/tiny.zip"));
  }
}
