package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class TextTableTest {
  @Test
  void wordsStandToTheLeftAndNumbersToTheRightInColumnsAsWideAsTheyNeed() {
    TextTable table = new TextTable(1, "group", "peers", "s");
    table.add("seed", "1", "-");
    table.add("leechers", "100", "12345.6");

    assertEquals(
        List.of(
            "group     peers        s",
            "seed          1        -",
            "leechers    100  12345.6"),
        table.lines());
  }
}
