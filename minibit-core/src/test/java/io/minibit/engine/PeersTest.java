package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.PeerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whom the engine dials, keeps, bans, and when it announces itself. */
class PeersTest {
  private static List<PeerAddress> addresses(String... texts) {
    return Arrays.stream(texts).map(EngineRig::address).toList();
  }

  private static EngineRig rig() {
    return EngineRig.started(s -> {});
  }

  private static void finds(EngineRig rig, boolean byUser, String... texts) {
    rig.does(() -> rig.engine.onPeersFound(rig.now, addresses(texts), byUser));
  }

  private static void fails(EngineRig rig, String address) {
    rig.does(() -> rig.engine.onDialFailed(rig.now, EngineRig.address(address), "refused"));
  }

  @Test
  void neverDialsPortZeroOrItself() {
    EngineRig rig = rig();
    finds(rig, false, "10.0.0.5:0", "10.0.0.100:6881", "10.0.0.100:6882");
    rig.seconds(1);
    assertEquals("dial 10.0.0.100:6882", rig.took());
  }

  @Test
  void aFailedDialIsRepeatedLaterAndLater() {
    EngineRig rig = rig();
    finds(rig, false, "10.0.0.5:1");
    List<Long> waits = new ArrayList<>();
    long last = rig.now;
    for (int i = 0; i < 12; i++) {
      while (rig.count("dial") == 0) {
        rig.seconds(1);
      }
      waits.add((rig.now - last) / EngineRig.SECOND);
      last = rig.now;
      rig.forget();
      fails(rig, "10.0.0.5:1");
    }
    for (int i = 2; i < waits.size(); i++) {
      assertTrue(waits.get(i) >= Math.min(600, waits.get(i - 1) * 3 / 2) && waits.get(i) <= 700, waits.toString());
    }
  }

  @Test
  void dialsOfAllTorrentsTogetherAreSpacedAndInTurn() {
    PeerBudget budget = new PeerBudget(1 << 30, 1000, 30, 1000 * EngineRig.SECOND);
    EngineRig a = EngineRig.started(s -> s.budget = budget);
    EngineRig b = EngineRig.started(s -> s.budget = budget);
    String[] many = IntStream.range(0, 200).mapToObj(i -> "10.1.0." + i + ":1").toArray(String[]::new);
    finds(a, false, many);
    finds(b, false, many);
    for (int ms = 0; ms < 2000; ms += 5) {
      a.pass(Duration.ofMillis(5));
      b.pass(Duration.ofMillis(5));
    }
    EngineRig.assertNear(60, a.count("dial") + b.count("dial"), 2);
    EngineRig.assertNear(a.count("dial"), b.count("dial"), 2);
  }

  @Test
  void remembersNoMoreEndpointsThanAllowed() {
    EngineRig rig = EngineRig.started(s -> s.limits = s.limits.with(l -> l.maxKnownPeers = 10));
    finds(rig, false, IntStream.range(0, 50).mapToObj(i -> "10.1.0." + i + ":1").toArray(String[]::new));
    rig.seconds(10);
    assertEquals(10, rig.count("dial"));
    fails(rig, "10.1.0.3:1");
    finds(rig, true, "10.9.0.1:1");
    rig.seconds(1);
    assertTrue(rig.took().endsWith("dial 10.9.0.1:1"));
  }

  @Test
  void whomTheUserNamesIsDialedThoughAllThatIsKnownIsBeingDialed() {
    EngineRig rig = EngineRig.started(s -> s.limits = s.limits.with(l -> l.maxKnownPeers = 3));
    finds(rig, false, "10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1");
    rig.seconds(1);
    rig.forget();
    finds(rig, true, "10.9.0.1:1");
    rig.seconds(1);
    assertEquals("dial 10.9.0.1:1", rig.took());
    for (int n = 1; n <= 3; n++) {
      fails(rig, "10.0.0." + n + ":1");
    }
    rig.seconds(10);
    assertEquals("dial 10.0.0.2:1\ndial 10.0.0.3:1", sorted(rig.took("dial")), "the first made room");
  }

  private static String sorted(String lines) {
    return lines.lines().sorted().collect(Collectors.joining("\n"));
  }

  @Test
  void whomTheUserNamesIsDialedBeforeThoseThatATrackerNamed() {
    EngineRig rig = rig();
    finds(rig, false, IntStream.range(0, 50).mapToObj(i -> "10.1.0." + i + ":1").toArray(String[]::new));
    finds(rig, true, "10.9.0.1:1");
    rig.pass(Duration.ofMillis(200));
    assertEquals(1, rig.count("dial 10.9.0.1:1"));
  }

  @Test
  void forWhomTheUserNamesNoConnectedPeerIsForgottenAndTheUserIsTold() {
    EngineRig rig = EngineRig.started(s -> s.limits = s.limits.with(l -> l.maxKnownPeers = 2));
    finds(rig, false, "10.0.0.1:1");
    finds(rig, true, "10.0.0.2:1");
    rig.seconds(1);
    FakePeer peer = new FakePeer(rig, "p1", 1, true).connects("10.0.0.1:1", false);
    rig.forget();
    finds(rig, true, "10.9.0.1:1");
    String why = "10.9.0.1:1: not dialed, no room for it beside 2 known peers";
    assertEquals("dropped " + why, rig.took());
    peer.leaves();
    fails(rig, "10.0.0.2:1");
    finds(rig, true, "10.9.0.2:1");
    rig.seconds(1);
    assertEquals(1, rig.count("dial 10.9.0.2:1"), "there is room now");
  }

  @Test
  void aConnectionToItselfIsClosedAndNotRepeated() {
    EngineRig rig = rig();
    finds(rig, false, "10.0.0.5:1");
    rig.seconds(1);
    FakePeer self = new FakePeer(rig, "self", 500, true).connects("10.0.0.5:1", false);
    assertFalse(self.open);
    assertTrue(rig.took().endsWith("close self: connected to ourselves"));
    rig.seconds(2000);
    assertEquals("", rig.took());
  }

  @Test
  void anAddressThatLedToItselfIsNotBelievedAgain() {
    EngineRig rig = rig();
    finds(rig, false, "198.51.100.7:6881");
    rig.seconds(1);
    new FakePeer(rig, "self", 500, true).connects("198.51.100.7:6881", false);
    rig.forget();
    finds(rig, false, "198.51.100.7:6881", "198.51.100.7:6882");
    rig.seconds(1);
    assertEquals("dial 198.51.100.7:6882", rig.took(), "another peer behind the same router");
  }

  @Test
  void dialsNobodyAtAnAddressThatNoMachineHas() {
    EngineRig rig = rig();
    String[] nobodys = {"0.0.0.0:1", "0.1.2.3:1", "224.0.0.251:5353", "239.255.255.250:1900", "240.0.0.1:1",
        "255.255.255.255:1", ":::1", "ff02::1:1", "::ffff:255.255.255.255:1"};
    finds(rig, false, nobodys);
    rig.seconds(10);
    assertEquals("", rig.took());
    finds(rig, true, "0.0.0.0:1");
    rig.seconds(1);
    assertEquals("dial 0.0.0.0:1", rig.took(), "a user may mean this machine");
  }

  @Test
  void whereDialsSucceedThereMayBeAnyNumberOfPeers() {
    EngineRig rig = rig();
    for (int n = 1; n <= 80; n++) {
      finds(rig, false, "10.0.0.5:" + n);
      while (rig.dials.isEmpty()) {
        rig.pass(Duration.ofMillis(10));
      }
      rig.dials.remove();
      new FakePeer(rig, "p" + n, n, true).connects("10.0.0.5:" + n, false);
    }
    assertTrue(rig.now < rig.setup.start + 5 * EngineRig.SECOND);
  }

  @Test
  void ofTwoConnectionsInOppositeDirectionsBothSidesKeepTheSame() {
    for (int other : new int[] {400, 600}) {
      for (boolean outgoingFirst : new boolean[] {true, false}) {
        EngineRig rig = rig();
        FakePeer first = new FakePeer(rig, "first", other, true).connects("10.0.0.5:1", !outgoingFirst, other);
        FakePeer second = new FakePeer(rig, "second", other, true).connects("10.0.0.5:1", outgoingFirst, other);
        FakePeer incoming = outgoingFirst ? second : first;
        // Ours is 500. The one that the larger id dialed stays.
        assertEquals(other > 500, incoming.open);
        assertTrue(first.open != second.open);
        assertEquals(1, rig.engine.peers().size());
      }
    }
  }

  @Test
  void aSecondConnectionInTheSameDirectionIsRefused() {
    EngineRig rig = rig();
    FakePeer first = new FakePeer(rig, "first", 5, true).connects("10.0.0.5:1", true);
    FakePeer second = new FakePeer(rig, "second", 5, true).connects("10.0.0.5:2", true);
    assertTrue(first.open);
    assertFalse(second.open);
  }

  /** Seconds until it is dialed again. */
  private static int untilDialed(EngineRig rig) {
    rig.forget();
    for (int s = 1; s <= 2000; s++) {
      rig.seconds(1);
      if (rig.count("dial") > 0) {
        return s;
      }
    }
    return Integer.MAX_VALUE;
  }

  @Test
  void whoWasOfNoUseIsDialedLaterAndLaterAndWhoWasOfUseSoon() {
    EngineRig rig = EngineRig.started(s -> s.pieces = 100);
    finds(rig, false, "10.0.0.5:1");
    rig.seconds(1);
    for (int wait : new int[] {10, 20, 40, 80}) {
      FakePeer peer = new FakePeer(rig, "p5", 5, true).connects("10.0.0.5:1", false);
      peer.leaves();
      EngineRig.assertNear(wait, untilDialed(rig), 2);
    }
    FakePeer useful = new FakePeer(rig, "p5", 5, true).connects("10.0.0.5:1", false);
    useful.hasAll().unchokes().answers(1).leaves();
    EngineRig.assertNear(10, untilDialed(rig), 2);
  }

  @Test
  void whomTheUserNamedIsDialedAgainAfterTwoSeconds() {
    EngineRig rig = rig();
    finds(rig, true, "10.0.0.5:1");
    rig.seconds(1);
    FakePeer peer = new FakePeer(rig, "p5", 5, true).connects("10.0.0.5:1", false);
    peer.leaves();
    EngineRig.assertNear(2, untilDialed(rig), 1);
    fails(rig, "10.0.0.5:1");
    rig.forget();
    finds(rig, true, "10.0.0.5:1");
    rig.pass(Duration.ofMillis(100));
    assertEquals("dial 10.0.0.5:1", rig.took(), "at once when it is named again");
  }

  @Test
  void aSeedIsNotDialedByASeed() {
    EngineRig rig = EngineRig.started(s -> s.held = "1111");
    finds(rig, false, "10.0.0.5:1");
    rig.seconds(1);
    FakePeer peer = new FakePeer(rig, "p5", 5, true).connects("10.0.0.5:1", false);
    peer.hasAll();
    assertFalse(peer.open);
    assertEquals(Integer.MAX_VALUE, untilDialed(rig));
  }

  @Test
  void whatFailedMostMakesRoomForWhatIsNew() {
    EngineRig rig = EngineRig.started(s -> s.limits = s.limits.with(l -> l.maxKnownPeers = 3));
    finds(rig, false, "10.0.0.1:1", "10.0.0.2:1", "10.0.0.3:1");
    rig.seconds(1);
    fails(rig, "10.0.0.1:1");
    fails(rig, "10.0.0.2:1");
    fails(rig, "10.0.0.3:1");
    while (rig.count("dial 10.0.0.2:1") < 2) {
      rig.seconds(1);
    }
    fails(rig, "10.0.0.2:1");
    rig.forget();
    finds(rig, false, "10.0.0.4:1");
    rig.seconds(300);
    assertEquals(0, rig.count("dial 10.0.0.2:1"));
    assertEquals(1, rig.count("dial 10.0.0.4:1"));
  }

  @Test
  void whereAnIncomingPeerListensIsKnownWhenItSaysSoAndDialedWhenItIsGone() {
    EngineRig rig = rig();
    FakePeer peer = new FakePeer(rig, "p5", 5, true).connects("10.0.0.5:40005", true);
    rig.does(() -> rig.engine.onExtendedHandshake(rig.now, peer.connection, 0, 0, null));
    rig.does(() -> rig.engine.onExtendedHandshake(rig.now, peer.connection, 250, 6999, "Other 1.0"));
    rig.does(() -> rig.engine.onExtendedHandshake(rig.now, peer.connection, 0, 7000, null));
    finds(rig, false, "10.0.0.5:6999");
    rig.seconds(5);
    assertEquals("", rig.took("dial"), "it is connected");
    peer.leaves();
    rig.seconds(60);
    assertEquals("dial 10.0.0.5:6999", rig.took("dial"));
  }

  @Test
  void whatADialedPeerSaysOfItsPortIsNotBelieved() {
    EngineRig rig = rig();
    FakePeer peer = new FakePeer(rig, "p5", 5, true).connects("10.0.0.5:1", false);
    rig.does(() -> rig.engine.onExtendedHandshake(rig.now, peer.connection, 0, 6999, null));
    rig.seconds(5);
    peer.leaves();
    rig.seconds(60);
    assertEquals("dial 10.0.0.5:1", rig.took("dial"));
  }

  @Test
  void whoComesWhileNothingIsTradedIsRefusedAndDialedLater() {
    EngineRig rig = rig();
    rig.does(() -> rig.engine.pause(rig.now));
    rig.forget();
    FakePeer incoming = new FakePeer(rig, "in", 5, true).connects("10.0.0.5:40005", true);
    FakePeer outgoing = new FakePeer(rig, "out", 6, true).connects("10.0.0.6:1", false);
    assertFalse(incoming.open || outgoing.open);
    assertEquals("close in: not trading\nclose out: not trading", rig.took());
    rig.does(() -> rig.engine.resume(rig.now));
    rig.seconds(60);
    assertEquals("dial 10.0.0.6:1", rig.took("dial"));
  }

  @Test
  void aBannedPeerIsRefusedAndForgotten() {
    EngineRig rig = rig();
    FakePeer bad = new FakePeer(rig, "bad", 5, true).connects("10.0.0.5:1", false);
    bad.hasAll().unchokes();
    bad.sendsRubbish().sendsRubbish();
    assertFalse(bad.open);
    rig.forget();
    FakePeer again = new FakePeer(rig, "again", 5, true).connects("10.0.0.5:40005", true);
    assertEquals("close again: banned", rig.took());
    assertFalse(again.open);
    rig.seconds(4000);
    assertEquals("", rig.took("dial"));
  }

  @Test
  void aSecondConnectionTellsWhereTheFirstOneListens() {
    EngineRig rig = rig();
    FakePeer first = new FakePeer(rig, "first", 600, true).connects("10.0.0.5:40005", true);
    FakePeer second = new FakePeer(rig, "second", 600, true).connects("10.0.0.5:1", false);
    assertTrue(first.open);
    assertEquals("close second: connected already", rig.took("close"));
    assertFalse(second.open);
    first.leaves();
    rig.seconds(60);
    assertEquals("dial 10.0.0.5:1", rig.took("dial"));
  }

  @Test
  void aPeerThatWentAwayIsDialedAgain() {
    EngineRig rig = rig();
    finds(rig, false, "10.0.0.5:1");
    rig.seconds(1);
    FakePeer peer = new FakePeer(rig, "p5", 5, true).connects("10.0.0.5:1", false);
    rig.forget();
    peer.leaves();
    rig.seconds(9);
    assertEquals("", rig.took());
    rig.seconds(3);
    assertEquals("dial 10.0.0.5:1", rig.took());
  }

  @Test
  void whoSentAWholePieceOfRubbishIsBannedAtOnce() {
    EngineRig rig = rig();
    FakePeer bad = new FakePeer(rig, "p5", 5, true).connects("10.0.0.5:1", false).hasAll().unchokes();
    rig.forget();
    bad.answers(1).sendsRubbish();
    assertFalse(bad.open);
    assertTrue(rig.took().contains("banned 10.0.0.5:1: sent corrupt piece 0"));
    assertFalse(new FakePeer(rig, "again", 5, true).connects("10.0.0.6:9", true).open, "by peer-id");
    assertFalse(new FakePeer(rig, "again", 6, true).connects("10.0.0.5:1", false).open, "by endpoint");
    assertTrue(new FakePeer(rig, "neighbour", 7, true).connects("10.0.0.5:2", true).open);
    finds(rig, true, "10.0.0.5:1");
    rig.seconds(5);
    assertEquals(0, rig.count("dial"));
  }

  @Test
  void aWholeHostIsBannedAfterThreeOffendersButNeverLoopback() {
    for (String host : new String[] {"10.0.0.5", "127.0.0.1"}) {
      EngineRig rig = EngineRig.started(s -> s.blocks = 1);
      for (int n = 1; n <= 3; n++) {
        FakePeer bad = new FakePeer(rig, "bad" + n, n, true).connects(host + ":" + n, true).hasAll().unchokes();
        bad.sendsRubbish();
        assertFalse(bad.open);
      }
      assertEquals(host.startsWith("127"), new FakePeer(rig, "fourth", 4, true).connects(host + ":4", true).open);
    }
  }

  @Test
  void anotherEndpointOfAPeerThatGoesOnByOurDialIsForgotten() {
    EngineRig rig = rig();
    FakePeer incoming = new FakePeer(rig, "p5", 5, true).connects("10.0.0.5:40005", true);
    rig.does(() -> rig.engine.onExtendedHandshake(rig.now, incoming.connection, 250, 7777, null));
    FakePeer dialed = new FakePeer(rig, "p5", 5, true).connects("10.0.0.5:1", false);
    assertTrue(dialed.open && !incoming.open);
    new EngineAudit(rig.engine).check(false);
  }

  @Test
  void whoSharesABannedHostIsClosedToo() {
    EngineRig rig = EngineRig.started(s -> s.blocks = 1);
    FakePeer neighbour = new FakePeer(rig, "neighbour", 9, true).connects("10.0.0.5:9", true).hasAll();
    FakePeer elsewhere = new FakePeer(rig, "elsewhere", 8, true).connects("10.0.0.6:9", true).hasAll();
    for (int n = 1; n <= 3; n++) {
      assertTrue(neighbour.open);
      new FakePeer(rig, "bad" + n, n, true).connects("10.0.0.5:" + n, true).hasAll().unchokes().sendsRubbish();
    }
    assertFalse(neighbour.open);
    assertTrue(elsewhere.open);
  }

  @Test
  void ofSeveralSendersTheDigestsTellWhoItWas() {
    EngineRig rig = EngineRig.started(s -> {
      s.pieces = 1;
      s.blocks = 8;
    });
    FakePeer honest = rig.peer(1).hasAll().unchokes();
    FakePeer bad = rig.peer(2).hasAll().unchokes();
    assertEquals(4, honest.asked.size());
    assertEquals(4, bad.asked.size());
    bad.sendsRubbish().answers(3);
    honest.answers(4);
    assertTrue(bad.open);
    assertTrue(rig.took().contains("corrupt 0"));
    // Now it is fetched from one of them alone.
    assertTrue(honest.asked.isEmpty() != bad.asked.isEmpty());
    for (int i = 0; i < 3 && !rig.engine.held().get(0); i++) {
      (honest.asked.isEmpty() ? bad : honest).answersAll();
    }
    assertTrue(rig.engine.isComplete());
    String took = rig.took();
    assertTrue(took.contains("verify 0 suspect"));
    assertTrue(took.contains("banned 10.0.0.2:40002: sent a corrupt block of piece 0"));
    assertFalse(took.contains("banned 10.0.0.1"));
  }

  @Test
  void aSuspectPieceMovesOnWhenItsOnlySourceChokes() {
    EngineRig rig = EngineRig.started(s -> {
      s.pieces = 1;
      s.blocks = 8;
    });
    FakePeer a = rig.peer(1).hasAll().unchokes();
    FakePeer b = rig.peer(2).hasAll().unchokes();
    a.sendsRubbish().answers(3);
    b.answers(4);
    FakePeer source = a.asked.isEmpty() ? b : a;
    FakePeer other = source == a ? b : a;
    source.answers(2).chokes();
    while (!source.asked.isEmpty()) {
      source.rejects();
    }
    assertFalse(other.asked.isEmpty());
    other.answersAll();
    assertTrue(rig.engine.isComplete());
  }

  @Test
  void announcesStartedRegularCompletedAndStopped() {
    EngineRig rig = EngineRig.started(s -> {
      s.pieces = 1;
      s.tracker = true;
      s.blocks = 1;
      s.limits = s.limits.with(l -> l.dialTarget = 1); // one peer is enough
    });
    assertEquals("", rig.took("nothing"));
    rig.does(() -> rig.engine.onAnnounced(rig.now, 100 * EngineRig.SECOND, -1, List.of()));
    FakePeer peer = rig.peer(1);
    rig.forget();
    rig.secondsAlive(99, peer);
    assertEquals("", rig.took("announce"));
    rig.secondsAlive(2, peer);
    assertEquals("announce REGULAR left=16384 without asking for peers", rig.took("announce"));
    rig.does(() -> rig.engine.onAnnounced(rig.now, EngineRig.SECOND, -1, List.of()));
    rig.secondsAlive(59, peer);
    assertEquals("", rig.took("announce"), "never closer than a minute");
    peer.hasAll().unchokes().answersAll();
    assertEquals("announce COMPLETED left=0", rig.took("announce"));
    rig.does(() -> rig.engine.onAnnounced(rig.now, Long.MAX_VALUE / 4, -1, List.of()));
    rig.seconds(4 * 3600 + 1);
    assertEquals("announce REGULAR left=0", rig.took("announce"), "at least every four hours");
    rig.does(() -> rig.engine.leave(rig.now));
    assertEquals("announce STOPPED left=0", rig.took("announce"));
  }

  @Test
  void dialsUpToItsTargetAndLeavesTheRestToOthers() {
    EngineRig rig = EngineRig.started(s -> s.limits = s.limits.with(l -> l.dialTarget = 10));
    finds(rig, false, IntStream.range(0, 50).mapToObj(i -> "10.1.0." + i + ":1").toArray(String[]::new));
    rig.seconds(5);
    assertEquals(10, rig.count("dial"));
    rig.forget();
    FakePeer[] peers = new FakePeer[13];
    for (int n = 0; n < 10; n++) {
      peers[n] = new FakePeer(rig, "p" + n, n, true).connects("10.1.0." + n + ":1", false);
    }
    for (int n = 10; n < 13; n++) {
      peers[n] = rig.peer(n);
      assertTrue(peers[n].open, "who dials us is welcome");
    }
    rig.seconds(5);
    assertEquals(0, rig.count("dial"));
    finds(rig, true, "10.9.0.1:1");
    rig.seconds(1);
    assertEquals("dial 10.9.0.1:1", rig.took("dial"), "whom the user names is dialed in any case");
    for (int n = 0; n < 5; n++) {
      peers[n].leaves();
    }
    rig.seconds(1);
    assertEquals(1, rig.count("dial"), "8 connected, 1 being dialed");
  }

  @Test
  void theTargetIsHalfOfTheConnectionsUnlessItIsNamed() {
    EngineRig rig = EngineRig.started(s -> s.limits = s.limits.with(l -> l.maxConnections = 9));
    finds(rig, false, IntStream.range(0, 50).mapToObj(i -> "10.1.0." + i + ":1").toArray(String[]::new));
    rig.seconds(5);
    assertEquals(5, rig.count("dial"));
  }

  @Test
  void aDownloadShortOfPeersAsksTheTrackerSooner() {
    EngineRig rig = EngineRig.started(s -> s.tracker = true);
    rig.does(() -> rig.engine.onAnnounced(rig.now, 1800 * EngineRig.SECOND, -1, List.of()));
    rig.forget();
    List<Integer> waits = new ArrayList<>();
    for (int second = 0, last = 0; second < 3 * 3600; second++) {
      rig.seconds(1);
      if (!rig.took("announce").isEmpty()) {
        waits.add(second - last);
        last = second;
        rig.does(() -> rig.engine.onAnnounced(rig.now, 1800 * EngineRig.SECOND, -1, List.of()));
      }
    }
    assertEquals(List.of(59, 120, 240, 480, 960, 1800, 1800, 1800, 1800), waits, "but nobody new");
    // Somebody new, who cannot be reached: there may be others like it soon.
    rig.seconds(1800);
    rig.does(() -> rig.engine.onAnnounced(
        rig.now, 1800 * EngineRig.SECOND, 300 * EngineRig.SECOND, addresses("10.0.0.7:1")));
    rig.seconds(1);
    fails(rig, "10.0.0.7:1");
    rig.forget();
    rig.seconds(298);
    assertEquals(0, rig.count("announce"), "the tracker wants it no sooner");
    rig.seconds(2);
    assertEquals(1, rig.count("announce"));
  }

  @Test
  void aDownloadThatLosesItsPeersAsksTheTrackerAtOnce() {
    EngineRig rig = EngineRig.started(s -> s.tracker = true);
    rig.does(() -> rig.engine.onAnnounced(rig.now, 1800 * EngineRig.SECOND, -1, List.of()));
    FakePeer[] peers = IntStream.rangeClosed(1, 20).mapToObj(rig::peer).toArray(FakePeer[]::new);
    rig.forget();
    rig.secondsAlive(600, peers);
    assertEquals(0, rig.count("announce"), "20 are enough");
    peers[0].leaves();
    assertEquals("announce REGULAR left=131072", rig.took("announce"));
  }

  @Test
  void aSeedKeepsToTheIntervalOfTheTracker() {
    EngineRig rig = EngineRig.started(s -> {
      s.tracker = true;
      s.held = "1111";
    });
    rig.does(() -> rig.engine.onAnnounced(rig.now, 1800 * EngineRig.SECOND, -1, List.of()));
    rig.forget();
    rig.seconds(1799);
    assertEquals(0, rig.count("announce"));
  }

  @Test
  void completeFromTheStartIsNoDownload() {
    EngineRig rig = new EngineRig(s -> {
      s.tracker = true;
      s.held = "1111";
    });
    rig.engine.start(rig.now);
    rig.does(() -> rig.engine.onChecked(rig.now, EngineRig.pieces(4, "1111")));
    assertEquals("announce STARTED left=0", rig.took("announce"));
    rig.does(() -> rig.engine.onAnnounced(rig.now, 100 * EngineRig.SECOND, -1, List.of()));
    rig.seconds(101);
    assertEquals("announce REGULAR left=0", rig.took("announce"));
  }

  @Test
  void aTrackerThatDoesNotAnswerIsAskedLaterAndLater() {
    EngineRig rig = EngineRig.started(s -> s.tracker = true);
    List<Long> waits = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      rig.does(() -> rig.engine.onAnnounceFailed(rig.now, "timeout"));
      long failed = rig.now;
      rig.forget();
      while (rig.count("announce") == 0) {
        rig.seconds(1);
      }
      waits.add((rig.now - failed) / EngineRig.SECOND);
    }
    EngineRig.assertNear(15, waits.get(0), 2);
    EngineRig.assertNear(30, waits.get(1), 2);
    EngineRig.assertNear(1800, waits.get(9), 2);
  }

  @Test
  void wishesThatLeaveSomethingOutAreNoCompletedDownload() {
    EngineRig rig = EngineRig.started(s -> {
      s.tracker = true;
      s.blocks = 1;
    });
    rig.does(() -> rig.engine.onAnnounced(rig.now, 1000 * EngineRig.SECOND, -1, List.of()));
    rig.engine.setPriorities(rig.now, new byte[] {1, 0, 0, 0});
    FakePeer peer = rig.peer(1).hasAll().unchokes().answersAll();
    assertTrue(rig.took().endsWith("state SEEDING\ncompleted"));
    rig.does(() -> rig.engine.setPriorities(rig.now, new byte[] {1, 1, 1, 1}));
    peer.answersAll();
    assertTrue(rig.took().endsWith("close p1: both have everything\nannounce COMPLETED left=0"));
  }
}
