package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.minibit.model.PeerAddress;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** One sentence says what is going on and, if nothing moves, why. */
class ExplanationTest {
  private EngineRig rig = EngineRig.started(s -> {});

  private void is(String sentence) {
    assertEquals(sentence, rig.engine.explanation(rig.now));
  }

  private void begin(Consumer<EngineRig.Setup> change) {
    rig = EngineRig.started(change);
  }

  private void finds(String... addresses) {
    List<PeerAddress> found = List.of(addresses).stream().map(EngineRig::address).toList();
    rig.does(() -> rig.engine.onPeersFound(rig.now, found, false));
    rig.seconds(1);
  }

  @Test
  void whomItTriesToReach() {
    is("no peers known and no tracker to ask");
    finds("10.0.0.1:1");
    is("connecting to 1 peer");
    finds("10.0.0.2:1");
    is("connecting to 2 peers");
    rig.does(() -> rig.engine.onDialFailed(rig.now, EngineRig.address("10.0.0.1:1"), "refused"));
    rig.does(() -> rig.engine.onDialFailed(rig.now, EngineRig.address("10.0.0.2:1"), "no route"));
    is("no peer can be reached: 10.0.0.2:1: no route");
  }

  @Test
  void whatTheTrackerHasToDoWithIt() {
    begin(s -> s.tracker = true);
    is("asking the tracker for peers");
    rig.does(() -> rig.engine.onAnnounced(rig.now, -1, -1, List.of()));
    is("the tracker knows no other peers");
    rig.seconds(3600);
    rig.does(() -> rig.engine.onAnnounceFailed(rig.now, "on fire"));
    is("no peers known, no tracker answered: on fire");
    finds("10.0.0.1:1");
    rig.does(() -> rig.engine.onDialFailed(rig.now, EngineRig.address("10.0.0.1:1"), "refused"));
    is("no peer can be reached: 10.0.0.1:1: refused; no tracker answered: on fire");
  }

  @Test
  void severalTrackersSayForThemselvesThatNoneAnswered() {
    begin(s -> s.tracker = true);
    rig.does(() -> rig.engine.onAnnounceFailed(rig.now, "no tracker answered: one; two"));
    is("no peers known, no tracker answered: one; two");
  }

  @Test
  void thatPeersAreKnownAndWillBeTriedAgain() {
    finds("10.0.0.1:1");
    FakePeer peer = new FakePeer(rig, "p1", 1, true).connects("10.0.0.1:1", false);
    peer.leaves();
    is("nobody connected, 1 known, to be tried again");
  }

  @Test
  void whichPiecesNobodyHas() {
    rig.peer(1);
    is("1 peer connected, no peer has pieces 0, 1, 2 and 1 more");
    begin(s -> s.pieces = 30);
    rig.peer(1);
    rig.peer(2);
    is("2 peers connected, no peer has pieces 0, 1, 2 and 27 more");
    begin(s -> s.held = "1011");
    rig.peer(1);
    is("1 peer connected, no peer has piece 1");
    begin(s -> {
      s.pieces = 5;
      s.held = "11";
    });
    rig.peer(1);
    is("1 peer connected, no peer has pieces 2, 3, 4");
  }

  @Test
  void whoChokesUs() {
    rig.peer(1).hasAll();
    is("1 peer connected, which chokes us");
    rig.peer(2).hasAll();
    is("2 peers connected, all choke us");
    rig.peer(3);
    is("3 peers connected, the 2 with pieces that we lack choke us");
  }

  @Test
  void whoServesUsAndWhetherAnythingComes() {
    FakePeer one = rig.peer(1).hasAll().unchokes();
    rig.peer(2).hasAll();
    is("waiting for the first blocks from 1 of 2 peers connected");
    rig.seconds(30);
    is("1 peer serves us, but nothing has come for 20 s");
    FakePeer three = rig.peer(3).hasAll().unchokes();
    is("waiting for the first blocks from 2 of 3 peers connected");
    rig.seconds(21);
    is("2 peers serve us, but nothing has come for 20 s");
    three.answers(1);
    is("downloading from 2 of 3 peers connected");
    one.answers(1);
    is("downloading from 2 of 3 peers connected");
  }

  @Test
  void thatPieceMemoryIsShort() {
    begin(s -> s.memory = 1);
    rig.peer(1).hasAll().unchokes();
    rig.seconds(1);
    is("waiting for piece memory, which begun pieces hold");
  }

  @Test
  void whomASeedServes() {
    begin(s -> {
      s.held = "1111";
      s.choking = round -> {
        UploadPlan plan = new UploadPlan();
        round.peers().stream().filter(RemotePeer::interested).limit(1).forEach(plan::serve);
        return plan;
      };
    });
    is("seeding, nobody connected");
    rig.peer(1).wants();
    rig.peer(2).wants();
    rig.peer(3);
    rig.seconds(1);
    is("seeding to 1 of 2 interested peers, 3 peers connected");
  }

  @Test
  void whatStateItIsIn() {
    rig = new EngineRig(s -> {});
    rig.engine.start(rig.now);
    is("checking what is already there");
    rig.engine.onCheckFailed(rig.now, "not mounted");
    is("cannot check: not mounted");
    rig = EngineRig.started(s -> {});
    rig.engine.pause(rig.now);
    is("paused");
    rig.engine.leave(rig.now);
    is("left");
  }
}
