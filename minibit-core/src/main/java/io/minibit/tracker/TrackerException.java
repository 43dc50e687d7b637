package io.minibit.tracker;

import io.minibit.model.MiniBitException;

/** A tracker refused, answered nonsense or did not answer. The message names the tracker and says which. */
public final class TrackerException extends MiniBitException {
  private static final long serialVersionUID = 1L;

  public TrackerException(String message) {
    super(message);
  }

  public TrackerException(String message, Throwable cause) {
    super(message, cause);
  }
}
