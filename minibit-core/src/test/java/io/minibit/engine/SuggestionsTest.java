package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.strategy.RarestFirst;
import io.minibit.wire.MessageType;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** A seed suggests to everyone it serves something else that nobody has, and a leecher listens to that. */
class SuggestionsTest {
  private static EngineRig seed(int pieces) {
    return EngineRig.started(s -> {
      s.pieces = pieces;
      s.held = "1".repeat(pieces);
    });
  }

  /** The pieces suggested since last time to all peers, none twice, in the order of their text. */
  private static List<String> suggested(EngineRig rig) {
    TreeSet<String> pieces = new TreeSet<>();
    for (String line : rig.took("suggest").lines().toList()) {
      assertTrue(pieces.add(line.substring(line.lastIndexOf(' ') + 1)), line + " a second time");
    }
    return List.copyOf(pieces);
  }

  @Test
  void eachPeerThatIsServedHearsOfTwoPiecesThatNobodyElseHearsOf() {
    EngineRig rig = seed(20);
    for (int n = 1; n <= 5; n++) {
      rig.peer(n).wants();
    }
    rig.seconds(1);
    assertEquals(10, suggested(rig).size());
  }

  @Test
  void whoBeginsAPieceHearsOfAnother() {
    EngineRig rig = seed(20);
    FakePeer peer = rig.peer(1).wants();
    rig.seconds(1);
    int first = Integer.parseInt(suggested(rig).get(0));
    peer.requests(first, 0);
    assertEquals(1, suggested(rig).size());
    peer.requests(first, 1);
    assertEquals(0, suggested(rig).size());
  }

  @Test
  void whatSomebodyHasIsNotSuggested() {
    EngineRig rig = seed(4);
    rig.peer(1).has("1110");
    rig.peer(2).wants();
    rig.seconds(1);
    assertEquals("[3]", suggested(rig).toString());
  }

  @Test
  void whatAChokedPeerDidNotBeginIsSuggestedToAnother() {
    EngineRig rig = seed(2);
    FakePeer first = rig.peer(1).wants();
    rig.seconds(1);
    assertEquals("[0, 1]", suggested(rig).toString());
    first.wantsNothing();
    rig.peer(2).wants();
    rig.seconds(1);
    assertEquals("[0, 1]", suggested(rig).toString());
  }

  @Test
  void aPeerWithoutTheFastExtensionHearsNothing() {
    EngineRig rig = seed(4);
    rig.plainPeer(1).wants();
    rig.seconds(1);
    assertEquals(0, suggested(rig).size());
  }

  @Test
  void aLeecherTakesWhatIsSuggestedIfItIsAsRareAsAnything() {
    EngineRig rig = EngineRig.started(s -> {
      s.pieces = 50;
      s.selection = new RarestFirst();
    });
    FakePeer peer = rig.peer(1).hasAll();
    peer.says(MessageType.SUGGEST, 37, 0, 0).says(MessageType.SUGGEST, -1, 0, 0).says(MessageType.SUGGEST, 50, 0, 0);
    peer.unchokes();
    assertTrue(rig.took("request").startsWith("p1 <- request 37 0"), "takes piece 37 first");
  }
}
