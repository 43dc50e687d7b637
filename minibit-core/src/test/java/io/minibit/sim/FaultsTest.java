package io.minibit.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.SeededRandom;
import io.minibit.strategy.PieceSelectionStrategy;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class FaultsTest {
  /**
   * A digest of all that happens in {@link #everyFaultAtOnce}, to the last message. It must not depend on the machine, the JDK or the order
   * of tests. When the behaviour of engine, strategies or simulator was changed on purpose, put the value that the test
   * reports here, in the same commit.
   */
  private static final long TRACE_HASH = -939264949979857831L;

  private static Scenario.Builder swarm() {
    return Scenario.builder()
        .torrent(2 << 20, 64 << 10)
        .limit(Duration.ofHours(3))
        .group("seed", g -> g.seeds().upload(100_000))
        .group("leechers", g -> g.count(8).upload(50_000).download(200_000).choking(
            StrategyCatalog.stock().choking("tit-for-tat")));
  }

  private static double strength(Fault.Kind kind) {
    return switch (kind) {
      case CRASH, VANISH -> 0.03;
      case SLOW -> 0.2;
      case DISK_SLOW -> 20;
      case TRACKER_INCITING -> 2000;
      case DISK_ERRORS, DISK_LOSSES -> 0.05;
      case LYING_HAVES, CHOKE_FLAPPING, NONSENSE, REQUEST_FLOOD -> 2;
      case DUPLICATE_CONNECTIONS -> 0.2;
      default -> 0.5;
    };
  }

  private static Fault fault(Fault.Kind kind, double share, int start, int end) {
    return new Fault(kind, "leechers", share, Duration.ofSeconds(start), Duration.ofSeconds(end), strength(kind));
  }

  private static Scenario everyFaultAtOnce() {
    Scenario.Builder builder = swarm().seed(7);
    int start = 5;
    for (Fault.Kind kind : Fault.Kind.values()) {
      builder.fault(fault(kind, 0.3, start, 50 + 2 * start));
      start++;
    }
    return builder.build();
  }

  @Test
  void theTraceOfAFixedScenarioIsTheSameEverywhere() {
    SimulationReport report = Simulation.run(everyFaultAtOnce());

    assertEquals(
        TRACE_HASH,
        report.traceHash(),
        () -> "the trace has changed. If that was the purpose of the change, TRACE_HASH in FaultsTest is now "
            + report.traceHash() + "L");
  }

  @TestFactory
  Stream<DynamicTest> everyFaultChangesWhatHappensAndNoneStopsAnHonestPeer() {
    long undisturbed = Simulation.run(swarm().build()).traceHash();
    return Stream.of(Fault.Kind.values()).map(kind -> DynamicTest.dynamicTest(kind.name(), () -> {
      Scenario scenario = swarm().fault(fault(kind, 0.5, 1, 40)).build();

      SimulationReport report = Simulation.of(scenario).checked(true).run();

      assertNotEquals(undisturbed, report.traceHash());
      assertTrue(kind.isMisconduct() || report.complete());
    }));
  }

  @Test
  void aCrashedPeerGoesOnWithWhatItHadStored() {
    Fault crash = new Fault(Fault.Kind.CRASH, "leechers", 1, Duration.ofSeconds(20), Duration.ofSeconds(60), 1);

    SimulationReport report = Simulation.of(swarm().fault(crash).build()).checked(true).run();

    for (PeerOutcome peer : report.group("leechers")) {
      assertTrue(peer.isComplete());
      assertTrue(peer.downloaded() >= 2 << 20, "what was received before the crash counts");
      assertTrue(peer.downloaded() < 4 << 20, "and was not all lost");
    }
  }

  @Test
  void corruptBlocksGetTheirSenderBannedAndNobodyElse() {
    Scenario scenario = swarm()
        .group("bad", g -> g.count(2).seeds().upload(100_000))
        .fault(Fault.Kind.CORRUPT_BLOCKS, "bad", Duration.ZERO, Duration.ofMinutes(10), 0.3)
        .build();

    SimulationReport report = Simulation.of(scenario).checked(true).run();

    assertTrue(report.complete());
    assertTrue(report.group("leechers").stream().anyMatch(peer -> peer.wasted() > 0));
    long asIfHonest = report.group("seed").get(0).uploaded();
    assertTrue(report.group("bad").stream().allMatch(peer -> peer.uploaded() < asIfHonest));
  }

  @Test
  void nobodyWaitsForAPeerWhoseStrategyThrows() {
    PieceSelectionStrategy throwing = choice -> {
      throw new IllegalStateException("no idea");
    };
    Scenario scenario = swarm().group("broken", g -> g.count(2).selection("throwing", () -> throwing)).build();

    SimulationReport report = Simulation.of(scenario).checked(true).run();

    assertTrue(report.complete());
    assertTrue(report.lastCompletionSeconds() < 600);
    List<PeerOutcome> broken = report.group("broken");
    assertTrue(broken.stream().allMatch(peer -> peer.failure() != null && !peer.isComplete()));
  }

  @Test
  void aViolationSaysWhatWhenToWhomAndHowToSeeItAgain() {
    Scenario scenario = RandomScenario.of(3);
    World world = new World(scenario, new SeededRandom(1), new SeededRandom(2), true);

    InvariantViolation violation = assertThrows(InvariantViolation.class, () -> {
      throw world.inspector.violation("peer 1: something is wrong", null);
    });

    assertEquals("peer 1: something is wrong", violation.invariant());
    assertTrue(violation.getMessage().contains("-Dsim.seed=3"), violation.getMessage());
    assertTrue(violation.getMessage().contains("seed 3"));
    assertTrue(violation.getMessage().contains("minibit sim --check FILE"));
  }
}
