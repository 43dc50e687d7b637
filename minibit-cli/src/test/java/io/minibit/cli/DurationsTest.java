package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
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
  })
  void aDurationIsANumberWithAUnitAndSecondsWithoutOne(String text, long millis) {
    assertEquals(Duration.ofMillis(millis), Durations.parse(text));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "s", "-5s", "5 minutes", "1h30m", "1e3s", "PT5S"})
  void whatIsNoDurationIsNamedWithExamples(String text) {
    assertEquals(
        "'" + text + "' is no duration such as 500ms, 10s, 5m or 2h",
        assertThrows(IllegalArgumentException.class, () -> Durations.parse(text)).getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"999999999999d", "40000d"})
  void nobodyWaitsACentury(String text) {
    assertEquals(
        "'" + text + "' is too long",
        assertThrows(IllegalArgumentException.class, () -> Durations.parse(text)).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.00 s",
    "520, 0.52 s",
    "994, 0.99 s",
    "995, 1.0 s",
    "9400, 9.4 s",
    "9960, 10 s",
    "42000, 42 s",
    "59600, 1 m 00 s",
    "303000, 5 m 03 s",
    "7500000, 2 h 05 m",
    "273600000, 3 d 04 h",
  })
  void aDurationIsPrintedWithTwoUnitsAtMost(long millis, String text) {
    assertEquals(text, Durations.format(Duration.ofMillis(millis)));
  }
}
