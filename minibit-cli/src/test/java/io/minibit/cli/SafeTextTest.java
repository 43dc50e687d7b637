package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeTextTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "a name.iso", "Žluťoučký kůň", "日本語", "🎵 music", "e\u0301"})
  void ordinaryTextStaysAsItIs(String text) {
    assertEquals(text, SafeText.of(text));
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        0, '\t', '\n', '\r', 0x1b, 0x7f, 0x80, 0x85, 0x9b, 0x200b, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202e, 0x2066,
        0x2069, 0xfeff, 0xad, 0x61c, 0xe000, 0xd800, 0xdfff, 0xfffe, 0xe0041
      })
  void whatSteersATerminalOrHidesInALineIsReplaced(int codePoint) {
    assertEquals("a\ufffdb", SafeText.of("a" + Character.toString(codePoint) + "b"));
  }

  @Test
  void anEscapeSequenceLosesItsPower() {
    assertEquals("\ufffd[31mred\ufffd]0;title\ufffd", SafeText.of("\u001b[31mred\u009d]0;title\u0007"));
  }

  @Test
  void aLongTextKeepsItsBeginningAndItsEnd() {
    assertEquals("abc…xyz", SafeText.of("abcdefghijklmnopqrstuvwxyz", 7));
    assertEquals("abcdefg", SafeText.of("abcdefg", 7));
    assertEquals("🎵🎵…🎵", SafeText.of("🎵🎵🎵🎵🎵", 4));
  }
}
