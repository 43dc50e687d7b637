package io.minibit.store;

import java.io.IOException;

/** What a store had written was changed by another program; it must be verified again before it is served. */
public final class StoreChangedException extends IOException {
  private static final long serialVersionUID = 1L;

  public StoreChangedException(String message) {
    super(message);
  }
}
