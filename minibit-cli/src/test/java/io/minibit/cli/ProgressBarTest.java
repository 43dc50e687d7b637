package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private static final long MIB = 1 << 20;

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(written, true, StandardCharsets.UTF_8);
  private long nanos = 42;

  private ProgressBar bar(boolean interactive, int columns, long total) {
    return new ProgressBar(out, new Terminal(interactive, columns), () -> nanos, "movie.mkv", total);
  }

  private void passMillis(long millis) {
    nanos += millis * 1_000_000;
  }

  private String text() {
    return written.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  @Test
  void aTerminalSeesOneLineThatIsDrawnOverItself() {
    ProgressBar bar = bar(true, 101, 100 * MIB);
    bar.update(0);
    passMillis(1_000);
    bar.update(50 * MIB);
    passMillis(1_000);
    bar.update(100 * MIB);
    bar.close();

    List<String> drawn = List.of(text().split("\r", -1));
    assertEquals("movie.mkv [--------------------]   0%  0 B of 100 MiB", drawn.get(1));
    assertEquals(
        "movie.mkv [##########----------]  50%  50.0 MiB of 100 MiB  50.0 MiB/s  1.0 s left",
        drawn.get(2));
    // The spaces erase what the longer line before left there.
    assertEquals(
        "movie.mkv [####################] 100%  100 MiB of 100 MiB  50.0 MiB/s" + " ".repeat(13), drawn.get(3));
    assertEquals("movie.mkv [####################] 100%  100 MiB of 100 MiB  50.0 MiB/s\n", drawn.get(4));
  }

  @Test
  void aLineNeverFillsTheLastColumn() {
    for (int columns = 20; columns < 130; columns++) {
      written.reset();
      ProgressBar bar = bar(true, columns, 1_000 * MIB);
      bar.update(0);
      for (int i = 1; i < 20; i++) {
        passMillis(100);
        bar.update(50 * MIB * i, "3 peers");
      }
      for (String line : text().split("\r", -1)) {
        assertTrue(line.length() < columns, () -> "'" + line + "'");
      }
    }
  }

  @Test
  void aTerminalIsNotRedrawnMoreThanTenTimesASecond() {
    ProgressBar bar = bar(true, 80, 1_000);
    for (int i = 0; i < 1_000; i++) {
      bar.update(i);
      passMillis(1);
    }

    assertEquals(10, text().chars().filter(c -> c == '\r').count());
  }

  @Test
  void aLogGetsAPlainLineEveryFiveSeconds() {
    ProgressBar bar = bar(false, 80, 60 * MIB);
    for (int second = 0; second < 12; second++) {
      bar.update(second * MIB, "2 peers");
      passMillis(1_000);
    }
    bar.close();

    assertEquals(
        """
        movie.mkv:   8%  5.00 MiB of 60.0 MiB  2 peers
        movie.mkv:  16%  10.0 MiB of 60.0 MiB  1.00 MiB/s  50 s left  2 peers
        """,
        text());
  }

  @Test
  void aLogHearsNothingOfWhatIsDoneAtOnce() {
    ProgressBar bar = bar(false, 80, 10);
    bar.update(10);
    bar.close();

    assertEquals("", text());
  }

  @Test
  void nothingToDoIsDone() {
    ProgressBar bar = bar(true, 100, 0);
    bar.update(0);
    bar.close();

    assertTrue(text().contains("100%  0 B of 0 B"), text());
  }

  @Test
  void whatWasThereAtTheStartDoesNotCountAsSpeed() {
    ProgressBar bar = bar(true, 100, 100 * MIB);
    bar.update(90 * MIB);
    passMillis(1_000);
    bar.update(91 * MIB);

    assertTrue(text().contains("1.00 MiB/s  9.0 s left"), text());
  }

  @Test
  void aLineOfItsOwnGoesAboveTheBar() {
    ProgressBar bar = bar(true, 100, 100);
    bar.update(50);
    bar.println("a peer was banned");

    assertTrue(text().contains(" \ra peer was banned\n\rmovie.mkv ["), text());
  }

  @Test
  void labelsAndRemarksCannotSteerTheTerminal() {
    ProgressBar bar = new ProgressBar(out, new Terminal(true, 100), () -> nanos, "\u001b[2Jx", 100);
    bar.update(50, "\u001b[31m");

    assertFalse(text().contains("\u001b"), text());
  }
}
