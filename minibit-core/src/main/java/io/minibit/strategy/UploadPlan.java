package io.minibit.strategy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Whom to serve: the answer of a {@link ChokingStrategy}. Each peer regularly or as an optimistic choice, with an
 * optional cap and a weight. Naming a peer twice keeps the first.
 */
public final class UploadPlan {
  /** No cap on a peer's rate. */
  public static final long UNCAPPED = Long.MAX_VALUE;

  private final List<Slot> slots = new ArrayList<>();
  private final Set<RemotePeer> named = new HashSet<>();
  private boolean full;

  /** Serves a peer, uncapped, weight 1. */
  public UploadPlan serve(RemotePeer peer) {
    return serve(peer, UNCAPPED, 1);
  }

  /**
   * Serves a peer.
   *
   * @param bytesPerSecond never more than this to it; positive
   * @param weight its share when the upload limit binds, beside the weights of the others; positive and finite
   */
  public UploadPlan serve(RemotePeer peer, long bytesPerSecond, double weight) {
    return add(new Slot(peer, false, bytesPerSecond, weight));
  }

  /** Serves a peer to find out what it gives in return: uncapped, weight 1. */
  public UploadPlan optimistic(RemotePeer peer) {
    return add(new Slot(peer, true, UNCAPPED, 1));
  }

  private UploadPlan add(Slot slot) {
    if (named.add(slot.peer)) {
      slots.add(slot);
    }
    return this;
  }

  /**
   * Says that no place is left: somebody who becomes interested need not be looked at before the next periodic review,
   * or before one of those who are served goes or loses interest. Saves most reviews of a large swarm.
   */
  public UploadPlan full() {
    full = true;
    return this;
  }

  public boolean isFull() {
    return full;
  }

  /** In the order in which they were named. */
  public List<Slot> slots() {
    return Collections.unmodifiableList(slots);
  }

  /**
   * One peer to serve.
   *
   * @param optimistic to find out what it gives, not for what it gave
   * @param bytesPerSecond upper bound, {@link #UNCAPPED} for none
   * @param weight share when the upload limit binds
   */
  public record Slot(RemotePeer peer, boolean optimistic, long bytesPerSecond, double weight) {
    public Slot {
      if (bytesPerSecond <= 0) {
        throw new IllegalArgumentException("a cap of " + bytesPerSecond + " bytes/s is not positive");
      }
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw new IllegalArgumentException("weight " + weight + " is not positive and finite");
      }
    }
  }
}
