package io.minibit.sim;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Gathers what a report shows while the simulation runs, in one pass and in bounded memory: samples that get sparser the
 * longer it takes, sums over peers or groups, and one record per peer.
 */
final class Recorder {
  /** When there are so many samples, every second one is dropped and they are taken half as often. */
  private static final int MOST_SAMPLES = 600;

  private static final long FIRST_INTERVAL = World.SECOND / 4;
  /** Columns of the map of copies: of many pieces several share one. */
  private static final int MOST_COLUMNS = 200;

  private final World world;
  private final int[] copies;
  private final int[] copiesOutside;
  private int piecesWithoutCopyOutside;
  private long copiesSum;

  private int online;
  private int seeds;
  private int completed;
  private long uploaded;
  private long seedUploaded;
  private long independentAfter = -1;
  private long independentAt = -1;
  private double capacity;
  private double capacityPerNano;
  private long capacityAt;
  private long ownRackBytes;
  private long otherRackBytes;

  private final boolean byPeer;
  private final long[][] bytes;
  private final long[][] servedNanos;

  private final List<Sample> samples = new ArrayList<>();
  private final List<int[]> copyRows = new ArrayList<>();
  private long interval = FIRST_INTERVAL;
  private long nextSampleAt;

  Recorder(World world) {
    this.world = world;
    int pieces = world.layout.pieceCount();
    copies = new int[pieces];
    copiesOutside = new int[pieces];
    piecesWithoutCopyOutside = pieces;
    byPeer = world.scenario.peers() <= TrafficMatrix.MOST_PEERS;
    int rows = byPeer ? world.scenario.peers() : world.scenario.groups().size();
    bytes = new long[rows][rows];
    servedNanos = new long[rows][rows];
  }

  // What happens.

  void online(Node node) {
    online++;
    seeds += node.disk.isFull() ? 1 : 0;
    changeCapacity(node, 1);
    count(node, 1);
  }

  void offline(Node node) {
    online--;
    seeds -= node.disk.isFull() ? 1 : 0;
    changeCapacity(node, -1);
    count(node, -1);
  }

  private void changeCapacity(Node node, int sign) {
    advanceCapacity();
    long rate = Math.min(node.group.upload(), node.group.uploadLimit());
    capacityPerNano += rate == PeerGroup.UNLIMITED ? 0 : sign * rate / 1e9;
  }

  private void advanceCapacity() {
    capacity += (world.now - capacityAt) * capacityPerNano;
    capacityAt = world.now;
  }

  private void count(Node node, int sign) {
    for (int piece = node.disk.next(0); piece >= 0; piece = node.disk.next(piece + 1)) {
      copies[piece] += sign;
      copiesSum += sign;
      if (!node.group.isSeeding()) {
        countOutside(piece, sign);
      }
    }
  }

  private void countOutside(int piece, int sign) {
    boolean was = copiesOutside[piece] == 0;
    copiesOutside[piece] += sign;
    boolean is = copiesOutside[piece] == 0;
    piecesWithoutCopyOutside += was == is ? 0 : is ? 1 : -1;
    if (piecesWithoutCopyOutside == 0 && independentAfter < 0) {
      independentAfter = seedUploaded;
      independentAt = world.now;
    }
  }

  void stored(Node node, int piece) {
    copies[piece]++;
    copiesSum++;
    if (!node.group.isSeeding()) {
      countOutside(piece, 1);
    }
    if (node.record.firstPiece < 0) {
      node.record.firstPiece = world.now;
    }
    seeds += node.disk.isFull() ? 1 : 0;
  }

  /** It has everything; told once per process. */
  void completed(Node node) {
    if (node.record.completed < 0) {
      node.record.completed = world.now;
      completed += node.group.isSeeding() ? 0 : 1;
    }
  }

  int completed() {
    return completed;
  }

  int online() {
    return online;
  }

  /** A block has left. */
  void sent(Node from, int length) {
    uploaded += length;
    if (from.group.isSeeding()) {
      seedUploaded += length;
    }
  }

  /** A block has arrived over a connection. */
  void received(End end, Node to, int length) {
    bytes[remoteRow(end)][row(to)] += length;
    if (end.remoteRack >= 0 && end.remoteRack == to.rack) {
      ownRackBytes += length;
    } else {
      otherRackBytes += length;
    }
  }

  /** The other side of a connection was unchoked for so long. */
  void served(Node from, End end, long nanos) {
    servedNanos[row(from)][remoteRow(end)] += nanos;
  }

  private int remoteRow(End end) {
    return byPeer ? end.remoteIndex : end.remoteGroup;
  }

  private int row(Node node) {
    return byPeer ? node.index : node.groupIndex;
  }

  // Samples.

  /** When the next sample is to be taken. */
  long nextSampleAt() {
    return nextSampleAt;
  }

  void sample() {
    advanceCapacity();
    int pieces = copies.length;
    int least = Integer.MAX_VALUE;
    int columns = Math.min(pieces, MOST_COLUMNS);
    int[] row = new int[columns];
    Arrays.fill(row, Integer.MAX_VALUE);
    for (int piece = 0; piece < pieces; piece++) {
      int column = (int) ((long) piece * columns / pieces);
      row[column] = Math.min(row[column], copies[piece]);
      least = Math.min(least, copies[piece]);
    }
    samples.add(new Sample(
        world.now, online, seeds, completed, uploaded, capacity, least, (double) copiesSum / pieces));
    copyRows.add(row);
    if (samples.size() >= MOST_SAMPLES) {
      for (int i = 0; i < samples.size(); i++) {
        samples.remove(i + 1 < samples.size() ? i + 1 : i);
        copyRows.remove(i + 1 < copyRows.size() ? i + 1 : i);
      }
      interval *= 2;
    }
    nextSampleAt = world.now + interval;
  }

  SimulationReport report(boolean complete) {
    if (samples.isEmpty() || samples.get(samples.size() - 1).nanos() < world.now) {
      sample();
    }
    List<PeerOutcome> outcomes = new ArrayList<>();
    for (Node node : world.nodes()) {
      outcomes.add(node.outcome());
    }
    List<String> names = new ArrayList<>();
    for (PeerGroup group : world.scenario.groups()) {
      if (byPeer) {
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
        world.now,
        world.events(),
        world.trace.value(),
        outcomes,
        samples,
        new CopyMap(copies.length, copyRows),
        new TrafficMatrix(names, copy(bytes), copy(servedNanos)),
        seedUploaded,
        independentAfter,
        independentAt,
        ownRackBytes,
        otherRackBytes);
  }

  private static long[][] copy(long[][] matrix) {
    return Arrays.stream(matrix).map(long[]::clone).toArray(long[][]::new);
  }
}
