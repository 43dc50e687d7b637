package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SizesTest {
  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1024, 1024",
    "7B, 7",
    "256KiB, 262144",
    "256kib, 262144",
    "16 MiB, 16777216",
    "1.5GiB, 1610612736",
    "1TiB, 1099511627776",
    "1kB, 1000",
    "1.5MB, 1500000",
    "2GB, 2000000000",
    "0.1KiB, 102",
    "9223372036854775807, 9223372036854775807",
  })
  void aSizeIsANumberOfBytesWithAnOptionalUnit(String text, long bytes) {
    assertEquals(bytes, Sizes.parseSize(text));
  }

  @ParameterizedTest
  @CsvSource({
    "1024, 1024",
    "100KiB/s, 102400",
    "100KiB, 102400",
    "1.5Mbit/s, 187500",
    "1Gbit/s, 125000000",
    "8bit/s, 1",
    "64kbit, 8000",
  })
  void aRateIsInBytesOrBitsAndThePerSecondMayBeLeftOut(String text, long bytesPerSecond) {
    assertEquals(bytesPerSecond, Sizes.parseRate(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "x", "-1", "+1", "1e6", "1,5MB", ".5MB", "1.MB", "0x10", "1 2", "NaN", "KiB", "10/s", "1KiB/s"})
  void whatIsNoSizeIsNamedWithExamples(String text) {
    String message = assertThrows(IllegalArgumentException.class, () -> Sizes.parseSize(text)).getMessage();

    assertEquals("'" + text + "' is no size such as 1024, 256KiB or 1.5MB", message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1K", "1M", "10blocks", "1Mbit", "1bit", "5PB"})
  void anUnknownUnitIsNamed(String text) {
    String message = assertThrows(IllegalArgumentException.class, () -> Sizes.parseSize(text)).getMessage();

    assertTrue(message.startsWith("'" + text + "': unknown unit "), message);
  }

  @Test
  void aUnitThatCouldBeBitsOrBytesIsAskedFor() {
    assertEquals(
        "'5Mb': is Mb bits or bytes? say MB or Mbit",
        assertThrows(IllegalArgumentException.class, () -> Sizes.parseRate("5Mb")).getMessage());
    assertEquals(
        "'5Mb': is Mb bits or bytes? say MB",
        assertThrows(IllegalArgumentException.class, () -> Sizes.parseSize("5Mb")).getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775808", "9000000000GiB", "99999999999999999999TiB"})
  void aSizeThatNoLongHoldsIsTooLarge(String text) {
    assertEquals(
        "'" + text + "' is too large a size",
        assertThrows(IllegalArgumentException.class, () -> Sizes.parseSize(text)).getMessage());
  }

  @Test
  void aNumberTooSmallForOneByteIsRefusedRatherThanTakenForNothing() {
    assertThrows(IllegalArgumentException.class, () -> Sizes.parseSize("0.5"));
    assertThrows(IllegalArgumentException.class, () -> Sizes.parseRate("1bit/s"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0 B",
    "1023, 1023 B",
    "1024, 1.00 KiB",
    "1536, 1.50 KiB",
    "12902727, 12.3 MiB",
    "268435456, 256 MiB",
    "1048575, 1.00 MiB",
    "10735000, 10.2 MiB",
    "9223372036854775807, 8.00 EiB",
  })
  void aSizeIsPrintedWithThreeDigits(long bytes, String text) {
    assertEquals(text, Sizes.format(bytes));
  }

  @Test
  void aRateIsPrintedPerSecond() {
    assertEquals("1.50 KiB/s", Sizes.formatRate(1536.2));
  }
}
