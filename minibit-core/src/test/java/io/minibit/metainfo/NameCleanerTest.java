package io.minibit.metainfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NameCleanerTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
    "plain.txt | plain.txt",
    "\".hidden\" | .hidden",
    "\"a b\" | a b",
    "Grüße 世界.txt | Grüße 世界.txt",
    "\"\" | _", ". | _", ".. | _", "... | _", "/ | _", "\\ | _", "// | _", "\"../..\" | _", "\" \" | _", "\". .\" | _",
    "/etc/passwd | etcpasswd",
    "\"..\\..\\x\" | ....x",
    "abc/../../def | abc....def",
    "\"a\0b\" | ab", "\"\u001b[31mred\" | [31mred", "\"a\nb\" | ab", "\"a\u009bb\" | ab", "\"a\u2028b\" | ab",
    "\"gpj\u202eexe.txt\" | gpjexe.txt", "\"a\u2066b\u200fc\u061cd\" | abcd", "\"\ufeffa\" | a",
    "CON | _CON", "con | _con", "nul.txt | _nul.txt", "\"NUL .tar.gz\" | _NUL .tar.gz", "COM1 | _COM1", "lpt9.x | _lpt9.x",
    "\"COM\u00b9\" | _COM\u00b9", "AUX. | _AUX", "CONIN$ | _CONIN$", "\"C\0ON\" | _CON", "\"/CON\" | _CON",
    "\" CON.\" | \"_ CON\"", "\"\u2003nul\u2003.txt\" | \"_\u2003nul\u2003.txt\"", "\" CON x\" | \" CON x\"",
    "console | console", "com10 | com10", "nult.txt | nult.txt", "x.con | x.con",
    "trailing. | trailing", "\"trailing \" | trailing", "\"trailing. . \" | trailing",
    "\"a:b*c?.txt\" | a:b*c?.txt",
  })
  void aHostileElementBecomesAFileName(String name, String clean) {
    assertEquals(clean, NameCleaner.clean(name, false));
  }

  @Test
  void whatWindowsCannotStoreIsReplacedThere() {
    assertEquals("C__a___b___", NameCleaner.clean("C:?a<>*b|\"?", true));
  }

  @Test
  void malformedUtf8IsReplaced() {
    assertEquals("a__b", NameCleaner.decode(new byte[] {'a', (byte) 0xff, (byte) 0xc3, 'b'}));
    // An overlong '/' must not become one.
    assertEquals("__", NameCleaner.decode(new byte[] {(byte) 0xc0, (byte) 0xaf}));
    assertEquals("é", NameCleaner.decode("é".getBytes(StandardCharsets.UTF_8)));
  }

  @ParameterizedTest
  @CsvSource({"a, .txt", "é, .txt", "世, .mkv", "😀, .jpeg", "a, ''", "世, ''"})
  void anOverlongNameKeepsItsExtension(String letter, String extension) {
    String clean = NameCleaner.clean(letter.repeat(300) + extension, false);
    int bytes = clean.getBytes(StandardCharsets.UTF_8).length;
    assertTrue(bytes <= NameCleaner.MAX_BYTES && bytes > NameCleaner.MAX_BYTES - 4, clean);
    assertTrue(clean.endsWith(extension) && clean.startsWith(letter), clean);
    String other = NameCleaner.withSuffix(clean, ".17");
    assertTrue(other.getBytes(StandardCharsets.UTF_8).length <= NameCleaner.MAX_BYTES, other);
    assertTrue(other.endsWith(".17" + extension), other);
  }

  @Test
  void aNameOfExactlyTheLimitIsKeptAndAnOverlongExtensionIsNoExtension() {
    assertEquals("a".repeat(240), NameCleaner.clean("a".repeat(240)));
    assertEquals("a".repeat(240), NameCleaner.clean("a".repeat(241)));
    assertEquals("x." + "a".repeat(238), NameCleaner.clean("x." + "a".repeat(300)));
    assertEquals("a".repeat(239), NameCleaner.clean("a".repeat(239) + " " + "b".repeat(50)));
  }

  @Test
  void aSuffixGoesBeforeTheExtension() {
    assertEquals("a.1.txt", NameCleaner.withSuffix("a.txt", ".1"));
    assertEquals("foo.1", NameCleaner.withSuffix("foo", ".1"));
    assertEquals(".profile.1", NameCleaner.withSuffix(".profile", ".1"));
  }

  @Test
  void namesThatSomeFileSystemTakesForOneFoldToOne() {
    assertEquals(NameCleaner.fold("README"), NameCleaner.fold("readme"));
    assertEquals(NameCleaner.fold("\u00c9"), NameCleaner.fold("e\u0301"));
    assertEquals(NameCleaner.fold("STRASSE"), NameCleaner.fold("straße"));
    assertFalse(NameCleaner.fold("a").equals(NameCleaner.fold("b")));
  }

  @Test
  void onlyInvisibleCharactersAreBlank() {
    assertTrue(NameCleaner.isBlank(""));
    assertTrue(NameCleaner.isBlank("\0\0\u202e"));
    assertFalse(NameCleaner.isBlank(".."));
  }
}
