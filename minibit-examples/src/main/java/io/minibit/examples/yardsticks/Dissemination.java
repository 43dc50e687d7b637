package io.minibit.examples.yardsticks;

import io.minibit.sim.Scenario;
import io.minibit.sim.SimulationReport;
import java.io.IOException;

/**
 * One seed, N peers with equal uplinks, M pieces: nobody can give the torrent to all of them in less than
 * (M + ⌊log2 N⌋)/M times what one uplink needs for it (Mundinger, Weber and Weiss, "Optimal Scheduling of Peer-to-Peer
 * File Dissemination", 2008). And the first seed's burden in the same swarm: how much it has sent when the swarm can
 * live without it, with and without super-seeding (BEP 16).
 */
final class Dissemination implements Yardstick {
  private static final double WANTED = 1.25;
  private static final double MOST_COPIES_SUPER_SEEDING = 1.25;
  private static final double MOST_COPIES = 2;

  @Override
  public String name() {
    return "dissemination";
  }

  @Override
  public void measure(Bench bench) throws IOException {
    String[] size = bench.quick() ? new String[] {"leechers.count=60", "torrent=15MiB"} : new String[0];
    Scenario plain = bench.scenario("dissemination", size);
    measure(bench, plain, "", MOST_COPIES);
    measure(bench, Bench.with(plain, "seed.super-seeding=yes"), ", super-seeding", MOST_COPIES_SUPER_SEEDING);
  }

  private static void measure(Bench bench, Scenario scenario, String how, double mostCopies) {
    int peers = scenario.peers() - 1;
    Bench.Run run = bench.run(peers + " peers" + how, scenario);
    if (run != null) {
      SimulationReport report = run.report();
      double bound = bound(scenario, peers);
      double last = report.complete() ? report.lastCompletionSeconds() / bound : Double.NaN;
      bench.row(run, "last peer / lower bound of " + Bench.seconds(bound), Bench.number(last), "1, wanted <= 1.25",
          last <= WANTED);
      double copies = report.copiesUntilIndependent();
      bench.row(run, "copies sent by the seed until not needed", Bench.number(copies), "wanted <= " + mostCopies,
          copies <= mostCopies);
    }
  }

  private static double bound(Scenario scenario, int peers) {
    double fileSeconds = (double) scenario.bytes() / scenario.groups().get(0).upload();
    double pieces = (double) scenario.bytes() / scenario.pieceLength();
    int doublings = 31 - Integer.numberOfLeadingZeros(peers);
    return (pieces + doublings) / pieces * fileSeconds;
  }
}
