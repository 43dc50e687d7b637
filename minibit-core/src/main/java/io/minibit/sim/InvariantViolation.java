package io.minibit.sim;

import io.minibit.model.MiniBitException;
import org.jspecify.annotations.Nullable;

/**
 * Something happened in a checked simulation that must never happen. The message says what, when and to whom, with the
 * scenario, the last events, and how to see it again.
 */
public final class InvariantViolation extends MiniBitException {
  private static final long serialVersionUID = 1L;

  private final String invariant;

  InvariantViolation(String invariant, String message, @Nullable Throwable cause) {
    super(message);
    if (cause != null) {
      initCause(cause);
    }
    this.invariant = invariant;
  }

  /** What did not hold, in one line. */
  public String invariant() {
    return invariant;
  }
}
