package io.minibit.tracker;

import io.minibit.model.SeededRandom;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Whom a {@link MemoryTracker} tells an asker about. Called under the tracker's lock for every announce, so it must be
 * quick: everything it can look at costs O(1), and a hand-out should cost no more than the number of peers it picks.
 *
 * <pre>{@code
 * PeerHandout newestIndexFirst = (candidates, asker, wanted, random) ->
 *     IntStream.range(0, Math.min(wanted, candidates.size())).toArray();
 * }</pre>
 */
@FunctionalInterface
public interface PeerHandout {
  /**
   * Picks peers by index. Indices outside {@code candidates} and more than {@code wanted} are ignored.
   *
   * @param candidates the swarm without the asker, and without seeds if the asker is one; valid during the call only
   * @param wanted how many peers to pick at most
   */
  int[] pick(Candidates candidates, AnnounceRequest asker, int wanted, SeededRandom random);

  /**
   * A random subset, each as likely as any other; of more than 16,384 candidates several {@linkplain #runs short runs}, so
   * that an announce in a swarm of a million costs about what it costs in one of a thousand.
   */
  static PeerHandout random() {
    return (candidates, asker, wanted, random) -> anyone(candidates, wanted, random);
  }

  private static int[] anyone(Candidates candidates, int wanted, SeededRandom random) {
    int size = candidates.size();
    // Below that, what is known of all of them is in the caches anyway.
    return size > 16_384 ? runs(size, wanted, random) : sample(size, wanted, random);
  }

  /**
   * Peers of the asker's own group first, and at least {@code outsiders} from elsewhere, so that pieces still travel
   * between groups. Where either kind is short the other fills up. Who announces no group gets what {@link #random} hands out.
   *
   * @param outsiders at least 0
   */
  static PeerHandout preferGroup(int outsiders) {
    if (outsiders < 0) {
      throw new IllegalArgumentException("outsiders must not be negative: " + outsiders);
    }
    return (candidates, asker, wanted, random) -> {
      String group = asker.group();
      if (group == null) {
        return anyone(candidates, wanted, random);
      }
      Members members = candidates.inGroup(group);
      int[] insiders = sample(members.size(), wanted, random);
      int[] picks = new int[wanted];
      int reserved = Math.min(insiders.length, wanted - Math.min(outsiders, wanted));
      int picked = 0;
      while (picked < reserved) {
        picks[picked] = members.index(insiders[picked]);
        picked++;
      }
      // A fixed number of draws keeps the cost independent of the swarm; four times what is missing finds enough
      // outsiders unless nearly everyone is an insider.
      for (int index : sample(candidates.size(), 4 * (wanted - picked), random)) {
        if (picked == wanted) {
          break;
        }
        if (!Objects.equals(candidates.group(index), group)) {
          picks[picked++] = index;
        }
      }
      for (int next = reserved; picked < wanted && next < insiders.length; next++) {
        picks[picked++] = members.index(insiders[next]);
      }
      return Arrays.copyOf(picks, picked);
    };
  }

  /**
   * Up to {@code wanted} different numbers below {@code size}, every subset and order equally likely, in time
   * proportional to the result (Floyd's algorithm: Bentley and Floyd, "A Sample of Brilliance", 1987).
   */
  static int[] sample(int size, int wanted, SeededRandom random) {
    int count = Math.max(0, Math.min(size, wanted));
    int[] picks = new int[count];
    if (count == size) {
      Arrays.setAll(picks, i -> i);
    } else {
      int[] seen = new int[Integer.highestOneBit(Math.max(1, count)) << 2]; // open addressing, at most half full
      for (int i = 0, limit = size - count; i < count; i++, limit++) {
        int drawn = random.nextInt(limit + 1);
        int pick = addIfAbsent(seen, drawn) ? drawn : limit;
        if (pick == limit && drawn != limit) {
          addIfAbsent(seen, limit);
        }
        picks[i] = pick;
      }
    }
    random.shuffle(picks, count);
    return picks;
  }

  /**
   * Up to {@code wanted} different numbers below {@code size} in runs of 25 neighbours that lie anywhere; every number is as
   * likely as any other. A look into a large memory takes a hundred times as long as one beside the last, so that the usual
   * hand-out of fifty should look at two places. Leechers change their places, and so their neighbours, when they announce
   * again, seeds when another seed comes or goes.
   */
  static int[] runs(int size, int wanted, SeededRandom random) {
    int length = 25;
    int count = Math.max(0, Math.min(size, wanted));
    int runs = (count + length - 1) / length;
    if (runs == 0 || runs > size / length) {
      return sample(size, wanted, random);
    }
    int offset = random.nextInt(size);
    int[] drawn = sample(size / length, runs, random);
    int[] picks = new int[count];
    for (int i = 0; i < count; i++) {
      picks[i] = (int) (((long) drawn[i / length] * length + i % length + offset) % size);
    }
    return picks;
  }

  private static boolean addIfAbsent(int[] seen, int value) {
    int mask = seen.length - 1;
    int at = ((value * 0x9e3779b9) >>> 7) & mask;
    while (seen[at] != 0) {
      if (seen[at] == value + 1) {
        return false;
      }
      at = (at + 1) & mask;
    }
    seen[at] = value + 1;
    return true;
  }

  /** Who may be handed out; indices run from 0 to {@code size() - 1} and mean nothing after the call. */
  interface Candidates {
    int size();

    AnnounceResponse.Contact peer(int index);

    boolean isSeed(int index);

    /** The group the peer announced, or null. */
    @Nullable String group(int index);

    /** The candidates that announced this group; empty if there are none. */
    Members inGroup(String group);
  }

  /** The candidates of one group. */
  interface Members {
    int size();

    /**
     * The index of a member among the {@link Candidates}.
     *
     * @param member 0 to {@code size() - 1}
     */
    int index(int member);
  }
}
