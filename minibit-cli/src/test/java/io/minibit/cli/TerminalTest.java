package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TerminalTest {
  @Test
  void aDumbTerminalAndAnOldWindowsConsoleCannotMoveTheCursor() {
    assertTrue(Terminal.movesCursor(Map.of("TERM", "xterm-256color"), "Linux"));
    assertFalse(Terminal.movesCursor(Map.of("TERM", "dumb"), "Linux"));
    assertFalse(Terminal.movesCursor(Map.of(), "Mac OS X"));
    assertFalse(Terminal.movesCursor(Map.of(), "Windows 10"));
    assertTrue(Terminal.movesCursor(Map.of("WT_SESSION", "1"), "Windows 11"));
    assertTrue(Terminal.movesCursor(Map.of("TERM", "xterm"), "Windows 11"));
  }

  @Test
  void anyNonEmptyNoColorMeansNoColor() {
    assertTrue(Terminal.wantsColor(Map.of()));
    assertTrue(Terminal.wantsColor(Map.of("NO_COLOR", "")));
    assertFalse(Terminal.wantsColor(Map.of("NO_COLOR", "0")));
  }

  @Test
  void anUnknownSizeIsTheUsualOneAndATinyOneIsNotBelieved() {
    assertEquals(new Terminal(true, 80, 24), Terminal.sized(0, 0));
    assertEquals(new Terminal(true, 20, 4), Terminal.sized(1, 1));
    assertEquals(new Terminal(true, 200, 50), Terminal.sized(200, 50));
  }
}
