package io.minibit.cli;

import io.minibit.model.MiniBitException;
import io.minibit.store.StoreChangedException;
import io.minibit.tracker.TrackerException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.ParameterException;

/** What an error means to whoever typed the command: one line of words and an exit code. */
final class Failure {
  private Failure() {}

  /** The line for the error output, {@code minibit: …}, safe for a terminal. */
  static String line(Throwable failure) {
    return "minibit: " + describe(failure);
  }

  /** The same without the program's name, for a sentence of one's own; safe for a terminal. */
  static String describe(Throwable failure) {
    return SafeText.of(words(root(failure)));
  }

  /** 2 for malformed input and wrong usage, 1 for everything else. */
  static int exitCode(Throwable failure) {
    Throwable root = root(failure);
    if (root instanceof CommandException given) {
      return given.exitCode();
    }
    if (root instanceof ParameterException) {
      return Main.MISUSED;
    }
    if (root instanceof TrackerException || root instanceof StoreChangedException) {
      return Main.FAILED;
    }
    return root instanceof MiniBitException ? Main.MISUSED : Main.FAILED;
  }

  /** The error inside the wrappers that only say on which thread or through which interface it came. */
  private static Throwable root(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null
        && (root instanceof CompletionException
            || root instanceof ExecutionException
            || root instanceof UncheckedIOException)) {
      root = root.getCause();
    }
    return root;
  }

  private static String words(Throwable failure) {
    String message = failure.getMessage() == null ? "" : failure.getMessage();
    if (failure instanceof MiniBitException
        || failure instanceof CommandException
        || failure instanceof ParameterException) {
      return message;
    }
    if (failure instanceof FileSystemException file) {
      return words(file);
    }
    if (failure instanceof FileNotFoundException) {
      return message;
    }
    if (failure instanceof UnknownHostException) {
      return "unknown host: " + message;
    }
    if (failure instanceof UnresolvedAddressException) {
      return "unknown host";
    }
    if (failure instanceof TimeoutException) {
      return message.isEmpty() ? "no answer in time" : message;
    }
    if (failure instanceof IOException && !message.isEmpty()) {
      return message;
    }
    if (failure instanceof OutOfMemoryError) {
      return "out of memory; give the JVM more, for instance with MINIBIT_OPTS=-Xmx1g";
    }
    // Nothing that a user could have caused: the class name is what a bug report needs.
    return failure.getClass().getSimpleName()
        + (message.isEmpty() ? "" : ": " + message)
        + " (a bug in MiniBit; --debug shows where)";
  }

  private static String words(FileSystemException failure) {
    String file = failure.getFile() == null ? "?" : failure.getFile();
    String reason = failure.getReason() == null ? "" : failure.getReason();
    if (failure instanceof NoSuchFileException) {
      return (Files.isSymbolicLink(Path.of(file)) ? "this link leads nowhere: " : "no such file: ") + file;
    }
    if (failure instanceof AccessDeniedException) {
      return "permission denied: " + file;
    }
    if (failure instanceof FileAlreadyExistsException) {
      return "already exists: " + file;
    }
    if (failure instanceof NotDirectoryException) {
      return "not a directory: " + file;
    }
    if (failure instanceof DirectoryNotEmptyException) {
      return "directory not empty: " + file;
    }
    return reason.isEmpty() ? "cannot use " + file : file + ": " + reason;
  }
}
