package io.minibit.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
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
    assertEquals(bytes, Units.parseSize(text));
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
    "400Kibit/s, 51200",
    "1Mibit/s, 131072",
    "12bit/s, 2",
    "1499bit/s, 187",
  })
  void aRateIsInBytesOrBitsAndThePerSecondMayBeLeftOut(String text, long bytesPerSecond) {
    assertEquals(bytesPerSecond, Units.parseRate(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", " ", "x", "-1", "+1", "1e6", "1,5MB", ".5MB", "1.MB", "0x10", "1 2", "NaN", "KiB", "10/s", "1KiB/s"})
  void whatIsNoSizeIsNamedWithExamples(String text) {
    String message = assertThrows(IllegalArgumentException.class, () -> Units.parseSize(text)).getMessage();

    assertEquals("'" + text + "' is no size such as 1024, 256KiB or 1.5MB", message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1K", "1M", "10blocks", "1Mbit", "1bit", "5PB"})
  void anUnknownUnitIsNamed(String text) {
    String message = assertThrows(IllegalArgumentException.class, () -> Units.parseSize(text)).getMessage();

    assertTrue(message.startsWith("'" + text + "': unknown unit "), message);
  }

  @Test
  void aUnitThatCouldBeBitsOrBytesIsAskedFor() {
    assertEquals(
        "'5Mb': is Mb bits or bytes? say MB or Mbit",
        assertThrows(IllegalArgumentException.class, () -> Units.parseRate("5Mb")).getMessage());
    assertEquals(
        "'5Mb': is Mb bits or bytes? say MB",
        assertThrows(IllegalArgumentException.class, () -> Units.parseSize("5Mb")).getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"9223372036854775808", "9000000000GiB", "99999999999999999999TiB"})
  void aSizeThatNoLongHoldsIsTooLarge(String text) {
    assertEquals(
        "'" + text + "' is too large a size",
        assertThrows(IllegalArgumentException.class, () -> Units.parseSize(text)).getMessage());
  }

  @Test
  void aNumberTooSmallForOneByteIsRefusedRatherThanTakenForNothing() {
    assertThrows(IllegalArgumentException.class, () -> Units.parseSize("0.5"));
    assertThrows(IllegalArgumentException.class, () -> Units.parseRate("1bit/s"));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "10, 10000",
    "500ms, 500",
    "10s, 10000",
    "1.5s, 1500",
    "5m, 300000",
    "2h, 7200000",
    "1d, 86400000",
    "5 M, 300000",
    "3153600000000ms, 3153600000000",
  })
  void aDurationIsANumberWithAUnitAndSecondsWithoutOne(String text, long millis) {
    assertEquals(Duration.ofMillis(millis), Units.parseDuration(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "-5s", "5 minutes", "1h30m", "1e3s", "PT5S"})
  void whatIsNoDurationIsNamedWithExamples(String text) {
    assertEquals(
        "'" + text + "' is no duration such as 500ms, 10s, 5m or 2h",
        assertThrows(IllegalArgumentException.class, () -> Units.parseDuration(text)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"999999999999d", "40000d"})
  void nobodyWaitsACentury(String text) {
    assertEquals(
        "'" + text + "' is too long",
        assertThrows(IllegalArgumentException.class, () -> Units.parseDuration(text)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "1, 1",
    "1000, 1kB",
    "1024, 1KiB",
    "104857600, 100MiB",
    "1099511627776, 1TiB",
    "1500000, 1500kB",
    "9223372036854775807, 9223372036854775807",
  })
  void aSizeIsWrittenWithTheLargestUnitThatLosesNothing(long bytes, String text) {
    assertEquals(text, Units.size(bytes));
    assertEquals(bytes, Units.parseSize(text));
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1B/s",
    "50000, 400kbit/s",
    "51200, 50KiB/s",
    "187500, 1500kbit/s",
    "1250000, 10Mbit/s",
    "12345, 12345B/s",
    "9223372036854775806, 9223372036854775806B/s",
  })
  void aRateIsWrittenWithTheLargestUnitThatLosesNothing(long bytesPerSecond, String text) {
    assertEquals(text, Units.rate(bytesPerSecond));
    assertEquals(bytesPerSecond, Units.parseRate(text));
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "1, 0.000001ms",
    "1500000, 1.5ms",
    "25000000, 25ms",
    "1500000000, 1500ms",
    "90000000000, 90s",
    "7200000000000, 2h",
    "86400000000000, 1d",
    "3153599999999999999, 3153599999999.999999ms",
  })
  void aDurationIsWrittenWithTheLargestUnitThatLosesNothing(long nanos, String text) {
    assertEquals(text, Units.duration(Duration.ofNanos(nanos)));
    assertEquals(Duration.ofNanos(nanos), Units.parseDuration(text));
  }

  @Test
  void anAddressIsMadeAgainOfItsTwoHalves() {
    for (byte[] ip : new byte[][] {{10, 0, (byte) 200, 1}, {32, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, (byte) 255}}) {
      PeerAddress address = PeerAddress.of(ip, 65_535);
      assertEquals(address, PeerAddress.of(address.high(), address.low(), 65_535));
      assertEquals(ip.length == 4, PeerAddress.isIpv4(address.high(), address.low()));
    }
    assertThrows(MiniBitException.class, () -> PeerAddress.of(0, 1, 65_536));
  }

  @Test
  void aPeerIdIsReadEightBytesAtATime() {
    PeerId id = PeerId.of("-mB0100-abcdefgh\0\0\0\1".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    assertEquals(0x2d6d42303130302dL, id.bits(0));
    assertEquals(1, (int) id.bits(12));
  }
}
