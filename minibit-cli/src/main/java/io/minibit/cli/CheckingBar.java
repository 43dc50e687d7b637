package io.minibit.cli;

import io.minibit.Torrent;
import io.minibit.TorrentStatus;
import io.minibit.model.TorrentState;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** Shows how far a torrent has verified what was there when it was joined. */
final class CheckingBar {
  /** Short, since most torrents are checked before anybody could read a word. */
  private static final long TICK_MILLIS = 20;

  /** From then on one wants to know why it takes so long. */
  private static final long EXPLAINED_NANOS = Duration.ofSeconds(1).toNanos();

  private CheckingBar() {}

  /**
   * Waits until the torrent trades or cannot.
   *
   * @param completion of the torrent
   * @param timeout how long it may stand still; null for ever
   * @return its status then, or when a stop is requested
   */
  static TorrentStatus await(
      Torrent torrent, CompletableFuture<Void> completion, @Nullable Duration timeout, StopSignal stop) {
    long movedAt = System.nanoTime();
    double checked = 0;
    long total = torrent.metainfo().layout().totalLength();
    try (ProgressBar bar = ProgressBar.onErrorOutput("checking", total)) {
      TorrentStatus status = torrent.status();
      boolean shown = false;
      while (status.state() == TorrentState.CHECKING && !stop.isRequested()) {
        long still = System.nanoTime() - movedAt;
        if (status.checked() != checked) {
          checked = status.checked();
          movedAt = System.nanoTime();
        } else if (timeout != null && still > timeout.toNanos()) {
          throw CommandException.failed(
              "nothing has moved for " + Durations.format(timeout) + ": " + status.explanation());
        }
        if (checked > 0 || still > EXPLAINED_NANOS) {
          bar.update((long) (total * checked), still > EXPLAINED_NANOS ? status.explanation() : "");
          shown = true;
        }
        stop.await(completion, TICK_MILLIS);
        status = torrent.status();
      }
      if (shown && status.state() != TorrentState.CHECKING) {
        bar.update(total); // what stays on the screen says that it is over
      }
      return status;
    }
  }
}
