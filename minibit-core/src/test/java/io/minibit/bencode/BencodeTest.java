package io.minibit.bencode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.Limits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BencodeTest {
  @ParameterizedTest
  @CsvSource({"i0e, 0", "i-1e, -1", "i9223372036854775807e, 9223372036854775807",
    "i-9223372036854775808e, -9223372036854775808", "i1000000000000000000e, 1000000000000000000"})
  void integersUpTo64BitsAreRead(String text, long value) {
    assertEquals(value, assertInstanceOf(BencodeInteger.class, decode(text)).value());
    assertEquals(text, encode(BencodeValue.of(value)));
  }

  @ParameterizedTest
  @CsvSource({"i-9223372036854775809e", "i9223372036854775808e", "i9999999999999999999e", "i10000000000000000000e"})
  void largerIntegersAreRefusedAndNeverWrap(String text) {
    assertEquals("byte 1: integer does not fit 64 bits", error(text));
  }

  @Test
  void byteStringsKeepTheirBytes() {
    BencodeBytes value = assertInstanceOf(BencodeBytes.class, Bencode.decode(new byte[] {'2', ':', 0, (byte) 0xff}));
    assertArrayEquals(new byte[] {0, (byte) 0xff}, value.toBytes());
    assertEquals(2, value.length());
    assertEquals(2, value.contentStart());
    assertEquals("\0\ufffd", value.toText());
    assertFalse(value.is("\0\ufffd"));
    assertTrue(value.is("\0\u00ff"));
    assertFalse(value.is("a"));
  }

  @Test
  void listsAreWalkedInOrder() {
    List<BencodeValue> seen = new ArrayList<>();
    assertInstanceOf(BencodeList.class, decode("li1eli2ee1:ad1:bi3eee")).forEach(seen::add);
    assertEquals(List.of("i1e", "li2ee", "1:a", "d1:bi3ee"), seen.stream().map(BencodeTest::encode).toList());
    assertTrue(assertInstanceOf(BencodeList.class, decode("le")).isEmpty());
    assertThrows(NoSuchElementException.class, () -> BencodeList.of(List.of()).iterator().next());
  }

  @Test
  void dictionariesAreLookedUpByKeyAndType() {
    BencodeDictionary value = dictionary("d1:ai1e1:b1:x1:cle1:ddee");
    assertEquals(1L, value.getLong("a"));
    assertNull(value.getLong("b"));
    assertTrue(present(value.getBytes("b")).is("x"));
    assertNull(value.getBytes("a"));
    assertTrue(present(value.getList("c")).isEmpty());
    assertNull(value.getList("d"));
    assertTrue(present(value.getDictionary("d")).isEmpty());
    assertNull(value.getDictionary("c"));
    assertNull(value.get("e"));
    assertThrows(NoSuchElementException.class, () -> dictionary("de").iterator().next());
  }

  @Test
  void aValueInsideKnowsItsRawBytesAsReceived() {
    String torrent = "d4:infod1:bi1e1:ai2eee";
    BencodeDictionary root =
        assertInstanceOf(BencodeDictionary.class, Bencode.decodeLenient(ascii(torrent), Limits.defaults()));
    BencodeDictionary info = present(root.getDictionary("info"));
    assertEquals("d1:bi1e1:ai2ee", new String(info.rawBytes(), StandardCharsets.ISO_8859_1));
    assertEquals(7, info.start());
    assertEquals(21, info.end());
    assertEquals("d1:ai2e1:bi1ee", encode(info));
  }

  @Test
  void aValueMayBeMadeOfPartsOfAnother() {
    BencodeList parts = assertInstanceOf(BencodeList.class, decode("li1e3:abcdee"));
    List<BencodeValue> each = new ArrayList<>();
    parts.forEach(each::add);
    assertEquals("li1e3:abcdee", encode(BencodeList.of(each)));
    assertEquals("d1:k3:abce", encode(BencodeDictionary.of(Map.of("k", each.get(1)))));
    assertEquals("3:abc", encode(each.get(1)));
  }

  @Test
  void equalValuesAreEqualWhereverTheyLie() {
    List<BencodeValue> each = new ArrayList<>();
    assertInstanceOf(BencodeList.class, decode("l1:ae")).forEach(each::add);
    assertEquals(decode("1:a"), each.get(0));
    assertEquals(decode("1:a").hashCode(), each.get(0).hashCode());
    assertNotEquals(decode("1:b"), each.get(0));
    assertNotEquals(decode("1:b").hashCode(), each.get(0).hashCode());
    assertNotEquals(decode("2:ab").hashCode(), decode("2:ba").hashCode());
  }

  @Test
  void aValueTellsItsKindAndSizeAndNeverItsContent() {
    List<String> told = new ArrayList<>();
    assertInstanceOf(BencodeList.class, decode("li7e3:abcledee")).forEach(value -> told.add(value.toString()));
    assertEquals(
        List.of("integer in 3 bytes", "byte string in 5 bytes", "list in 2 bytes", "dictionary in 2 bytes"), told);
  }

  @Test
  void aDictionaryIsEmptyOrNot() {
    assertTrue(assertInstanceOf(BencodeDictionary.class, decode("de")).isEmpty());
    assertFalse(assertInstanceOf(BencodeDictionary.class, decode("d1:ai1ee")).isEmpty());
  }

  @Test
  void aLenientDecoderTakesDisorderRepetitionAndATailButNoOddNumbers() {
    Limits limits = Limits.defaults();
    assertEquals("d1:ai1e1:bi2ee", encode(Bencode.decodeLenient(ascii("d1:bi2e1:ai1e1:bi3eejunk"), limits)));
    assertThrows(BencodeException.class, () -> Bencode.decodeLenient(ascii("i01e"), limits));
    assertThrows(BencodeException.class, () -> Bencode.decodeLenient(ascii("01:a"), limits));
    assertThrows(BencodeException.class, () -> Bencode.decodeLenient(ascii(""), limits));
  }

  @Test
  void aPrefixTellsHowManyBytesItTook() {
    Bencode.Prefix prefix = Bencode.decodePrefix(ascii("xxd8:msg_typei1ee payload"), 2);
    assertEquals(15, prefix.length());
    assertEquals(1L, assertInstanceOf(BencodeDictionary.class, prefix.value()).getLong("msg_type"));
    assertThrows(BencodeException.class, () -> Bencode.decodePrefix(ascii("i1e"), 3));
    assertThrows(IndexOutOfBoundsException.class, () -> Bencode.decodePrefix(ascii("i1e"), 4));
    assertThrows(IndexOutOfBoundsException.class, () -> Bencode.decodePrefix(ascii("i1e"), -1));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
    "\"\" | byte 0: the input ends too early",
    "i1 | byte 2: the input ends too early",
    "i1ei2e | byte 3: 3 bytes after the value",
    "e | byte 0: no value starts with 'e'",
    "d1:b0:1:a0:e | byte 6: keys are not in order",
    "d1:a0:1:a0:e | byte 6: the same key twice",
    "d1:ae | byte 4: a key without a value",
    "di1ei1ee | byte 1: a key must be a byte string, not 'i'",
    "9999999999:a | byte 0: byte string of 9999999999 bytes, but only 1 are left",
    "2147483647:a | byte 0: byte string of 2147483647 bytes, but only 1 are left",
    "12345678901:a | byte 0: length of a byte string has more than 10 digits",
    "5;hello | byte 1: ':' expected after the length of a byte string, not ';'",
    "05:hello | byte 0: length of a byte string with a leading zero",
    "i-0e | byte 1: negative zero",
    "i00e | byte 1: integer with a leading zero",
    "i1.5e | byte 2: digit expected in an integer, not '.'",
    "ie | byte 1: digit expected in an integer, not 'e'",
  })
  void anErrorSaysWhatIsWrongAndAtWhichByte(String text, String message) {
    assertEquals(message, error(text));
  }

  @Test
  void nestingEndsAtTheLimitWhereverItIs() {
    Limits limits = Limits.defaults().with(l -> l.maxBencodeDepth = 3);
    assertEquals("lli1eee", encode(Bencode.decode(ascii("lli1eee"), limits)));
    BencodeException e = assertThrows(BencodeException.class, () -> Bencode.decode(ascii("llleee"), limits));
    assertEquals("byte 2: nested deeper than 3 levels", e.getMessage());
    assertThrows(BencodeException.class, () -> Bencode.decodePrefix(ascii("d1:ald1:b0:eee"), 0, limits));
    int million = 1_000_000;
    byte[] deep = new byte[2 * million];
    Arrays.fill(deep, 0, million, (byte) 'l');
    Arrays.fill(deep, million, 2 * million, (byte) 'e');
    assertThrows(BencodeException.class, () -> Bencode.decode(deep));
    Limits high = Limits.defaults().with(l -> l.maxBencodeDepth = Integer.MAX_VALUE);
    assertEquals(2 * million, Bencode.decode(deep, high).end());
  }

  @Test
  void manyTinyValuesCostNoMoreThanTheirBytes() {
    byte[] lists = new byte[16 << 20];
    lists[0] = 'l';
    for (int i = 1; i < lists.length - 2; i += 2) {
      lists[i] = 'l';
      lists[i + 1] = 'e';
    }
    lists[lists.length - 1] = 'e';
    BencodeList value = assertInstanceOf(BencodeList.class, Bencode.decode(lists));
    int count = 0;
    for (BencodeValue inner : value) {
      count += inner instanceof BencodeList list && list.isEmpty() ? 1 : 0;
    }
    assertEquals(lists.length / 2 - 1, count);
  }

  @Test
  void whatIsEncodedIsCanonicalAndReadsBack() {
    BencodeDictionary value =
        BencodeDictionary.of(
            Map.of(
                "\u00e9", BencodeValue.of(-1),
                "b", BencodeList.of(List.of(BencodeValue.of("x"), BencodeValue.of(new byte[0]))),
                "a", BencodeDictionary.of(Map.of())));
    assertEquals("d1:ade1:bl1:x0:e2:\u00c3\u00a9i-1ee", encode(value));
    assertEquals(value, Bencode.decode(Bencode.encode(value)));
    assertEquals(value.hashCode(), Bencode.decode(Bencode.encode(value)).hashCode());
    assertNotEquals(value, BencodeValue.of(1));
    assertEquals("dictionary in 25 bytes", value.toString());
  }

  @Test
  void damagedInputGivesAnErrorOrAValueButNothingElse() {
    byte[] good = ascii("d8:announce3:url4:infod5:filesld6:lengthi42e4:pathl1:a1:beee4:name1:x6:pieces20:"
        + "01234567890123456789e1:zli-7ei0e0:eee");
    Random random = new Random(7);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] data = Arrays.copyOf(good, round % 3 == 0 ? random.nextInt(good.length) : good.length);
      for (int i = random.nextInt(4); i > 0 && data.length > 0; i--) {
        data[random.nextInt(data.length)] = random.nextBoolean() ? (byte) random.nextInt() : good[random.nextInt(20)];
      }
      try {
        Bencode.encode(Bencode.decodeLenient(data, Limits.defaults()));
        assertArrayEquals(data, Bencode.encode(Bencode.decode(data)));
      } catch (BencodeException e) {
        refused++;
      }
    }
    assertTrue(refused > 1000);
  }

  private static BencodeValue decode(String text) {
    return Bencode.decode(ascii(text));
  }

  private static BencodeDictionary dictionary(String text) {
    return assertInstanceOf(BencodeDictionary.class, decode(text));
  }

  private static String error(String text) {
    return String.valueOf(assertThrows(BencodeException.class, () -> decode(text)).getMessage());
  }

  private static String encode(BencodeValue value) {
    return new String(Bencode.encode(value), StandardCharsets.ISO_8859_1);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new AssertionError("missing");
    }
    return value;
  }
}
