package io.minibit.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Finds out who sent corrupt blocks. If one peer sent the whole piece, it is that one. If several did, each block's
 * digest and sender are kept; when the piece later passes, whoever sent a block that differs from the right one is the
 * culprit. Until then the piece is fetched from one peer at a time. An honest peer is never blamed.
 */
final class Blame {
  /** Failed attempts kept per piece; the oldest go. */
  private static final int MOST_ATTEMPTS = 8;

  /**
   * Peers that may fail to finish a suspect piece alone; then several may share it, as nobody seems to serve us for
   * long enough. The digests tell the culprit all the same.
   */
  private static final int MOST_GIVEN_UP = 3;

  /** What came of one attempt to fetch a piece: a digest and a sender for each block. */
  private static final class Attempt {
    final long[] digests;
    final Connection[] senders;

    Attempt(long[] digests, Connection[] senders) {
      this.digests = digests;
      this.senders = senders;
    }
  }

  /** What is known of a piece that failed its hash. */
  private static final class Suspicion {
    final List<Attempt> attempts = new ArrayList<>();
    int givenUp;
  }

  private final Map<Integer, Suspicion> suspects = new HashMap<>();

  boolean isSuspect(int piece) {
    return !suspects.isEmpty() && suspects.containsKey(piece);
  }

  /** Whether a piece is to be fetched from one peer only. */
  boolean needsOneSource(int piece) {
    Suspicion suspicion = suspects.isEmpty() ? null : suspects.get(piece);
    return suspicion != null && suspicion.givenUp < MOST_GIVEN_UP;
  }

  /** A peer that was to send a suspect piece alone did not finish. */
  void onGivenUp(int piece) {
    Suspicion suspicion = suspects.get(piece);
    if (suspicion != null) {
      suspicion.givenUp++;
    }
  }

  /** A piece failed; the culprits, as far as they are known at once. */
  List<Connection> onCorrupt(int piece, long[] digests, Connection[] senders) {
    Connection first = senders[0];
    for (Connection sender : senders) {
      if (sender != first) {
        Suspicion suspicion = suspects.computeIfAbsent(piece, p -> new Suspicion());
        suspicion.givenUp = 0;
        List<Attempt> attempts = suspicion.attempts;
        if (attempts.size() == MOST_ATTEMPTS) {
          attempts.remove(0);
        }
        attempts.add(new Attempt(digests, senders));
        return List.of();
      }
    }
    return List.of(first);
  }

  /** A piece passed; whoever sent something else for one of its blocks. Digests are given if the piece was suspect. */
  List<Connection> onStored(int piece, long @Nullable [] digests) {
    Suspicion suspicion = suspects.remove(piece);
    List<Connection> culprits = new ArrayList<>();
    if (suspicion == null || digests == null) {
      return culprits;
    }
    for (Attempt attempt : suspicion.attempts) {
      for (int b = 0; b < digests.length; b++) {
        if (attempt.digests[b] != digests[b] && !culprits.contains(attempt.senders[b])) {
          culprits.add(attempt.senders[b]);
        }
      }
    }
    return culprits;
  }
}
