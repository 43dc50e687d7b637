package io.minibit.net;

import io.minibit.model.MiniBitException;
import java.io.IOException;
import java.util.concurrent.CompletionException;

/** Says in a few words what an exception means to a user. */
final class Failures {
  private Failures() {}

  static String describe(Throwable failure) {
    Throwable cause = failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    String message = cause.getMessage();
    if (message == null) {
      return cause.getClass().getSimpleName();
    }
    // What the user can act on is in the message of these; of other exceptions the kind matters too.
    return cause instanceof IOException || cause instanceof MiniBitException
        ? message
        : cause.getClass().getSimpleName() + ": " + message;
  }
}
