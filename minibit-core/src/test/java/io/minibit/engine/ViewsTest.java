package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;
import io.minibit.wire.MessageType;
import org.junit.jupiter.api.Test;

/** What strategies and users see of a peer is what it said and did. */
class ViewsTest {
  private final EngineRig rig = EngineRig.started(s -> {
    s.pieces = 8;
    s.blocks = 8;
    s.held = "1111";
    s.choking = round -> {
      UploadPlan plan = new UploadPlan();
      round.peers().stream().filter(RemotePeer::interested).forEach(plan::serve);
      return plan;
    };
  });

  private RemotePeer view() {
    return rig.engine.peers().get(rig.engine.peers().size() - 1);
  }

  @Test
  void whatItHasAndWhatOfThatWeLack() {
    FakePeer peer = rig.peer(1);
    RemotePeer view = view();
    assertEquals(0, view.pieces());
    assertFalse(view.interesting());
    peer.has("11000000");
    assertEquals(2, view.pieces());
    assertEquals(0, view.wantedPieces());
    assertFalse(view.interesting());
    peer.gets(4).gets(4);
    assertEquals(3, view.pieces());
    assertEquals(1, view.wantedPieces());
    assertTrue(view.interesting());
    assertFalse(view.seed());
    peer.hasAll();
    assertEquals(8, view.pieces());
    assertEquals(4, view.wantedPieces());
    assertTrue(view.seed());
    peer.gets(5);
    assertEquals(8, view.pieces());
  }

  @Test
  void aSecondBitfieldAddsToTheFirst() {
    FakePeer peer = rig.peer(1).has("10001000");
    peer.has("00000100");
    assertEquals(3, view().pieces());
    assertEquals(1, rig.engine.availability(0));
    assertEquals(1, rig.engine.availability(4));
    peer.has("01110011");
    assertTrue(view().seed());
    assertEquals(1, rig.engine.availability(0), "it counts once");
  }

  @Test
  void howRareTheWantedPiecesAreThatItHas() {
    rig.peer(1).has("00001111");
    rig.peer(2).has("00001100");
    RemotePeer common = view();
    rig.peer(3).has("00000010");
    RemotePeer rare = view();
    assertTrue(common.rarity() > 0);
    rig.peer(4).has("11110000");
    assertEquals(0, view().rarity());
    assertEquals(2 * rare.rarity(), common.rarity(), 1e-9, "two pieces, each as rare as that one");
  }

  @Test
  void whoServesWhomAndSinceWhen() {
    FakePeer peer = rig.peer(1).hasAll();
    RemotePeer view = view();
    long came = rig.now;
    assertFalse(view.unchokesUs());
    assertFalse(view.served());
    rig.seconds(3);
    peer.unchokes();
    assertTrue(view.unchokesUs());
    assertEquals(came + 3 * EngineRig.SECOND, view.servesUsSince());
    rig.seconds(2);
    peer.unchokes();
    assertEquals(came + 3 * EngineRig.SECOND, view.servesUsSince(), "said again, it changes nothing");
    peer.chokes();
    assertEquals(came + 5 * EngineRig.SECOND, view.servesUsSince());
    assertFalse(view.unchokesUs());
    peer.wants();
    assertTrue(view.interested());
    rig.seconds(1);
    assertTrue(view.served());
    assertEquals(came + 5 * EngineRig.SECOND, view.servedSince());
    assertEquals(5 * EngineRig.SECOND, view.connectedFor(), "as of the last event");
  }

  @Test
  void whatWentBothWays() {
    FakePeer peer = rig.peer(1).hasAll().wants().unchokes();
    RemotePeer view = view();
    rig.seconds(1);
    peer.requests(0, 0);
    peer.takes(EngineRig.BLOCK);
    assertEquals(EngineRig.BLOCK, view.uploaded());
    assertEquals(EngineRig.BLOCK, rig.engine.uploaded());
    int asked = view.outstanding();
    assertEquals(peer.asked.size(), asked);
    peer.answers(1);
    assertEquals(EngineRig.BLOCK, view.downloaded());
    assertEquals(EngineRig.BLOCK, rig.engine.downloaded());
    assertTrue(view.downloadRate() > 0 && view.uploadRate() > 0);
  }

  @Test
  void aPieceIsServedInPartFromItsFirstQuarterToItsLastBlock() {
    FakePeer peer = rig.peer(1).wants();
    RemotePeer view = view();
    rig.seconds(1);
    assertFalse(view.servedInPart());
    for (int block = 0; block < 8; block++) {
      peer.requests(0, block);
      peer.takes(EngineRig.BLOCK);
      boolean inPart = block >= 1 && block < 7;
      assertEquals(inPart, view.servedInPart(), "after block " + block);
    }
    peer.requests(1, 0);
    peer.takes(EngineRig.BLOCK);
    assertFalse(view.servedInPart(), "the next piece");
    peer.requests(1, 1);
    peer.takes(EngineRig.BLOCK);
    assertTrue(view.servedInPart());
    peer.wantsNothing();
    rig.seconds(1);
    assertFalse(view.servedInPart(), "not served any more");
  }

  @Test
  void itsNameIsItsAddressAndId() {
    rig.peer(1);
    assertTrue(view().toString().startsWith("10.0.0.1:40001 ("), view().toString());
  }

  @Test
  void aPeerThatUnchokedBeforeItSaidWhatItHasIsAskedAtOnce() {
    FakePeer peer = rig.peer(1).unchokes();
    rig.forget();
    peer.has("00001000");
    assertTrue(peer.asked.size() > 0);
    FakePeer other = rig.peer(2).unchokes();
    other.says(MessageType.HAVE, 6, 0, 0);
    assertTrue(other.asked.size() > 0);
  }

  @Test
  void aPeerThatGetsTheLastPieceIsOfNoUseToASeed() {
    EngineRig seed = EngineRig.started(s -> s.held = "1111");
    FakePeer peer = seed.peer(1).has("1110");
    assertTrue(peer.open);
    peer.gets(3);
    assertFalse(peer.open);
  }
}
