package io.minibit.tracker;

import static io.minibit.tracker.Announces.OTHER;
import static io.minibit.tracker.Announces.TORRENT;
import static io.minibit.tracker.Announces.announce;
import static io.minibit.tracker.Announces.failure;
import static io.minibit.tracker.Announces.peers;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.AnnounceEvent;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import io.minibit.model.SeededRandom;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MemoryTrackerTest {
  private long nanos;
  private final MemoryTracker tracker = tracker(1).build();

  private MemoryTracker.Builder tracker(long seed) {
    return MemoryTracker.builder()
        .clock(() -> nanos)
        .random(new SeededRandom(seed))
        .interval(Duration.ofMinutes(10))
        .expiry(Duration.ofMinutes(25));
  }

  @Test
  void peersAreIntroducedToEachOtherButNotToThemselves() {
    assertEquals(List.of(), peers(started("1.0.0.1:1", 5)));
    assertEquals(List.of("1.0.0.1:1"), peers(started("1.0.0.2:1", 5)));
    assertEquals(List.of("1.0.0.2:1"), peers(regular("1.0.0.1:1", 5)));
  }

  @Test
  void severalPeersBehindOneIpAreDifferentPeers() {
    started("1.0.0.1:1", 5);
    assertEquals(List.of("1.0.0.1:1"), peers(started("1.0.0.1:2", 5)));
  }

  @Test
  void aSeedIsToldOfLeechersOnlyAndALeecherOfAll() {
    started("1.0.0.1:1", 0);
    started("1.0.0.2:1", 0);
    started("1.0.0.3:1", 5);
    assertEquals(List.of("1.0.0.3:1"), peers(regular("1.0.0.1:1", 0)));
    assertEquals(List.of("1.0.0.1:1", "1.0.0.2:1"), peers(regular("1.0.0.3:1", 5)));
  }

  @Test
  void theAnswerCountsSeedsAndLeechersWithTheAsker() {
    started("1.0.0.1:1", 0);
    AnnounceResponse answer = started("1.0.0.2:1", 5);
    assertEquals(1, answer.seeders());
    assertEquals(1, answer.leechers());
    assertEquals(Duration.ofMinutes(10), answer.interval());
    assertNull(answer.warning());
  }

  @Test
  void aStoppedPeerIsForgottenAtOnceAndGetsNoPeers() {
    started("1.0.0.1:1", 5);
    started("1.0.0.2:1", 5);
    assertEquals(List.of(), peers(tell("1.0.0.1:1", AnnounceEvent.STOPPED, 5)));
    assertEquals(List.of(), peers(regular("1.0.0.2:1", 5)));
    assertEquals(1, tracker.stats().peers());
  }

  @Test
  void aSilentPeerIsForgottenAfterTheExpiry() {
    started("1.0.0.1:1", 5);
    advance(Duration.ofMinutes(20));
    assertEquals(List.of("1.0.0.1:1"), peers(started("1.0.0.2:1", 5)));
    advance(Duration.ofMinutes(6));
    assertEquals(List.of(), peers(regular("1.0.0.2:1", 5)));
    assertEquals(1, tracker.stats().peers());
  }

  @Test
  void oneAnnounceForgetsAtMostAThousandSilentPeers() {
    for (int i = 0; i < 2500; i++) {
      started("1.0." + i / 250 + "." + i % 250 + ":1", 5);
    }
    advance(Duration.ofMinutes(20));
    started("2.0.0.1:1", 5);
    advance(Duration.ofMinutes(6));
    regular("2.0.0.1:1", 5);
    assertEquals(1501, tracker.stats().peers());
    regular("2.0.0.1:1", 5);
    regular("2.0.0.1:1", 5);
    assertEquals(1, tracker.stats().peers());
  }

  @Test
  void aSwarmThatNobodyAsksForIsForgottenWhenOthersAnnounce() {
    started("1.0.0.1:1", 5);
    advance(Duration.ofMinutes(30));
    assertEquals(1, tracker.stats().swarms());
    AnnounceRequest elsewhere = announce("1.0.0.9:1", AnnounceEvent.STARTED, 5);
    tracker
        .announce(
            new AnnounceRequest(
                OTHER, elsewhere.peerId(), elsewhere.address(), 0, 0, 5, AnnounceEvent.STARTED, -1, 0, null))
        .join();
    assertEquals(new MemoryTracker.Stats(1, 1, 2), tracker.stats());
  }

  @Test
  void aScrapeCountsCompletedDownloadsOnceEach() {
    started("1.0.0.1:1", 0);
    started("1.0.0.2:1", 5);
    tell("1.0.0.2:1", AnnounceEvent.COMPLETED, 0);
    tell("1.0.0.2:1", AnnounceEvent.COMPLETED, 0);
    started("1.0.0.3:1", 5);
    Map<?, ScrapeResponse.Counts> counts = tracker.scrape(List.of(OTHER, TORRENT)).join().counts();
    assertEquals(Map.of(TORRENT, new ScrapeResponse.Counts(2, 1, 1)), counts);
  }

  @Test
  void aPeerThatComesBackWithANewPeerIdReplacesItself() {
    started("1.0.0.1:1", 5);
    AnnounceRequest again = announce("1.0.0.1:1", AnnounceEvent.STARTED, 5);
    PeerId other = PeerId.random(new SeededRandom(7));
    tracker.announce(new AnnounceRequest(TORRENT, other, again.address(), 0, 0, 5, AnnounceEvent.STARTED, -1, 0, null)).join();
    assertEquals(1, tracker.stats().peers());
    assertEquals(other, started("1.0.0.2:1", 5).peers().get(0).id());
  }

  @Test
  void aPeerThatChangedItsAddressIsNotToldOfItsFormerSelf() {
    started("1.0.0.1:1", 5);
    AnnounceRequest moved = announce("1.0.0.1:1", AnnounceEvent.REGULAR, 5);
    AnnounceResponse answer =
        tracker
            .announce(
                new AnnounceRequest(
                    TORRENT, moved.peerId(), Announces.address("2.0.0.2:2"), 0, 0, 5, AnnounceEvent.REGULAR, -1, 0, null))
            .join();
    assertEquals(List.of(), peers(answer));
  }

  @Test
  void aPeerInThisProcessWithoutAnIpIsReachedOverLoopback() {
    started("0.0.0.0:7", 5);
    assertEquals(List.of("127.0.0.1:7"), peers(started("1.0.0.2:1", 5)));
  }

  @Test
  void aPeerWithoutAPortIsAnsweredButNotListed() {
    AnnounceResponse answer = started("1.0.0.1:0", 5);
    assertNotNull(answer.warning());
    assertEquals(0, tracker.stats().peers());
  }

  @Test
  void swarmsAndPeersAreBounded() {
    MemoryTracker small = tracker(1).maxSwarms(1).maxPeersPerSwarm(1).build();
    small.announce(announce("1.0.0.1:1", AnnounceEvent.STARTED, 5)).join();
    AnnounceResponse full = small.announce(announce("1.0.0.2:1", AnnounceEvent.STARTED, 5)).join();
    assertEquals(List.of("1.0.0.1:1"), peers(full));
    assertNotNull(full.warning());
    AnnounceRequest third = announce("1.0.0.3:1", AnnounceEvent.STARTED, 5);
    String message =
        failure(
            small.announce(
                new AnnounceRequest(OTHER, third.peerId(), third.address(), 0, 0, 5, AnnounceEvent.STARTED, -1, 0, null)));
    assertTrue(message.contains("full"), message);
    assertEquals(new MemoryTracker.Stats(1, 1, 3), small.stats());
  }

  @Test
  void thePeersOfAllTorrentsTogetherAreBoundedToo() {
    MemoryTracker small = tracker(1).maxPeers(10).build(); // a torrent counts as eight
    for (int i = 1; i <= 3; i++) {
      small.announce(announce("1.0.0." + i + ":1", AnnounceEvent.STARTED, 5)).join();
    }
    assertEquals(new MemoryTracker.Stats(1, 2, 3), small.stats());
    AnnounceResponse full = small.announce(announce("1.0.0.3:1", AnnounceEvent.STARTED, 5)).join();
    assertEquals("the tracker is full, so you are not listed", full.warning());
    assertEquals(2, peers(full).size());
  }

  @Test
  void asManyPeersAsWantedAreHandedOutAndNoneTwice() {
    for (int i = 1; i <= 120; i++) {
      started("1.0.0." + i + ":1", i % 3);
    }
    for (int wanted : new int[] {-1, 0, 1, 10, 119, 500}) {
      List<String> told = peers(tracker.announce(announce("1.0.0.1:1", AnnounceEvent.REGULAR, 1, wanted, null)).join());
      assertEquals(wanted < 0 ? 50 : Math.min(wanted, 119), told.size());
      assertEquals(told.size(), new HashSet<>(told).size());
      assertFalse(told.contains("1.0.0.1:1"));
    }
  }

  @Test
  void theSameSeedGivesTheSameHandOut() {
    assertEquals(history(tracker(5).build()), history(tracker(5).build()));
    assertNotEquals(history(tracker(5).build()), history(tracker(6).build()));
  }

  private static List<List<AnnounceResponse.Contact>> history(MemoryTracker tracker) {
    return java.util.stream.IntStream.range(0, 300)
        .mapToObj(i -> announce("1.0." + i % 100 + ".1:1", AnnounceEvent.REGULAR, i % 7, 5, null))
        .map(request -> tracker.announce(request).join().peers())
        .toList();
  }

  @Test
  void aHandOutThatAnswersNonsenseOrThrowsHarmsNoOne() {
    MemoryTracker foolish = tracker(1).handout((c, asker, wanted, random) -> new int[] {-1, 0, 99, 0, 0}).build();
    foolish.announce(announce("1.0.0.1:1", AnnounceEvent.STARTED, 5)).join();
    assertEquals(List.of("1.0.0.1:1"), peers(foolish.announce(announce("1.0.0.2:1", AnnounceEvent.STARTED, 5)).join()));
    MemoryTracker throwing =
        tracker(1)
            .handout(
                (c, asker, wanted, random) -> {
                  throw new IllegalStateException("no idea");
                })
            .build();
    throwing.announce(announce("1.0.0.1:1", AnnounceEvent.STARTED, 5)).join();
    assertTrue(failure(throwing.announce(announce("1.0.0.2:1", AnnounceEvent.STARTED, 5))).contains("no idea"));
  }

  @Test
  void aGroupedHandOutPrefersOnesOwnRackAndKeepsSomeOutsiders() {
    MemoryTracker racks = tracker(1).handout(PeerHandout.preferGroup(2)).build();
    for (int i = 0; i < 100; i++) {
      racks.announce(announce("10.0." + i % 4 + "." + i + ":1", AnnounceEvent.STARTED, i % 5, -1, "rack" + i % 4)).join();
    }
    List<String> told = peers(racks.announce(announce("10.0.1.1:1", AnnounceEvent.REGULAR, 1, 10, "rack1")).join());
    assertEquals(10, new HashSet<>(told).size());
    assertFalse(told.contains("10.0.1.1:1"));
    assertEquals(8, told.stream().filter(peer -> peer.startsWith("10.0.1.")).count());
    List<String> lonely = peers(racks.announce(announce("9.9.9.9:1", AnnounceEvent.STARTED, 1, 10, "rack9")).join());
    assertEquals(10, lonely.size());
    List<String> seed = peers(racks.announce(announce("10.0.1.5:1", AnnounceEvent.REGULAR, 0, 50, "rack1")).join());
    assertEquals(50, new HashSet<>(seed).size());
  }

  @Test
  void inASwarmOfManyThousandsEverybodyIsHandedOutInTime() {
    MemoryTracker large = tracker(5).build();
    int peers = 20_000;
    for (int i = 0; i < peers; i++) {
      large.announce(announce(address(i), AnnounceEvent.STARTED, i % 4, 0, null)).join();
    }
    Set<String> told = new HashSet<>();
    for (int i = 0; i < 4_000; i++) {
      int asker = i * 7 % peers;
      AnnounceRequest request = announce(address(asker), AnnounceEvent.REGULAR, asker % 4, 50, null);
      List<String> answer = peers(large.announce(request).join());
      assertEquals(50, new HashSet<>(answer).size());
      assertFalse(answer.contains(address(asker)));
      told.addAll(answer);
    }
    // 200,000 draws from 20,000 leave out one in 22,000 on the average.
    assertTrue(told.size() > peers - 20, "only " + told.size() + " were ever told of");
  }

  private static String address(int number) {
    return "10." + number / 65_536 + "." + number / 256 % 256 + "." + number % 256 + ":1";
  }

  /** The arrays, the table and the links against a plain map, through growth, expiry and every kind of change. */
  @Test
  void aLongRandomHistoryLeavesExactlyThePeersThatShouldBeThere() {
    SeededRandom random = new SeededRandom(42);
    MemoryTracker everyone = tracker(3).maxHandout(1000).build();
    Map<PeerAddress, Long> expected = new LinkedHashMap<>(); // time of the last announce
    Map<PeerAddress, Boolean> seeds = new LinkedHashMap<>();
    for (int step = 0; step < 20_000; step++) {
      advance(Duration.ofSeconds(random.nextInt(12)));
      int number = random.nextInt(300);
      byte[] ip = ByteBuffer.allocate(number % 2 == 0 ? 4 : 16).putInt(0x20010000 + number).array();
      PeerAddress address = PeerAddress.of(ip, 1 + number % 3);
      AnnounceEvent event = random.nextInt(5) == 0 ? AnnounceEvent.STOPPED : AnnounceEvent.REGULAR;
      long left = random.nextInt(2);
      String group = random.nextInt(3) == 0 ? null : "g" + random.nextInt(4);
      AnnounceResponse answer =
          everyone
              .announce(
                  new AnnounceRequest(TORRENT, Announces.id(address), address, 0, 0, left, event, 1000, 0, group))
              .join();
      expected.values().removeIf(last -> last / 1_000_000_000L < nanos / 1_000_000_000L - 25 * 60);
      seeds.keySet().retainAll(expected.keySet());
      if (event == AnnounceEvent.STOPPED) {
        expected.remove(address);
        seeds.remove(address);
        continue;
      }
      expected.put(address, nanos);
      seeds.put(address, left == 0);
      Set<PeerAddress> told = new HashSet<>();
      answer.peers().forEach(peer -> assertTrue(told.add(peer.address())));
      Set<PeerAddress> others = new HashSet<>(expected.keySet());
      others.removeIf(peer -> peer.equals(address) || (left == 0 && seeds.getOrDefault(peer, false)));
      assertEquals(others, told, "step " + step);
      assertEquals(expected.size(), everyone.stats().peers());
    }
  }

  private AnnounceResponse started(String address, long left) {
    return tell(address, AnnounceEvent.STARTED, left);
  }

  private AnnounceResponse regular(String address, long left) {
    return tell(address, AnnounceEvent.REGULAR, left);
  }

  private AnnounceResponse tell(String address, AnnounceEvent event, long left) {
    return tracker.announce(announce(address, event, left)).join();
  }

  private void advance(Duration time) {
    nanos += time.toNanos();
  }
}
