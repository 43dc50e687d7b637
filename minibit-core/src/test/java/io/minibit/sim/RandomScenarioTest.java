package io.minibit.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Random swarms in which anything may go wrong, with every invariant checked: 500 fixed seeds.
 *
 * <pre>
 * mvn -pl minibit-core test -Dtest=RandomScenarioTest -Dsim.seed=17                     one seed again
 * mvn -pl minibit-core test -Dtest=RandomScenarioTest -Dsim.seed=1000 -Dsim.seeds=5000  others
 * mvn -pl minibit-core test -Dtest=RandomScenarioTest -Dsim.seed=1000 -Dsim.minutes=60  for an hour, from a seed on
 * </pre>
 */
class RandomScenarioTest {
  private static final int SEEDS = 500;
  /** Seeds that run at a time before the clock is looked at. */
  private static final int ROUND = 100;

  /** Seeds are worlds of their own and run side by side; each is reported as a case of its own. */
  @TestFactory
  Stream<DynamicTest> whateverGoesWrongNoInvariantIsViolated() {
    Long given = Long.getLong("sim.seed");
    long first = given == null ? 1 : given;
    long minutes = Long.getLong("sim.minutes", 0);
    long seeds = Long.getLong("sim.seeds", given == null ? SEEDS : 1);
    long stop = System.nanoTime() + Duration.ofMinutes(minutes).toNanos();
    List<DynamicTest> cases = new ArrayList<>();
    for (long from = first; minutes > 0 ? System.nanoTime() < stop : from < first + seeds; from += ROUND) {
      long end = minutes > 0 ? from + ROUND : Math.min(from + ROUND, first + seeds);
      run(from, end).forEach((seed, failure) -> cases.add(DynamicTest.dynamicTest("seed " + seed, failure::raise)));
    }
    return cases.stream();
  }

  /** How a seed ended. */
  private interface Outcome {
    void raise() throws Throwable;
  }

  private static Map<Long, Outcome> run(long first, long end) {
    Map<Long, Outcome> outcomes = new ConcurrentSkipListMap<>();
    LongStream.range(first, end).parallel().forEach(seed -> outcomes.put(seed, outcome(seed)));
    return outcomes;
  }

  private static Outcome outcome(long seed) {
    try {
      SimulationReport report = Simulation.of(RandomScenario.of(seed)).checked(true).run();
      return () -> report.peers().forEach(peer -> assertNull(peer.failure()));
    } catch (RuntimeException | Error e) {
      return () -> {
        throw e;
      };
    }
  }

  @Test
  void checkingChangesNothing() {
    for (long seed = 1; seed <= 5; seed++) {
      Scenario scenario = RandomScenario.of(seed);

      SimulationReport checked = Simulation.of(scenario).checked(true).run();
      SimulationReport unchecked = Simulation.run(scenario);

      assertEquals(unchecked.traceHash(), checked.traceHash());
      assertEquals(unchecked.peers(), checked.peers());
    }
  }
}
