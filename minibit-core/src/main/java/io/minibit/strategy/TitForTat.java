package io.minibit.strategy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Serves the most useful of the interested peers and one more, the optimistic choice, to find out whether it would be
 * more useful still (Cohen, "Incentives Build Robustness in BitTorrent", 2003). Reviews every 10 s; the optimistic
 * choice stays for 30 s and goes to whoever has waited longest. A peer that loses interest frees its place at once, and
 * one that becomes interested gets a free place at once. When there is nothing left to gain, all places rotate fairly:
 * whoever has had its 30 s goes behind those who wait. The default.
 */
public final class TitForTat implements ChokingStrategy {
  /** Places for useful peers. */
  public static final int DEFAULT_SLOTS = 4;

  /** Places for optimistic choices. */
  public static final int DEFAULT_OPTIMISTIC = 1;

  private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(10);

  /** Reviews for which an optimistic choice, or a place when seeding, is kept. */
  private static final int QUANTUM_REVIEWS = 3;

  private final int slots;
  private final int optimistic;
  private final Duration interval;
  private final PeerRanking ranking;

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
    List<RemotePeer> interested = new ArrayList<>();
    for (RemotePeer peer : round.peers()) {
      if (peer.interested()) {
        interested.add(peer);
      }
    }
    if (round.seeding()) {
      return rotate(round, interested);
    }
    return round.trigger() == ChokingRound.Trigger.PERIODIC ? reward(round, interested) : fill(round, interested);
  }

  /** The periodic review: the most useful peers, whoever they are now, and the optimistic choice. */
  private UploadPlan reward(ChokingRound round, List<RemotePeer> interested) {
    UploadPlan plan = new UploadPlan();
    List<RemotePeer> kept = new ArrayList<>();
    for (RemotePeer peer : interested) {
      if (peer.servedOptimistically() && kept.size() < optimistic && !hadQuantum(round, peer)) {
        kept.add(peer);
      }
    }
    List<RemotePeer> rest = new ArrayList<>();
    int served = 0;
    interested.removeAll(kept);
    for (RemotePeer peer : mostUsefulFirst(round, interested)) {
      if (served < slots && !peer.snubbing()) {
        plan.serve(peer);
        served++;
      } else {
        rest.add(peer);
      }
    }
    kept.forEach(plan::optimistic);
    rest.sort(waitingFirst());
    int free = slots + optimistic - served - kept.size();
    rest.stream().limit(Math.max(0, free)).forEach(plan::optimistic);
    return plan;
  }

  /** Between periodic reviews: nobody loses a place, but free ones are taken. */
  private UploadPlan fill(ChokingRound round, List<RemotePeer> interested) {
    UploadPlan plan = new UploadPlan();
    int regular = 0;
    int tried = 0;
    List<RemotePeer> waiting = new ArrayList<>();
    for (RemotePeer peer : interested) {
      if (!peer.served()) {
        waiting.add(peer);
      } else if (peer.servedOptimistically()) {
        plan.optimistic(peer);
        tried++;
      } else {
        plan.serve(peer);
        regular++;
      }
    }
    if (regular + tried >= slots + optimistic) {
      return plan;
    }
    for (RemotePeer peer : mostUsefulFirst(round, waiting)) {
      if (regular + tried >= slots + optimistic) {
        break;
      }
      if (regular < slots && !peer.snubbing()) {
        plan.serve(peer);
        regular++;
      } else {
        plan.optimistic(peer);
        tried++;
      }
    }
    return plan;
  }

  /** Nothing to gain: who has had its time makes place for who has waited longest. */
  private UploadPlan rotate(ChokingRound round, List<RemotePeer> interested) {
    interested.sort(inTurn(round));
    UploadPlan plan = new UploadPlan();
    interested.stream().limit((long) slots + optimistic).forEach(plan::serve);
    return plan;
  }

  /** Served for its time, as far as reviews can tell, which come at the interval or a little late. */
  private boolean hadQuantum(ChokingRound round, RemotePeer peer) {
    long quantum = interval.toNanos() * QUANTUM_REVIEWS - interval.toNanos() / 2;
    return peer.served() && round.now() - peer.servedSince() >= quantum;
  }

  /** Those who wait, the longest wait first; then those who are served, the longest served last. */
  private static Comparator<RemotePeer> waitingFirst() {
    return Comparator.comparing(RemotePeer::served)
        .thenComparingLong(peer -> peer.served() ? -peer.servedSince() : peer.servedSince())
        .thenComparingLong(RemotePeer::key);
  }

  /** Those who are served and have not had their time; those who wait; those who have had their time. */
  private Comparator<RemotePeer> inTurn(ChokingRound round) {
    boolean periodic = round.trigger() == ChokingRound.Trigger.PERIODIC;
    return Comparator.comparing((RemotePeer peer) -> !peer.served() || (periodic && hadQuantum(round, peer)))
        .thenComparing(waitingFirst());
  }

  /** By score; equals take turns. */
  private List<RemotePeer> mostUsefulFirst(ChokingRound round, List<RemotePeer> peers) {
    List<Scored> scored = new ArrayList<>();
    for (RemotePeer peer : peers) {
      scored.add(new Scored(peer, ranking.score(peer)));
    }
    scored.sort(
        Comparator.comparingDouble((Scored s) -> -s.score())
            .thenComparing(Scored::peer, inTurn(round)));
    return scored.stream().map(Scored::peer).toList();
  }

  /** Scores may be costly, so each is asked for once. */
  private record Scored(RemotePeer peer, double score) {}
}
