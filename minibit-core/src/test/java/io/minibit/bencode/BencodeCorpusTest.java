package io.minibit.bencode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class BencodeCorpusTest {
  @ParameterizedTest(name = "{1}: {2}")
  @MethodSource("rows")
  void aStrictDecoderSaysWhatTheTableSays(byte[] data, String expect, String note) {
    if (expect.equals("ok")) {
      assertArrayEquals(data, Bencode.encode(Bencode.decode(data)), note);
    } else {
      BencodeException e = assertThrows(BencodeException.class, () -> Bencode.decode(data), note);
      assertTrue(e.position() >= 0 && e.position() <= data.length, note);
      assertTrue(String.valueOf(e.getMessage()).matches("byte \\d+: [\\x20-\\x7e]{1,100}"), note);
    }
  }

  static List<Arguments> rows() throws IOException {
    try (InputStream in = Objects.requireNonNull(BencodeCorpusTest.class.getResourceAsStream("bencode.tsv"))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .skip(1)
          .map(line -> line.split("\t", -1))
          .map(columns -> Arguments.of(HexFormat.of().parseHex(columns[0]), columns[1], columns[2]))
          .toList();
    }
  }
}
