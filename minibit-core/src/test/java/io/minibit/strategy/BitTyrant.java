package io.minibit.strategy;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A strategic peer (Piatek, Isdal, Anderson, Krishnamurthy, Venkataramani, "Do incentives build robustness in
 * BitTorrent?", 2007). For each peer it estimates what the peer gives, d, and the least rate, u, for which the peer
 * gives it; it serves peers by falling d/u until its capacity is spent, each at the rate u and no more. A peer that
 * reciprocates for three rounds is offered a tenth less, one that does not a fifth more: the paper's constants.
 */
final class BitTyrant implements ChokingStrategy {
  private static final double LESS = 0.9;
  private static final double MORE = 1.2;
  private static final int ROUNDS = 3;
  private static final double FIRST_OFFER = 15 << 10;

  private static final class Bargain {
    double offer = FIRST_OFFER;
    double gain = FIRST_OFFER;
    int reciprocated;
  }

  private final Map<Long, Bargain> bargains = new HashMap<>();

  @Override
  public UploadPlan review(ChokingRound round) {
    List<RemotePeer> interested = new ArrayList<>();
    for (RemotePeer peer : round.peers()) {
      Bargain bargain = bargains.computeIfAbsent(peer.key(), key -> new Bargain());
      if (round.trigger() == ChokingRound.Trigger.PERIODIC) {
        learn(bargain, peer);
      }
      if (peer.interested()) {
        interested.add(peer);
      }
    }
    interested.sort(Comparator.comparingDouble((RemotePeer peer) -> -gainPerByte(peer)).thenComparing(RemotePeer::key));
    UploadPlan plan = new UploadPlan();
    double left = Math.max((double) round.uploadCapacity(), FIRST_OFFER);
    for (RemotePeer peer : interested) {
      double offer = bargains.get(peer.key()).offer;
      if (offer > left) {
        break;
      }
      plan.serve(peer, (long) Math.ceil(offer), 1);
      left -= offer;
    }
    return plan;
  }

  private double gainPerByte(RemotePeer peer) {
    Bargain bargain = bargains.get(peer.key());
    return bargain.gain / bargain.offer;
  }

  private static void learn(Bargain bargain, RemotePeer peer) {
    if (peer.unchokesUs()) {
      bargain.gain = Math.max(1, peer.downloadRate());
      bargain.reciprocated++;
      if (peer.served() && bargain.reciprocated >= ROUNDS) {
        bargain.offer *= LESS;
      }
    } else {
      bargain.reciprocated = 0;
      if (peer.served()) {
        bargain.offer *= MORE;
      }
    }
  }
}
