package io.minibit.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.SeededRandom;
import java.time.Duration;
import java.util.List;
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

  /** Large enough to be split into regions. */
  private static Scenario large(long seed, Duration latency) {
    return Scenario.builder()
        .torrent(1 << 20, 64 << 10)
        .seed(seed)
        .group("seed", g -> g.seeds().upload(200_000).latency(latency))
        .group("leechers", g -> g.count(150).upload(50_000).download(200_000).latency(latency).connections(20)
            .arrival(Arrival.poisson(10)).departure(Departure.parse("after completion 5s, aborts 0.001/s")))
        .build();
  }

  @Test
  void whatHappensDoesNotDependOnTheNumberOfThreadsNorOnBeingChecked() {
    Scenario scenario = large(1, Duration.ofMillis(25));
    assertFalse(new World(scenario, new SeededRandom(1), new SeededRandom(2), false).isWhole());

    SimulationReport one = Simulation.of(scenario).threads(1).run();
    SimulationReport two = Simulation.of(scenario).threads(2).run();
    SimulationReport many = Simulation.of(scenario).threads(20).run();
    SimulationReport checked = Simulation.of(scenario).checked(true).run();
    SimulationReport other = Simulation.run(large(2, Duration.ofMillis(25)));

    assertTrue(one.complete());
    for (SimulationReport same : List.of(two, many, checked)) {
      assertEquals(one.traceHash(), same.traceHash());
      assertEquals(one.events(), same.events());
      assertEquals(one.peers(), same.peers());
      assertEquals(one.samples(), same.samples());
      assertEquals(one.independentAfter(), same.independentAfter());
      assertEquals(one.given("leechers", "leechers"), same.given("leechers", "leechers"));
    }
    assertNotEquals(one.traceHash(), other.traceHash());
  }

  @Test
  void withoutTimeBetweenPeersTheyAreNotSplitAndAllGetEverythingToo() {
    Scenario scenario = large(1, Duration.ZERO);

    assertTrue(new World(scenario, new SeededRandom(1), new SeededRandom(2), false).isWhole());
    assertTrue(Simulation.run(scenario).complete());
  }

  @Test
  void whatFailsOnAnyThreadEndsTheRunWithItsCause() {
    IllegalStateException failure = new IllegalStateException("no more");
    Scenario scenario = large(1, Duration.ofMillis(25)).toBuilder()
        .group("leechers", g -> g.choking("failing", () -> {
          throw failure;
        }))
        .build();

    for (int threads : new int[] {1, 2}) {
      Simulation simulation = Simulation.of(scenario).threads(threads);

      assertSame(failure, assertThrows(IllegalStateException.class, simulation::run));
    }
  }

  @Test
  void fewerThanOneThreadAreRefused() {
    Simulation simulation = Simulation.of(small(1));

    assertThrows(IllegalArgumentException.class, () -> simulation.threads(0));
  }

  @Test
  void peersThatDifferInNothingButTheOrderOfTheirGroupsFareAlike() {
    double slowdown = 0;
    for (int seed = 1; seed <= 4; seed++) {
      SimulationReport report = Simulation.run(Scenario.builder()
          .torrent(10 << 20, 128 << 10)
          .seed(seed)
          .group("seed", g -> g.seeds().upload(100_000))
          .group("first", g -> g.count(20).upload(50_000).departure(Departure.onCompletion()))
          .group("second", g -> g.count(20).upload(50_000).departure(Departure.onCompletion()))
          .build());
      slowdown += report.slowdown("second", "first") / 4;
    }
    assertEquals(1, slowdown, 0.03);
  }

  @Test
  void whatGroupsGaveEachOtherIsWhatTheyReceived() {
    for (int peers : new int[] {20, 2 * TrafficMatrix.MOST_PEERS}) {
      SimulationReport report = Simulation.run(small(1).toBuilder().group("leechers", g -> g.count(peers)).build());
      long received = report.group("leechers").stream().mapToLong(PeerOutcome::downloaded).sum();

      assertEquals(received, report.given("seed", "leechers") + report.given("leechers", "leechers"));
      assertTrue(report.given("seed", "leechers") >= report.scenario().bytes());
      assertEquals(0, report.given("leechers", "seed"));
    }
  }

  @Test
  void whatGroupsGaveEachOtherIsToldAlsoIfOneBetweenThemNeverCame() {
    SimulationReport report = Simulation.run(Scenario.builder()
        .torrent(1 << 20, 64 << 10)
        .group("seed", g -> g.seeds().upload(50_000))
        .group("late", g -> g.arrival(Arrival.atOnce(Duration.ofHours(2))))
        .group("leechers", g -> g.count(2).upload(50_000))
        .limit(Duration.ofHours(1))
        .build());

    assertTrue(report.given("seed", "leechers") >= report.scenario().bytes());
    assertEquals(0, report.given("seed", "late"));
  }
}
