package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Rates and piece memory, within one torrent and among several of one peer. */
class SharingTest {
  private static final long START = 1000 * EngineRig.SECOND;

  private static EngineRig leeching(PeerBudget budget, long limit) {
    return EngineRig.started(s -> {
      s.budget = budget;
      s.pieces = 2000;
      s.blocks = 4;
      s.downloadLimit = limit;
    });
  }

  private static PeerBudget budget(long memory) {
    return new PeerBudget(memory, 200, 30, START);
  }

  private static void run(int seconds, Runnable everyStep, EngineRig... rigs) {
    for (int step = 0; step < seconds * 50; step++) {
      everyStep.run();
      for (EngineRig rig : rigs) {
        rig.pass(Duration.ofMillis(20));
      }
    }
  }

  @Test
  void aTorrentDownloadsNoFasterThanItsLimit() {
    EngineRig rig = leeching(budget(1 << 30), 500_000);
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    run(20, peer::answersAll, rig);
    EngineRig.assertNear(10_000_000, rig.engine.downloaded(), 400_000);
    rig.does(() -> rig.engine.limitRates(rig.now, Long.MAX_VALUE, 1_000_000));
    run(10, peer::answersAll, rig);
    EngineRig.assertNear(20_000_000, rig.engine.downloaded(), 600_000);
  }

  @Test
  void twoTorrentsShareTheDownloadLimitOfTheirPeer() {
    PeerBudget budget = budget(1 << 30);
    budget.limitDownload(1_000_000, START);
    EngineRig a = leeching(budget, Long.MAX_VALUE);
    EngineRig b = leeching(budget, Long.MAX_VALUE);
    FakePeer one = a.peer(1).hasAll().unchokes();
    FakePeer two = b.peer(2).hasAll().unchokes();
    FakePeer three = b.peer(3).hasAll().unchokes();
    run(20, () -> {
      one.answersAll();
      two.answersAll();
      three.answersAll();
    }, a, b);
    EngineRig.assertNear(20_000_000, a.engine.downloaded() + b.engine.downloaded(), 500_000);
    EngineRig.assertNear(a.engine.downloaded(), b.engine.downloaded(), 500_000);
    // One of them loses its peer: the other gets all of it.
    long before = b.engine.downloaded();
    one.leaves();
    run(10, () -> {
      two.answersAll();
      three.answersAll();
    }, a, b);
    EngineRig.assertNear(10_000_000, b.engine.downloaded() - before, 500_000);
  }

  @Test
  void twoTorrentsShareTheUploadLimitOfTheirPeer() {
    PeerBudget budget = budget(1 << 30);
    budget.limitUpload(1_000_000, START);
    EngineRig[] rigs = new EngineRig[2];
    FakePeer[] peers = new FakePeer[2];
    for (int i = 0; i < 2; i++) {
      rigs[i] = EngineRig.started(s -> {
        s.budget = budget;
        s.held = "1111";
        s.choking = round -> {
          UploadPlan plan = new UploadPlan();
          round.peers().stream().filter(RemotePeer::interested).forEach(plan::serve);
          return plan;
        };
      });
      peers[i] = rigs[i].peer(1).wants();
      rigs[i].seconds(1);
    }
    run(20, () -> {
      for (FakePeer peer : peers) {
        peer.takes(peer.queued);
        peer.requests(1, 0);
      }
    }, rigs);
    long a = rigs[0].engine.uploaded();
    long b = rigs[1].engine.uploaded();
    EngineRig.assertNear(20_000_000, a + b, 600_000);
    EngineRig.assertNear(a, b, 300_000);
  }

  @Test
  void pieceMemoryGoesRoundAmongTorrents() {
    PeerBudget budget = budget(4 * 4 * EngineRig.BLOCK);
    EngineRig a = leeching(budget, Long.MAX_VALUE);
    EngineRig b = leeching(budget, Long.MAX_VALUE);
    FakePeer one = a.peer(1).hasAll().unchokes();
    FakePeer two = b.peer(1).hasAll().unchokes();
    run(20, () -> {
      one.answers(2);
      two.answers(2);
    }, a, b);
    assertTrue(budget.pieceMemoryUsed() <= budget.pieceMemory());
    EngineRig.assertNear(a.engine.downloaded(), b.engine.downloaded(), 20 * 4 * EngineRig.BLOCK);
    assertTrue(a.engine.downloaded() > 1500L * EngineRig.BLOCK);
  }

  @Test
  void memoryHeldByPiecesOfAChokingPeerIsGivenToWhoCanUseIt() {
    PeerBudget budget = budget(2 * 4 * EngineRig.BLOCK);
    EngineRig rig = leeching(budget, Long.MAX_VALUE);
    FakePeer holder = rig.peer(1).has("11").unchokes();
    holder.answers(2).sends(1, 0);
    holder.chokes();
    while (!holder.asked.isEmpty()) {
      holder.rejects();
    }
    rig.forget();
    FakePeer other = rig.peer(2).has("  11").unchokes();
    String took = rig.took();
    assertTrue(took.contains("drop 1\n"), "the one with fewer bytes: " + took);
    assertEquals(2, other.asked.get(0)[0]);
    assertEquals(EngineRig.BLOCK, rig.engine.wasted());
    other.answersAll();
    assertTrue(rig.engine.held().get(2) && rig.engine.held().get(3));
  }

  @Test
  void memoryOfAVanishedPeerServesAnotherTorrent() {
    PeerBudget budget = budget(2 * 4 * EngineRig.BLOCK);
    EngineRig a = leeching(budget, Long.MAX_VALUE);
    EngineRig b = leeching(budget, Long.MAX_VALUE);
    a.peer(1).hasAll().unchokes().answers(6).leaves();
    FakePeer other = b.peer(1).has("111").unchokes();
    run(3, other::answersAll, a, b);
    assertEquals(3, b.engine.held().count());
  }

  @Test
  void memoryOfSnubbingPeersIsGivenUpWhenAnotherPieceIsOnOffer() {
    PeerBudget budget = budget(2 * 4 * EngineRig.BLOCK);
    EngineRig rig = leeching(budget, Long.MAX_VALUE);
    FakePeer snubs = rig.peer(1).has("11").unchokes();
    snubs.answers(1);
    FakePeer other = rig.peer(2).has("  11").unchokes();
    assertEquals(0, other.asked.size());
    rig.seconds(25);
    other.answersAll();
    assertTrue(rig.engine.held().get(2));
    rig.secondsAlive(100, snubs, other);
    other.answersAll();
    assertTrue(rig.engine.held().get(3));
    snubs.answersAll();
    rig.secondsAlive(30, snubs, other);
    snubs.answersAll();
    assertTrue(rig.engine.held().get(0) && rig.engine.held().get(1));
  }

  @Test
  void whoStandsFirstInLineButLosesItsPeersDoesNotBlockTheRest() {
    PeerBudget budget = budget(2 * 4 * EngineRig.BLOCK);
    EngineRig a = leeching(budget, Long.MAX_VALUE);
    EngineRig b = leeching(budget, Long.MAX_VALUE);
    EngineRig c = leeching(budget, Long.MAX_VALUE);
    FakePeer busy = a.peer(1).has("11").unchokes().answers(1);
    FakePeer first = b.peer(1).hasAll().unchokes();
    FakePeer second = c.peer(1).has("11").unchokes();
    assertEquals(0, first.asked.size() + second.asked.size());
    first.leaves();
    run(1, () -> {}, a, b, c);
    busy.answersAll();
    run(3, () -> {
      busy.answersAll();
      second.answersAll();
    }, a, b, c);
    assertEquals(2, c.engine.held().count());
  }

  private static EngineRig seeding(PeerBudget budget, long limit) {
    EngineRig rig = EngineRig.started(s -> {
      s.budget = budget;
      s.pieces = 200;
      s.blocks = 1;
      s.held = "1".repeat(200);
      s.uploadLimit = limit;
    });
    FakePeer peer = rig.peer(1).wants();
    rig.seconds(1);
    for (int i = 0; i < 4; i++) {
      peer.requests(i, 0);
    }
    return rig;
  }

  @Test
  void whoPausesLeavesTheLineOfThoseThatMaySend() {
    PeerBudget budget = budget(1 << 30);
    budget.limitUpload(16384, START);
    EngineRig first = seeding(budget, Long.MAX_VALUE);
    EngineRig second = seeding(budget, Long.MAX_VALUE);
    first.seconds(1);
    second.seconds(1);
    first.does(() -> first.engine.pause(first.now));
    first.seconds(1);
    run(20, () -> {}, first, second);
    assertEquals(4, second.count("block"));
  }

  @Test
  void aTorrentWhoseOwnLimitBindsHoldsUpNoOther() {
    PeerBudget budget = budget(1 << 30);
    budget.limitUpload(8192, START);
    EngineRig slow = seeding(budget, 10);
    EngineRig quick = seeding(budget, Long.MAX_VALUE);
    run(20, () -> {}, slow, quick);
    assertEquals(4, quick.count("block"));
    assertTrue(slow.count("block") < 4);
  }

  @Test
  void leavingGivesEverythingBack() {
    PeerBudget budget = budget(2 * 4 * EngineRig.BLOCK);
    EngineRig a = leeching(budget, Long.MAX_VALUE);
    EngineRig b = leeching(budget, Long.MAX_VALUE);
    a.verifies = false;
    a.peer(1).hasAll().unchokes().answers(4);
    FakePeer waits = b.peer(1).has("1").unchokes();
    assertEquals(0, waits.asked.size());
    a.does(() -> a.engine.leave(a.now));
    b.seconds(1);
    assertEquals(4, waits.asked.size());
    assertEquals(4L * EngineRig.BLOCK, budget.pieceMemoryUsed());
  }
}
