package io.minibit.examples.yardsticks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class YardsticksTest {
  private static List<Row> quick(String... names) throws Exception {
    List<Row> rows = new ArrayList<>();
    Yardsticks.measure(true, List.of(names), rows::add);
    return rows;
  }

  @Test
  void aSmallSwarmKeepsToTheLowerBoundWithSuperSeeding() throws Exception {
    List<Row> rows = quick("dissemination/super-seeding");
    assertEquals(List.of(true, true), rows.stream().map(Row::within).toList(), rows.toString());
  }

  @Test
  void theMeanDownloadTimeIsThatOfTheFormula() throws Exception {
    List<Row> rows = quick("arrival-rate/γ = 0.001/s, λ = 0.02");
    assertEquals(true, rows.get(0).within(), rows.toString());
  }

  @Test
  void everyYardstickGivesRows() throws Exception {
    for (String name : List.of("flash-crowd/degree 3", "tit-for-tat/400kbit/s, tit-for-tat", "racks/racks of 35")) {
      List<Row> rows = quick(name);
      assertTrue(rows.size() >= 2, rows.toString());
      for (Row row : rows) {
        assertFalse(row.measured().contains("NaN"), row.toString());
        assertTrue(row.virtualSeconds() > 0, row.toString());
      }
    }
  }

  @Test
  void onlyWhatIsNamedIsMeasured() throws Exception {
    assertEquals(List.of(), quick("racks/no such configuration"));
  }
}
