package io.minibit.cli;

import io.minibit.sim.Arrival;
import io.minibit.sim.PeerGroup;
import io.minibit.sim.Scenario;
import io.minibit.sim.SimulationReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The least time in which the last leecher of a swarm can be complete, according to theory.
 *
 * @param name what to call it
 * @param seconds since the start
 */
record TheoryBound(String name, double seconds) {
  static final String FLUID = "fluid bound";
  static final String PIECES = "piece bound";

  /** Those that hold for a report's scenario; none if {@link #absence} says why. */
  static List<TheoryBound> of(SimulationReport report) {
    List<TheoryBound> bounds = new ArrayList<>();
    Scenario scenario = report.scenario();
    if (absence(report) == null) {
      bounds.add(new TheoryBound(FLUID, report.fluidBoundSeconds()));
      if (hasEqualUplinks(scenario)) {
        bounds.add(new TheoryBound(PIECES, pieceBoundSeconds(report)));
      }
    }
    return bounds;
  }

  /** Why no bound holds, as the end of a sentence; null if one does. */
  static @Nullable String absence(SimulationReport report) {
    Scenario scenario = report.scenario();
    if (!scenario.groups().stream().allMatch(group -> group.arrival().equals(new Arrival.AtOnce(Duration.ZERO)))) {
      return "not all peers come at the start";
    }
    if (scenario.groups().stream().anyMatch(group -> !isSeed(group) && group.pieces().share() > 0)) {
      return "some leechers come with pieces";
    }
    if (scenario.groups().stream().noneMatch(TheoryBound::isSeed)) {
      return "there is no seed";
    }
    if (scenario.groups().stream().allMatch(TheoryBound::isSeed)) {
      return "there is no leecher";
    }
    return scenario.groups().stream().anyMatch(group -> uplink(group) == PeerGroup.UNLIMITED)
        ? "some uplinks have no limit"
        : null;
  }

  static boolean isSeed(PeerGroup group) {
    return group.pieces().share() == 1;
  }

  static int pieces(Scenario scenario) {
    return Math.toIntExact((scenario.bytes() + scenario.pieceLength() - 1) / scenario.pieceLength());
  }

  static int leechers(Scenario scenario) {
    return scenario.groups().stream().filter(group -> !isSeed(group)).mapToInt(PeerGroup::count).sum();
  }

  private static long uplink(PeerGroup group) {
    return Math.min(group.upload(), group.uploadLimit());
  }

  private static boolean hasEqualUplinks(Scenario scenario) {
    return scenario.groups().stream().filter(TheoryBound::isSeed).mapToInt(PeerGroup::count).sum() == 1
        && scenario.groups().stream().mapToLong(TheoryBound::uplink).distinct().count() == 1;
  }

  /**
   * With N leechers and M pieces, of which a peer passes on only whole ones, (M + floor(log2 N)) / M times what one uplink
   * needs for the torrent (Mundinger, Weber and Weiss, "Optimal Scheduling of Peer-to-Peer File Dissemination", 2008).
   */
  private static double pieceBoundSeconds(SimulationReport report) {
    Scenario scenario = report.scenario();
    int pieces = pieces(scenario);
    int doublings = 31 - Integer.numberOfLeadingZeros(leechers(scenario));
    double fileSeconds = (double) scenario.bytes() / uplink(scenario.groups().get(0));
    return fileSeconds * (pieces + doublings) / pieces;
  }
}
