package io.minibit.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import java.time.Duration;
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
  private boolean seeding;

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
    when(round.seeding()).thenReturn(seeding);
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

  private static List<RemotePeer> earned(UploadPlan plan) {
    return plan.slots().stream().filter(slot -> !slot.optimistic()).map(UploadPlan.Slot::peer).toList();
  }

  private static List<RemotePeer> served(UploadPlan plan) {
    return plan.slots().stream().map(UploadPlan.Slot::peer).toList();
  }

  @Test
  void whoGivesMostEarnsAPlaceAndOneOfTheOthersIsTried() {
    for (long rate : new long[] {100, 600, 300, 500, 400, 200}) {
      peer(rate);
    }
    UploadPlan plan = review(ChokingRound.Trigger.PERIODIC);
    assertEquals(List.of(peers.get(1), peers.get(3), peers.get(4), peers.get(2)), earned(plan));
    assertEquals(List.of(peers.get(0)), tried(plan));
    assertTrue(plan.isFull());
  }

  @Test
  void whoIsNotInterestedOrSnubsUsEarnsNothing() {
    RemotePeer sated = peer(900);
    when(sated.interested()).thenReturn(false);
    RemotePeer snubs = peer(800);
    when(snubs.snubbing()).thenReturn(true);
    RemotePeer modest = peer(1);
    UploadPlan plan = review(ChokingRound.Trigger.PERIODIC);
    assertEquals(List.of(modest), earned(plan));
    assertEquals(List.of(snubs), tried(plan));
    assertFalse(plan.isFull());
  }

  @Test
  void whoIsTriedStaysForThreeReviewsThoughOthersGiveMore() {
    for (int i = 0; i < 5; i++) {
      peer(1000);
    }
    RemotePeer newcomer = peer(0);
    RemotePeer first = tried(review(ChokingRound.Trigger.PERIODIC)).get(0);
    for (int i = 0; i < 2; i++) {
      assertEquals(List.of(first), tried(review(ChokingRound.Trigger.PERIODIC)));
    }
    assertEquals(List.of(newcomer), tried(review(ChokingRound.Trigger.PERIODIC)));
  }

  @Test
  void betweenReviewsFreePlacesAreTakenAndNobodyLosesOne() {
    for (int i = 0; i < 4; i++) {
      peer(100 + i);
    }
    List<RemotePeer> before = served(review(ChokingRound.Trigger.PERIODIC));
    assertEquals(4, before.size());
    RemotePeer better = peer(10_000);
    RemotePeer idle = peer(0);
    UploadPlan plan = review(ChokingRound.Trigger.INTEREST_CHANGED);
    List<RemotePeer> now = served(plan);
    assertEquals(5, now.size());
    assertTrue(now.containsAll(before) && now.contains(better) && !now.contains(idle));
    assertTrue(plan.isFull());
    when(better.downloadRate()).thenReturn(0L);
    when(idle.downloadRate()).thenReturn(20_000L);
    assertEquals(now, served(review(ChokingRound.Trigger.INTEREST_CHANGED)));
  }

  @Test
  void betweenReviewsWhoLosesInterestMakesRoom() {
    for (int i = 0; i < 6; i++) {
      peer(100 - i);
    }
    RemotePeer waits = peers.get(5);
    List<RemotePeer> before = served(review(ChokingRound.Trigger.PERIODIC));
    assertFalse(before.contains(waits));
    when(before.get(0).interested()).thenReturn(false);
    List<RemotePeer> now = served(review(ChokingRound.Trigger.INTEREST_CHANGED));
    assertTrue(now.contains(waits));
    assertFalse(now.contains(before.get(0)));
  }

  @Test
  void aSeedServesWhoHasWaitedLongestAfterEachQuantum() {
    seeding = true;
    for (int i = 0; i < 12; i++) {
      peer(0);
    }
    List<RemotePeer> first = served(review(ChokingRound.Trigger.PERIODIC));
    assertEquals(peers.subList(0, 5), first);
    assertEquals(first, served(review(ChokingRound.Trigger.PERIODIC)));
    assertEquals(first, served(review(ChokingRound.Trigger.PERIODIC)));
    List<RemotePeer> second = served(review(ChokingRound.Trigger.PERIODIC));
    assertEquals(peers.subList(5, 10), second);
    for (int i = 0; i < 2; i++) {
      review(ChokingRound.Trigger.PERIODIC);
    }
    List<RemotePeer> third = served(review(ChokingRound.Trigger.PERIODIC));
    assertEquals(List.of(peers.get(10), peers.get(11)), third.subList(0, 2));
    assertEquals(5, third.size());
  }

  @Test
  void aSeedLetsAPeerFinishItsPieceForThreeQuantums() {
    seeding = true;
    RemotePeer slow = peer(0);
    when(slow.servedInPart()).thenReturn(true);
    for (int i = 0; i < 9; i++) {
      peer(0);
    }
    int reviews = 0;
    while (served(review(ChokingRound.Trigger.PERIODIC)).contains(slow)) {
      reviews++;
    }
    assertEquals(8, reviews, "90 s, less half an interval, at one review every 10 s");
  }

  @Test
  void aSeedChangesNothingWhenSomebodysInterestChanges() {
    seeding = true;
    for (int i = 0; i < 10; i++) {
      peer(0);
    }
    List<RemotePeer> first = served(review(ChokingRound.Trigger.PERIODIC));
    for (int i = 0; i < 6; i++) {
      assertEquals(first, served(review(ChokingRound.Trigger.INTEREST_CHANGED)));
    }
    assertNotEquals(first, served(review(ChokingRound.Trigger.PIECE_SENT)));
  }

  /** Who is served takes nothing, and is remembered for it. */
  private void nobodyTakesAnythingBut(RemotePeer honest) {
    for (RemotePeer peer : peers) {
      if (peer.served() && peer != honest) {
        when(peer.asksForNothing()).thenReturn(true);
      }
    }
  }

  @Test
  void whoTakesNothingFromASeedGivesWayToThoseWhoWait() {
    seeding = true;
    for (int i = 0; i < 7; i++) {
      peer(0);
    }
    assertEquals(peers.subList(0, 5), served(review(ChokingRound.Trigger.PERIODIC)));
    when(peers.get(1).asksForNothing()).thenReturn(true);
    when(peers.get(3).asksForNothing()).thenReturn(true);
    assertEquals(
        List.of(peers.get(0), peers.get(2), peers.get(4), peers.get(5), peers.get(6)),
        served(review(ChokingRound.Trigger.NOTHING_ASKED)));
  }

  @Test
  void whoTakesIsServedOnThoughManyWaitWhoTookNothing() {
    seeding = true;
    for (int i = 0; i < 50; i++) {
      peer(0);
    }
    RemotePeer honest = peer(0);
    int reviews = 0;
    while (!served(review(ChokingRound.Trigger.NOTHING_ASKED)).contains(honest)) {
      nobodyTakesAnythingBut(honest);
      reviews++;
    }
    assertEquals(10, reviews, "each of the others had its turn, five at a time");
    int unserved = 0;
    for (int i = 0; i < 60; i++) {
      nobodyTakesAnythingBut(honest);
      unserved += served(review(ChokingRound.Trigger.PERIODIC)).contains(honest) ? 0 : 1;
    }
    assertTrue(unserved <= 10, unserved + " of 60 reviews without the one who takes");
  }

  @Test
  void whoTookNothingHasItsTurnAgainAfterAWhile() {
    seeding = true;
    RemotePeer idle = peer(0);
    for (int i = 0; i < 9; i++) {
      peer(0);
    }
    assertTrue(served(review(ChokingRound.Trigger.PERIODIC)).contains(idle));
    when(idle.asksForNothing()).thenReturn(true);
    int reviews = 0;
    do {
      reviews++;
    } while (!served(review(ChokingRound.Trigger.PERIODIC)).contains(idle));
    assertTrue(reviews > 25 && reviews < 40, reviews + " reviews");
  }

  @Test
  void whatIsUsefulIsARanking() {
    RemotePeer rich = peer(0);
    when(rich.rarity()).thenReturn(5.0);
    RemotePeer fast = peer(9000);
    TitForTat classroom = new TitForTat(1, 0, Duration.ofSeconds(10), PeerRanking.byRarePieces());
    ChokingRound round = mock(ChokingRound.class);
    when(round.trigger()).thenReturn(ChokingRound.Trigger.PERIODIC);
    when(round.peers()).thenReturn(List.of(fast, rich));
    assertEquals(List.of(rich), served(classroom.review(round)));
    assertEquals(Duration.ofSeconds(10), classroom.interval());
  }

  @Test
  void withoutAnyPlaceThereIsNoChoker() {
    Duration often = Duration.ofSeconds(1);
    for (int[] bad : new int[][] {{0, 0}, {-1, 2}, {2, -1}}) {
      assertThrows(
          IllegalArgumentException.class, () -> new TitForTat(bad[0], bad[1], often, PeerRanking.byTransferRate()));
    }
    assertEquals(often, new TitForTat(0, 1, often, PeerRanking.byTransferRate()).interval());
    assertEquals(often, new TitForTat(1, 0, often, PeerRanking.byTransferRate()).interval());
  }

  @Test
  void aPlanNamesEachPeerOnceAndRefusesWhatIsNoRateOrWeight() {
    RemotePeer one = peer(0);
    RemotePeer other = peer(0);
    UploadPlan plan = new UploadPlan().serve(one, 5, 2).optimistic(one).optimistic(other);
    assertEquals(
        List.of(
            new UploadPlan.Slot(one, false, 5, 2), new UploadPlan.Slot(other, true, UploadPlan.UNCAPPED, 1)),
        plan.slots());
    assertFalse(plan.isFull());
    assertTrue(plan.full().isFull());
    for (double bad : new double[] {0, -1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> new UploadPlan().serve(one, 1, bad));
    }
    assertThrows(IllegalArgumentException.class, () -> new UploadPlan().serve(one, 0, 1));
  }
}
