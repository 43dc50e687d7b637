package io.minibit.sim;

import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.UploadPlan;
import java.time.Duration;

/** A free rider: takes what it gets and gives nothing. */
final class ServeNobody implements ChokingStrategy {
  @Override
  public Duration interval() {
    return Duration.ofSeconds(60);
  }

  @Override
  public UploadPlan review(ChokingRound round) {
    return new UploadPlan();
  }
}
