package io.minibit.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How large the terminal of this process is now; people resize theirs. Java hears nothing of that, so {@code stty} is asked,
 * now and then and in the background; where there is none, the size stays what the launcher said. Thread-safe.
 */
final class TerminalSize implements AutoCloseable {
  private static final File TERMINAL = new File("/dev/tty");
  private static final Pattern ROWS_AND_COLUMNS = Pattern.compile("(\\d{1,5}) (\\d{1,5})\\s*");

  /** Soon enough after a resize, and rare enough for a process of its own. */
  private static final Duration PAUSE = Duration.ofMillis(700);

  private final Thread thread = new Thread(this::run, "minibit-terminal-size");
  private volatile Terminal terminal;

  /** Begins with what is known. */
  TerminalSize(Terminal first) {
    terminal = first;
    thread.setDaemon(true);
    if (TERMINAL.exists()) {
      thread.start();
    }
  }

  /** The size at the last look. */
  Terminal now() {
    return terminal;
  }

  private void run() {
    try {
      while (ask()) {
        Thread.sleep(PAUSE.toMillis());
      }
    } catch (IOException e) {
      // No stty here.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // closed
    }
  }

  /** Whether it is worth asking again. */
  private boolean ask() throws IOException, InterruptedException {
    Process stty =
        new ProcessBuilder("stty", "size")
            .redirectInput(TERMINAL)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try {
      if (!stty.waitFor(PAUSE.toMillis(), TimeUnit.MILLISECONDS)) {
        return false;
      }
      Matcher size =
          ROWS_AND_COLUMNS.matcher(new String(stty.getInputStream().readAllBytes(), StandardCharsets.US_ASCII));
      if (stty.exitValue() != 0 || !size.matches()) {
        return false;
      }
      terminal = Terminal.sized(Integer.parseInt(size.group(2)), Integer.parseInt(size.group(1)));
      return true;
    } finally {
      stty.destroy();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
