package io.minibit.examples.yardsticks;

import io.minibit.sim.Scenario;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One peer in five gives nothing. How much slower is it than those who give, and how much do they suffer, under tit for
 * tat (Cohen, "Incentives Build Robustness in BitTorrent", 2003) and under a choker that serves everybody? Slow-downs
 * are multiples of the mean download time in the same swarm when all give.
 *
 * <p>A seed no faster than one peer brings new pieces in as fast as every peer fetches: all wait for it, and whoever is
 * behind catches up. Only where uplinks are scarcer than pieces, as with the faster seed, can a choker tell apart.
 */
final class TitForTatPays implements Yardstick {
  /** How many times as long a free rider should take as a contributor. */
  private static final double PAYS = 1.2;

  @Override
  public String name() {
    return "tit-for-tat";
  }

  @Override
  public void measure(Bench bench) throws IOException {
    Scenario file = bench.scenario("tit-for-tat",
        bench.quick() ? new String[] {"contributors.count=40", "free-riders.count=10", "torrent=10MiB"} : new String[0]);
    for (String seed : List.of("400kbit/s", "4Mbit/s")) {
      Scenario scenario = Bench.with(file, "seed.upload=" + seed);
      measure(bench, scenario, "seed " + seed, "tit-for-tat");
      measure(bench, scenario, "seed " + seed, "serve-everybody");
    }
  }

  private static void measure(Bench bench, Scenario file, String seed, String choking) {
    Scenario all = Bench.with(file, "choking=" + choking);
    String name = seed + ", " + choking;
    boolean pays = choking.equals("tit-for-tat");
    Bench.Run honest = bench.run(name + ", all give", all);
    Bench.Run mixed = bench.run(name + ", free riders", Bench.with(all, "free-riders.choking=serve-nobody"));
    if (honest == null || mixed == null) {
      return;
    }
    double usual = mean(honest, null);
    double contributor = mean(mixed, "contributors");
    double freeRider = mean(mixed, "free-riders");
    bench.row(honest, "mean download time", Bench.seconds(usual),
        "fluid bound " + Bench.seconds(honest.report().fluidBoundSeconds()), null);
    bench.row(mixed, "slow-down of contributors", Bench.number(contributor / usual), "", null);
    bench.row(mixed, "slow-down of free riders", Bench.number(freeRider / usual), "", null);
    bench.row(mixed, "free rider / contributor", Bench.number(freeRider / contributor),
        pays ? "wanted >= " + PAYS : "about 1", pays ? freeRider / contributor >= PAYS : null);
  }

  private static double mean(Bench.Run run, @Nullable String group) {
    return run.report().leechers().stream()
        .filter(peer -> peer.isComplete() && (group == null || peer.group().equals(group)))
        .mapToDouble(peer -> peer.downloadSeconds())
        .average()
        .orElse(Double.NaN);
  }
}
