package io.minibit.engine;

import io.minibit.model.AnnounceEvent;
import io.minibit.model.TorrentState;
import org.jspecify.annotations.Nullable;

/**
 * Decides when to announce which event to the tracker: at its intervals, and at once on start and completion. A download
 * that is short of peers asks sooner, though never before the least interval; as long as it hears of nobody new, it
 * waits twice as long each time.
 */
final class Announcer {
  private static final long FIRST_RETRY = 15_000_000_000L;
  /** A tracker that asks for longer silence than this is not believed. */
  private static final long LONGEST_INTERVAL = 4L * 3600 * 1_000_000_000L;
  /** Peers asked for at a time; what most clients ask for. */
  private static final int PEERS_WANTED = 80;

  /** Of the least interval: from a minute to more than the longest. */
  private static final int MOST_DOUBLINGS = 8;

  private final Swarm swarm;
  private final Dialer dialer;
  private final boolean hasTracker;
  private long nextAt = Long.MAX_VALUE;
  /** When to announce instead if we are short of peers. */
  private long soonerAt = Long.MAX_VALUE;
  /** Answers in a row that named nobody new. */
  private int withoutNews;
  private boolean underWay;
  private boolean started;
  private boolean completedToTell;
  private boolean completedTold;
  private int failures;
  private @Nullable String lastError;
  private int peersGiven = -1;
  private AnnounceEvent eventUnderWay = AnnounceEvent.REGULAR;

  Announcer(Swarm swarm, Dialer dialer, boolean hasTracker) {
    this.swarm = swarm;
    this.dialer = dialer;
    this.hasTracker = hasTracker;
  }

  void start() {
    if (hasTracker) {
      started = false;
      nextAt = swarm.now;
    }
  }

  /** Every piece is here, for the first time. Told once: a tracker counts downloads by it. */
  void onCompleted() {
    completedToTell = hasTracker && !completedTold;
    completedTold = true;
  }

  boolean hasTracker() {
    return hasTracker;
  }

  /** Why the last announce failed, or null if it did not. */
  @Nullable String lastError() {
    return lastError;
  }

  /** Peers in the tracker's last answer; -1 before there was one. */
  int peersGiven() {
    return peersGiven;
  }

  long dueAt() {
    if (underWay || nextAt == Long.MAX_VALUE || !swarm.isTrading()) {
      return Long.MAX_VALUE;
    }
    if (!started || failures > 0) {
      return nextAt;
    }
    if (completedToTell) {
      return swarm.now;
    }
    boolean needsPeers = swarm.state == TorrentState.DOWNLOADING && dialer.isShortOfPeers();
    return needsPeers ? Math.min(soonerAt, nextAt) : nextAt;
  }

  void announceIfDue(long uploaded, long downloaded) {
    if (swarm.now < dueAt()) {
      return;
    }
    if (!started) {
      // Complete from the start: the tracker learns it from 'left', and 'completed' would count a download.
      eventUnderWay = AnnounceEvent.STARTED;
    } else {
      eventUnderWay = completedToTell ? AnnounceEvent.COMPLETED : AnnounceEvent.REGULAR;
    }
    underWay = true;
    int wanted = dialer.hasEnough() ? 0 : PEERS_WANTED;
    swarm.port.announce(eventUnderWay, uploaded, downloaded, swarm.book.bytesLeft(), wanted);
  }

  /**
   * The tracker answered.
   *
   * @param interval nanoseconds until the next announce, or a negative number if it named none
   * @param peers how many it named
   * @param news whether we had not heard of one of them
   */
  void onAnswer(long interval, long minInterval, int peers, boolean news) {
    if (!underWay) {
      // The answer to what was asked before a pause.
      return;
    }
    underWay = false;
    failures = 0;
    lastError = null;
    peersGiven = peers;
    started = true;
    if (eventUnderWay == AnnounceEvent.COMPLETED) {
      completedToTell = false;
    }
    long wished = interval < 0 ? swarm.limits.announceDefault().toNanos() : interval;
    long floor = Math.max(swarm.limits.announceFloor().toNanos(), minInterval);
    nextAt = swarm.now + Math.min(LONGEST_INTERVAL, Math.max(wished, floor));
    withoutNews = news ? 0 : withoutNews;
    soonerAt = swarm.now + Math.min(LONGEST_INTERVAL, Math.min(LONGEST_INTERVAL, floor) << withoutNews);
    withoutNews = Math.min(MOST_DOUBLINGS, withoutNews + 1);
  }

  void onFailure(String message) {
    if (!underWay) {
      return;
    }
    underWay = false;
    lastError = message;
    long wait = Math.min(FIRST_RETRY << Math.min(failures++, 20), swarm.limits.announceDefault().toNanos());
    nextAt = swarm.now + wait + swarm.random.nextInt(1000) * 1_000_000L;
  }

  /** Says goodbye, if the tracker may know us. */
  void stop(long uploaded, long downloaded) {
    if (started || underWay) {
      swarm.port.announce(AnnounceEvent.STOPPED, uploaded, downloaded, swarm.book.bytesLeft(), 0);
    }
    nextAt = Long.MAX_VALUE;
    started = false;
    underWay = false;
  }
}
