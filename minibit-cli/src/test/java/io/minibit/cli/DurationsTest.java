package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurationsTest {
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
