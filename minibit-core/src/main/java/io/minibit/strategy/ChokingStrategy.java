package io.minibit.strategy;

import java.time.Duration;

/**
 * Decides whom to serve. One instance serves one torrent; it may keep state and is only called on that torrent's engine
 * thread, so it must not block. The engine carries out the difference to the plan before and never unchokes anybody by
 * itself. An exception fails this torrent only.
 *
 * <p>A choker that serves everybody:
 *
 * <pre>{@code
 * ChokingStrategy everybody = round -> {
 *   UploadPlan plan = new UploadPlan();
 *   round.peers().stream().filter(RemotePeer::interested).forEach(plan::serve);
 *   return plan;
 * };
 * }</pre>
 */
@FunctionalInterface
public interface ChokingStrategy {
  /** Between periodic reviews; at least 100 ms. */
  default Duration interval() {
    return Duration.ofSeconds(10);
  }

  /** Whom to serve from now on. Peers that the plan does not name are choked. */
  UploadPlan review(ChokingRound round);
}
