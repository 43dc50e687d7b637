package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveScreenTest {
  private final StringWriter written = new StringWriter();

  private String taken() {
    String text = written.toString().replace("\u001b", "ESC");
    written.getBuffer().setLength(0);
    return text;
  }

  @Test
  void framesAreDrawnOverEachOtherOnTheSecondScreenWithoutErasingFirst() {
    LiveScreen screen = new LiveScreen(new PrintWriter(written));

    screen.draw(List.of("one", "two"));
    assertEquals("ESC[?1049hESC[?25lESC[HoneESC[K\r\ntwoESC[K\r\nESC[J", taken());

    screen.draw(List.of("1"));
    assertEquals("ESC[H1ESC[K\r\nESC[J", taken());

    screen.close();
    assertEquals("ESC[?25hESC[?1049l", taken());
  }

  @Test
  void afterTheEndNothingIsDrawn() {
    LiveScreen screen = new LiveScreen(new PrintWriter(written));
    screen.draw(List.of("one"));
    screen.close();
    taken();

    screen.draw(List.of("two"));
    screen.close();

    assertEquals("", taken());
  }

  @Test
  void whoNeverDrewLeavesTheTerminalAlone() {
    new LiveScreen(new PrintWriter(written)).close();

    assertEquals("", taken());
  }
}
