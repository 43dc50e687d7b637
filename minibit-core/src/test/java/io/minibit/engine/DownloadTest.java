package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.strategy.RarestFirst;
import io.minibit.wire.MessageType;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Introductions, requests, what becomes of blocks, and what is done about peers that do not answer. */
class DownloadTest {
  private static EngineRig rig(String held, int blocks) {
    return EngineRig.started(s -> {
      s.pieces = held.length();
      s.held = held;
      s.blocks = blocks;
    });
  }

  @Test
  void introducesItselfAsBriefAsPossible() {
    EngineRig none = rig("    ", 1);
    none.peer(1);
    assertEquals("p1 <- have none", none.took());
    none.plainPeer(2);
    assertEquals("", none.took());
    EngineRig some = rig("1 1 ", 1);
    some.peer(1);
    assertEquals("p1 <- bitfield 1010", some.took());
    EngineRig all = rig("1111", 1);
    all.peer(1);
    assertEquals("p1 <- have all", all.took());
    all.plainPeer(2);
    assertEquals("p2 <- bitfield 1111", all.took());
    int number = all.register(new FakePeer(all, "p3", 3, true));
    all.does(() -> all.engine.onConnected(
        all.now, number, EngineRig.address("10.0.0.3:1"), EngineRig.id(3), true, true, true));
    assertEquals("p3 <- have all\np3 <- extended reqq=2000", all.took());
  }

  @Test
  void isInterestedExactlyWhileThePeerHasSomethingWanted() {
    EngineRig rig = rig("1  1", 1);
    FakePeer peer = rig.peer(1).has("1  1");
    rig.forget();
    peer.gets(1);
    assertEquals("p1 <- interested", rig.took());
    peer.unchokes().answersAll();
    assertEquals(
        """
        open 1
        p1 <- request 1 0 16384
        verify 1
        p1 <- not interested
        stored 1""",
        rig.took());
  }

  @Test
  void thePipelineStartsSmallAndGrowsByOnePerBlock() {
    EngineRig rig = rig("          ", 50);
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    assertEquals(4, peer.asked.size());
    peer.answers(1);
    assertEquals(5, peer.asked.size());
    peer.answers(10);
    assertEquals(15, peer.asked.size());
  }

  @Test
  void thePipelineNeverExceedsWhatThePeerQueuesOr500() {
    EngineRig rig = rig("          ", 100);
    FakePeer modest = rig.peer(1).hasAll();
    rig.engine.onExtendedHandshake(rig.now, modest.connection, 3, 0, "modest");
    modest.unchokes().answers(10);
    assertEquals(3, modest.asked.size());
    modest.leaves();
    FakePeer proud = rig.peer(2).hasAll();
    rig.engine.onExtendedHandshake(rig.now, proud.connection, 100_000, 0, "proud");
    proud.unchokes().answers(600);
    assertEquals(500, Math.max(500, proud.asked.size()));
    assertTrue(proud.asked.size() > 100);
  }

  @Test
  void aSteadyPeerIsAskedForThreeSecondsOfItsRate() {
    EngineRig rig = EngineRig.started(s -> {
      s.pieces = 100;
      s.blocks = 64;
    });
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    for (int s = 0; s < 60; s++) {
      peer.answers(20);
      rig.seconds(1);
    }
    assertTrue(peer.asked.size() >= 50 && peer.asked.size() <= 70, "outstanding " + peer.asked.size());
  }

  @Test
  void aChokeWithoutFastDropsTheRequestsAndALateBlockIsStillTaken() {
    EngineRig rig = rig("  ", 2);
    FakePeer peer = rig.plainPeer(1).has("11").unchokes();
    assertEquals(4, peer.asked.size());
    peer.chokes();
    rig.forget();
    peer.sends(0, 0);
    assertEquals(0, rig.engine.wasted());
    peer.unchokes();
    assertEquals("p1 <- request 0 16384 16384\np1 <- request 1 0 16384\np1 <- request 1 16384 16384", rig.took());
  }

  @Test
  void aChokeWithFastLeavesItToTheRejects() {
    EngineRig rig = rig("  ", 1);
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    peer.chokes();
    assertEquals(2, rig.engine.peers().get(0).outstanding());
    peer.answers(1).rejects();
    assertEquals(0, rig.engine.peers().get(0).outstanding());
    rig.forget();
    peer.unchokes();
    assertEquals("p1 <- request 1 0 16384", rig.took());
  }

  @Test
  void whatOnePeerRejectsAnotherIsAskedFor() {
    EngineRig rig = rig(" ", 1);
    FakePeer first = rig.peer(1).hasAll().unchokes();
    FakePeer second = rig.peer(2).hasAll().unchokes();
    assertEquals(0, second.asked.size());
    first.rejects();
    assertEquals(1, second.asked.size());
    assertEquals(0, first.asked.size());
  }

  @Test
  void whoRejectsEverythingIsAskedOnceASecondOnly() {
    EngineRig rig = rig(" ", 1);
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    for (int i = 0; i < 5; i++) {
      peer.rejects();
      assertEquals(0, peer.asked.size());
      rig.seconds(2);
      assertEquals(1, peer.asked.size());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoUnchokesAndChokesAndSendsNothingIsAskedOnceASecondOnly(boolean fast) {
    EngineRig rig = rig(" ", 1);
    FakePeer peer = (fast ? rig.peer(1) : rig.plainPeer(1)).has("1").unchokes();
    for (int i = 0; i < 5; i++) {
      peer.chokes();
      if (fast) {
        peer.rejects();
      }
      rig.forget();
      for (int flap = 0; flap < 100; flap++) {
        peer.unchokes().chokes();
      }
      peer.unchokes();
      assertEquals("", rig.took());
      rig.seconds(2);
      assertEquals("p1 <- request 0 0 16384", rig.took());
    }
    peer.sends(0, 0);
    assertTrue(rig.engine.isComplete());
  }

  @Test
  void inTheEndgameASlowBlockIsAskedTwiceAndCancelledWhenItComes() {
    EngineRig rig = rig(" ", 2);
    FakePeer slow = rig.peer(1).hasAll().unchokes();
    FakePeer idle = rig.peer(2).hasAll().unchokes();
    assertEquals(2, slow.asked.size());
    assertEquals(0, idle.asked.size());
    rig.seconds(3);
    assertEquals(1, idle.asked.size(), "one busy block at a time");
    int begin = idle.asked.get(0)[1];
    rig.forget();
    idle.answers(1);
    assertTrue(rig.took().contains("p1 <- cancel 0 " + begin + " 16384"));
    slow.sends(0, begin / EngineRig.BLOCK);
    assertEquals(EngineRig.BLOCK, rig.engine.wasted(), "came twice");
    rig.seconds(3);
    idle.answersAll();
    assertTrue(rig.engine.isComplete());
  }

  @Test
  void noEndgameWhileAnyWantedBlockIsNotRequested() {
    EngineRig rig = rig("  ", 1);
    rig.peer(1).has("1 ").unchokes();
    FakePeer idle = rig.peer(2).has("1 ").unchokes();
    rig.peer(3).has(" 1");
    rig.seconds(5);
    assertEquals(0, idle.asked.size(), "piece 1 could still be had from p3");
  }

  @Test
  void afterTwentySecondsOthersAreAskedForTheBlocksOfAStalledPeer() {
    EngineRig rig = rig("    ", 2);
    FakePeer stalls = rig.peer(1).hasAll().unchokes();
    assertEquals(4, stalls.asked.size());
    rig.seconds(19);
    FakePeer other = rig.peer(2).has("11  ");
    other.unchokes();
    assertEquals(0, rig.count("p2 <- request"));
    rig.seconds(2);
    assertEquals(4, rig.count("p2 <- request"));
    assertEquals(4, stalls.asked.size(), "its requests stay open");
    stalls.answers(1);
    assertTrue(rig.took().contains("p2 <- cancel"), "it recovered, and what it sent is not needed twice");
  }

  @Test
  void afterAMinuteASnubbingPeerIsAskedForOneBlockAtATimeUntilItSends() {
    EngineRig rig = rig("    ", 2);
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    rig.secondsAlive(59, peer);
    assertFalse(rig.engine.peers().get(0).snubbing());
    rig.secondsAlive(2, peer);
    assertTrue(rig.engine.peers().get(0).snubbing());
    assertEquals(1, peer.asked.size());
    rig.secondsAlive(30, peer);
    assertEquals(1, peer.asked.size());
    assertTrue(rig.engine.peers().get(0).snubbing());
    peer.answers(1);
    assertFalse(rig.engine.peers().get(0).snubbing());
    assertTrue(peer.asked.size() >= 4);
    peer.answersAll();
    assertTrue(rig.engine.isComplete());
  }

  @Test
  void whatStalledInTheMiddleOfABlockIsTakenOverByWhoSendsItSooner() {
    EngineRig rig = rig("  ", 1);
    FakePeer stalls = rig.peer(1).has("1 ").unchokes();
    stalls.begins(0, 0);
    FakePeer other = rig.peer(2).has("1 ").unchokes();
    rig.seconds(25);
    assertEquals(1, other.asked.size());
    rig.forget();
    other.answers(1);
    assertTrue(rig.took().startsWith("p1 discard rest\n"));
    assertTrue(rig.engine.held().get(0));
    stalls.finishes(true);
    assertEquals(EngineRig.BLOCK, rig.engine.wasted());
  }

  @Test
  void aBlockWhoseSenderStallsIsNotAskedOfSomebodyTwice() {
    EngineRig rig = rig("1 ", 1);
    FakePeer stalls = rig.peer(1).hasAll().unchokes();
    rig.seconds(2);
    FakePeer other = rig.peer(2).hasAll().unchokes();
    rig.seconds(1);
    assertEquals(1, other.asked.size(), "in the endgame");
    stalls.begins(1, 0);
    rig.seconds(15);
    other.sends(0, 0); // of no use, but it lives
    rig.seconds(10);
    new EngineAudit(rig.engine).check(false);
    assertEquals(1, other.asked.size());
  }

  @Test
  void whoFinishesAfterAStallIsStillWelcome() {
    EngineRig rig = rig(" ", 1);
    FakePeer stalls = rig.peer(1).hasAll().unchokes();
    stalls.begins(0, 0);
    FakePeer other = rig.peer(2).hasAll().unchokes();
    rig.seconds(25);
    stalls.finishes(true);
    assertEquals(0, other.asked.size(), "cancelled");
    assertTrue(rig.engine.isComplete());
    assertEquals(0, rig.engine.wasted());
  }

  @Test
  void aPeerThatLeavesInTheMiddleOfABlockLosesNothingElse() {
    EngineRig rig = rig(" ", 2);
    FakePeer leaves = rig.peer(1).hasAll().unchokes();
    leaves.answers(1).begins(0, 1);
    leaves.leaves();
    FakePeer other = rig.peer(2).hasAll().unchokes();
    assertEquals(1, other.asked.size());
    other.answersAll();
    assertTrue(rig.engine.isComplete());
  }

  @Test
  void blocksThatNobodyAskedForAreThrownAway() {
    EngineRig rig = rig("  ", 2);
    rig.peer(1).hasAll().unchokes();
    FakePeer pushy = rig.peer(2).has("1 ");
    pushy.sends(0, 0).sends(1, 1);
    assertEquals(2L * EngineRig.BLOCK, rig.engine.wasted());
    assertTrue(pushy.open);
  }

  @Test
  void aBlockOfAnImpossibleSizeClosesTheConnection() {
    EngineRig rig = rig("  ", 2);
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    rig.forget();
    rig.does(() -> rig.engine.onPieceHeader(rig.now, peer.connection, 0, 0, 100));
    assertFalse(peer.open);
    assertTrue(rig.took("close").contains("sent 100 bytes at 0 of piece 0"));
  }

  @Test
  void aSilentPeerIsClosedAndAnIdleOneHearsFromUs() {
    EngineRig rig = rig("    ", 2);
    FakePeer peer = rig.peer(1);
    rig.forget();
    rig.seconds(59);
    assertEquals("", rig.took());
    rig.seconds(2);
    assertEquals("p1 <- keep-alive", rig.took());
    rig.seconds(60);
    assertFalse(peer.open);
    assertTrue(rig.took().contains("close p1: silent for 120 s"));
  }

  @Test
  void unwantedPiecesAreNotFetchedAndWishesMayChange() {
    EngineRig rig = rig("   ", 2);
    rig.engine.setPriorities(rig.now, new byte[] {0, 1, 0});
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    assertEquals(2, peer.asked.size());
    peer.answers(1);
    rig.forget();
    rig.does(() -> rig.engine.setPriorities(rig.now, new byte[] {1, 0, 0}));
    assertEquals(
        """
        p1 <- cancel 1 16384 16384
        drop 1
        open 0
        p1 <- request 0 0 16384
        p1 <- request 0 16384 16384""",
        rig.took());
    peer.answersAll();
    assertTrue(rig.took().endsWith("state SEEDING\ncompleted"));
    assertTrue(rig.engine.isComplete());
    rig.does(() -> rig.engine.setPriorities(rig.now, new byte[] {1, 0, 1}));
    assertEquals(
        """
        p1 <- interested
        state DOWNLOADING
        open 2
        p1 <- request 2 0 16384
        p1 <- request 2 16384 16384""",
        rig.took());
  }

  @Test
  void aHigherPriorityComesFirst() {
    EngineRig rig = rig("   ", 4);
    rig.engine.setPriorities(rig.now, new byte[] {1, 1, 7});
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    assertEquals(2, peer.asked.get(0)[0]);
  }

  @Test
  void aStrategyThatThrowsEndsItsTorrentOnly() {
    EngineRig rig = EngineRig.started(s -> {
      s.selection = choice -> {
        throw new IllegalStateException("oops");
      };
    });
    FakePeer peer = rig.peer(1).hasAll();
    rig.forget();
    peer.unchokes();
    assertEquals("close p1: torrent failed\nstate FAILED\nfailed: oops", rig.took());
    rig.seconds(100);
    assertFalse(rig.isWakeWanted());
  }

  @Test
  void aStrategyThatAnswersNonsenseIsIgnored() {
    EngineRig rig = EngineRig.started(s -> s.selection = choice -> 12345);
    rig.peer(1).hasAll().unchokes();
    assertTrue(rig.took("ignored").startsWith("ignored: selection chose piece 12345"));
    assertEquals(0, rig.count("request"));
  }

  @Test
  void afterLeavingNothingIsSentOrScheduled() {
    EngineRig rig = EngineRig.started(s -> s.tracker = true);
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    rig.seconds(1);
    peer.answers(1);
    rig.forget();
    rig.does(() -> rig.engine.leave(rig.now));
    assertEquals(
        "close p1: torrent left\ndrop 2\ndrop 1\ndrop 0\nannounce STOPPED left=131072\nstate LEFT", rig.took());
    assertFalse(rig.isWakeWanted());
    assertEquals(0, rig.budget.pieceMemoryUsed());
    rig.engine.onMessage(rig.now, 0, MessageType.UNCHOKE, 0, 0, 0);
    rig.engine.onAnnounced(rig.now, 1, 1, List.of(EngineRig.address("10.0.0.9:1")));
    rig.engine.onWake(rig.now);
    rig.engine.onPieceStored(rig.now, 0, null);
    rig.engine.leave(rig.now);
    assertEquals("", rig.took());
    assertFalse(rig.isWakeWanted());
  }

  @Test
  void pausingClosesEverythingAndResumingGoesOn() {
    EngineRig rig = EngineRig.started(s -> s.tracker = true);
    rig.peer(1).hasAll().unchokes().answers(1);
    rig.forget();
    rig.does(() -> rig.engine.pause(rig.now));
    assertTrue(rig.took().contains("state PAUSED"));
    rig.engine.onAnnounced(rig.now, 60 * EngineRig.SECOND, -1, List.of(EngineRig.address("10.0.0.9:1")));
    rig.seconds(1000);
    assertEquals("", rig.took());
    assertEquals("paused", rig.engine.explanation(rig.now));
    rig.does(() -> rig.engine.resume(rig.now));
    rig.seconds(1);
    assertEquals("state DOWNLOADING\ndial 10.0.0.9:1\nannounce STARTED left=131072", rig.took());
  }

  @Test
  void aPauseDuringTheCheckIsHeardWhenTheCheckIsDone() {
    EngineRig rig = new EngineRig(s -> s.tracker = true);
    rig.does(() -> rig.engine.start(rig.now));
    rig.does(() -> rig.engine.pause(rig.now));
    rig.does(() -> rig.engine.onChecked(rig.now, EngineRig.pieces(4, "1")));
    assertEquals("check\nstate PAUSED", rig.took());
    rig.does(() -> rig.engine.resume(rig.now));
    assertEquals("state DOWNLOADING\nannounce STARTED left=98304", rig.took());
  }

  @Test
  void aStoreThatCannotBeCheckedIsTriedAgain() {
    EngineRig rig = new EngineRig(s -> {});
    rig.does(() -> rig.engine.start(rig.now));
    rig.does(() -> rig.engine.onCheckFailed(rig.now, "disk is gone"));
    assertEquals("cannot check: disk is gone", rig.engine.explanation(rig.now));
    rig.forget();
    rig.seconds(11);
    assertEquals("check", rig.took());
  }

  @Test
  void theCheckDecidesAlsoAboutWhatWasStoredSinceItWasAskedFor() {
    EngineRig rig = rig("11 ", 1);
    rig.verifies = false;
    FakePeer peer = rig.peer(1).has("  1").unchokes().answers(1);
    rig.does(() -> rig.engine.onReadFailed(rig.now, peer.connection, 0, 0, EngineRig.BLOCK, "file changed"));
    rig.does(() -> rig.verified(2, false));
    rig.does(() -> rig.engine.onChecked(rig.now, EngineRig.pieces(3, "1 1")));
    assertFalse(rig.engine.held().get(1));
    assertFalse(rig.engine.isComplete());
  }

  @Test
  void aPieceThatIsNotStoredBecauseTheStoreHasChangedHasItCheckedAgain() {
    EngineRig rig = rig("11 ", 1);
    rig.verifies = false;
    rig.peer(1).has("111").unchokes().answers(1);
    rig.forget();
    rig.does(() -> rig.storeChanges(2, "file was deleted"));
    assertTrue(rig.took().endsWith("state CHECKING\ncheck"));
    assertEquals("checking again: file was deleted", rig.engine.explanation(rig.now));
    rig.does(() -> rig.engine.onChecked(rig.now, EngineRig.pieces(3, "1  ")));
    rig.verifies = true;
    rig.peer(2).has("111").unchokes().answersAll();
    assertTrue(rig.engine.isComplete());
  }

  @Test
  void aStoreThatSomebodyWritesToAllTheTimeIsCheckedEveryTenSecondsAtMost() {
    EngineRig rig = rig("11 ", 1);
    rig.verifies = false;
    for (int i = 0; i < 2; i++) {
      rig.peer(i).has("111").unchokes().answers(1);
      rig.forget();
      rig.does(() -> rig.storeChanges(2, "file was edited"));
      assertEquals(i == 0, rig.took().contains("check"), rig::took);
      rig.does(() -> rig.engine.onChecked(rig.now, EngineRig.pieces(3, "11 ")));
    }
  }

  @Test
  void whatTheCheckDoesNotFindIsNotClaimedWheneverItWasStored() {
    EngineRig rig = EngineRig.started(s -> {});
    rig.verifies = false;
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    peer.answersAll();
    rig.does(() -> rig.engine.onReadFailed(rig.now, peer.connection, 0, 0, EngineRig.BLOCK, "file changed"));
    rig.does(() -> rig.verified(0, false));
    rig.does(() -> rig.engine.onChecked(rig.now, EngineRig.pieces(4, "")));
    assertEquals(0, rig.engine.held().count());
  }

  @Test
  void theMemoryOfAPieceIsGivenBackWhateverBecomesOfIt() {
    EngineRig rig = EngineRig.started(s -> {});
    rig.verifies = false;
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    rig.does(() -> peer.begins(0, 0).finishes(false));
    peer.answersAll().leaves();
    long piece = 2 * EngineRig.BLOCK;
    assertEquals(4 * piece, rig.budget.pieceMemoryUsed());
    assertEquals(0, rig.engine.wasted());
    rig.does(() -> rig.verified(0, false));
    assertEquals(3 * piece, rig.budget.pieceMemoryUsed(), "corrupt");
    assertEquals(piece, rig.engine.wasted());
    rig.does(() -> rig.storeFails(1, "disk full"));
    assertEquals(2 * piece, rig.budget.pieceMemoryUsed(), "not stored");
    assertEquals(2 * piece, rig.engine.wasted());
    rig.does(() -> rig.verified(2, false));
    assertEquals(piece, rig.budget.pieceMemoryUsed(), "stored");
    assertEquals(2 * piece, rig.engine.wasted());
    rig.does(() -> rig.engine.leave(rig.now));
    assertEquals(0, rig.budget.pieceMemoryUsed(), "left");
  }

  @Test
  void whatWasAskedUnderALimitAndDoesNotComeMayBeAskedOfAnotherAtOnce() {
    EngineRig rig = EngineRig.started(s -> {
      s.pieces = 100;
      s.downloadLimit = 1000;
    });
    FakePeer plain = rig.plainPeer(1).has("1".repeat(99)).unchokes();
    rig.pass(Duration.ofMillis(1500));
    assertEquals(2, plain.asked.size());
    FakePeer other = rig.peer(2).hasAll().unchokes();
    rig.pass(Duration.ofMillis(100));
    assertEquals(0, other.asked.size(), "the limit is used up for a quarter of a minute");
    plain.chokes();
    rig.pass(Duration.ofMillis(100));
    assertTrue(other.asked.size() > 0);
  }

  @Test
  void theSameEventsLeadToTheSameAnswers() {
    String[] runs = new String[3];
    for (int run = 0; run < 3; run++) {
      int seed = run / 2;
      EngineRig rig = EngineRig.started(s -> {
        s.pieces = 60;
        s.seed = seed;
        s.selection = new RarestFirst();
      });
      FakePeer a = rig.peer(1).hasAll().unchokes();
      FakePeer b = rig.peer(2).hasAll().unchokes();
      for (int i = 0; i < 30; i++) {
        a.answers(1);
        b.answers(2);
        rig.seconds(1);
      }
      runs[run] = rig.took();
    }
    assertEquals(runs[0], runs[1]);
    assertFalse(runs[0].equals(runs[2]));
  }

  @Test
  void aFullDiskIsWaitedFor() {
    EngineRig rig = rig(" ", 1);
    rig.verifies = false;
    FakePeer peer = rig.peer(1).hasAll().unchokes().answers(1);
    rig.forget();
    rig.does(() -> rig.storeFails(0, "no space left"));
    assertEquals("state STORE_TROUBLE", rig.took());
    assertEquals("cannot store: no space left", rig.engine.explanation(rig.now));
    for (int wait = 1; wait <= 8; wait *= 2) {
      rig.secondsAlive(wait - 1, peer);
      assertEquals("", rig.took());
      rig.secondsAlive(1, peer);
      assertEquals("open 0", rig.took().lines().findFirst().orElse(""), "tried again after " + wait + " s");
      peer.answersAll();
      rig.does(() -> rig.storeFails(0, "still no space left"));
      rig.forget();
    }
    rig.verifies = true;
    rig.secondsAlive(11, peer);
    rig.forget();
    peer.answersAll();
    assertTrue(rig.took().contains("state SEEDING"));
    assertTrue(rig.engine.isComplete());
  }

  @Test
  void aBlockThatCannotBeReadHasTheStoreCheckedAgain() {
    EngineRig rig = rig("1111", 1);
    FakePeer peer = rig.peer(1).wants();
    rig.seconds(1);
    peer.requests(2, 0);
    rig.forget();
    rig.does(() -> rig.engine.onReadFailed(rig.now, peer.connection, 2, 0, EngineRig.BLOCK, "file changed"));
    assertTrue(rig.took().endsWith("state CHECKING\ncheck"));
    rig.does(() -> rig.engine.onChecked(rig.now, EngineRig.pieces(4, "11 1")));
    assertEquals("state DOWNLOADING", rig.took());
  }

  @Test
  void rarestFirstTakesTheRarest() {
    EngineRig rig = EngineRig.started(s -> {
      s.pieces = 8;
      s.held = "1111    ";
      s.blocks = 4;
      s.selection = new RarestFirst();
    });
    rig.peer(2).has("    11 1");
    rig.peer(3).has("    1  1");
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    assertEquals(6, peer.asked.get(0)[0]);
  }

  @Test
  void explainsWhyNothingMoves() {
    EngineRig rig = EngineRig.started(s -> {
      s.pieces = 13;
      s.held = "1111111 1111 ";
      s.tracker = true;
    });
    rig.does(() -> rig.engine.onWake(rig.now));
    assertEquals("asking the tracker for peers", rig.engine.explanation(rig.now));
    rig.does(() -> rig.engine.onAnnounceFailed(rig.now, "connection refused"));
    assertEquals("no peers known, no tracker answered: connection refused", rig.engine.explanation(rig.now));
    FakePeer[] peers = {rig.peer(1), rig.peer(2), rig.peer(3)};
    assertEquals("3 peers connected, no peer has pieces 7, 12", rig.engine.explanation(rig.now));
    for (FakePeer peer : peers) {
      peer.hasAll();
    }
    assertEquals("3 peers connected, all choke us", rig.engine.explanation(rig.now));
  }
}
