package io.minibit.strategy;

import java.util.HashMap;
import java.util.Map;

/**
 * Serves every peer in proportion to what it gave in the last round, and keeps a fifth of the capacity for one newcomer
 * (Levin, LaCurts, Spring, Bhattacharjee, "BitTorrent is an auction", 2008). With it, giving more always gets more.
 */
final class PropShare implements ChokingStrategy {
  private static final double FOR_NEWCOMERS = 0.2;

  private final Map<Long, Long> before = new HashMap<>();
  private final Map<Long, Long> gave = new HashMap<>();

  @Override
  public UploadPlan review(ChokingRound round) {
    if (round.trigger() == ChokingRound.Trigger.PERIODIC) {
      for (RemotePeer peer : round.peers()) {
        long total = peer.downloaded();
        gave.put(peer.key(), total - before.getOrDefault(peer.key(), 0L));
        before.put(peer.key(), total);
      }
    }
    double sum = 0;
    RemotePeer newcomer = null;
    for (RemotePeer peer : round.peers()) {
      long share = peer.interested() ? gave.getOrDefault(peer.key(), 0L) : 0;
      sum += share;
      boolean longerWait = newcomer == null || peer.servedSince() < newcomer.servedSince();
      if (peer.interested() && share == 0 && longerWait) {
        newcomer = peer;
      }
    }
    UploadPlan plan = new UploadPlan();
    for (RemotePeer peer : round.peers()) {
      double share = peer.interested() ? gave.getOrDefault(peer.key(), 0L) : 0;
      if (share > 0) {
        plan.serve(peer, UploadPlan.UNCAPPED, share / sum * (1 - FOR_NEWCOMERS));
      }
    }
    return newcomer == null ? plan : plan.serve(newcomer, UploadPlan.UNCAPPED, FOR_NEWCOMERS);
  }
}
