package io.minibit.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.minibit.strategy.PieceChoice;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StreamFileTest {
  private static final int PIECES = 40;

  /** Writes down, on the engine's thread, where the play-head was and what was begun. */
  private static final class Recorded extends DeadlineFirst {
    final List<Integer> playHeads = new ArrayList<>();
    final List<Integer> begun = new ArrayList<>();

    Recorded() {
      super(8);
    }

    @Override
    void moveTo(int piece) {
      playHeads.add(piece);
      super.moveTo(piece);
    }

    @Override
    public int select(PieceChoice choice) {
      int piece = super.select(choice);
      if (piece != NONE && choice.fresh().contains(piece)) {
        begun.add(piece);
      }
      return piece;
    }
  }

  @Test
  void piecesComeInTheOrderOfTheirDeadlinesAndTheReaderMovesThem(@TempDir Path temp) throws Exception {
    Path file = Content.file(temp, "film", PIECES * Content.PIECE - 1);
    byte[] content = Files.readAllBytes(file);
    Recorded selection = new Recorded();
    selection.moveTo(20);
    StreamFile.play(
        file,
        temp.resolve("fetched"),
        selection,
        stream -> {
          stream.seek(20L * Content.PIECE);
          assertArrayEquals(Arrays.copyOfRange(content, 20 * Content.PIECE, content.length), stream.readAllBytes());
          stream.seek(0);
          assertEquals(content[0] & 0xff, stream.read());
          assertArrayEquals(Arrays.copyOfRange(content, 1, content.length), stream.readAllBytes());
          assertEquals(-1, stream.read());
        });
    assertEquals(range(20, 28), selection.begun.subList(0, 8));
    List<Integer> heads = new ArrayList<>(List.of(20));
    heads.addAll(range(20, PIECES));
    heads.addAll(range(0, PIECES));
    assertEquals(heads, selection.playHeads);
    Content.assertSame(file, temp.resolve("fetched/film"));
  }

  private static List<Integer> range(int from, int to) {
    return IntStream.range(from, to).boxed().toList();
  }
}
