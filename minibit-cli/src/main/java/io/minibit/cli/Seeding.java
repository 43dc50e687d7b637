package io.minibit.cli;

import io.minibit.Torrent;
import io.minibit.TorrentStatus;
import io.minibit.model.TorrentState;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Stays in a swarm and shows what is given to it, until the time is over, the user ends it or the torrent fails. */
final class Seeding {
  private static final long TICK_MILLIS = 500;

  private Seeding() {}

  /**
   * Returns when the time is over or the user wants an end.
   *
   * @param duration how long; null for ever
   */
  static void stay(Torrent torrent, @Nullable Duration duration, StopSignal stop) {
    long startedAt = System.nanoTime();
    long nanos = duration == null ? Long.MAX_VALUE : duration.toNanos();
    long totalLength = torrent.metainfo().layout().totalLength();
    CompletableFuture<Void> nothing = new CompletableFuture<>();
    try (StatusLine line = StatusLine.onErrorOutput()) {
      while (!stop.isRequested()) {
        TorrentStatus status = torrent.status();
        if (status.state() == TorrentState.FAILED || status.state() == TorrentState.LEFT) {
          throw CommandException.failed(status.explanation());
        }
        long left = nanos - (System.nanoTime() - startedAt);
        if (left <= 0) {
          return;
        }
        line.update(describe(totalLength, status, duration == null ? null : Duration.ofNanos(left)));
        stop.await(nothing, Math.min(TICK_MILLIS, left / 1_000_000 + 1));
      }
    }
  }

  /** Numbers first: the end is cut where the terminal is narrow. */
  static String describe(long totalLength, TorrentStatus status, @Nullable Duration left) {
    StringBuilder line = new StringBuilder();
    if (status.uploadRate() > 0) {
      line.append("up ").append(Sizes.formatRate((double) status.uploadRate())).append("  ");
    }
    if (status.uploaded() > 0) {
      double copies = (double) status.uploaded() / totalLength;
      line.append(Sizes.format(status.uploaded()))
          .append(String.format(Locale.ROOT, " given (%.1f copies)  ", copies));
    }
    line.append(status.explanation());
    if (left != null) {
      // By the second: in tenths it would flicker.
      line.append("  ").append(Durations.format(left.truncatedTo(ChronoUnit.SECONDS))).append(" left");
    }
    return line.toString();
  }
}
