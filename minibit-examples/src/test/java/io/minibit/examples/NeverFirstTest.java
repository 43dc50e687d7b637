package io.minibit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.sim.SimulationReport;
import org.junit.jupiter.api.Test;

class NeverFirstTest {
  @Test
  void whoNeverBeginsIsSlowerBecauseItsOwnKindGivesItNothing() {
    SimulationReport report = NeverFirst.simulate(15);

    assertTrue(report.slowdown("never first", "tit for tat") > 2, () -> NeverFirst.explain(report));
    assertEquals(0, report.given("never first", "never first"));
    assertTrue(report.given("seed", "never first") > 3 * report.given("seed", "tit for tat"));
    assertTrue(NeverFirst.explain(report).contains("Why: two peers of this kind gave each other 0.0 MiB"));
  }
}
