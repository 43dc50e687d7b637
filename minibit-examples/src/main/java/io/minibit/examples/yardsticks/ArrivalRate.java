package io.minibit.examples.yardsticks;

import io.minibit.sim.Arrival;
import io.minibit.sim.Departure;
import io.minibit.sim.PeerOutcome;
import io.minibit.sim.Scenario;
import io.minibit.sim.SimulationReport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Peers come at the rate λ, give up at the rate θ while they download, and go at the rate γ once they seed; uplinks are
 * of μ and downlinks of c files per second (Qiu and Srikant, "Modeling and Performance Analysis of BitTorrent-Like
 * Peer-to-Peer Networks", SIGCOMM 2004). In the steady state of their fluid model a peer downloads for T = 1/(θ + β),
 * 1/β = max(1/c, (1/μ − 1/γ)/η), whatever λ is; η is near 1.
 *
 * <p>T is the mean over all peers, also those who give up. The fluid completes them at a rate, as if what is left to
 * fetch were forgotten all the time; a file is a fixed amount. With that, and all else as in the model, those who complete
 * take the time D for which demand and supply are equal,
 * {@code (1/D − μη)(1 − exp(−θD))/θ = μ exp(−θD)/γ}, but not less than 1/c, and the mean over all peers is
 * (1 − exp(−θD))/θ. Without aborts both give 1/β. What is simulated has to agree with the latter; the table shows both.
 * The origin, which is always there, adds to the supply of a small population; as many seeds as there are in the steady
 * state are there from the start.
 */
final class ArrivalRate implements Yardstick {
  private static final double MU = 0.00125;
  private static final double C = 0.002;
  private static final double THETA = 0.001;

  private static final double MOST_SPREAD = 1.1;
  private static final double NEAR = 0.1;
  /** A peer that comes so long before the end has completed or gone by then, seconds. */
  private static final double LONGEST = 1500;

  @Override
  public String name() {
    return "arrival-rate";
  }

  @Override
  public void measure(Bench bench) throws IOException {
    Scenario file = bench.scenario("arrival-rate");
    for (double gamma : bench.quick() ? List.of(0.001) : List.of(0.001, 0.005)) {
      List<Double> means = new ArrayList<>();
      List<Double> rates = bench.quick() ? List.of(0.02, 0.04) : List.of(0.02, 0.2, 2.0);
      for (double lambda : rates) {
        String name = "γ = " + gamma + "/s, λ = " + lambda + "/s";
        Bench.Run run = bench.run(name, scenario(bench, file, gamma, lambda));
        if (run != null) {
          means.add(measure(bench, run, gamma, lambda));
        }
      }
      if (means.size() == rates.size()) {
        double spread = Collections.max(means) / Collections.min(means);
        bench.row("γ = " + gamma + "/s, λ of " + rates, "longest / shortest mean download", Bench.number(spread),
            "1, within <= " + MOST_SPREAD, spread <= MOST_SPREAD);
      }
    }
  }

  /** A small population needs longer for a mean. */
  private static Scenario scenario(Bench bench, Scenario file, double gamma, double lambda) {
    double limit = bench.quick() ? 3000 : 4000 + 400 / lambda;
    return file.toBuilder()
        .eachGroup(peer -> peer.upload(Math.round(MU * file.bytes())))
        .group("early seeds", seed -> seed
            .count((int) Math.ceil(seeds(fixedWork(gamma, lambda), gamma, lambda)))
            .departure(Departure.atRate(gamma, 0)))
        .group("peers", peer -> peer
            .count((int) (1.2 * lambda * limit) + 50)
            .download(Math.round(C * file.bytes()))
            .arrival(Arrival.poisson(lambda))
            .departure(Departure.atRate(gamma, THETA)))
        .limit(Duration.ofSeconds(Math.round(limit)))
        .build();
  }

  private static double measure(Bench bench, Bench.Run run, double gamma, double lambda) {
    SimulationReport report = run.report();
    double until = report.nanos() / 1e9 - LONGEST;
    double settled = Math.min(until / 2, 2000);
    List<PeerOutcome> steady = report.group("peers").stream()
        .filter(peer -> peer.arrived() >= settled * 1e9 && peer.arrived() < until * 1e9)
        .toList();
    double completing = steady.stream()
        .filter(PeerOutcome::isComplete).mapToDouble(PeerOutcome::downloadSeconds).average().orElse(Double.NaN);
    double all = steady.stream().mapToDouble(ArrivalRate::stay).average().orElse(Double.NaN);

    double expected = fixedWork(gamma, lambda);
    double error = completing / expected - 1;
    bench.row(run, "mean download of " + steady.stream().filter(PeerOutcome::isComplete).count() + " who completed",
        Bench.seconds(completing), "fixed work " + Bench.seconds(expected) + " ± 10 %", Math.abs(error) <= NEAR);
    double inverseBeta = Math.max(1 / C, 1 / MU - 1 / gamma);
    bench.row(run, "mean time of all " + steady.size() + " as leechers", Bench.seconds(all),
        "T = " + Bench.seconds(1 / (THETA + 1 / inverseBeta)) + ", fixed " + Bench.seconds(mean(expected)), null);
    return completing;
  }

  private static double stay(PeerOutcome peer) {
    return ((peer.isComplete() ? peer.completed() : peer.left()) - peer.arrived()) / 1e9;
  }

  /** The mean time of all when those who complete need this time. */
  private static double mean(double download) {
    return (1 - Math.exp(-THETA * download)) / THETA;
  }

  /** How many seed, besides the origin, when those who complete need this time. */
  private static double seeds(double download, double gamma, double lambda) {
    return lambda * Math.exp(-THETA * download) / gamma;
  }

  /** The time D of the class's comment, with η = 1 and the origin among the seeds. */
  private static double fixedWork(double gamma, double lambda) {
    double low = 1 / C;
    double high = 1 / MU;
    while (high - low > 0.1) {
      double download = (low + high) / 2;
      double leechers = lambda * mean(download);
      double seeds = 1 + seeds(download, gamma, lambda);
      boolean scarce = leechers / download > MU * (leechers + seeds);
      low = scarce ? download : low;
      high = scarce ? high : download;
    }
    return low;
  }
}
