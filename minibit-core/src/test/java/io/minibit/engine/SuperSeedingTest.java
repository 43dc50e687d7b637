package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a super-seed shows to whom, and when it stops hiding. */
class SuperSeedingTest {
  private static EngineRig seeding(int pieces, Consumer<EngineRig.Setup> change) {
    return EngineRig.started(s -> {
      s.pieces = pieces;
      s.blocks = 1;
      s.held = "1".repeat(pieces);
      s.superSeeding = true;
      s.choking = round -> {
        UploadPlan plan = new UploadPlan();
        round.peers().stream().filter(RemotePeer::interested).forEach(plan::serve);
        return plan;
      };
      change.accept(s);
    });
  }

  /** An uplink of one piece a second: it has work as long as one peer has something to fetch. */
  private static EngineRig slow(int pieces) {
    return seeding(pieces, s -> s.uploadLimit = EngineRig.BLOCK);
  }

  /** The pieces that were shown to a peer since the rig was last asked. */
  private static List<Integer> shown(EngineRig rig, FakePeer peer) {
    String have = peer.name + " <- have ";
    return Arrays.stream(rig.took(have).split("\n"))
        .filter(line -> line.matches(have + "[0-9]+"))
        .map(line -> Integer.valueOf(line.substring(have.length())))
        .toList();
  }

  private static int shownTo(EngineRig rig, int n) {
    return only(shown(rig, rig.peer(n).wants()));
  }

  private static int only(List<Integer> pieces) {
    assertEquals(1, pieces.size(), pieces.toString());
    return pieces.get(0);
  }

  @Test
  void pretendsToHaveNothingAndShowsOnePiece() {
    EngineRig rig = slow(4);
    rig.peer(1);
    assertTrue(rig.took().matches("p1 <- have none\np1 <- have [0-3]"));
    rig.plainPeer(2);
    assertTrue(rig.took().matches("p2 <- have [0-3]"));
  }

  @Test
  void showsEachPeerAnotherPiece() {
    EngineRig rig = slow(8);
    assertEquals(8, IntStream.rangeClosed(1, 8).map(n -> shownTo(rig, n)).distinct().count());
    assertEquals("have none", rig.peer(9).wants().rig.took("p9").replace("p9 <- ", ""), "all are on their way");
  }

  @Test
  void showsTheNextPieceWhenAnotherPeerHasGotTheLastOne() {
    EngineRig rig = slow(8);
    FakePeer first = rig.peer(1).wants();
    int piece = only(shown(rig, first));
    FakePeer second = rig.peer(2).wants();
    rig.pass(Duration.ofMillis(200));
    first.requests(piece, 0).takes(EngineRig.BLOCK);
    first.wantsNothing();
    rig.pass(Duration.ofMillis(200));
    assertEquals(List.of(), shown(rig, first), "it has not passed it on, and the other gives us work");
    second.gets(piece);
    int next = only(shown(rig, first));
    assertNotEquals(piece, next);
    first.gets(next);
    assertEquals(List.of(), shown(rig, first), "that it has it itself says nothing");
  }

  @Test
  void refusesWhatItHides() {
    EngineRig rig = slow(4);
    FakePeer peer = rig.peer(1).wants();
    int piece = only(shown(rig, peer));
    rig.pass(Duration.ofMillis(200));
    rig.forget();
    int hidden = (piece + 1) % 4;
    peer.requests(hidden, 0).requests(piece, 0);
    assertEquals("p1 <- reject " + hidden + " 0 16384\np1 <- block " + piece + " 0 16384", rig.took());
  }

  @Test
  void whatAPeerTakesWithItIsShownToTheNext() {
    EngineRig rig = slow(2);
    FakePeer first = rig.peer(1).wants();
    int piece = only(shown(rig, first));
    assertEquals(1 - piece, shownTo(rig, 2));
    first.leaves();
    assertEquals(piece, shownTo(rig, 3));
  }

  @Test
  void aPieceThatIsStuckGoesToAnotherBeforeOneThatHasArrived() {
    EngineRig rig = slow(2);
    FakePeer stuck = rig.peer(1);
    int piece = only(shown(rig, stuck));
    FakePeer quick = rig.peer(2).wants();
    rig.pass(Duration.ofMillis(200));
    quick.requests(1 - piece, 0).takes(EngineRig.BLOCK);
    rig.forget();
    FakePeer third = rig.peer(3).wants();
    rig.seconds(2);
    assertTrue(shown(rig, third).get(0) == piece);
  }

  @Test
  void onePeerAloneGetsEverything() {
    EngineRig rig = seeding(300, s -> {});
    FakePeer peer = rig.peer(1);
    PieceSet got = new PieceSet(300);
    long start = rig.now;
    while (!got.isFull()) {
      for (int piece : shown(rig, peer)) {
        peer.wants();
        rig.pass(Duration.ofMillis(1));
        peer.requests(piece, 0);
        got.set(piece);
      }
      rig.pass(Duration.ofMillis(50));
      peer.takes(peer.queued);
      assertTrue(rig.now - start < 20 * EngineRig.SECOND, "only " + got.count());
    }
  }

  @Test
  void whoWantsNothingOfWhatItSeesIsShownMoreAndMore() {
    EngineRig rig = slow(200);
    FakePeer peer = rig.peer(1);
    int[] counts = new int[5];
    shown(rig, peer);
    for (int i = 0; i < counts.length; i++) {
      rig.pass(Duration.ofMillis(1500));
      counts[i] = shown(rig, peer).size();
    }
    assertTrue(counts[4] > 4 * counts[0] && IntStream.of(counts).sum() < 200, Arrays.toString(counts));
    rig.secondsAlive(60, peer);
    assertEquals(200 - 1 - IntStream.of(counts).sum(), shown(rig, peer).size());
  }

  @Test
  void whoSitsOnWhatItSawDoesNotKeepTheOthersWaiting() {
    EngineRig rig = seeding(50, s -> {});
    FakePeer sits = rig.peer(1).wants();
    FakePeer works = rig.peer(2).wants();
    int piece = only(shown(rig, works));
    rig.seconds(1);
    works.requests(piece, 0).takes(EngineRig.BLOCK);
    works.wantsNothing();
    rig.secondsAlive(10, sits, works);
    assertFalse(shown(rig, works).isEmpty());
  }

  @Test
  void aNewcomerWhoHasPiecesIsShownOneThatItLacks() {
    EngineRig rig = slow(4);
    FakePeer peer = rig.peer(1).has("111 ").wants();
    assertTrue(shown(rig, peer).contains(3));
  }

  @Test
  void itIsOverWhenEveryPieceIsAtTwoOthers() {
    EngineRig rig = slow(4);
    FakePeer a = rig.peer(1).has("11  ");
    FakePeer b = rig.peer(2).has(" 111");
    FakePeer c = rig.peer(3).has("1  1");
    String before = rig.engine.explanation(rig.now);
    assertTrue(before.startsWith("super-seeding to "), before);
    rig.forget();
    a.gets(2);
    for (FakePeer peer : List.of(a, b, c)) {
      peer.wants();
      rig.pass(Duration.ofMillis(200));
      for (int piece = 0; piece < 4; piece++) {
        rig.forget();
        peer.requests(piece, 0);
        rig.seconds(2);
        assertTrue(rig.took().contains(peer.name + " <- block " + piece), "nothing is hidden any more");
        peer.takes(EngineRig.BLOCK);
      }
    }
    rig.peer(4);
    assertEquals("p4 <- have all", rig.took("p4"));
    assertTrue(rig.engine.explanation(rig.now).startsWith("seeding to "));
  }

  @Test
  void otherSeedsCountAlthoughTheyDoNotStay() {
    EngineRig rig = slow(4);
    rig.peer(1).hasAll();
    rig.peer(1).hasAll();
    rig.forget();
    rig.peer(2);
    assertTrue(rig.took("p2").startsWith("p2 <- have none"), "the same seed twice is one");
    rig.peer(3).hasAll();
    rig.peer(4);
    assertEquals("p4 <- have all", rig.took("p4"));
  }

  @Test
  void whoHasOrSeesEverythingIsToldOfTheRest() {
    EngineRig rig = slow(4);
    FakePeer peer = rig.peer(1);
    int piece = only(shown(rig, peer));
    IntStream.range(0, 4).filter(p -> p != piece).forEach(peer::gets);
    assertEquals(3, shown(rig, peer).size(), "else it could not know that both have everything");
  }

  @Test
  void ofALargeTorrentNotEverythingIsToldAtOnce() {
    EngineRig rig = slow(20_000);
    FakePeer peer = rig.peer(1);
    rig.peer(2).hasAll();
    rig.forget();
    rig.peer(3).hasAll();
    int atOnce = shown(rig, peer).size();
    rig.seconds(2);
    int then = shown(rig, peer).size();
    rig.seconds(5);
    assertTrue(atOnce < 5_000 && then < 15_000, atOnce + ", " + then);
    assertEquals(20_000, 1 + atOnce + then + shown(rig, peer).size());
  }

  @Test
  void beginsWhenADownloadIsComplete() {
    EngineRig rig = EngineRig.started(s -> {
      s.superSeeding = true;
      s.blocks = 1;
      s.held = "111 ";
    });
    FakePeer early = rig.peer(1);
    assertEquals("p1 <- bitfield 1110", rig.took());
    rig.peer(2).has("   1").unchokes().answersAll();
    assertEquals(1, shown(rig, early).size());
    rig.peer(3);
    assertTrue(rig.took("p3").startsWith("p3 <- have none\np3 <- have "));
    early.wants();
    rig.pass(Duration.ofMillis(200));
    rig.forget();
    IntStream.range(0, 4).forEach(piece -> early.requests(piece, 0));
    assertEquals(4, rig.count("p1 <- block"), "who was told before can have it");
  }

  @Test
  void withNobodyConnectedItSleeps() {
    EngineRig rig = slow(4);
    rig.peer(1).leaves();
    rig.seconds(90);
    assertFalse(rig.isWakeWanted());
  }
}
