package io.minibit.cli;

/**
 * A command gives up, with the line to show and the exit code. For what a command finds out by itself; errors of the
 * library and of the operating system are thrown on as they are.
 */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandException(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** The command line, or a file that it names, is not usable: exit code 2. */
  static CommandException misused(String message) {
    return new CommandException(Main.MISUSED, message);
  }

  /** The same, with what found it out. */
  static CommandException misused(String message, Throwable cause) {
    CommandException exception = misused(message);
    exception.initCause(cause);
    return exception;
  }

  /** The command was understood but could not be completed: exit code 1. */
  static CommandException failed(String message) {
    return new CommandException(Main.FAILED, message);
  }

  /** The user ended it before it was done: exit code 130. */
  static CommandException interrupted(String message) {
    return new CommandException(StopSignal.INTERRUPTED, message);
  }

  int exitCode() {
    return exitCode;
  }
}
