package io.minibit.sim;

import java.util.Arrays;

/** What has happened in one region, as far as reports add it up: sums over its peers, by piece and by pair. */
final class Tally {
  int online;
  int seeds;
  int completed;
  long uploaded;
  long seedUploaded;
  long ownRackBytes;
  long otherRackBytes;
  long copiesSum;
  /** By piece: peers online that have it. */
  final int[] copies;
  /** From row to row: see {@link TrafficMatrix}. */
  final long[][] bytes;

  final long[][] servedNanos;

  private final Region region;
  private final boolean byPeer;
  /** By piece: peers online that have it and were no seeds from the start. */
  private final int[] copiesOutside;
  /** Pieces of which the first such copy has come (as they are) or the last has gone (inverted), since last asked. */
  private int[] changes = new int[16];

  private int changesCount;
  private double capacity;
  private double capacityPerNano;
  private long capacityAt;

  Tally(Scenario scenario, Region region) {
    this.region = region;
    int pieces = scenario.layout().pieceCount();
    copies = new int[pieces];
    copiesOutside = new int[pieces];
    byPeer = scenario.peers() <= TrafficMatrix.MOST_PEERS;
    int rows = byPeer ? scenario.peers() : scenario.groups().size();
    bytes = new long[rows][rows];
    servedNanos = new long[rows][rows];
  }

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
    capacity = capacity();
    capacityAt = region.now;
    long rate = Math.min(node.group.upload(), node.group.uploadLimit());
    capacityPerNano += rate == PeerGroup.UNLIMITED ? 0 : sign * rate / 1e9;
  }

  /** What the uplinks could have sent until now. */
  double capacity() {
    return capacity + (region.now - capacityAt) * capacityPerNano;
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
    boolean was = copiesOutside[piece] > 0;
    copiesOutside[piece] += sign;
    boolean is = copiesOutside[piece] > 0;
    if (was != is) {
      if (changesCount == changes.length) {
        changes = Arrays.copyOf(changes, changesCount * 2);
      }
      changes[changesCount++] = is ? piece : ~piece;
    }
  }

  /** Adds up in how many regions each piece is outside of those who had everything from the start; false if as before. */
  boolean drainChanges(int[] regionsOutside) {
    if (changesCount == 0) {
      return false;
    }
    for (int i = 0; i < changesCount; i++) {
      int change = changes[i];
      regionsOutside[change < 0 ? ~change : change] += change < 0 ? -1 : 1;
    }
    changesCount = 0;
    return true;
  }

  void stored(Node node, int piece) {
    copies[piece]++;
    copiesSum++;
    if (!node.group.isSeeding()) {
      countOutside(piece, 1);
    }
    if (node.record.firstPiece < 0) {
      node.record.firstPiece = region.now;
    }
    seeds += node.disk.isFull() ? 1 : 0;
  }

  /** It had the piece, and has it no more. */
  void lost(Node node, int piece) {
    seeds -= node.disk.isFull() ? 1 : 0;
    copies[piece]--;
    copiesSum--;
    if (!node.group.isSeeding()) {
      countOutside(piece, -1);
    }
  }

  /** It has everything; told once per process. */
  void completed(Node node) {
    if (node.record.completed < 0) {
      node.record.completed = region.now;
      completed += node.group.isSeeding() ? 0 : 1;
    }
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
}
