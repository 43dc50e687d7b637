package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.MiniBitException;
import io.minibit.tracker.TrackerException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.UnknownHostException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

class MainTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    return Main.run(args, new PrintWriter(out), new PrintWriter(err));
  }

  /** Runs the command {@code try}, which does what the test wants. */
  private int runTry(Callable<Integer> action, String... args) {
    CommandLine line = Main.commandLine(new Main(), new PrintWriter(out), new PrintWriter(err));
    line.addSubcommand(new Try(action));
    String[] all = new String[args.length + 1];
    all[0] = "try";
    System.arraycopy(args, 0, all, 1, args.length);
    return line.execute(all);
  }

  private String errorOf(Exception failure, int expectedCode) {
    err.getBuffer().setLength(0);
    assertEquals(
        expectedCode,
        runTry(
            () -> {
              throw failure;
            }));
    return err.toString().stripTrailing();
  }

  @Command(name = "try")
  private static final class Try implements Callable<Integer> {
    private final Callable<Integer> action;

    @Option(names = "--size", converter = Sizes.SizeConverter.class)
    private long size;

    @Option(names = "--wait", converter = Durations.Converter.class)
    private Duration wait = Duration.ZERO;

    Try(Callable<Integer> action) {
      this.action = action;
    }

    @Override
    public Integer call() throws Exception {
      return size > 0 || !wait.isZero() ? (int) (size + wait.toSeconds()) : action.call();
    }
  }

  @Test
  void theVersionIsOneLine() {
    assertEquals(0, run("--version"));
    assertTrue(out.toString().matches("minibit \\d+\\.\\d+\\.\\S+\\R"), out.toString());
    assertEquals("", err.toString());
  }

  @Test
  void helpSaysWhatTheProgramIsForAndWhatTheExitCodesMean() {
    assertEquals(0, run("--help"));
    assertTrue(out.toString().contains("BitTorrent"));
    assertTrue(out.toString().contains("Exit codes: 0 done, 1 failed while running, 2 wrong usage or malformed input."));
  }

  @Test
  void noCommandIsWrongUsage() {
    assertEquals(2, run());
    assertEquals("minibit: say what to do: a command is missing (see 'minibit --help')", err.toString().strip());
  }

  @Test
  void anUnknownOptionIsOneLineAndExitCodeTwo() {
    assertEquals(2, run("--frobnicate"));
    assertEquals("minibit: Unknown option: '--frobnicate' (see 'minibit --help')", err.toString().strip());
  }

  @Test
  void aNearMissIsSuggested() {
    assertEquals(2, run("--verbos"));
    assertTrue(err.toString().contains("did you mean --verbose?"), err.toString());
  }

  @Test
  void valuesAreReadWithTheirUnitsAndRefusedWithTheConvertersWords() {
    assertEquals(1029, runTry(() -> 0, "--size", "1KiB", "--wait=5s"));
    assertEquals(2, runTry(() -> 0, "--size", "big"));
    assertEquals(
        "minibit: Invalid value for option '--size': 'big' is no size such as 1024, 256KiB or 1.5MB"
            + " (see 'minibit try --help')",
        err.toString().strip());
  }

  @Test
  void aCommandsAnswerIsTheExitCode() {
    assertEquals(0, runTry(() -> Main.DONE));
    assertEquals(1, runTry(() -> Main.FAILED));
  }

  @Test
  void anErrorIsOneLineThatSaysWhat() {
    assertEquals(
        "minibit: info.pieces: 41 bytes is not a multiple of 20",
        errorOf(new MiniBitException("info.pieces: 41 bytes is not a multiple of 20"), 2));
    assertEquals("minibit: two pieces differ", errorOf(CommandException.failed("two pieces differ"), 1));
    assertEquals("minibit: no piece size", errorOf(CommandException.misused("no piece size"), 2));
    assertEquals("minibit: refused", errorOf(new TrackerException("refused"), 1));
    assertEquals("minibit: no such file: a.torrent", errorOf(new NoSuchFileException("a.torrent"), 1));
    assertEquals("minibit: permission denied: a", errorOf(new AccessDeniedException("a"), 1));
    assertEquals(
        "minibit: a: No space left on device",
        errorOf(new FileSystemException("a", null, "No space left on device"), 1));
    assertEquals("minibit: unknown host: tracker.invalid", errorOf(new UnknownHostException("tracker.invalid"), 1));
    assertEquals("minibit: Connection refused", errorOf(new IOException("Connection refused"), 1));
    assertEquals("minibit: a (Is a directory)", errorOf(new FileNotFoundException("a (Is a directory)"), 1));
  }

  @Test
  void wrappersAreLookedThrough() {
    assertEquals(
        "minibit: no such file: x",
        errorOf(new CompletionException(new UncheckedIOException(new NoSuchFileException("x"))), 1));
    assertEquals("minibit: bad", errorOf(new CompletionException(new MiniBitException("bad")), 2));
  }

  @Test
  void anErrorOfOurOwnNamesItsClassForABugReport() {
    assertEquals(
        "minibit: IllegalStateException: slot 7 (a bug in MiniBit; --debug shows where)",
        errorOf(new IllegalStateException("slot 7"), 1));
  }

  @Test
  void anErrorCannotSteerTheTerminal() {
    assertEquals("minibit: name \ufffd[2J\ufffdx", errorOf(new MiniBitException("name \u001b[2J\nx"), 2));
  }

  @Test
  void aStackTraceIsShownOnlyWithDebug() {
    Callable<Integer> failing =
        () -> {
          throw new MiniBitException("bad");
        };
    runTry(failing);
    assertFalse(err.toString().contains("\tat "), err.toString());
    runTry(failing, "--debug");
    assertTrue(err.toString().contains("\tat "), err.toString());
    assertTrue(err.toString().stripTrailing().endsWith("minibit: bad"), err.toString());
  }
}
