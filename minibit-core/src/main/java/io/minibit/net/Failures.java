package io.minibit.net;

import io.minibit.model.MiniBitException;
import java.io.IOException;
import java.net.UnknownHostException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;

/** Says in a few words what an exception means to a user. */
final class Failures {
  private static final Pattern UNPRINTABLE = Pattern.compile("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]");

  private Failures() {}

  /** Safe for a log or a terminal, whatever a file or a remote message is called. */
  static String describe(Throwable failure) {
    return printable(words(failure));
  }

  /** Without what steers a terminal, reorders a line or breaks it: control characters and the formatting ones. */
  private static String printable(String text) {
    return UNPRINTABLE.matcher(text).replaceAll("\ufffd");
  }

  private static String words(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    String message = cause.getMessage();
    if (cause instanceof TimeoutException) {
      return message == null ? "no answer" : "no answer: " + message;
    }
    if (cause instanceof UnknownHostException) {
      return "unknown host: " + message;
    }
    if (message == null) {
      return cause.getClass().getSimpleName();
    }
    // What the user can act on is in the message of these; of other exceptions the kind matters too.
    return cause instanceof IOException || cause instanceof MiniBitException
        ? message
        : cause.getClass().getSimpleName() + ": " + message;
  }
}
