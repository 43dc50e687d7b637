package io.minibit.store;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a store has cannot be reached now, whatever it is: permission was lost, a disk is not mounted, too many files are
 * open. Nothing follows for the pieces, so that it is tried again later instead of taking them for missing.
 */
public final class StoreUnavailableException extends IOException {
  private static final long serialVersionUID = 1L;

  public StoreUnavailableException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
