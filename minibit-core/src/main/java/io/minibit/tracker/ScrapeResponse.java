package io.minibit.tracker;

import io.minibit.metainfo.InfoHash;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/** How many peers a tracker knows, per torrent asked for (BEP 48). Torrents unknown to it may be missing. */
public record ScrapeResponse(Map<InfoHash, Counts> counts) {
  public ScrapeResponse {
    counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts)); // keeps the order, unlike Map.copyOf
  }

  /**
   * What a tracker knows of one torrent.
   *
   * @param seeders peers that have everything
   * @param completed how often a download was completed, ever
   * @param leechers peers that do not have everything
   */
  public record Counts(int seeders, int completed, int leechers) {}
}
