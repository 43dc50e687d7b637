package io.minibit.sim;

import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;
import java.time.Duration;

/** Serves every interested peer at once, whatever it gives: what a program without a choker does. */
final class ServeEverybody implements ChokingStrategy {
  @Override
  public Duration interval() {
    return Duration.ofSeconds(10);
  }

  @Override
  public UploadPlan review(ChokingRound round) {
    UploadPlan plan = new UploadPlan();
    for (RemotePeer peer : round.peers()) {
      if (peer.interested()) {
        plan.serve(peer);
      }
    }
    return plan;
  }
}
