package io.minibit.strategy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Serves the most useful of the interested peers and one more, the optimistic choice, to find out whether it would be
 * more useful still (Cohen, "Incentives Build Robustness in BitTorrent", 2003). Reviews every 10 s; the optimistic
 * choice stays for 30 s and goes to whoever has waited longest since it last was one: who gives earns its places, and
 * must not lose its turn at being tried for them to those who never give. Places that nobody earns are tried, too. A
 * peer that loses interest frees its place at once, and one that becomes interested gets a free place at once. When
 * there is nothing left to gain, all places rotate fairly: whoever has had its 30 s goes behind those who wait, as soon
 * as the piece it was being sent is whole. Whoever then asks for nothing in its turn loses it, and for some minutes stands
 * behind all others. The default.
 */
public final class TitForTat implements ChokingStrategy {
  /** Places for useful peers. */
  public static final int DEFAULT_SLOTS = 4;

  /** Places for optimistic choices. */
  public static final int DEFAULT_OPTIMISTIC = 1;

  private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);

  /** Reviews for which an optimistic choice, or a place when seeding, is kept. */
  private static final int QUANTUM_REVIEWS = 3;

  /** A seed lets a peer finish its piece for so many times its quantum. */
  private static final int PATIENCE = 3;

  /** For so many reviews others go before a peer that asked for nothing in its turn: some minutes, not for ever. */
  private static final int DEFERRED_REVIEWS = 30;

  private final int slots;
  private final int optimistic;
  private final Duration interval;
  private final PeerRanking ranking;
  /** When connected peers were last tried, by their keys; never walked through. */
  private final Map<Long, Long> tried = new HashMap<>();

  /** Four useful peers by transfer rate and one optimistic choice, every 10 s. */
  public TitForTat() {
    this(DEFAULT_SLOTS, DEFAULT_OPTIMISTIC, DEFAULT_INTERVAL, PeerRanking.byTransferRate());
  }

  /** As the default, but useful means what {@code ranking} says. */
  public TitForTat(PeerRanking ranking) {
    this(DEFAULT_SLOTS, DEFAULT_OPTIMISTIC, DEFAULT_INTERVAL, ranking);
  }

  /**
   * All values chosen.
   *
   * @param slots places for useful peers, at least 0
   * @param optimistic places for optimistic choices, at least 0; at least one place in all
   * @param interval between reviews; optimistic choices are kept for three of them
   */
  public TitForTat(int slots, int optimistic, Duration interval, PeerRanking ranking) {
    if (slots < 0 || optimistic < 0 || slots + optimistic < 1) {
      throw new IllegalArgumentException(slots + " slots and " + optimistic + " optimistic ones serve nobody");
    }
    this.slots = slots;
    this.optimistic = optimistic;
    this.interval = interval;
    this.ranking = ranking;
  }

  @Override
  public Duration interval() {
    return interval;
  }

  @Override
  public UploadPlan review(ChokingRound round) {
    if (round.seeding()) {
      return rotate(round);
    }
    return round.trigger() == ChokingRound.Trigger.PERIODIC ? reward(round) : fill(round);
  }

  /** The periodic review: the most useful peers, whoever they are now, and the optimistic choice. */
  private UploadPlan reward(ChokingRound round) {
    UploadPlan plan = new UploadPlan();
    List<RemotePeer> kept = new ArrayList<>();
    List<Candidate> candidates = new ArrayList<>();
    for (RemotePeer peer : round.peers()) {
      if (!peer.interested()) {
        continue;
      }
      if (peer.servedOptimistically() && kept.size() < optimistic && !hadQuantum(round, peer)) {
        kept.add(peer);
      } else {
        candidates.add(candidate(round, peer));
      }
    }
    kept.forEach(plan::optimistic);
    forgetThoseGone(round);
    return fillUp(plan, round, candidates, 0, kept.size());
  }

  /** Gives the free places to whoever earns them, and what nobody earns to those who were tried longest ago. */
  private UploadPlan fillUp(
      UploadPlan plan, ChokingRound round, List<Candidate> candidates, int regular, int optimists) {
    candidates.sort(Candidate.MOST_USEFUL_FIRST);
    List<Candidate> rest = new ArrayList<>();
    int served = regular;
    int free = slots + optimistic - regular - optimists;
    for (Candidate candidate : candidates) {
      if (free > 0 && served < slots && candidate.score > 0 && !candidate.peer.snubbing()) {
        plan.serve(candidate.peer);
        served++;
        free--;
      } else {
        rest.add(candidate);
      }
    }
    if (free > 0) {
      rest.sort(Candidate.TRIED_LONGEST_AGO_FIRST);
      rest.stream().limit(free).forEach(candidate -> attempt(round, plan, candidate.peer));
    }
    return ifFull(plan);
  }

  private void attempt(ChokingRound round, UploadPlan plan, RemotePeer peer) {
    plan.optimistic(peer);
    if (!peer.servedOptimistically()) {
      tried.put(peer.key(), round.now());
    }
  }

  private void forgetThoseGone(ChokingRound round) {
    if (tried.size() > round.peers().size()) {
      Set<Long> here = new HashSet<>();
      round.peers().forEach(peer -> here.add(peer.key()));
      tried.keySet().retainAll(here);
    }
  }

  /** Between periodic reviews: nobody loses a place, but free ones are taken. */
  private UploadPlan fill(ChokingRound round) {
    UploadPlan plan = new UploadPlan();
    int regular = 0;
    int optimists = 0;
    for (RemotePeer peer : round.peers()) {
      if (peer.served() && peer.interested()) {
        if (peer.servedOptimistically()) {
          plan.optimistic(peer);
          optimists++;
        } else {
          plan.serve(peer);
          regular++;
        }
      }
    }
    if (regular + optimists >= slots + optimistic) {
      return plan.full();
    }
    List<Candidate> waiting = new ArrayList<>();
    for (RemotePeer peer : round.peers()) {
      if (peer.interested() && !peer.served()) {
        waiting.add(candidate(round, peer));
      }
    }
    return fillUp(plan, round, waiting, regular, optimists);
  }

  private UploadPlan ifFull(UploadPlan plan) {
    return plan.slots().size() >= slots + optimistic ? plan.full() : plan;
  }

  /** Nothing to gain: who has had its time makes place for who has waited longest. */
  private UploadPlan rotate(ChokingRound round) {
    List<Candidate> interested = new ArrayList<>();
    for (RemotePeer peer : round.peers()) {
      if (peer.interested()) {
        interested.add(new Candidate(peer, 0, standing(round, peer), 0));
      }
    }
    interested.sort(Candidate.MOST_USEFUL_FIRST);
    UploadPlan plan = new UploadPlan();
    interested.stream().limit((long) slots + optimistic).forEach(candidate -> plan.serve(candidate.peer));
    return ifFull(plan);
  }

  private Candidate candidate(ChokingRound round, RemotePeer peer) {
    long lastTried = tried.getOrDefault(peer.key(), round.now() - peer.connectedFor());
    return new Candidate(peer, ranking.score(peer), standing(round, peer), lastTried);
  }

  private Standing standing(ChokingRound round, RemotePeer peer) {
    // Whoever trades earns its place by what it gives, not by what it takes.
    boolean idle = round.seeding() && peer.asksForNothing();
    if (peer.served()) {
      return idle ? Standing.IDLE : isInTurn(round, peer) ? Standing.IN_TURN : Standing.HAD_TURN;
    }
    boolean deferred = idle && round.now() - peer.servedSince() < DEFERRED_REVIEWS * interval.toNanos();
    return deferred ? Standing.DEFERRED : Standing.WAITS;
  }

  /** Served, and its time is not over. */
  private boolean isInTurn(ChokingRound round, RemotePeer peer) {
    boolean timely = round.trigger() == ChokingRound.Trigger.PERIODIC
        || round.trigger() == ChokingRound.Trigger.PIECE_SENT;
    return peer.served() && !(timely && hadQuantum(round, peer));
  }

  /** Served for its time, as far as reviews can tell, which come at the interval or a little late. */
  private boolean hadQuantum(ChokingRound round, RemotePeer peer) {
    long quantum = interval.toNanos() * QUANTUM_REVIEWS - interval.toNanos() / 2;
    long served = round.now() - peer.servedSince();
    return peer.served() && served >= (round.seeding() && peer.servedInPart() ? PATIENCE * quantum : quantum);
  }

  /** Whose turn it is, first to last. */
  private enum Standing {
    IN_TURN,
    WAITS,
    /** Served, its time is over. */
    HAD_TURN,
    /** Asked for nothing when it was its turn. */
    DEFERRED,
    /** Served, asks for nothing. */
    IDLE
  }

  /** An interested peer and what its place depends on, asked for once: a review sorts many. */
  private static final class Candidate {
    /** Those who are tried and whose time is not over; then those who were never tried or longest ago. */
    static final Comparator<Candidate> TRIED_LONGEST_AGO_FIRST = (one, other) -> {
      int order = Boolean.compare(other.isTried(), one.isTried());
      order = order != 0 ? order : Long.compare(one.tried, other.tried);
      return order != 0 ? order : Long.compare(one.key, other.key);
    };

    /** By score; of equals by standing, the longest wait first, the longest served last. */
    static final Comparator<Candidate> MOST_USEFUL_FIRST = (one, other) -> {
      int order = Double.compare(other.score, one.score);
      order = order != 0 ? order : one.standing.compareTo(other.standing);
      order = order != 0 ? order : Long.compare(one.turn, other.turn);
      return order != 0 ? order : Long.compare(one.key, other.key);
    };

    final RemotePeer peer;
    private final double score;
    private final Standing standing;
    /** The smaller, the sooner it is its turn. */
    private final long turn;
    private final long key;
    private final long tried;

    Candidate(RemotePeer peer, double score, Standing standing, long tried) {
      this.peer = peer;
      this.score = score;
      this.standing = standing;
      this.tried = tried;
      turn = peer.served() ? -peer.servedSince() : peer.servedSince();
      key = peer.key();
    }

    private boolean isTried() {
      return standing == Standing.IN_TURN && peer.servedOptimistically();
    }
  }
}
