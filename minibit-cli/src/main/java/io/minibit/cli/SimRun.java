package io.minibit.cli;

import io.minibit.sim.InitialPieces;
import io.minibit.sim.PeerGroup;
import io.minibit.sim.PeerOutcome;
import io.minibit.sim.SimulationReport;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * One simulation that is over.
 *
 * @param label what tells it from the others, for instance {@code selection=random-piece}; safe for a terminal
 * @param report what happened
 * @param wallNanos how long it took
 */
record SimRun(String label, SimulationReport report, long wallNanos) {
  /** How one group did. */
  final class GroupResult {
    final PeerGroup group;
    private final List<PeerOutcome> peers;
    private final double[] seconds;

    private GroupResult(PeerGroup group) {
      this.group = group;
      peers = report.group(group.name());
      seconds = report.downloadSeconds(group.name());
    }

    boolean isSeeding() {
      return group.pieces().equals(InitialPieces.all());
    }

    int completed() {
      return seconds.length;
    }

    /** Seconds from arrival to completion; NaN if nobody completed. */
    double median() {
      return report.medianDownloadSeconds(group.name());
    }

    double mean() {
      return report.meanDownloadSeconds(group.name());
    }

    double last() {
      return Arrays.stream(seconds).max().orElse(Double.NaN);
    }

    /** Payload per second of those who were there; NaN if nobody was. */
    double upRate() {
      return rate(sum(PeerOutcome::uploaded), peers.stream().mapToLong(this::nanosThere).sum());
    }

    /** Payload per second of those who were not complete. */
    double downRate() {
      return rate(
          sum(PeerOutcome::downloaded),
          peers.stream().mapToLong(peer -> peer.isComplete() ? peer.completed() - peer.arrived() : nanosThere(peer)).sum());
    }

    private static double rate(long bytes, long nanos) {
      return nanos == 0 ? Double.NaN : bytes * 1e9 / nanos;
    }

    private long nanosThere(PeerOutcome peer) {
      return (peer.left() < 0 ? report.nanos() : peer.left()) - peer.arrived();
    }

    /** What they gave as a multiple of what they took; NaN if they took nothing. */
    double given() {
      long taken = sum(PeerOutcome::downloaded);
      return taken == 0 ? Double.NaN : (double) sum(PeerOutcome::uploaded) / taken;
    }

    /** The part of what they took that was of no use; NaN if they took nothing. */
    double waste() {
      long taken = sum(PeerOutcome::downloaded);
      return taken == 0 ? Double.NaN : (double) sum(PeerOutcome::wasted) / taken;
    }

    private long sum(ToLongFunction<PeerOutcome> amount) {
      return peers.stream().mapToLong(amount).sum();
    }
  }

  /** In the scenario's order. */
  List<GroupResult> groups() {
    return report.scenario().groups().stream().map(GroupResult::new).toList();
  }

  /** Those that came without everything. */
  List<GroupResult> leechers() {
    return groups().stream().filter(group -> !group.isSeeding()).toList();
  }

  /** The last completion as a multiple of the fluid bound; NaN where there is no bound. */
  double timesBound() {
    double bound = report.fluidBoundSeconds();
    return hasBound() ? report.lastCompletionSeconds() / bound : Double.NaN;
  }

  /** Whether rates are limited, so that there is a least time. */
  boolean hasBound() {
    double bound = report.fluidBoundSeconds();
    return bound > 1e-3 && !Double.isInfinite(bound);
  }

  /** One clear sentence on whether everybody has everything. */
  String outcome() {
    int all = leechers().stream().mapToInt(result -> result.group.count()).sum();
    int completed = leechers().stream().mapToInt(GroupResult::completed).sum();
    int missing = all - completed;
    if (missing == 0) {
      return all == 0 ? "nobody came without everything" : "all " + Words.count(all, "peer") + " complete";
    }
    long gone = report.leechers().stream().filter(peer -> !peer.isComplete() && peer.left() >= 0).count();
    int never = all - report.leechers().size();
    return missing + " of " + Words.count(all, "peer") + " did not complete"
        + (gone > 0 ? "; " + gone + " of them had gone" : "")
        + (never > 0 ? "; " + never + " of them had not come" : "");
  }

  /** Torrents that failed, which strategies can make them; empty if none did. */
  List<PeerOutcome> failures() {
    return report.peers().stream().filter(peer -> peer.failure() != null).toList();
  }
}
