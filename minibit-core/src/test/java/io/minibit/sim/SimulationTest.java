package io.minibit.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class SimulationTest {
  private static Scenario small(long seed) {
    return Scenario.builder()
        .torrent(8 << 20, 64 << 10)
        .seed(seed)
        .group("seed", g -> g.seeds().upload(50_000))
        .group("leechers", g -> g.count(20).upload(50_000).download(200_000))
        .build();
  }

  @Test
  void everybodyGetsEverything() {
    SimulationReport report = Simulation.run(small(1));

    assertTrue(report.complete());
    assertEquals(20, report.downloadSeconds("leechers").length);
    assertTrue(report.lastCompletionSeconds() > report.fluidBoundSeconds());
    assertTrue(report.lastCompletionSeconds() < 2 * report.fluidBoundSeconds(), report.lastCompletionSeconds() + " s");
  }

  @Test
  void theSameSeedLeadsToTheSameTraceAndAnotherSeedToAnother() {
    SimulationReport one = Simulation.run(small(1));
    SimulationReport same = Simulation.run(small(1));
    SimulationReport other = Simulation.run(small(2));

    assertEquals(one.traceHash(), same.traceHash());
    assertEquals(one.peers(), same.peers());
    assertEquals(one.samples(), same.samples());
    assertNotEquals(one.traceHash(), other.traceHash());
  }
}
