package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.PrintWriter;
import java.io.Writer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** One command in this JVM, on a thread of its own, with what it prints. */
final class CommandLineRun {
  private static final long PATIENCE_SECONDS = 60;

  private final StopSignal stop = new StopSignal();
  private final Lines out = new Lines();
  private final Lines err = new Lines();
  private final CompletableFuture<Integer> exitCode;

  private CommandLineRun(String[] args) {
    exitCode =
        CompletableFuture.supplyAsync(
            () -> Main.run(new Main(stop), args, new PrintWriter(out, true), new PrintWriter(err, true)),
            task -> new Thread(task, "command " + Arrays.toString(args)).start());
  }

  /** Starts a command that goes on until {@link #stop()}. */
  static CommandLineRun start(Object... args) {
    return new CommandLineRun(Arrays.stream(args).map(String::valueOf).toArray(String[]::new));
  }

  /** Runs a command that ends by itself. */
  static CommandLineRun run(Object... args) throws Exception {
    CommandLineRun run = start(args);
    run.exitCode();
    return run;
  }

  /** Waits for its end. */
  int exitCode() throws Exception {
    return exitCode.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** As Ctrl-C; answers the exit code. */
  int stop() throws Exception {
    stop.request();
    return exitCode();
  }

  /** Waits for the first line of results that begins so. */
  String awaitLine(String start) throws InterruptedException {
    String line = out.await(start, PATIENCE_SECONDS);
    assertTrue(line != null, () -> "no line '" + start + "…' in " + out.lines() + " " + err.lines());
    return line;
  }

  List<String> out() {
    return out.lines();
  }

  /** The last line of results. */
  String lastLine() {
    List<String> lines = out();
    return lines.isEmpty() ? "" : lines.get(lines.size() - 1);
  }

  List<String> err() {
    return err.lines();
  }

  /** That it ended well. */
  CommandLineRun requireDone() throws Exception {
    assertEquals(0, exitCode(), () -> err.lines().toString());
    return this;
  }

  /** That it failed with this code and exactly one line of error, which it answers. */
  String requireError(int code) throws Exception {
    assertEquals(code, exitCode(), () -> out.lines() + " " + err.lines());
    assertEquals(1, err().size(), () -> err.lines().toString());
    return err().get(0);
  }

  /** What was printed so far, in lines. */
  private static final class Lines extends Writer {
    private final StringBuilder text = new StringBuilder();
    private final BlockingQueue<String> unread = new LinkedBlockingQueue<>();
    private int unreadFrom;

    @Override
    public synchronized void write(char[] buffer, int offset, int length) {
      text.append(buffer, offset, length);
      for (int end = text.indexOf("\n", unreadFrom); end >= 0; end = text.indexOf("\n", unreadFrom)) {
        unread.add(text.substring(unreadFrom, end));
        unreadFrom = end + 1;
      }
    }

    String await(String start, long seconds) throws InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      while (true) {
        String line = unread.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        if (line == null || line.startsWith(start)) {
          return line;
        }
      }
    }

    synchronized List<String> lines() {
      return text.toString().lines().toList();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }
}
