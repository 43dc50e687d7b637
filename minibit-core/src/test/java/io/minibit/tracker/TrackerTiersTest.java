package io.minibit.tracker;

import static io.minibit.tracker.Announces.TORRENT;
import static io.minibit.tracker.Announces.announce;
import static io.minibit.tracker.Announces.failure;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.metainfo.InfoHash;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import io.minibit.model.SeededRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TrackerTiersTest {
  private final List<String> heard = new ArrayList<>();
  private final Fake a = new Fake("a");
  private final Fake b = new Fake("b");
  private final Fake c = new Fake("c");

  @Test
  void tiersAreTriedInOrderAndTheFirstAnswerCounts() {
    TrackerTiers tiers = tiers(List.of(a), List.of(b), List.of(c));
    a.failure = "down";
    assertEquals(1, tell(tiers, AnnounceEvent.STARTED).seeders());
    assertEquals("a:STARTED b:STARTED", heard());
  }

  @Test
  void aTrackerThatAnswersMovesToTheFrontOfItsTier() {
    TrackerTiers tiers = tiers(List.of(a, b));
    a.failure = "down";
    tell(tiers, AnnounceEvent.STARTED);
    heard.clear();
    tell(tiers, AnnounceEvent.REGULAR);
    assertEquals("b:REGULAR", heard());
    a.failure = null;
    b.failure = "down";
    heard.clear();
    tell(tiers, AnnounceEvent.REGULAR);
    assertEquals("b:REGULAR a:STARTED", heard());
  }

  @Test
  void theOrderWithinATierIsRandomAtFirst() {
    TreeSet<String> first = new TreeSet<>();
    for (int seed = 0; seed < 50; seed++) {
      heard.clear();
      TrackerTiers tiers =
          new TrackerTiers(List.of(List.of(a, b), List.of(c)), new SeededRandom(seed), Limits.defaults());
      tell(tiers, AnnounceEvent.REGULAR);
      first.add(heard());
    }
    assertEquals("[a:STARTED, b:STARTED]", first.toString());
  }

  @Test
  void completedGoesToAllThatHeardStarted() {
    TrackerTiers tiers = tiers(List.of(a), List.of(b), List.of(c));
    tell(tiers, AnnounceEvent.STARTED);
    a.failure = "down";
    tell(tiers, AnnounceEvent.REGULAR);
    a.failure = null;
    heard.clear();
    tell(tiers, AnnounceEvent.COMPLETED);
    assertEquals("a:COMPLETED b:COMPLETED", heard());
  }

  @Test
  void completedBecomesStartedWhereItIsTheFirstThatIsHeard() {
    tell(tiers(List.of(a), List.of(b)), AnnounceEvent.COMPLETED);
    assertEquals("a:STARTED", heard());
  }

  @Test
  void stoppedGoesToAllThatHeardStartedAndToNobodyElse() {
    TrackerTiers tiers = tiers(List.of(a), List.of(b), List.of(c));
    tell(tiers, AnnounceEvent.STOPPED);
    assertEquals("", heard());
    a.failure = "down";
    tell(tiers, AnnounceEvent.STARTED);
    a.failure = null;
    tell(tiers, AnnounceEvent.REGULAR);
    heard.clear();
    tell(tiers, AnnounceEvent.STOPPED);
    assertEquals("a:STOPPED b:STOPPED", heard());
    heard.clear();
    tell(tiers, AnnounceEvent.STOPPED);
    assertEquals("", heard());
    tell(tiers, AnnounceEvent.REGULAR);
    assertEquals("a:STARTED", heard());
  }

  @Test
  void aTrackerWhoseAnswerIsUnderWayHearsStoppedToo() {
    TrackerTiers tiers = tiers(List.of(a));
    a.pending = new CompletableFuture<>();
    CompletableFuture<AnnounceResponse> started = tiers.announce(announce("0.0.0.0:1", AnnounceEvent.STARTED, 1));
    CompletableFuture<AnnounceResponse> stopped = tiers.announce(announce("0.0.0.0:1", AnnounceEvent.STOPPED, 1));
    assertEquals("a:STARTED a:STOPPED", heard());
    assertFalse(started.isDone() || stopped.isDone());
  }

  @Test
  void stoppedIsBoundedInTime() {
    Limits impatient = Limits.defaults().with(limits -> limits.stoppedTimeout = Duration.ofMillis(50));
    TrackerTiers tiers = new TrackerTiers(List.of(List.of(a)), new SeededRandom(1), impatient);
    tell(tiers, AnnounceEvent.STARTED);
    a.pending = new CompletableFuture<>();
    assertEquals(
        "no tracker answered: a: no answer", failure(tiers.announce(announce("0.0.0.0:1", AnnounceEvent.STOPPED, 1))));
  }

  @Test
  void aFailureSumsUpWhatEachTrackerSaid() {
    a.failure = "http://a/announce: connection refused";
    b.failure = "udp://b:1/: no answer";
    TrackerTiers tiers = tiers(List.of(a), List.of(b));
    assertEquals(
        "no tracker answered: http://a/announce: connection refused; udp://b:1/: no answer",
        failure(tiers.announce(announce("0.0.0.0:1", AnnounceEvent.STARTED, 1))));
    assertEquals("there is no tracker", failure(tiers().scrape(List.of())));
  }

  @Test
  void unusableUrlsFailInTheirTurnAndManyAreSummedUpInOneLine() {
    List<String> urls = new ArrayList<>(List.of("wss://a/announce", "not a url"));
    for (int i = 0; i < 3000; i++) {
      urls.add("gopher://" + i + "/");
    }
    TrackerTiers tiers =
        TrackerTiers.of(urls.stream().map(List::of).toList(), new SeededRandom(1), Limits.defaults());
    String message = failure(tiers.announce(announce("0.0.0.0:1", AnnounceEvent.STARTED, 1)));
    assertTrue(message.startsWith("no tracker answered: wss://a/announce: a tracker's scheme is"), message);
    assertTrue(message.contains("; not a url: not a tracker's address; "), message);
    assertTrue(message.endsWith("; and 95 more"), message);
  }

  @Test
  void scrapesFallThroughTheTiersAndClosingClosesAll() {
    TrackerTiers tiers = tiers(List.of(a), List.of(b));
    a.failure = "down";
    assertEquals(1, tiers.scrape(List.of(TORRENT)).join().counts().size());
    tiers.close();
    assertEquals("a:scrape b:scrape a:close b:close", heard());
  }

  /** Keeps the order that is given, by a seed that leaves a pair as it is. */
  @SafeVarargs
  @SuppressWarnings("varargs") // read only
  private static TrackerTiers tiers(List<Tracker>... tiers) {
    long seed = 0;
    while (new SeededRandom(seed).nextInt(2) == 0) {
      seed++;
    }
    return new TrackerTiers(List.of(tiers), new SeededRandom(seed), Limits.defaults());
  }

  private static AnnounceResponse tell(TrackerTiers tiers, AnnounceEvent event) {
    return tiers.announce(announce("0.0.0.0:1", event, 1)).join();
  }

  private String heard() {
    return String.join(" ", heard);
  }

  private final class Fake implements Tracker {
    final String name;
    @Nullable String failure;
    @Nullable CompletableFuture<AnnounceResponse> pending;

    Fake(String name) {
      this.name = name;
    }

    @Override
    public CompletableFuture<AnnounceResponse> announce(AnnounceRequest request) {
      heard.add(name + ":" + request.event());
      return pending != null ? pending : answer(new AnnounceResponse(null, null, 1, 0, List.of(), null));
    }

    @Override
    public CompletableFuture<ScrapeResponse> scrape(List<InfoHash> torrents) {
      heard.add(name + ":scrape");
      return answer(new ScrapeResponse(Map.of(TORRENT, new ScrapeResponse.Counts(1, 2, 3))));
    }

    private <T> CompletableFuture<T> answer(T given) {
      return failure == null
          ? CompletableFuture.completedFuture(given)
          : CompletableFuture.failedFuture(new TrackerException(failure));
    }

    @Override
    public void close() {
      heard.add(name + ":close");
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
