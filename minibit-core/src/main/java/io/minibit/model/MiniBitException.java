package io.minibit.model;

/**
 * Root of the errors that MiniBit itself finds: malformed input, a protocol violation, a limit that was exceeded. The
 * message says what is wrong and where, in one line fit for a user. I/O failures stay {@link java.io.IOException}.
 */
public class MiniBitException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MiniBitException(String message) {
    super(message);
  }

  public MiniBitException(String message, Throwable cause) {
    super(message, cause);
  }
}
