package io.minibit.tracker;

import io.minibit.metainfo.InfoHash;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import io.minibit.model.SeededRandom;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Several trackers that stand in for each other (BEP 12). Tiers are tried in order; within a tier the order is random at
 * first, and a tracker that answers moves to the front.
 *
 * <p>Each tracker hears {@code started} first, whatever the announce says that reaches it first. {@code completed} and
 * {@code stopped} go to all that were told {@code started}. Owns its trackers: closing it closes them. Thread-safe.
 */
public final class TrackerTiers implements Tracker {
  /** Failures that one message lists; a torrent may have dozens of trackers. */
  private static final int MAX_LISTED = 5;

  /** Trackers that {@link #of} takes from a torrent: each may cost its whole time limit before the next is asked. */
  private static final int MAX_TRACKERS = 100;

  private final List<List<Entry>> tiers = new ArrayList<>(); // guarded by itself
  private final Duration stoppedTimeout;

  /** A tracker, and the torrents for which it was told {@code started}. */
  private static final class Entry {
    final Tracker tracker;
    final List<Entry> tier;
    final Set<InfoHash> told = new HashSet<>(); // membership only, never iterated

    Entry(Tracker tracker, List<Entry> tier) {
      this.tracker = tracker;
      this.tier = tier;
    }
  }

  /**
   * Trackers in tiers.
   *
   * @param random for the order within each tier
   */
  public TrackerTiers(List<List<Tracker>> trackers, SeededRandom random, Limits limits) {
    stoppedTimeout = limits.stoppedTimeout();
    for (List<Tracker> group : trackers) {
      List<Entry> tier = new ArrayList<>();
      group.forEach(tracker -> tier.add(new Entry(tracker, tier)));
      random.shuffle(tier);
      if (!tier.isEmpty()) {
        tiers.add(tier);
      }
    }
  }

  /**
   * From announce URLs as a torrent's {@code announce-list} has them. One that cannot be used fails when it is its turn,
   * so that the summary of a failure names it. Only the first 100 are used.
   */
  public static TrackerTiers of(List<List<String>> announceList, SeededRandom random, Limits limits) {
    List<List<Tracker>> trackers = new ArrayList<>();
    int left = MAX_TRACKERS;
    for (List<String> urls : announceList) {
      List<Tracker> tier = new ArrayList<>();
      urls.stream().limit(left).forEach(url -> tier.add(client(url, limits)));
      left -= tier.size();
      trackers.add(tier);
    }
    return new TrackerTiers(trackers, random, limits);
  }

  private static Tracker client(String url, Limits limits) {
    try {
      return Tracker.at(new URI(url.strip()), limits);
    } catch (URISyntaxException e) {
      return new Unusable(new TrackerException(TrackerUri.clean(url) + ": not a tracker's address", e));
    } catch (TrackerException e) {
      return new Unusable(e);
    }
  }

  private record Unusable(TrackerException reason) implements Tracker {
    @Override
    public CompletableFuture<AnnounceResponse> announce(AnnounceRequest request) {
      return CompletableFuture.failedFuture(reason);
    }

    @Override
    public CompletableFuture<ScrapeResponse> scrape(List<InfoHash> torrents) {
      return CompletableFuture.failedFuture(reason);
    }
  }

  @Override
  public CompletableFuture<AnnounceResponse> announce(AnnounceRequest request) {
    return switch (request.event()) {
      case STOPPED -> stop(request);
      case COMPLETED -> complete(request);
      case STARTED, REGULAR -> firstAnswer(inOrder(), entry -> tell(entry, request));
    };
  }

  @Override
  public CompletableFuture<ScrapeResponse> scrape(List<InfoHash> torrents) {
    List<InfoHash> asked = List.copyOf(torrents);
    return firstAnswer(inOrder(), entry -> entry.tracker.scrape(asked));
  }

  @Override
  public void close() {
    inOrder().forEach(entry -> entry.tracker.close());
  }

  /** To all that know of us at once; with none left that does, the others hear of us for the first time. */
  private CompletableFuture<AnnounceResponse> complete(AnnounceRequest request) {
    List<Entry> told = inOrder();
    synchronized (tiers) {
      told.removeIf(entry -> !entry.told.contains(request.infoHash()));
    }
    List<CompletableFuture<AnnounceResponse>> answers = new ArrayList<>();
    told.forEach(entry -> answers.add(tell(entry, request)));
    List<Entry> untold = inOrder();
    untold.removeAll(told);
    List<Entry> order = new ArrayList<>(told);
    order.addAll(untold);
    return firstAnswer(
        order,
        entry -> {
          int asked = told.indexOf(entry);
          return asked >= 0 ? answers.get(asked) : tell(entry, request);
        });
  }

  private CompletableFuture<AnnounceResponse> stop(AnnounceRequest request) {
    List<Entry> told = inOrder();
    synchronized (tiers) {
      told.removeIf(entry -> !entry.told.remove(request.infoHash()));
    }
    if (told.isEmpty()) {
      return CompletableFuture.completedFuture(new AnnounceResponse(null, null, -1, -1, List.of(), null));
    }
    List<CompletableFuture<AnnounceResponse>> answers = new ArrayList<>();
    told.forEach(entry -> answers.add(entry.tracker.announce(request)));
    CompletableFuture<Void> all =
        CompletableFuture.allOf(answers.toArray(new CompletableFuture<?>[0]))
            .orTimeout(stoppedTimeout.toMillis(), TimeUnit.MILLISECONDS);
    return all.handle((nothing, failure) -> null)
        .thenCompose(
            nothing ->
                firstAnswer(
                    told,
                    entry -> {
                      CompletableFuture<AnnounceResponse> answer = answers.get(told.indexOf(entry));
                      return answer.isDone() ? answer : CompletableFuture.failedFuture(new TimeoutException());
                    }));
  }

  /** Announces to one tracker, as {@code started} if that is news to it. */
  private CompletableFuture<AnnounceResponse> tell(Entry entry, AnnounceRequest request) {
    boolean news;
    synchronized (tiers) {
      // Counts as told from now on: should we stop while the answer is under way, it must hear that too.
      news = entry.told.add(request.infoHash());
    }
    AnnounceRequest sent = news ? withEvent(request, AnnounceEvent.STARTED) : request;
    return entry
        .tracker
        .announce(sent)
        .whenComplete(
            (answer, failure) -> {
              if (failure != null && news) {
                synchronized (tiers) {
                  entry.told.remove(request.infoHash());
                }
              }
            });
  }

  private <T> CompletableFuture<T> firstAnswer(List<Entry> order, Function<Entry, CompletableFuture<T>> ask) {
    return firstAnswer(order, 0, ask, new ArrayList<>());
  }

  private <T> CompletableFuture<T> firstAnswer(
      List<Entry> order, int next, Function<Entry, CompletableFuture<T>> ask, List<String> failures) {
    if (next == order.size()) {
      return CompletableFuture.failedFuture(new TrackerException(summary(failures)));
    }
    Entry entry = order.get(next);
    return ask.apply(entry)
        .thenApply(
            answer -> {
              promote(entry);
              return answer;
            })
        .exceptionallyCompose(
            failure -> {
              failures.add(reason(entry, failure));
              return firstAnswer(order, next + 1, ask, failures);
            });
  }

  private void promote(Entry entry) {
    synchronized (tiers) {
      entry.tier.remove(entry);
      entry.tier.add(0, entry);
    }
  }

  private List<Entry> inOrder() {
    synchronized (tiers) {
      List<Entry> order = new ArrayList<>();
      tiers.forEach(order::addAll);
      return order;
    }
  }

  private static String summary(List<String> failures) {
    if (failures.isEmpty()) {
      return "there is no tracker";
    }
    String listed = String.join("; ", failures.subList(0, Math.min(MAX_LISTED, failures.size())));
    int more = failures.size() - MAX_LISTED;
    return "no tracker answered: " + listed + (more > 0 ? "; and " + more + " more" : "");
  }

  private static String reason(Entry entry, @Nullable Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    if (cause instanceof TimeoutException) {
      return entry.tracker + ": no answer";
    }
    return cause == null || cause.getMessage() == null ? entry.tracker + ": " + cause : cause.getMessage();
  }

  private static AnnounceRequest withEvent(AnnounceRequest request, AnnounceEvent event) {
    return new AnnounceRequest(
        request.infoHash(),
        request.peerId(),
        request.address(),
        request.uploaded(),
        request.downloaded(),
        request.left(),
        event,
        request.numWant(),
        request.key(),
        request.group());
  }
}
