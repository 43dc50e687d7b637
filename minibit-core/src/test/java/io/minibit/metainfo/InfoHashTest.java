package io.minibit.metainfo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.MiniBitException;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class InfoHashTest {
  private static final String HEX = "00ff0102030405060708090a0b0c0d0e0f101112";

  @Test
  void hexadecimalGoesInAndComesOut() {
    assertEquals(HEX, InfoHash.parse(HEX).toString());
    assertEquals(HEX, InfoHash.parse(HEX.toUpperCase(Locale.ROOT)).toString());
    assertEquals(InfoHash.parse(HEX), InfoHash.of(InfoHash.parse(HEX).toBytes()));
    assertEquals(InfoHash.parse(HEX).hashCode(), InfoHash.of(InfoHash.parse(HEX).toBytes()).hashCode());
    assertNotEquals(InfoHash.parse(HEX), InfoHash.of(new byte[20]));
  }

  @Test
  void anythingElseIsRefused() {
    assertThrows(MiniBitException.class, () -> InfoHash.parse(""));
    assertThrows(MiniBitException.class, () -> InfoHash.parse(HEX.substring(1)));
    assertThrows(MiniBitException.class, () -> InfoHash.parse(HEX + "00"));
    assertThrows(MiniBitException.class, () -> InfoHash.parse("g" + HEX.substring(1)));
    assertThrows(MiniBitException.class, () -> InfoHash.of(new byte[19]));
  }

  @Test
  void itCannotBeChangedFromOutside() {
    byte[] bytes = new byte[20];
    InfoHash hash = InfoHash.of(bytes);
    bytes[0] = 1;
    hash.toBytes()[1] = 1;
    assertArrayEquals(new byte[20], hash.toBytes());
  }

  @Test
  void orderIsThatOfUnsignedBytes() {
    assertTrue(InfoHash.parse("ff" + HEX.substring(2)).compareTo(InfoHash.parse("7f" + HEX.substring(2))) > 0);
  }
}
