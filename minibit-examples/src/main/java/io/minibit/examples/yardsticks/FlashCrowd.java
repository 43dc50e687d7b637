package io.minibit.examples.yardsticks;

import io.minibit.sim.Scenario;
import io.minibit.sim.SimulationReport;
import java.io.IOException;
import java.util.List;

/**
 * A thousand peers come within ten seconds and leave with their last piece (Bharambe, Herley and Padmanabhan,
 * "Analyzing and Improving a BitTorrent Network's Performance Mechanisms", INFOCOM 2006). Rarest first keeps the uplinks
 * busy, whatever the number of neighbours; random selection loses with a slow seed or few neighbours.
 *
 * <p>The degree is the number of neighbours below which a node dials; it lets others dial it up to twice as many. The
 * seed has 80 connections throughout, as its uplink must not be wasted.
 */
final class FlashCrowd implements Yardstick {
  private static final double WANTED = 0.9;
  /** By how much of its uplinks' use the worse selection loses clearly. */
  private static final double CLEARLY = 0.05;

  @Override
  public String name() {
    return "flash-crowd";
  }

  @Override
  public void measure(Bench bench) throws IOException {
    String[] size = bench.quick() ? new String[] {"leechers.count=60", "torrent=10MiB"} : new String[0];
    Scenario file = bench.scenario("flash-crowd", size);
    for (String seed : bench.quick() ? List.of("400Kibit/s") : List.of("400Kibit/s", "6000Kibit/s")) {
      for (int degree : bench.quick() ? List.of(3, 40) : List.of(3, 5, 10, 40)) {
        Scenario scenario = Bench.with(file.toBuilder()
            .group("leechers", peer -> peer.connections(2 * degree).dials(degree))
            .build(), "seed.upload=" + seed);
        measure(bench, scenario, "seed " + seed + ", degree " + degree, degree <= 5 || seed.startsWith("400"));
      }
    }
  }

  private static void measure(Bench bench, Scenario scenario, String name, boolean randomLoses) {
    Bench.Run rarest = bench.run(name + ", rarest first", Bench.with(scenario, "selection=rarest-first"));
    if (rarest != null) {
      double used = rarest.report().uploadUtilization();
      bench.row(rarest, "uplinks used", Bench.percent(used), "> 90 %", used > WANTED);
      times(bench, rarest);
    }
    Bench.Run random = bench.run(name + ", random", Bench.with(scenario, "selection=random-piece"));
    if (random != null) {
      double used = random.report().uploadUtilization();
      Boolean loses = null;
      if (rarest != null && randomLoses) {
        loses = used < rarest.report().uploadUtilization() - CLEARLY;
      }
      bench.row(random, "uplinks used", Bench.percent(used), randomLoses ? "clearly less" : "", loses);
      times(bench, random);
    }
  }

  private static void times(Bench bench, Bench.Run run) {
    SimulationReport report = run.report();
    bench.row(run, "mean download time", Bench.seconds(report.meanDownloadSeconds("leechers")),
        "fluid bound " + Bench.seconds(report.fluidBoundSeconds()), null);
  }
}
