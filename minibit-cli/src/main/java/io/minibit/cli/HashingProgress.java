package io.minibit.cli;

import io.minibit.metainfo.MetainfoBuilder;
import org.jspecify.annotations.Nullable;

/** A progress bar for the hashing of content, which ends when the user wants that. */
final class HashingProgress implements MetainfoBuilder.Progress, AutoCloseable {
  private final StopSignal stop;
  private final String label;
  private @Nullable ProgressBar bar;

  HashingProgress(StopSignal stop, String label) {
    this.stop = stop;
    this.label = label;
  }

  @Override
  public void onHashed(long bytes, long totalBytes) {
    stop.throwIfRequested();
    if (bar == null) {
      bar = ProgressBar.onErrorOutput(label, totalBytes);
    }
    bar.update(bytes);
  }

  @Override
  public void close() {
    if (bar != null) {
      bar.close();
    }
  }
}
