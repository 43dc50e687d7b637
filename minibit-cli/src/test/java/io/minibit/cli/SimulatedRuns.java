package io.minibit.cli;

import io.minibit.model.SeededRandom;
import io.minibit.sim.Arrival;
import io.minibit.sim.PeerOutcome;
import io.minibit.sim.Scenario;
import io.minibit.sim.Simulation;
import io.minibit.sim.SimulationReport;
import io.minibit.sim.StrategyCatalog;
import io.minibit.strategy.RandomPiece;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Small simulations for tests of the page that reports them. */
public final class SimulatedRuns {
  /** Would end a script, a style or an attribute, or run, if it were taken for markup. */
  public static final String HOSTILE = "</style></script><img src=x onerror=window.hit=1>\"'&\u202e";

  private SimulatedRuns() {}

  static Scenario scenario() {
    return Scenario.builder()
        .name(HOSTILE)
        .torrent(4 << 20, 64 << 10)
        .group("seed", g -> g.seeds().upload(100_000))
        .group("leechers", g -> g.count(8).upload(50_000).download(200_000))
        .group("free riders", g -> g.count(3).upload(50_000).choking(StrategyCatalog.stock().choking("serve-nobody")))
        .build();
  }

  /** Two runs that differ in how pieces are selected. */
  static List<SimulationPage.Run> two() {
    Scenario random = scenario().toBuilder()
        .eachGroup(g -> g.selection(HOSTILE, RandomPiece::new))
        .build();
    return List.of(
        new SimulationPage.Run("the first " + HOSTILE, Simulation.run(scenario())),
        new SimulationPage.Run("the second", Simulation.run(random)));
  }

  /** Writes the page of {@link #two}. */
  public static void writePage(Path file) throws IOException {
    SimulationPage.write(file, two());
  }

  /** As many samples, columns and peers as a report can have, and their outcomes made up. */
  static SimulationReport large(int peers) {
    Scenario small = Scenario.builder()
        .torrent(300 * 16_384, 16_384)
        .group("seed", g -> g.seeds().upload(100_000))
        .group("leechers", g -> g.count(3).upload(50_000))
        .group("late", g -> g.count(60).upload(50_000).arrival(Arrival.atOnce(Duration.ofSeconds(144))))
        .limit(Duration.ofSeconds(145))
        .toTheLimit()
        .build();
    SimulationReport report = Simulation.run(small);
    SeededRandom random = new SeededRandom(3);
    List<PeerOutcome> outcomes = new ArrayList<>();
    outcomes.add(report.peers().get(0));
    for (int i = 1; i < peers; i++) {
      long arrived = random.nextInt(1_000_000_000) * 60L;
      long completed = arrived + random.nextInt(1_000_000_000) * 80L;
      outcomes.add(new PeerOutcome(i, i % 2 == 0 ? "late" : "leechers", -1, arrived, arrived, completed, -1, 300,
          random.nextInt(20_000_000), small.bytes(), 0, null));
    }
    return new SimulationReport(
        small.toBuilder().group("leechers", g -> g.count(peers - 61)).build(), true, report.nanos(), report.events(), 1,
        outcomes, report.samples(), report.copies(), report.traffic(), report.seedUploaded(), report.independentAfter(),
        report.independentAt(), 0, 0);
  }
}
