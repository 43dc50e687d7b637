package io.minibit.sim;

import io.minibit.model.MiniBitException;

/** A scenario that cannot be: the message says which value of what is wrong, and in a file in which line. */
public final class ScenarioException extends MiniBitException {
  private static final long serialVersionUID = 1L;

  public ScenarioException(String message) {
    super(message);
  }
}
