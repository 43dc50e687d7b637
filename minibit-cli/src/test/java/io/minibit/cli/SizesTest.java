package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SizesTest {
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
