package io.minibit.tracker;

import io.minibit.metainfo.InfoHash;
import io.minibit.model.Limits;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;

/**
 * Introduces peers to each other. The same interface on both sides: {@code HttpTracker} and {@code UdpTracker} are
 * clients of a remote one, {@code MemoryTracker} is one, and {@code TrackerServer} puts any of them on the network.
 *
 * <p>Thread-safe. Calls return at once; the future completes within a bounded time and fails with a
 * {@link TrackerException} (or an {@link java.io.IOException}) whose message names the tracker. Completions may run on
 * any thread and must not block it.
 */
public interface Tracker extends AutoCloseable {
  /**
   * A client of the tracker at this announce URL: {@code http}, {@code https} or {@code udp}.
   *
   * @throws TrackerException if the URL has another scheme or names no host
   */
  static Tracker at(URI announce, Limits limits) {
    String scheme = announce.getScheme() == null ? "" : announce.getScheme().toLowerCase(Locale.ROOT);
    return switch (scheme) {
      case "http", "https" -> new HttpTracker(announce, limits);
      case "udp" -> new UdpTracker(announce, limits);
      default ->
          throw new TrackerException(
              TrackerUri.clean(announce.toString())
                  + ": a tracker's scheme is http, https or udp, not '"
                  + TrackerUri.clean(scheme)
                  + "'");
    };
  }

  CompletableFuture<AnnounceResponse> announce(AnnounceRequest request);

  /** Asks for numbers only (BEP 48). */
  CompletableFuture<ScrapeResponse> scrape(List<InfoHash> torrents);

  /** Frees what it holds; requests under way fail. Twice is harmless. */
  @Override
  default void close() {}
}
