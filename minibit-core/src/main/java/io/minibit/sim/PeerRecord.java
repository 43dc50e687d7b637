package io.minibit.sim;

import io.minibit.engine.TorrentEngine;
import org.jspecify.annotations.Nullable;

/** What has happened to one simulated peer so far. */
final class PeerRecord {
  final int index;
  final String group;
  final int rack;
  final long arrived;
  long completed = -1;
  long left = -1;
  long firstPiece = -1;
  long uploaded;
  long downloaded;
  long wasted;
  @Nullable String failure;

  PeerRecord(int index, String group, int rack, long arrived) {
    this.index = index;
    this.group = group;
    this.rack = rack;
    this.arrived = arrived;
  }

  /** Adds what a process did that ends. */
  void add(TorrentEngine engine) {
    uploaded += engine.uploaded();
    downloaded += engine.downloaded();
    wasted += engine.wasted();
  }

  /** A copy with what a process did that is running. */
  PeerRecord with(TorrentEngine engine) {
    PeerRecord total = new PeerRecord(index, group, rack, arrived);
    total.firstPiece = firstPiece;
    total.completed = completed;
    total.uploaded = uploaded;
    total.downloaded = downloaded;
    total.wasted = wasted;
    total.failure = failure;
    total.add(engine);
    return total;
  }

  PeerOutcome outcome(int pieces) {
    return new PeerOutcome(
        index, group, rack, arrived, firstPiece, completed, left, pieces, uploaded, downloaded, wasted, failure);
  }
}
