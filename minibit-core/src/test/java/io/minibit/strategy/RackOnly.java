package io.minibit.strategy;

import io.minibit.model.PeerAddress;
import java.util.Arrays;

/**
 * Serves nobody outside of its own rack, here an IPv4 network of 16 bits: traffic between racks is for others to pay.
 */
final class RackOnly implements ChokingStrategy {
  private final byte[] rack;

  RackOnly(PeerAddress self) {
    rack = Arrays.copyOf(self.ip(), 2);
  }

  @Override
  public UploadPlan review(ChokingRound round) {
    UploadPlan plan = new UploadPlan();
    for (RemotePeer peer : round.peers()) {
      if (peer.interested() && Arrays.equals(rack, Arrays.copyOf(peer.address().ip(), 2))) {
        plan.serve(peer);
      }
    }
    return plan;
  }
}
