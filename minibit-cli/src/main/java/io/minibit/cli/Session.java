package io.minibit.cli;

import java.io.PrintWriter;

/**
 * What a command has to do with whoever typed it.
 *
 * @param out results go there
 * @param stop the request to end early
 */
record Session(PrintWriter out, StopSignal stop) {
  /** One line of results; text from strangers in it must be {@link SafeText}. */
  void print(String line) {
    out.println(line);
    out.flush();
  }
}
