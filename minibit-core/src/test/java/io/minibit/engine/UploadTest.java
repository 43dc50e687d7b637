package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.PeerRanking;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.TitForTat;
import io.minibit.strategy.UploadPlan;
import io.minibit.wire.MessageType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whom the engine serves, with what, and how fast. */
class UploadTest {
  private static final ChokingStrategy EVERYBODY = round -> {
    UploadPlan plan = new UploadPlan();
    round.peers().stream().filter(RemotePeer::interested).forEach(plan::serve);
    return plan;
  };

  private static EngineRig seeding(ChokingStrategy choking) {
    return EngineRig.started(s -> {
      s.pieces = 200;
      s.blocks = 1;
      s.held = "1".repeat(200);
      s.choking = choking;
    });
  }

  private static FakePeer[] interested(EngineRig rig, int count) {
    return IntStream.rangeClosed(1, count).mapToObj(n -> rig.peer(n).wants()).toArray(FakePeer[]::new);
  }

  @Test
  void aFreeSlotIsGivenAtOnceAndAFreedOneToTheNext() {
    EngineRig rig = seeding(new TitForTat());
    FakePeer[] peers = interested(rig, 6);
    rig.seconds(1);
    assertEquals(5, rig.count("unchoke"));
    rig.forget();
    peers[2].wantsNothing();
    rig.seconds(1);
    assertEquals("p3 <- choke\np6 <- unchoke", rig.took("choke"));
    peers[0].leaves();
    peers[2].wants();
    rig.seconds(1);
    assertEquals("p3 <- unchoke", rig.took("choke"));
  }

  @Test
  void noMoreAreServedThanThereArePlacesHoweverManyAreOptimistic() {
    EngineRig rig = EngineRig.started(s -> s.pieces = 8);
    FakePeer snubs = rig.peer(1).hasAll().unchokes().wants();
    FakePeer snubsToo = rig.peer(2).hasAll().unchokes().wants();
    FakePeer chokes = rig.peer(3).wants();
    rig.secondsAlive(75, snubs, snubsToo, chokes);
    rig.forget();
    for (int n = 4; n <= 7; n++) {
      rig.peer(n).wants();
    }
    rig.seconds(1);
    assertEquals(2, rig.count("unchoke"));
  }

  /** Seconds until the last of 51 peers is served by the stock choker, if the others do this each second when served. */
  private static int untilServed(Consumer<FakePeer> others) {
    EngineRig rig = seeding(new TitForTat());
    List<FakePeer> flooders = List.of(interested(rig, 50));
    FakePeer honest = rig.peer(51).wants();
    int seconds = 0;
    while (rig.count("p51 <- unchoke") == 0 && seconds < 1000) {
      seconds++;
      rig.seconds(1);
      honest.wants(); // or it would be silent for too long
      flooders.forEach(others);
    }
    assertTrue(honest.open);
    return seconds;
  }

  @Test
  void thoseWhoAreServedAndAskForNothingKeepNobodyWaitingForLong() {
    int whileTheyWaitInVain = untilServed(peer -> {});
    assertTrue(whileTheyWaitInVain <= 60, whileTheyWaitInVain + " s");
    int whileTheyTake = untilServed(peer -> peer.requests(0, 0).takes(1 << 20));
    assertTrue(whileTheyTake > 200, whileTheyTake + " s: others that take have their turns");
  }

  @Test
  void whoIsHeldUpByOurLimitKeepsItsTurn() {
    EngineRig rig = EngineRig.started(s -> {
      s.pieces = 30;
      s.held = "1".repeat(30);
      s.choking = new TitForTat();
      s.uploadLimit = 1;
    });
    FakePeer[] peers = interested(rig, 6);
    rig.seconds(1);
    for (FakePeer peer : peers) {
      for (int piece = 0; piece < 30; piece++) {
        peer.requests(piece, 0).takes(1 << 20);
      }
    }
    rig.forget();
    rig.seconds(20);
    assertEquals(0, rig.count("<- choke"), "their time is not over");
  }

  @Test
  void onlyTheDifferenceBetweenPlansIsSent() {
    EngineRig rig = seeding(EVERYBODY);
    interested(rig, 3);
    rig.seconds(1);
    rig.forget();
    rig.seconds(50);
    assertEquals("", rig.took());
  }

  @Test
  void thereAreAtMostTenReviewsASecond() {
    List<Long> reviews = new ArrayList<>();
    EngineRig rig = seeding(round -> {
      reviews.add(round.now());
      return new UploadPlan();
    });
    FakePeer peer = rig.peer(1);
    for (int i = 0; i < 500; i++) {
      peer.wants().wantsNothing();
      rig.pass(Duration.ofMillis(2));
    }
    assertTrue(reviews.size() <= 11 && reviews.size() >= 9, reviews.size() + " reviews");
  }

  @Test
  void servesWhatWasAskedAndRefusesTheRest() {
    EngineRig rig = EngineRig.started(s -> {
      s.held = "1  1";
      s.choking = EVERYBODY;
    });
    FakePeer peer = rig.peer(1);
    rig.forget();
    peer.requests(0, 0);
    assertEquals("p1 <- reject 0 0 16384", rig.took(), "choked");
    peer.wants();
    rig.seconds(1);
    rig.forget();
    peer.requests(0, 1).requests(1, 0);
    assertEquals("p1 <- block 0 16384 16384\np1 <- reject 1 0 16384", rig.took());
    FakePeer plain = rig.plainPeer(2);
    rig.forget();
    plain.requests(0, 0);
    assertEquals("", rig.took());
  }

  @Test
  void aRequestOutsideOfThePieceClosesTheConnection() {
    EngineRig rig = seeding(EVERYBODY);
    int[][] ranges = {{0, 0, 16385}, {0, 16384, 1}, {200, 0, 1}, {-1, 0, 1}, {0, Integer.MAX_VALUE, 16384}, {0, 0, 0}};
    for (int[] bad : ranges) {
      FakePeer peer = rig.peer(1);
      peer.says(MessageType.REQUEST, bad[0], bad[1], bad[2]);
      assertFalse(peer.open, Arrays.toString(bad));
    }
  }

  @Test
  void aFloodOfRequestsClosesTheConnection() {
    EngineRig rig = seeding(EVERYBODY);
    FakePeer peer = rig.peer(1).wants();
    rig.seconds(1);
    for (int i = 0; i < 2004; i++) {
      peer.requests(i % 200, 0);
    }
    assertTrue(peer.open, "four are handed over and 2000 wait");
    peer.requests(0, 0);
    assertFalse(peer.open);
    FakePeer choked = rig.peer(2);
    for (int i = 0; i < 2000; i++) {
      choked.requests(i % 200, 0);
    }
    assertTrue(choked.open);
    choked.requests(0, 0);
    assertFalse(choked.open);
  }

  @Test
  void aChokeTakesEffectSoon() {
    EngineRig rig = seeding(EVERYBODY);
    FakePeer peer = rig.peer(1).wants();
    rig.seconds(1);
    for (int i = 0; i < 100; i++) {
      peer.requests(i, 0);
    }
    assertEquals(4 * EngineRig.BLOCK, peer.queued, "64 KiB at first");
    for (int s = 0; s < 60; s++) {
      peer.takes(EngineRig.BLOCK);
      rig.pass(Duration.ofMillis(250));
    }
    assertTrue(peer.queued <= 3 * EngineRig.BLOCK, peer.queued + " bytes queued at 64 KiB/s");
    rig.forget();
    peer.wantsNothing();
    rig.seconds(1);
    assertTrue(rig.count("reject") > 20);
    assertTrue(rig.took().startsWith("p1 <- choke\np1 <- reject"));
  }

  @Test
  void aCancelledBlockIsNotSent() {
    EngineRig rig = seeding(EVERYBODY);
    FakePeer peer = rig.peer(1).wants();
    rig.seconds(1);
    for (int i = 0; i < 6; i++) {
      peer.requests(i, 0);
    }
    rig.forget();
    peer.says(MessageType.CANCEL, 4, 0, EngineRig.BLOCK).says(MessageType.CANCEL, 77, 0, EngineRig.BLOCK);
    assertEquals("p1 <- reject 4 0 16384", rig.took());
    peer.takes(4 * EngineRig.BLOCK);
    assertEquals("p1 <- block 5 0 16384", rig.took());
  }

  /** Peers that ask for something all the time and take what they get at once. */
  private static long[] serveFor(int seconds, EngineRig rig, FakePeer... peers) {
    long[] got = new long[peers.length];
    for (int step = 0; step < seconds * 100; step++) {
      for (int i = 0; i < peers.length; i++) {
        if (rig.engine.peers().get(i).served()) {
          got[i] += peers[i].queued;
          peers[i].takes(peers[i].queued);
          peers[i].requests(step % 200, 0);
        }
      }
      rig.pass(Duration.ofMillis(10));
    }
    return got;
  }

  @Test
  void theUploadLimitIsSharedByTheWeights() {
    EngineRig rig = EngineRig.started(s -> {
      s.pieces = 200;
      s.blocks = 1;
      s.held = "1".repeat(200);
      s.uploadLimit = 1 << 20;
      s.choking = round -> {
        UploadPlan plan = new UploadPlan();
        for (RemotePeer peer : round.peers()) {
          plan.serve(peer, UploadPlan.UNCAPPED, 1.0 + peer.key());
        }
        return plan;
      };
    });
    long[] got = serveFor(20, rig, interested(rig, 3));
    double total = Arrays.stream(got).sum();
    assertEquals(20 << 20, total, 2 << 20);
    for (int i = 0; i < 3; i++) {
      assertEquals((i + 1) / 6.0, got[i] / total, 0.02, Arrays.toString(got));
    }
  }

  @Test
  void aCapHoldsForItsPeer() {
    EngineRig rig = seeding(round -> {
      UploadPlan plan = new UploadPlan();
      for (RemotePeer peer : round.peers()) {
        plan.serve(peer, peer.key() == 0 ? 100_000 : UploadPlan.UNCAPPED, 1);
      }
      return plan;
    });
    long[] got = serveFor(20, rig, interested(rig, 2));
    EngineRig.assertNear(2_000_000, got[0], 50_000);
    assertTrue(got[1] > 20_000_000, Arrays.toString(got));
  }

  @Test
  void whenSeedingAllAreServedForTheSameTime() {
    assertFairTime(seeding(new TitForTat()), 20, 0, 5.0 / 20);
  }

  @Test
  void whenNothingIsLackedTheClassroomRuleIsAFairRotation() {
    assertFairTime(seeding(new TitForTat(PeerRanking.byRarePieces())), 20, 0, 5.0 / 20);
  }

  @Test
  void theOptimisticSlotGoesRound() {
    EngineRig rig = EngineRig.started(s -> {
      s.pieces = 8000;
      s.blocks = 1;
      s.held = "1";
    });
    // Four give us something all the time, twenty nothing.
    assertFairTime(rig, 24, 4, 1.0 / 20);
  }

  /** Over half an hour, everyone but the first {@code givers} is served for this share of the time. */
  private static void assertFairTime(EngineRig rig, int count, int givers, double share) {
    FakePeer[] peers = new FakePeer[count];
    for (int i = 0; i < count; i++) {
      peers[i] = rig.peer(i + 1);
      if (i < givers) {
        peers[i].hasAll().unchokes();
      }
      peers[i].wants();
    }
    TreeMap<Integer, Integer> served = new TreeMap<>();
    int seconds = 30 * 60;
    for (int s = 0; s < seconds; s++) {
      for (FakePeer giver : Arrays.copyOf(peers, givers)) {
        giver.answers(1);
      }
      for (RemotePeer peer : rig.engine.peers()) {
        served.merge((int) peer.key(), peer.served() ? 1 : 0, Integer::sum);
      }
      if (s % 60 == 0) {
        rig.secondsAlive(1, peers);
      } else {
        rig.seconds(1);
      }
    }
    for (int i = givers; i < count; i++) {
      assertEquals(share * seconds, served.get(i), 61, "peer " + i + " of " + served);
    }
  }

  @Test
  void theBestAreServedAndTheWorstOnlyOptimistically() {
    EngineRig rig = EngineRig.started(s -> {
      s.pieces = 4000;
      s.blocks = 1;
      s.held = "1";
    });
    FakePeer[] peers = new FakePeer[8];
    for (int i = 0; i < 8; i++) {
      peers[i] = rig.peer(i + 1).hasAll().unchokes().wants();
    }
    for (int s = 0; s < 60; s++) {
      for (int i = 0; i < 8; i++) {
        peers[i].answers(i + 1);
      }
      rig.seconds(1);
    }
    List<RemotePeer> regular =
        rig.engine.peers().stream().filter(p -> p.served() && !p.servedOptimistically()).toList();
    assertEquals(4, regular.size());
    assertTrue(regular.stream().allMatch(p -> p.key() >= 3), "one of the best may be the optimistic choice");
  }

  @Test
  void aChokerThatThrowsEndsItsTorrentAndOneThatNamesStrangersIsIgnored() {
    EngineRig throwing = seeding(round -> {
      throw new IllegalStateException("oops");
    });
    throwing.peer(1).wants();
    throwing.seconds(11);
    assertTrue(throwing.took().contains("failed: oops"));
    List<RemotePeer> old = new ArrayList<>();
    EngineRig foolish = seeding(round -> {
      old.addAll(round.peers());
      UploadPlan plan = new UploadPlan();
      old.forEach(plan::serve);
      return round.trigger() == ChokingRound.Trigger.PERIODIC ? null : plan;
    });
    foolish.peer(1).wants();
    foolish.seconds(1);
    foolish.peer(2).wants();
    old.get(0).key();
    foolish.seconds(15);
    assertTrue(foolish.took().contains("ignored: choking gave no plan"));
    FakePeer third = foolish.peer(3);
    foolish.does(() -> foolish.engine.onDisconnected(foolish.now, 0, "gone"));
    third.wants();
    foolish.seconds(1);
    assertTrue(foolish.took().contains("which is not connected"));
  }

  /** Serves all and writes down why it was asked. */
  private static ChokingStrategy everybody(List<ChokingRound.Trigger> asked) {
    return round -> {
      asked.add(round.trigger());
      return EVERYBODY.review(round);
    };
  }

  @Test
  void aSeedAsksItsChokerWheneverAPieceIsWholeAndALeecherDoesNot() {
    for (String held : new String[] {"1111", "111"}) {
      List<ChokingRound.Trigger> asked = new ArrayList<>();
      EngineRig rig = EngineRig.started(s -> {
        s.held = held;
        s.choking = everybody(asked);
      });
      FakePeer peer = rig.peer(1).wants();
      rig.seconds(1);
      asked.clear();
      peer.requests(0, 0);
      rig.pass(Duration.ofMillis(200));
      assertEquals(List.of(), asked, "half of a piece");
      peer.requests(0, 1);
      rig.pass(Duration.ofMillis(200));
      assertEquals(held.length() == 4 ? List.of(ChokingRound.Trigger.PIECE_SENT) : List.of(), asked);
      asked.clear();
      peer.takes(2 * EngineRig.BLOCK).requests(1, 1).requests(2, 0);
      rig.pass(Duration.ofMillis(200));
      assertEquals(List.of(), asked, "halves of two pieces are no piece");
    }
  }

  @Test
  void theChokerIsAskedAtOnceWhenAllIsComplete() {
    List<ChokingRound.Trigger> asked = new ArrayList<>();
    EngineRig rig = EngineRig.started(s -> {
      s.held = "111";
      s.choking = everybody(asked);
    });
    rig.peer(2).wants();
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    rig.seconds(1);
    asked.clear();
    peer.answersAll();
    rig.pass(Duration.ofMillis(150));
    assertEquals(1, asked.size());
  }

  @Test
  void whoeverIsServedAndGoesIsNewsToTheChoker() {
    List<ChokingRound.Trigger> asked = new ArrayList<>();
    EngineRig rig = seeding(everybody(asked));
    FakePeer served = rig.peer(1).wants();
    FakePeer idle = rig.peer(2);
    rig.peer(3);
    rig.seconds(1);
    asked.clear();
    idle.leaves();
    rig.pass(Duration.ofMillis(200));
    assertEquals(List.of(), asked);
    served.leaves();
    rig.pass(Duration.ofMillis(200));
    assertEquals(List.of(ChokingRound.Trigger.PEER_LEFT), asked);
  }

  @Test
  void withoutALimitTheCapacityIsTheHighestRateOfLatelyAndFades() {
    long[] capacity = {0};
    EngineRig rig = seeding(round -> {
      capacity[0] = round.uploadCapacity();
      return EVERYBODY.review(round);
    });
    FakePeer peer = rig.peer(1).wants();
    rig.seconds(1);
    assertEquals(1, capacity[0], "nothing is known yet");
    for (int s = 0; s < 200; s++) {
      peer.requests(s, 0);
      peer.takes(EngineRig.BLOCK);
      rig.pass(Duration.ofMillis(100));
    }
    rig.seconds(10);
    EngineRig.assertNear(10 * EngineRig.BLOCK, capacity[0], 2 * EngineRig.BLOCK);
    long highest = capacity[0];
    // Little is sent, so that it is looked at every second; after 89 of them half is left.
    for (int s = 0; s < 90; s++) {
      peer.requests(s, 0);
      peer.takes(1);
      rig.secondsAlive(1, peer);
    }
    rig.secondsAlive(10, peer);
    EngineRig.assertNear(highest / 2, capacity[0], highest / 8);
  }

  @Test
  void theNextPlanMayChangeACap() {
    long[] cap = {10_000};
    EngineRig rig = seeding(round -> {
      UploadPlan plan = new UploadPlan();
      round.peers().forEach(peer -> plan.serve(peer, cap[0], 1));
      return plan;
    });
    FakePeer[] peers = interested(rig, 1);
    rig.seconds(1);
    EngineRig.assertNear(100_000, serveFor(10, rig, peers)[0], 50_000);
    cap[0] = 1_000_000;
    serveFor(10, rig, peers);
    EngineRig.assertNear(10_000_000, serveFor(10, rig, peers)[0], 500_000);
  }

  @Test
  void whatWasAskedBeforeAChokeIsNotSentAfterIt() {
    EngineRig rig = seeding(EVERYBODY);
    FakePeer peer = rig.peer(1).wants();
    rig.seconds(1);
    for (int i = 0; i < 10; i++) {
      peer.requests(i, 0);
    }
    peer.wantsNothing();
    rig.seconds(1);
    peer.takes(peer.queued).wants();
    rig.seconds(1);
    rig.forget();
    peer.requests(50, 0);
    assertEquals("p1 <- block 50 0 16384", rig.took());
  }

  @Test
  void seedTimeEnds() {
    EngineRig rig = new EngineRig(s -> {
      s.held = "1111";
      s.seedNanos = 90 * EngineRig.SECOND;
    });
    rig.start();
    rig.seconds(89);
    assertEquals("", rig.took());
    rig.seconds(2);
    assertEquals("seed time over", rig.took());
  }

  @Test
  void peersThatBothHaveEverythingPart() {
    EngineRig rig = seeding(EVERYBODY);
    FakePeer peer = rig.peer(1);
    peer.hasAll();
    assertFalse(peer.open);
  }
}
