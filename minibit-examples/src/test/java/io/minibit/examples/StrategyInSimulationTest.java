package io.minibit.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.sim.Scenario;
import io.minibit.sim.Simulation;
import io.minibit.sim.SimulationReport;
import org.junit.jupiter.api.Test;

/** A test of a strategy of one's own: a swarm in which half of the peers use it and the others the stock one. */
class StrategyInSimulationTest {
  @Test
  void fetchingTheEndsFirstCostsAtMostATenth() {
    SimulationReport report = Simulation.run(Scenario.builder().torrent(20 << 20, 128 << 10)
        .group("seed", g -> g.seeds().upload(100_000))
        .group("mine", g -> g.count(20).upload(50_000).selection("ends-first", () -> new EndsFirst(4)))
        .group("stock", g -> g.count(20).upload(50_000)).build());
    assertTrue(report.slowdown("mine", "stock") < 1.1);
  }
}
