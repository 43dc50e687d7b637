package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.minibit.metainfo.PieceLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class SwarmReportTest {
  private static final PieceLayout LAYOUT = new PieceLayout(4000, 1000);

  private static SwarmReport.Row row(int number, int had, long millis, long up, boolean equal) {
    return new SwarmReport.Row(number, had, millis * 1_000_000, 4000 - had * 1000L, up, 10, equal);
  }

  @Test
  void theTableHasALineForEachPeerAndTheirSum() {
    SwarmReport report = new SwarmReport(LAYOUT, List.of(row(1, 4, 5, 5000, true), row(2, 0, 1230, 0, false)));

    assertEquals(
        List.of(
            "",
            "  peer     had    complete in   downloaded     uploaded        waste  file",
            "     1    100%              -          0 B     4.88 KiB         10 B  equal",
            "     2      0%         1.23 s     3.91 KiB          0 B         10 B  DIFFERENT",
            "   all                            3.91 KiB     4.88 KiB         20 B",
            ""),
        report.table());
  }

  @Test
  void theSummaryCountsTheCopiesOfOneSeed() {
    SwarmReport report =
        new SwarmReport(LAYOUT, List.of(row(1, 4, 0, 5000, true), row(2, 0, 3214, 0, true), row(3, 0, 90, 0, true)));

    assertEquals(
        "3 peers complete in 3.21 s from first connect to last completion; the seed uploaded 1.25 copies",
        report.summary());
  }

  @Test
  void withoutASeedThereAreNoCopiesToCount() {
    SwarmReport report = new SwarmReport(LAYOUT, List.of(row(1, 2, 50, 0, true), row(2, 2, 60, 0, true)));

    assertEquals("2 peers complete in 0.06 s from first connect to last completion", report.summary());
  }

  @Test
  void aDifferentFileIsAFailureThatNamesThePeer() {
    SwarmReport report = new SwarmReport(LAYOUT, List.of(row(1, 4, 0, 0, true), row(2, 0, 1, 0, false)));

    assertEquals(
        "the rebuilt file differs from the original at peer 2",
        assertThrows(CommandException.class, report::requireEqual).getMessage());
  }
}
