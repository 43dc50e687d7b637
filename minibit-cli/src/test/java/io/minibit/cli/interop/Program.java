package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process under test, and what it says. */
final class Program implements AutoCloseable {
  private static final int LINES_SHOWN = 25;
  private static final long POLL_MILLIS = 20;

  private final String name;
  private final Process process;
  private final Path log;

  /**
   * Starts it.
   *
   * @param home its working and home directory, where also its output goes
   */
  Program(String name, Host host, Path home, List<String> command) throws IOException {
    this.name = name;
    Files.createDirectories(home);
    log = Files.createTempFile(home, "output", ".log");
    ProcessBuilder builder =
        new ProcessBuilder(host.command(command))
            .directory(home.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    for (String variable : List.of("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "JAVA_OPTS", "MINIBIT_OPTS")) {
      builder.environment().remove(variable);
    }
    builder.environment().put("HOME", home.toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    process = builder.start();
    process.getOutputStream().close();
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** All that it has said, errors included. */
  String output() {
    try {
      return Files.readString(log, StandardCharsets.ISO_8859_1); // a client may cut a character in two
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The end of what it said, for the message of a failure. */
  String lastLines() {
    List<String> lines = output().lines().flatMap(line -> Pattern.compile("\r").splitAsStream(line)).toList();
    return "---- " + name + (isAlive() ? "" : ", exit code " + process.exitValue()) + ", said at last:\n"
        + String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size())) + "\n";
  }

  /** Waits until it has said something, and answers what. */
  Matcher await(String regex, Duration atMost) throws InterruptedException {
    Pattern pattern = Pattern.compile(regex);
    long start = System.nanoTime();
    while (true) {
      boolean alive = isAlive(); // before the look: its last words count
      Matcher matcher = pattern.matcher(output());
      if (matcher.find()) {
        return matcher;
      }
      if (!alive || System.nanoTime() - start > atMost.toNanos()) {
        return fail(name + (alive ? " does not say within " + atMost : " ended without saying") + ": " + regex + "\n"
            + lastLines());
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** Waits until it has ended by itself, and successfully. */
  Program awaitSuccess(Duration atMost) throws InterruptedException {
    assertEquals(0, awaitEnd(atMost), this::lastLines);
    return this;
  }

  /** Waits until it has ended. */
  int awaitEnd(Duration atMost) throws InterruptedException {
    if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
      fail(name + " does not end within " + atMost + "\n" + lastLines());
    }
    return process.exitValue();
  }

  /** What Ctrl-C does. */
  void interrupt() throws IOException, InterruptedException {
    new ProcessBuilder("kill", "-INT", String.valueOf(pid())).start().waitFor();
  }

  /** Ends it at once. */
  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.waitFor(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
