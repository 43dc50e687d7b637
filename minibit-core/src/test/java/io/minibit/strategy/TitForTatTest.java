package io.minibit.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TitForTatTest {
  private static final long SECOND = 1_000_000_000L;

  private final TitForTat choker = new TitForTat();
  private final List<RemotePeer> peers = new ArrayList<>();
  private long now = 1000 * SECOND;

  /** An interested peer that came a second after the one before. */
  private RemotePeer peer(long downloadRate) {
    RemotePeer peer = mock(RemotePeer.class);
    when(peer.key()).thenReturn((long) peers.size());
    when(peer.interested()).thenReturn(true);
    when(peer.downloadRate()).thenReturn(downloadRate);
    long cameAt = peers.size() * SECOND;
    when(peer.connectedFor()).thenAnswer(call -> now - cameAt);
    when(peer.servedSince()).thenReturn(cameAt);
    peers.add(peer);
    return peer;
  }

  private UploadPlan review(ChokingRound.Trigger trigger) {
    now += 10 * SECOND;
    ChokingRound round = mock(ChokingRound.class);
    when(round.trigger()).thenReturn(trigger);
    when(round.now()).thenReturn(now);
    when(round.peers()).thenReturn(peers);
    UploadPlan plan = choker.review(round);
    for (RemotePeer peer : peers) {
      boolean was = peer.served();
      boolean is = plan.slots().stream().anyMatch(slot -> slot.peer() == peer);
      boolean optimistically = plan.slots().stream().anyMatch(slot -> slot.peer() == peer && slot.optimistic());
      when(peer.served()).thenReturn(is);
      when(peer.servedOptimistically()).thenReturn(optimistically);
      if (was != is) {
        when(peer.servedSince()).thenReturn(now);
      }
    }
    return plan;
  }

  private static List<RemotePeer> tried(UploadPlan plan) {
    return plan.slots().stream().filter(UploadPlan.Slot::optimistic).map(UploadPlan.Slot::peer).toList();
  }

  @Test
  void whoEarnedAPlaceAndLostItKeepsItsTurnAtBeingTried() {
    for (int i = 0; i < 4; i++) {
      peer(1000);
    }
    RemotePeer former = peer(2000);
    peer(0);
    peer(0);
    Set<RemotePeer> order = new LinkedHashSet<>();
    for (int i = 0; i < 12; i++) {
      order.addAll(tried(review(ChokingRound.Trigger.PERIODIC)));
      when(former.downloadRate()).thenReturn(i < 2 ? 2000L : 0L);
    }
    // It was served until a moment ago, but those who never gave anything came after it and are tried after it.
    assertEquals(List.of(peers.get(3), former, peers.get(5), peers.get(6)), List.copyOf(order));
  }

  @Test
  void whatNobodyEarnsIsForTries() {
    peer(1000);
    for (int i = 0; i < 9; i++) {
      peer(0);
    }
    UploadPlan plan = review(ChokingRound.Trigger.PERIODIC);
    assertEquals(peers.subList(1, 5), tried(plan));
    assertEquals(5, plan.slots().size());
    // Their time is not over after ten seconds.
    assertEquals(peers.subList(1, 5), tried(review(ChokingRound.Trigger.PERIODIC)));
  }

  @Test
  void aFreePlaceGoesAtOnceToWhoeverWasTriedLongestAgo() {
    for (int i = 0; i < 7; i++) {
      peer(0);
    }
    review(ChokingRound.Trigger.PERIODIC);
    when(peers.get(2).interested()).thenReturn(false);
    assertEquals(
        List.of(peers.get(0), peers.get(1), peers.get(3), peers.get(4), peers.get(5)),
        tried(review(ChokingRound.Trigger.INTEREST_CHANGED)));
  }
}
