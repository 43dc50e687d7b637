package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.TorrentState;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What users change takes effect at once, and what they look at is so. */
class ChangesTest {
  private static EngineRig seeding(long uploadLimit) {
    return EngineRig.started(s -> {
      s.pieces = 200;
      s.blocks = 1;
      s.held = "1".repeat(200);
      s.uploadLimit = uploadLimit;
      s.choking = round -> {
        UploadPlan plan = new UploadPlan();
        round.peers().stream().filter(RemotePeer::interested).forEach(plan::serve);
        return plan;
      };
    });
  }

  @Test
  void anUploadLimitThatIsLiftedLetsWhatWaitsGoAtOnce() {
    EngineRig rig = seeding(1000);
    FakePeer peer = rig.peer(1).wants();
    rig.seconds(1);
    for (int i = 0; i < 4; i++) {
      peer.requests(i, 0);
    }
    rig.seconds(1);
    long sent = peer.queued;
    assertTrue(sent < 4 * EngineRig.BLOCK, sent + " bytes at 1000 bytes/s");
    rig.does(() -> rig.engine.limitRates(rig.now, Long.MAX_VALUE, Long.MAX_VALUE));
    assertEquals(4 * EngineRig.BLOCK, peer.queued);
  }

  @Test
  void anUploadLimitThatIsSetHoldsFromThenOn() {
    EngineRig rig = seeding(Long.MAX_VALUE);
    FakePeer peer = rig.peer(1).wants();
    rig.seconds(1);
    rig.does(() -> rig.engine.limitRates(rig.now, 20_000, Long.MAX_VALUE));
    long sent = 0;
    for (int s = 0; s < 2000; s++) {
      peer.requests(s % 200, 0);
      sent += peer.queued;
      peer.takes(peer.queued);
      rig.pass(Duration.ofMillis(10));
    }
    EngineRig.assertNear(400_000, sent, 40_000);
  }

  @Test
  void aDownloadLimitThatIsLiftedHasWhatIsWantedAskedForAtOnce() {
    EngineRig rig = EngineRig.started(s -> {
      s.pieces = 100;
      s.downloadLimit = 1000;
    });
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    rig.pass(Duration.ofMillis(200));
    peer.answersAll();
    rig.forget();
    rig.pass(Duration.ofMillis(10));
    assertEquals(0, rig.count("request"));
    rig.does(() -> rig.engine.limitRates(rig.now, Long.MAX_VALUE, Long.MAX_VALUE));
    assertTrue(rig.count("request") > 0);
  }

  @Test
  void aPieceThatBecomesWantedIsAskedForAtOnce() {
    EngineRig rig = EngineRig.started(s -> s.held = "");
    rig.does(() -> rig.engine.setPriorities(rig.now, new byte[] {0, 0, 0, 1}));
    FakePeer peer = rig.peer(1).has("1110").unchokes();
    assertEquals(0, peer.asked.size());
    assertEquals("1 peer connected, no peer has piece 3", rig.engine.explanation(rig.now));
    assertEquals(2 * EngineRig.BLOCK, rig.engine.wantedBytesLeft());
    rig.forget();
    rig.does(() -> rig.engine.setPriorities(rig.now, new byte[] {0, 1, 0, 1}));
    assertEquals(
        "p1 <- interested\nopen 1\np1 <- request 1 0 16384\np1 <- request 1 16384 16384", rig.took());
    assertEquals(4 * EngineRig.BLOCK, rig.engine.wantedBytesLeft());
  }

  @Test
  void completeIsWhatIsWantedNowAndHasBeenReported() {
    EngineRig rig = new EngineRig(s -> s.held = "11");
    rig.engine.start(rig.now);
    assertFalse(rig.engine.isComplete());
    rig.engine.onChecked(rig.now, EngineRig.pieces(4, "11"));
    assertFalse(rig.engine.isComplete());
    rig.does(() -> rig.engine.setPriorities(rig.now, new byte[] {1, 1, 0, 0}));
    assertTrue(rig.engine.isComplete());
    assertTrue(rig.took().endsWith("state SEEDING\ncompleted"));
    rig.does(() -> rig.engine.setPriorities(rig.now, new byte[] {1, 1, 0, 1}));
    assertFalse(rig.engine.isComplete());
    assertEquals("state DOWNLOADING", rig.took());
  }

  @Test
  void wishesOfAPausedTorrentAreComparedWhenItGoesOn() {
    EngineRig rig = EngineRig.started(s -> s.held = "11");
    rig.does(() -> rig.engine.pause(rig.now));
    rig.does(() -> rig.engine.setPriorities(rig.now, new byte[] {1, 1, 0, 0}));
    assertEquals("state PAUSED", rig.took());
    rig.does(() -> rig.engine.resume(rig.now));
    assertEquals("state SEEDING\ncompleted", rig.took());
    assertTrue(rig.engine.isComplete());
  }

  @Test
  void theTimeToSeedBeginsWithTheLastPieceAndEndsWhenMoreIsWanted() {
    EngineRig rig = EngineRig.started(s -> {
      s.held = "111";
      s.seedNanos = 30 * EngineRig.SECOND;
    });
    FakePeer peer = rig.peer(1).hasAll().unchokes();
    rig.seconds(20);
    peer.answersAll();
    assertEquals(TorrentState.SEEDING, rig.engine.state());
    rig.forget();
    rig.seconds(29);
    assertEquals(0, rig.count("seed time over"));
    rig.seconds(2);
    assertEquals("seed time over", rig.took());
  }

  @Test
  void completeFromTheStartIsReportedOnceTheStoreIsChecked() {
    EngineRig rig = new EngineRig(s -> s.held = "1111");
    rig.engine.start(rig.now);
    rig.engine.onChecked(rig.now, EngineRig.pieces(4, "1111"));
    assertEquals("check\nstate SEEDING\ncompleted", rig.took());
  }

  @Test
  void whatARoundShowsIsSo() {
    List<String> rounds = new ArrayList<>();
    EngineRig rig = EngineRig.started(s -> {
      s.held = "1";
      s.uploadLimit = 77_000;
      s.choking = round -> {
        rounds.add(round.number() + " " + round.uploadCapacity() + " " + round.seeding() + " " + round.trigger()
            + " " + (round.random().nextInt(10) < 10));
        return new UploadPlan();
      };
    });
    rig.peer(1).wants();
    rig.secondsAlive(21);
    assertEquals(
        List.of(
            "0 77000 false INTEREST_CHANGED true",
            "1 77000 false PERIODIC true",
            "2 77000 false PERIODIC true"),
        rounds);
  }

  @Test
  void whatPeersSayOfThemselvesCanBeSeen() {
    EngineRig rig = EngineRig.started(s -> s.held = "1");
    FakePeer peer = rig.peer(1).has("0110");
    RemotePeer seen = rig.engine.peers().get(0);
    assertNull(rig.engine.clientOf(seen));
    rig.does(() -> rig.engine.onExtendedHandshake(rig.now, peer.connection, 7, 6999, "Other 1.0"));
    assertEquals("Other 1.0", rig.engine.clientOf(seen));
    assertEquals(0, rig.engine.availability(0));
    assertEquals(1, rig.engine.availability(1));
    peer.leaves();
    assertEquals(0, rig.engine.availability(1));
  }

  @Test
  void afterAReadThatFailedEverybodyIsSentAwayUntilTheStoreIsChecked() {
    EngineRig rig = EngineRig.started(s -> s.held = "11");
    FakePeer one = rig.peer(1).hasAll();
    rig.peer(2);
    rig.forget();
    rig.does(() -> rig.engine.onReadFailed(rig.now, one.connection, 0, 0, EngineRig.BLOCK, "gone"));
    assertEquals(
        "p1 <- reject 0 0 16384\nclose p1: store changed: gone\nclose p2: store changed: gone\nstate CHECKING\ncheck",
        rig.took());
    rig.does(() -> rig.engine.onReadFailed(rig.now, -1, 0, 0, EngineRig.BLOCK, "gone"));
    assertEquals("", rig.took(), "it is being checked already");
  }

  @Test
  void aPeerWithoutTheFastExtensionIsToldOfAFailedReadByTheCloseOnly() {
    EngineRig rig = EngineRig.started(s -> s.held = "11");
    FakePeer plain = rig.plainPeer(1);
    rig.forget();
    rig.does(() -> rig.engine.onReadFailed(rig.now, plain.connection, 0, 0, EngineRig.BLOCK, "gone"));
    assertEquals("close p1: store changed: gone\nstate CHECKING\ncheck", rig.took());
  }
}
