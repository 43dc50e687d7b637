package io.minibit.cli;

import io.minibit.model.SeededRandom;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Who has which pieces before a swarm begins to trade. */
final class Subsets {
  /** Each peer gets this share of the pieces or more, up to half of them, so that there is something to trade. */
  private static final double LEAST_SHARE = 0.1;

  private static final double MOST_SHARE = 0.5;

  private Subsets() {}

  /** For each peer a random subset; together they are everything. */
  static List<BitSet> random(int pieces, int peers, SeededRandom random) {
    double[] shares = new double[peers];
    List<BitSet> subsets = new ArrayList<>(peers);
    for (int peer = 0; peer < peers; peer++) {
      shares[peer] = LEAST_SHARE + (MOST_SHARE - LEAST_SHARE) * random.nextDouble();
      subsets.add(new BitSet(pieces));
    }
    for (int piece = 0; piece < pieces; piece++) {
      subsets.get(random.nextInt(peers)).set(piece);
      for (int peer = 0; peer < peers; peer++) {
        if (random.nextDouble() < shares[peer]) {
          subsets.get(peer).set(piece);
        }
      }
    }
    return subsets;
  }

  /** Everything for the first, nothing for the others. */
  static List<BitSet> oneSeed(int pieces, int peers) {
    List<BitSet> subsets = new ArrayList<>(peers);
    for (int peer = 0; peer < peers; peer++) {
      subsets.add(new BitSet(pieces));
    }
    subsets.get(0).set(0, pieces);
    return subsets;
  }

  /** For example {@code 1 has everything and 8 have nothing} or {@code each with 12% to 48% of the blocks}. */
  static String describe(List<BitSet> subsets, int pieces) {
    long complete = subsets.stream().filter(subset -> subset.cardinality() == pieces).count();
    long empty = subsets.stream().filter(BitSet::isEmpty).count();
    if (complete + empty == subsets.size()) {
      return complete + (complete == 1 ? " has" : " have") + " everything and " + empty
          + (empty == 1 ? " has" : " have") + " nothing";
    }
    int least = subsets.stream().mapToInt(BitSet::cardinality).min().orElse(0);
    int most = subsets.stream().mapToInt(BitSet::cardinality).max().orElse(0);
    return "each with " + percent(least, pieces) + " to " + percent(most, pieces) + " of the blocks";
  }

  /** Rounded down, so that 100% means all. */
  static String percent(int part, int whole) {
    return part * 100L / whole + "%";
  }
}
