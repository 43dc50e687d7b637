package io.minibit.cli;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Another MiniBit of the same Java, started as a process that outlives this one and its terminal: without input, with
 * its output in a log.
 */
final class Launch {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long TICK_MILLIS = 30;

  /** The end of a log that is looked at for what went wrong. */
  private static final int TAIL_BYTES = 4 << 10;

  private static final boolean WINDOWS =
      System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");

  /**
   * A terminal that closes hangs up, and Ctrl-C goes to all that were started from it: neither is meant for the
   * process. The JVM leaves signals alone that were ignored before it.
   */
  private static final String DETACH =
      "trap '' HUP INT; if command -v setsid >/dev/null 2>&1; then exec setsid \"$@\"; fi; exec \"$@\"";

  private final Classroom classroom;
  private final String name;
  private final Path log;
  private final long logBegin;
  private final Process process;
  private final long startedAt = System.nanoTime();

  private Launch(Classroom classroom, String name, Path log, long logBegin, Process process) {
    this.classroom = classroom;
    this.name = name;
    this.log = log;
    this.logBegin = logBegin;
    this.process = process;
  }

  /**
   * Starts a process.
   *
   * @param name under which it will be found in the classroom
   * @param heapBytes what it may need at most
   * @param arguments its command line
   */
  static Launch start(Classroom classroom, String name, Path log, long heapBytes, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>();
    if (!WINDOWS) {
      command.addAll(List.of("/bin/sh", "-c", DETACH, "minibit"));
    }
    // Without a console on Windows, so that it cannot be closed with one.
    command.add(Path.of(System.getProperty("java.home"), "bin", WINDOWS ? "javaw.exe" : "java").toString());
    command.add("-Xmx" + ((heapBytes >> 20) + 1) + "m");
    List<String> own = ownFlags();
    if (own.stream().noneMatch(flag -> flag.matches("-XX:\\+Use\\w*GC"))) {
      command.add("-XX:+UseSerialGC");
    }
    String classPath = absoluteClassPath();
    Path options = Path.of(classPath.split(File.pathSeparator, 2)[0]).resolveSibling("java.options");
    if (Files.exists(options)) {
      command.add("@" + options);
    }
    command.addAll(classArchive(classPath));
    command.addAll(own);
    command.addAll(List.of("-cp", classPath, Main.class.getName()));
    command.addAll(arguments);
    Classroom.requirePlain(log);
    long logBegin = Files.exists(log) ? Files.size(log) : 0;
    Process process =
        new ProcessBuilder(command)
            .directory(classroom.directory().toAbsolutePath().toFile())
            .redirectInput(new File(WINDOWS ? "NUL" : "/dev/null"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    return new Launch(classroom, name, log, logBegin, process);
  }

  /** As the launcher script does: what the user wants for every JVM of MiniBit. */
  private static List<String> ownFlags() {
    return Stream.of("JAVA_OPTS", "MINIBIT_OPTS")
        .map(System.getenv()::get)
        .filter(Objects::nonNull)
        .flatMap(flags -> Stream.of(flags.strip().split("\\s+", -1)))
        .filter(flag -> !flag.isEmpty())
        .toList();
  }

  private static String absoluteClassPath() {
    return String.join(
        File.pathSeparator,
        Stream.of(System.getProperty("java.class.path", "").split(File.pathSeparator, -1))
            .map(entry -> Path.of(entry).toAbsolutePath().normalize().toString())
            .toList());
  }

  /** The archive of parsed classes beside the jar, if it was made for this Java and this place. */
  private static List<String> classArchive(String classPath) throws IOException {
    if (classPath.contains(File.pathSeparator)) {
      return List.of();
    }
    Path archive = Path.of(classPath).resolveSibling("minibit.jsa");
    Path madeFor = archive.resolveSibling("minibit.jsa.for");
    boolean fits =
        Files.exists(archive)
            && Files.exists(madeFor)
            && Files.readString(madeFor).strip().equals(System.getProperty("java.runtime.version") + " " + classPath);
    return fits
        ? List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + archive, "-Xlog:cds=off")
        : List.of();
  }

  /**
   * Waits until it says that it can be reached.
   *
   * @throws CommandException if it ends instead, with its last words; if it takes too long, or a stop is requested
   */
  ProcessEntry await(StopSignal stop) throws IOException {
    while (true) {
      boolean alive = process.isAlive();
      ProcessEntry entry = reached();
      if (entry != null) {
        return entry;
      }
      if (!alive) {
        throw CommandException.failed(name + " did not start: " + lastWords() + "; its log is " + log);
      }
      if (System.nanoTime() - startedAt > PATIENCE_NANOS) {
        throw CommandException.failed(
            name + " cannot be reached after " + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS) + " s: " + lastWords()
                + "; its log is " + log);
      }
      stop.throwIfRequested();
      stop.await(new CompletableFuture<>(), TICK_MILLIS);
    }
  }

  private @Nullable ProcessEntry reached() throws IOException {
    Path file = classroom.processFile(name);
    if (!Files.exists(file)) {
      return null;
    }
    ProcessEntry entry = ProcessEntry.read(file);
    return entry.pid() == process.pid() && ControlPort.ask(entry, ControlPort.STATUS) != null ? entry : null;
  }

  /** What it said about its end, else the last line that it wrote. */
  private String lastWords() throws IOException {
    List<String> lines = logTail();
    String prefix = "minibit: ";
    for (int i = lines.size() - 1; i >= 0; i--) {
      if (lines.get(i).startsWith(prefix)) {
        return SafeText.of(lines.get(i).substring(prefix.length()));
      }
    }
    return lines.isEmpty() ? "it said nothing" : SafeText.of(lines.get(lines.size() - 1));
  }

  /** What it wrote, or the end of that. */
  private List<String> logTail() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(log.toFile(), "r")) {
      long from = Math.max(logBegin, file.length() - TAIL_BYTES);
      byte[] tail = new byte[(int) Math.max(0, file.length() - from)];
      file.seek(from);
      file.readFully(tail);
      return new String(tail, StandardCharsets.UTF_8).lines().filter(line -> !line.isBlank()).toList();
    }
  }

  /** Ends it if it did not get so far that it can be asked to. */
  void abandon() {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
  }
}
