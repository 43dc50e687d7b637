package io.minibit.net;

import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A JVM of its own with this one's class path, which is told and says lines. It should end when its input does. Every
 * wait is bounded; for one thread.
 */
final class JavaProcess implements Closeable {
  private static final long MOST_SECONDS = 120;

  private final Process process;

  /** What it has said; empty at the end. */
  private final BlockingQueue<Optional<String>> said = new LinkedBlockingQueue<>();

  private JavaProcess(Process process) {
    this.process = process;
    Thread reader = new Thread(this::read, "reader-of-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  static JavaProcess start(List<String> options, Class<?> main, String... args) throws IOException {
    return start(List.of(), options, main, args);
  }

  /** With what the others leave of the processor; POSIX only. */
  static JavaProcess startNice(List<String> options, Class<?> main, String... args) throws IOException {
    return start(List.of("nice", "-n", "19"), options, main, args);
  }

  private static JavaProcess start(List<String> launcher, List<String> options, Class<?> main, String... args)
      throws IOException {
    List<String> command = new ArrayList<>(launcher);
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(options);
    command.addAll(List.of("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(main.getName());
    command.addAll(List.of(args));
    return new JavaProcess(new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start());
  }

  private void read() {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      lines.lines().map(Optional::of).forEach(said::add);
    } catch (IOException | UncheckedIOException e) {
      // The process was destroyed, which is an end, too.
    } finally {
      said.add(Optional.empty());
    }
  }

  /** The next line that it says. */
  String line() throws InterruptedException {
    Optional<String> line = said.poll(MOST_SECONDS, TimeUnit.SECONDS);
    if (line == null) {
      throw new IllegalStateException("the process has said nothing for " + MOST_SECONDS + " s");
    }
    return line.orElseThrow(() -> new IllegalStateException("the process has ended"));
  }

  JavaProcess tell(String line) throws IOException {
    process.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    return this;
  }

  /** Ends its input, and gives its exit code. */
  int end() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the process does not end");
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
