package io.minibit.store;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Makes a user's sentence of an I/O failure: what could not be done, to which file, why. The JDK's own messages name
 * either the file (permission denied) or the reason (full disk), never both.
 */
final class FileFailure {
  private FileFailure() {}

  /** For example {@code named("cannot write", path, e)}. */
  static IOException named(String what, Path path, IOException cause) {
    return new IOException(what + " " + path + ": " + reason(cause), cause);
  }

  /** The same where it says nothing about what the file holds. */
  static StoreUnavailableException unavailable(String what, Path path, IOException cause) {
    return new StoreUnavailableException(what + " " + path + ": " + reason(cause), cause);
  }

  /** The thread's interrupt status stays set: its owner asked it to stop. */
  static InterruptedIOException interrupted(Path path, @Nullable IOException cause) {
    InterruptedIOException interrupted = new InterruptedIOException("interrupted while using " + path);
    if (cause != null) {
      interrupted.initCause(cause);
    }
    return interrupted;
  }

  static String reason(IOException cause) {
    if (cause instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (cause instanceof NoSuchFileException) {
      return "no such file or directory";
    }
    if (cause instanceof FileSystemException failure && failure.getReason() != null) {
      return failure.getReason();
    }
    return cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
  }
}
