package io.minibit.examples.yardsticks;

import io.minibit.sim.Scenario;
import io.minibit.sim.SimulationReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A tracker that names mostly peers of the asker's own rack (Bindal, Cao, Chan, Medved, Suwala, Bates and Zhang,
 * "Improving Traffic Locality in BitTorrent via Biased Neighbor Selection", ICDCS 2006): what crosses the borders of a
 * rack stops growing with the number of peers, and they are complete nearly as soon as with random neighbours.
 */
final class Racks implements Yardstick {
  /** While the number of peers more than doubles. */
  private static final double MOST_GROWTH = 1.25;

  private static final double MOST_SLOWDOWN = 1.15;

  @Override
  public String name() {
    return "racks";
  }

  @Override
  public void measure(Bench bench) throws IOException {
    Scenario file = bench.scenario("racks", bench.quick() ? new String[] {"torrent=5MiB", "peers.count=200", "peers.racks=4"} : new String[0]);
    int racks = file.groups().get(1).racks();
    int neighbours = file.handout().peers();
    List<Double> crossing = new ArrayList<>();
    List<Integer> sizes = bench.quick() ? List.of(neighbours, 2 * neighbours) : List.of(neighbours, 50, 100);
    for (int size : sizes) {
      Scenario biased = Bench.with(file, "peers.count=" + racks * size);
      Bench.Run own = bench.run(racks + " racks of " + size + ", own rack", biased);
      if (own != null) {
        crossing.add(crossing(own.report()));
        bench.row(own, "torrents that came into a rack", Bench.number(crossing(own.report())), "", null);
      }
      compare(bench, own, bench.run(racks + " racks of " + size + ", random",
          Bench.with(biased, "handout=random " + neighbours)));
    }
    if (crossing.size() == sizes.size()) {
      double growth = crossing.get(crossing.size() - 1) / crossing.get(0);
      bench.row("own rack, racks of " + sizes, "growth of what came into a rack", Bench.number(growth),
          "1, within <= " + MOST_GROWTH, growth <= MOST_GROWTH);
    }
  }

  private static void compare(Bench bench, Bench.@Nullable Run own, Bench.@Nullable Run random) {
    if (random != null) {
      bench.row(random, "torrents that came into a rack", Bench.number(crossing(random.report())), "", null);
    }
    if (own != null && random != null) {
      double ratio = own.report().medianDownloadSeconds() / random.report().medianDownloadSeconds();
      bench.row(own, "median download / with random neighbours", Bench.number(ratio), "near 1, <= " + MOST_SLOWDOWN,
          ratio <= MOST_SLOWDOWN);
    }
  }

  /** Torrent sizes that came into a rack from elsewhere, the seed's included, on average. */
  private static double crossing(SimulationReport report) {
    return (double) report.otherRackBytes() / report.scenario().bytes() / report.scenario().groups().get(1).racks();
  }
}
