package io.minibit.examples;

import io.minibit.sim.Departure;
import io.minibit.sim.Scenario;
import io.minibit.sim.Simulation;
import io.minibit.sim.SimulationReport;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;
import java.util.Comparator;
import java.util.Locale;

/**
 * A choker that loses, and why: it serves the peers that give it most, as tit for tat does, but never tries anybody, as
 * tit for tat does with its optimistic choice. It looks thrifty: whoever gives nothing gets nothing. A simulation tells
 * what comes of it, and the traffic matrix of its report why.
 */
public final class NeverFirst implements ChokingStrategy {
  private static final int SLOTS = 5; // as many as tit for tat with its optimistic one

  private static final Comparator<RemotePeer> MOST_GENEROUS_FIRST =
      Comparator.comparingLong(RemotePeer::downloadRate).reversed();

  @Override
  public UploadPlan review(ChokingRound round) {
    UploadPlan plan = new UploadPlan();
    round.peers().stream()
        .filter(peer -> peer.interested() && peer.downloadRate() > 0)
        .sorted(MOST_GENEROUS_FIRST)
        .limit(SLOTS)
        .forEach(plan::serve);
    return plan;
  }

  /** {@code NeverFirst PEERS}: a swarm in which so many use it, and as many tit for tat. */
  public static void main(String[] args) {
    if (args.length == 1) {
      System.out.print(explain(simulate(Integer.parseInt(args[0]))));
    } else {
      System.err.println("usage: NeverFirst PEERS");
      System.exit(2);
    }
  }

  /** One slow seed, and peers that differ in nothing but their choker and leave when they have everything. */
  static SimulationReport simulate(int peersOfEach) {
    return Simulation.run(
        Scenario.builder()
            .torrent(20 << 20, 128 << 10)
            .group("seed", g -> g.seeds().upload(100_000))
            .group("tit for tat", g -> g.count(peersOfEach).upload(50_000).departure(Departure.onCompletion()))
            .group("never first", g -> g.count(peersOfEach).upload(50_000).departure(Departure.onCompletion())
                .choking("never-first", NeverFirst::new))
            .build());
  }

  /** What the report says: how long, and from whom each group had what it has. */
  static String explain(SimulationReport report) {
    StringBuilder text = new StringBuilder();
    text.append(String.format("%-12s %9s %8s   %s%n", "", "median", "slower", "MiB per peer from"));
    text.append(String.format("%-12s %9s %8s %12s %12s %12s%n", "", "", "", "seed", "tit for tat", "never first"));
    for (String group : new String[] {"tit for tat", "never first"}) {
      text.append(String.format(Locale.ROOT, "%-12s %7.0f s %6.2f x %12.1f %12.1f %12.1f%n", group,
          report.medianDownloadSeconds(group), report.slowdown(group, "tit for tat"),
          mebibytesPerPeer(report, "seed", group), mebibytesPerPeer(report, "tit for tat", group),
          mebibytesPerPeer(report, "never first", group)));
    }
    text.append(String.format(
        Locale.ROOT,
        "%nWhy: two peers of this kind gave each other %.1f MiB, as each waits for the other to begin. They live on the%n"
            + "optimistic choices of tit for tat (%.1f MiB each); when those have left, all of them share one seed, which%n"
            + "gave each %.1f MiB, and their own uplinks lie idle: they sent %.1f MiB each, tit for tat %.1f.%n",
        mebibytesPerPeer(report, "never first", "never first"),
        mebibytesPerPeer(report, "tit for tat", "never first"),
        mebibytesPerPeer(report, "seed", "never first"),
        sentPerPeer(report, "never first"),
        sentPerPeer(report, "tit for tat")));
    return text.toString();
  }

  private static double mebibytesPerPeer(SimulationReport report, String giver, String taker) {
    return report.given(giver, taker) / 1048576.0 / report.group(taker).size();
  }

  private static double sentPerPeer(SimulationReport report, String group) {
    return report.group(group).stream().mapToLong(peer -> peer.uploaded()).average().orElse(0) / 1048576;
  }
}
