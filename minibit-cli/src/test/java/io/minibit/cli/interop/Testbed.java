package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Everything that a test makes outside this JVM: processes, hosts, files. {@link #close} leaves nothing of it, and so does
 * the end of this JVM.
 */
final class Testbed implements AutoCloseable {
  private static final long POLL_MILLIS = 50;

  private final Network network;
  private final Path directory;
  private final Deque<Program> programs = new ArrayDeque<>();
  private final Thread onExit = new Thread(this::clear, "testbed-removal");
  private final AtomicInteger directories = new AtomicInteger();

  private Testbed(Network network) throws IOException {
    this.network = network;
    directory = Files.createTempDirectory("minibit-interop-");
    // opentracker gives up its privileges before it reads.
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    Runtime.getRuntime().addShutdownHook(onExit);
  }

  static Testbed onLoopback() throws IOException {
    return new Testbed(Network.loopback());
  }

  static Testbed inNamespaces() throws IOException, InterruptedException {
    return new Testbed(Network.namespaces());
  }

  /** On a network that the test itself disturbs. */
  static Testbed on(Network network) throws IOException {
    return new Testbed(network);
  }

  /** Where all these clients will trade. */
  static Testbed suiting(RealClient... clients) throws IOException, InterruptedException {
    return Arrays.stream(clients).allMatch(RealClient::usesLoopback) ? onLoopback() : inNamespaces();
  }

  Host host() throws IOException, InterruptedException {
    return network.host();
  }

  /** A directory that nobody else uses. */
  Path newDirectory(String purpose) throws IOException {
    return Files.createDirectory(directory.resolve(directories.incrementAndGet() + "-" + purpose));
  }

  /** Starts a program with a home of its own. */
  Program start(String name, Host host, List<String> command) throws IOException {
    return start(name, host, newDirectory(name), command);
  }

  /** Starts a program in a home that it shares with its configuration. */
  synchronized Program start(String name, Host host, Path home, List<String> command) throws IOException {
    Program program = new Program(name, host, home, command);
    programs.push(program);
    return program;
  }

  /** Runs a program to its successful end, and answers what it said. */
  String run(String name, Host host, List<String> command) throws IOException, InterruptedException {
    try (Program program = start(name, host, command)) {
      return program.awaitSuccess(Duration.ofMinutes(1)).output();
    }
  }

  /** Waits until a directory holds the same as another one, while programs work on that. */
  void awaitSame(Content content, Path expected, Path actual, Duration atMost, Program... programs)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    while (true) {
      // Asked before the look at the content: one may be done and end at this moment.
      boolean ended = Arrays.stream(programs).anyMatch(program -> !program.isAlive());
      List<String> differences = content.differences(expected, actual);
      if (differences.isEmpty()) {
        return;
      }
      if (ended) {
        fail("a program has ended too early: " + differences + "\n" + lastLines(programs));
      }
      if (System.nanoTime() - start > atMost.toNanos()) {
        fail("not complete within " + atMost + ": " + differences + "\n" + lastLines(programs));
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  private static String lastLines(Program... programs) {
    return Arrays.stream(programs).map(Program::lastLines).collect(Collectors.joining());
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(onExit);
    clear();
  }

  private void clear() {
    synchronized (this) {
      programs.forEach(Program::close);
    }
    network.close();
    try {
      Files.walkFileTree(directory, new SimpleFileVisitor<>() {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
          Files.delete(file);
          return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
          Files.delete(visited);
          return FileVisitResult.CONTINUE;
        }
      });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
