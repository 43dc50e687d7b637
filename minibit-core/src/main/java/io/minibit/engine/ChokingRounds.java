package io.minibit.engine;

import io.minibit.model.SeededRandom;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;
import io.minibit.wire.MessageType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Asks the choking strategy when it is time, and carries out the difference between its last plan and the new one. */
final class ChokingRounds {
  /** Reviews that are not periodic are never closer than this: at most ten a second. */
  private static final long SHORTEST_GAP = 100_000_000L;

  private final Swarm swarm;
  private final Uploader uploader;
  private final ChokingStrategy strategy;
  private final long interval;
  private long nextPeriodicAt = Long.MAX_VALUE;
  private long lastAt;
  /** When somebody who is served may have asked for nothing for too long. */
  private long lookAt = Long.MAX_VALUE;
  private long number;
  private ChokingRound.@Nullable Trigger asked;
  /** The last plan left no place. */
  private boolean full;

  ChokingRounds(Swarm swarm, Uploader uploader) {
    this.swarm = swarm;
    this.uploader = uploader;
    this.strategy = swarm.settings.choking();
    interval = Math.max(SHORTEST_GAP, strategy.interval().toNanos());
    lastAt = swarm.now - SHORTEST_GAP;
  }

  /** Something happened that a strategy may want to answer at once. */
  void ask(ChokingRound.Trigger trigger) {
    if (asked == null) {
      asked = trigger;
      swarm.stirred = true;
    }
  }

  /** A peer's interest has changed: whether that can change a plan. */
  void onInterest(Connection peer) {
    if (peer.peerInterested ? !full : peer.slot != null) {
      ask(ChokingRound.Trigger.INTEREST_CHANGED);
    }
  }

  /** When the next review is due, or a look whether one is. */
  long dueAt() {
    return Math.min(lookAt, reviewAt());
  }

  private long reviewAt() {
    return asked == null ? nextPeriodicAt : Math.min(nextPeriodicAt, lastAt + SHORTEST_GAP);
  }

  /** Places of those who ask for nothing are for others. */
  private void lookForIdle() {
    lookAt = Long.MAX_VALUE;
    if (!swarm.book.isComplete()) {
      return;
    }
    boolean idle = false;
    for (Connection peer : swarm.served) {
      if (peer.asksForNothing()) {
        idle = true;
      } else {
        long again = peer.tookAt + Connection.IDLE_AFTER;
        lookAt = Math.min(lookAt, again > swarm.now ? again : swarm.now + Connection.IDLE_AFTER);
      }
    }
    if (idle && someoneWaits()) {
      ask(ChokingRound.Trigger.NOTHING_ASKED);
    }
  }

  private boolean someoneWaits() {
    for (Connection peer : swarm.connections) {
      if (peer.peerInterested && peer.slot == null && !peer.asksForNothing()) {
        return true;
      }
    }
    return false;
  }

  void runIfDue() {
    if (swarm.connections.isEmpty()) {
      nextPeriodicAt = Long.MAX_VALUE;
      lookAt = Long.MAX_VALUE;
      asked = null;
      return;
    }
    if (swarm.now >= lookAt) {
      lookForIdle();
    }
    if (nextPeriodicAt == Long.MAX_VALUE) {
      nextPeriodicAt = swarm.now + interval;
    }
    if (swarm.now < reviewAt() || !swarm.isTrading()) {
      return;
    }
    ChokingRound.Trigger trigger = asked;
    if (swarm.now >= nextPeriodicAt) {
      trigger = ChokingRound.Trigger.PERIODIC;
      nextPeriodicAt = swarm.now + interval;
      number++;
    }
    asked = null;
    lastAt = swarm.now;
    if (trigger != null) {
      ChokingRound round = new Round(swarm.view(), trigger, number);
      UploadPlan plan = review(round);
      if (plan != null) {
        full = plan.isFull();
        apply(plan);
        swarm.listener.choked(round, plan);
      } else if (swarm.failure == null) {
        swarm.listener.strategyIgnored("choking gave no plan");
      }
    }
  }

  private @Nullable UploadPlan review(ChokingRound round) {
    try {
      return strategy.review(round);
    } catch (Throwable e) {
      swarm.failure = e;
      return null;
    }
  }

  private void apply(UploadPlan plan) {
    for (UploadPlan.Slot slot : plan.slots()) {
      if (slot.peer() instanceof Connection peer && swarm.connection(peer.number) == peer) {
        peer.planned = slot;
      } else {
        swarm.listener.strategyIgnored("choking plan names " + slot.peer() + ", which is not connected");
      }
    }
    for (int i = swarm.served.size() - 1; i >= 0; i--) {
      if (swarm.served.get(i).planned == null) {
        choke(swarm.served.get(i));
      }
    }
    for (UploadPlan.Slot slot : plan.slots()) {
      if (slot.peer() instanceof Connection peer && peer.planned != null) {
        peer.planned = null;
        serve(peer, slot);
      }
    }
    uploader.retry();
  }

  void choke(Connection peer) {
    if (peer.slot != null) {
      peer.endsTurn();
      swarm.served.remove(peer);
      swarm.send(peer, MessageType.CHOKE);
      uploader.onChoke(peer);
    }
  }

  private void serve(Connection peer, UploadPlan.Slot planned) {
    Connection.Slot slot = peer.slot;
    if (slot == null) {
      peer.slot = new Connection.Slot(planned.optimistic(), planned.bytesPerSecond(), planned.weight(), swarm.now);
      swarm.served.add(peer);
      peer.servedSince = swarm.now;
      peer.takes();
      lookAt = Math.min(lookAt, swarm.now + Connection.IDLE_AFTER);
      peer.refused = 0;
      swarm.send(peer, MessageType.UNCHOKE);
      uploader.onServed(peer);
    } else {
      slot.optimistic = planned.optimistic();
      slot.weight = planned.weight();
      slot.cap.limit(planned.bytesPerSecond(), swarm.now);
    }
  }

  /** One review's view of the swarm. */
  private final class Round implements ChokingRound {
    private final List<RemotePeer> peers;
    private final Trigger trigger;
    private final long roundNumber;

    Round(List<RemotePeer> peers, Trigger trigger, long roundNumber) {
      this.peers = peers;
      this.trigger = trigger;
      this.roundNumber = roundNumber;
    }

    @Override
    public List<RemotePeer> peers() {
      return peers;
    }

    @Override
    public long uploadCapacity() {
      return uploader.capacity();
    }

    @Override
    public boolean seeding() {
      return swarm.book.isComplete();
    }

    @Override
    public long number() {
      return roundNumber;
    }

    @Override
    public long now() {
      return swarm.now;
    }

    @Override
    public SeededRandom random() {
      return swarm.random;
    }

    @Override
    public Trigger trigger() {
      return trigger;
    }
  }
}
