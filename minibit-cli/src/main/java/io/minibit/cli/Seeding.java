package io.minibit.cli;

import io.minibit.Torrent;
import io.minibit.TorrentStatus;
import io.minibit.model.TorrentState;
import java.time.Duration;
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
    CompletableFuture<Void> nothing = new CompletableFuture<>();
    try (StatusLine line = StatusLine.onErrorOutput()) {
      while (!stop.isRequested()) {
        TorrentStatus status = torrent.status();
        if (status.state() == TorrentState.FAILED || status.state() == TorrentState.LEFT) {
          throw CommandException.failed(status.explanation());
        }
        line.update(
            status.explanation()
                + (status.uploadRate() > 0 ? ", " + Sizes.formatRate((double) status.uploadRate()) : "")
                + (status.uploaded() > 0 ? ", " + Sizes.format(status.uploaded()) + " uploaded" : ""));
        long left = nanos - (System.nanoTime() - startedAt);
        if (left <= 0) {
          return;
        }
        stop.await(nothing, Math.min(TICK_MILLIS, left / 1_000_000 + 1));
      }
    }
  }
}
