package io.minibit.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;

/**
 * Gathers what a report shows while the simulation runs, in one pass and in bounded memory: samples that get sparser the
 * longer it takes, the sums of the regions, and one record per peer.
 */
final class Recorder {
  /** When there are so many samples, every second one is dropped and they are taken half as often. */
  private static final int MOST_SAMPLES = 600;

  private static final long FIRST_INTERVAL = World.SECOND / 4;
  /** Columns of the map of copies: of many pieces several share one. */
  private static final int MOST_COLUMNS = 200;

  private final World world;
  private final List<Tally> tallies;
  /** By piece: regions in which it is somewhere else than at those who had everything from the start. */
  private final int[] regionsOutside;
  private long independentAfter = -1;
  private long independentAt = -1;

  private final List<Sample> samples = new ArrayList<>();
  private final List<int[]> copyRows = new ArrayList<>();
  private long interval = FIRST_INTERVAL;
  private long nextSampleAt;

  Recorder(World world) {
    this.world = world;
    tallies = world.regions().stream().map(region -> region.tally).toList();
    regionsOutside = new int[world.layout.pieceCount()];
  }

  /** Something has happened: notes whether every piece has got away from the seeds. */
  void gather() {
    boolean changed = false;
    for (Tally tally : tallies) {
      changed |= tally.drainChanges(regionsOutside);
    }
    if (changed && independentAfter < 0 && Arrays.stream(regionsOutside).allMatch(regions -> regions > 0)) {
      independentAfter = sum(tally -> tally.seedUploaded);
      independentAt = world.now();
    }
  }

  private long sum(ToLongFunction<Tally> what) {
    return tallies.stream().mapToLong(what).sum();
  }

  private int count(ToIntFunction<Tally> what) {
    return tallies.stream().mapToInt(what).sum();
  }

  /** Peers that came without everything and have had it. */
  int completed() {
    return count(tally -> tally.completed);
  }

  /** Peers that are there. */
  int online() {
    return count(tally -> tally.online);
  }

  // Samples.

  /** When the next sample is to be taken. */
  long nextSampleAt() {
    return nextSampleAt;
  }

  void sample() {
    int pieces = regionsOutside.length;
    int least = Integer.MAX_VALUE;
    int columns = Math.min(pieces, MOST_COLUMNS);
    int[] row = new int[columns];
    Arrays.fill(row, Integer.MAX_VALUE);
    for (int piece = 0; piece < pieces; piece++) {
      int column = (int) ((long) piece * columns / pieces);
      int copies = 0;
      for (Tally tally : tallies) {
        copies += tally.copies[piece];
      }
      row[column] = Math.min(row[column], copies);
      least = Math.min(least, copies);
    }
    samples.add(new Sample(
        world.now(),
        online(),
        count(tally -> tally.seeds),
        completed(),
        sum(tally -> tally.uploaded),
        tallies.stream().mapToDouble(Tally::capacity).sum(),
        least,
        (double) sum(tally -> tally.copiesSum) / pieces));
    copyRows.add(row);
    if (samples.size() >= MOST_SAMPLES) {
      for (int i = 0; i < samples.size(); i++) {
        samples.remove(i + 1 < samples.size() ? i + 1 : i);
        copyRows.remove(i + 1 < copyRows.size() ? i + 1 : i);
      }
      interval *= 2;
    }
    nextSampleAt = world.now() + interval;
  }

  SimulationReport report(boolean complete) {
    if (samples.isEmpty() || samples.get(samples.size() - 1).nanos() < world.now()) {
      sample();
    }
    List<PeerOutcome> outcomes = new ArrayList<>();
    for (Node node : world.nodes()) {
      outcomes.add(node.outcome());
    }
    List<String> names = new ArrayList<>();
    for (PeerGroup group : world.scenario.groups()) {
      if (world.scenario.peers() <= TrafficMatrix.MOST_PEERS) {
        for (int i = 0; i < group.count(); i++) {
          names.add(group.name() + " " + names.size());
        }
      } else {
        names.add(group.name());
      }
    }
    return new SimulationReport(
        world.scenario,
        complete,
        world.now(),
        world.events(),
        world.traceHash(),
        outcomes,
        samples,
        new CopyMap(regionsOutside.length, copyRows),
        new TrafficMatrix(names, sum(tallies, tally -> tally.bytes), sum(tallies, tally -> tally.servedNanos)),
        sum(tally -> tally.seedUploaded),
        independentAfter,
        independentAt,
        sum(tally -> tally.ownRackBytes),
        sum(tally -> tally.otherRackBytes));
  }

  private static long[][] sum(List<Tally> tallies, Function<Tally, long[][]> matrix) {
    int rows = matrix.apply(tallies.get(0)).length;
    long[][] sum = new long[rows][rows];
    for (Tally tally : tallies) {
      for (int from = 0; from < rows; from++) {
        for (int to = 0; to < rows; to++) {
          sum[from][to] += matrix.apply(tally)[from][to];
        }
      }
    }
    return sum;
  }
}
