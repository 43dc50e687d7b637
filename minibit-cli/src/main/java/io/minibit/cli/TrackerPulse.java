package io.minibit.cli;

import io.minibit.tracker.MemoryTracker;
import io.minibit.tracker.TrackerServer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;

/** What a tracker holds and how busy it is, in one line. Use from one thread. */
final class TrackerPulse {
  /** Long enough to be steady when few announce, short enough to see a storm. */
  private static final long WINDOW_NANOS = Duration.ofSeconds(10).toNanos();

  private record Reading(long nanos, long announces) {}

  private final ArrayDeque<Reading> window = new ArrayDeque<>();

  /** For example {@code 1 torrent, 5 peers, 2.5 announces/s, 37 requests, 3 connections}. */
  String describe(MemoryTracker.Stats held, TrackerServer.Stats done, long nanos) {
    window.addLast(new Reading(nanos, held.announces()));
    // The oldest one stays until its follower is old enough to stand for the whole window.
    while (window.size() > 2 && nanos - window.getFirst().nanos > WINDOW_NANOS) {
      window.removeFirst();
    }
    Reading oldest = window.getFirst();
    double seconds = (nanos - oldest.nanos) / 1e9;
    double rate = seconds <= 0 ? 0 : (held.announces() - oldest.announces) / seconds;
    long requests = done.httpRequests() + done.udpRequests();
    return Words.count(held.swarms(), "torrent") + ", " + Words.count(held.peers(), "peer") + ", "
        + (rate == 0 ? "no" : String.format(Locale.ROOT, rate < 9.95 ? "%.1f" : "%.0f", rate)) + " announces/s, "
        + (requests == 0 ? "nobody has asked yet" : Words.count(requests, "request"))
        + (done.connections() > 0 ? ", " + Words.count(done.connections(), "connection") : "");
  }
}
