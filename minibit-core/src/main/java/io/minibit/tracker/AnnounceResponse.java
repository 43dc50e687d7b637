package io.minibit.tracker;

import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tracker answers (BEP 3).
 *
 * @param interval until the next regular announce, as the tracker asked; null if it named none
 * @param minInterval the tracker's lower bound between announces; null if it named none
 * @param seeders peers that have everything; -1 if unknown
 * @param leechers peers that do not; -1 if unknown
 * @param warning a message for the user; null if there was none
 */
public record AnnounceResponse(
    @Nullable Duration interval,
    @Nullable Duration minInterval,
    int seeders,
    int leechers,
    List<Contact> peers,
    @Nullable String warning) {

  public AnnounceResponse {
    peers = List.copyOf(peers);
  }

  /** An interval as trackers send it; null if it is none. A day is the most, so that no tracker silences us for good. */
  static @Nullable Duration interval(long seconds) {
    return seconds <= 0 ? null : Duration.ofSeconds(Math.min(seconds, 86_400));
  }

  /**
   * A peer as a tracker names it.
   *
   * @param id null where the compact form left it out
   */
  public record Contact(PeerAddress address, @Nullable PeerId id) {}
}
