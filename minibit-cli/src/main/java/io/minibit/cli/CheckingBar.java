package io.minibit.cli;

import io.minibit.Torrent;
import io.minibit.TorrentStatus;
import io.minibit.model.TorrentState;
import java.util.concurrent.CompletableFuture;

/** Shows how far a torrent has verified what was there when it was joined. */
final class CheckingBar {
  /** Short, since most torrents are checked before anybody could read a word. */
  private static final long TICK_MILLIS = 20;

  private CheckingBar() {}

  /**
   * Waits until the torrent trades or cannot.
   *
   * @param completion of the torrent
   * @return its status then, or when a stop is requested
   */
  static TorrentStatus await(Torrent torrent, CompletableFuture<Void> completion, StopSignal stop) {
    long total = torrent.metainfo().layout().totalLength();
    try (ProgressBar bar = ProgressBar.onErrorOutput("checking", total)) {
      TorrentStatus status = torrent.status();
      boolean shown = false;
      while (status.state() == TorrentState.CHECKING && !stop.isRequested()) {
        if (status.checked() > 0) {
          bar.update((long) (total * status.checked()));
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
