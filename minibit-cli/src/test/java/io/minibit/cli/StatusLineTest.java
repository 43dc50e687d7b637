package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StatusLineTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
  private long now;

  private StatusLine line(boolean interactive) {
    return new StatusLine(out, new Terminal(interactive, 20), () -> now);
  }

  private String shown() {
    return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
  }

  @Test
  void aTerminalSeesOneLineThatIsDrawnOverItself() {
    try (StatusLine line = line(true)) {
      line.update("2 peers");
      line.update("none");
      line.update("none");
    }

    assertEquals("\r2 peers\rnone   \r    \r", shown());
  }

  @Test
  void whatIsTooLongForATerminalIsShortened() {
    line(true).update("a sentence that is far too long");

    assertEquals("\ra sentenc\u2026 too long".length(), shown().length());
  }

  @Test
  void aLogSeesALineNowAndThenIfItHasChanged() {
    StatusLine line = line(false);
    line.update("1 peer");
    now += Duration.ofSeconds(31).toNanos();
    line.update("2 peers");
    line.update("3 peers");
    now += Duration.ofSeconds(31).toNanos();
    line.update("2 peers");
    line.update("4 peers");
    line.close();

    assertEquals("2 peers\n4 peers\n", shown());
  }

  @Test
  void textFromStrangersIsMadeSafe() {
    line(true).update("\u001b[2J");

    assertEquals("\r\ufffd[2J", shown());
  }
}
