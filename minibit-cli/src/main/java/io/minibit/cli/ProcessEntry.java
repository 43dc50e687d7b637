package io.minibit.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * How to find a process that was started: in a file of its own, written by itself once it can be reached and removed at
 * its end. After a crash the file stays, and the number of the process may belong to another by now; hence its start
 * time.
 *
 * @param file where this is written
 * @param name {@code tracker} or {@code peer_1}
 * @param pid its number
 * @param startMillis when it was started by the system's clock, milliseconds since 1970; -1 if the system does not tell
 * @param controlPort on the loopback interface
 * @param token what proves to it that we may look into {@code file}
 * @param address where others reach it, for people
 */
record ProcessEntry(
    Path file, String name, long pid, long startMillis, int controlPort, String token, String address) {
  /** {@code peer_2} before {@code peer_10}, the tracker last: peers want to say goodbye to it. */
  static final Comparator<ProcessEntry> BY_NAME =
      Comparator.comparing((ProcessEntry entry) -> entry.name.equals(Classroom.TRACKER))
          .thenComparingInt(entry -> entry.name.length())
          .thenComparing(ProcessEntry::name);

  /** Start times are derived from the time of boot, which moves a little when the clock is set. */
  private static final long CLOCK_TOLERANCE_MILLIS = 2_000;

  /** Of this process. */
  static ProcessEntry ofThisProcess(Classroom classroom, String name, ControlPort control, String address) {
    ProcessHandle self = ProcessHandle.current();
    return new ProcessEntry(
        classroom.processFile(name), name, self.pid(), startMillis(self), control.port(), control.token(), address);
  }

  void write() throws IOException {
    Properties properties = new Properties();
    properties.setProperty("name", name);
    properties.setProperty("pid", Long.toString(pid));
    properties.setProperty("startMillis", Long.toString(startMillis));
    properties.setProperty("controlPort", Integer.toString(controlPort));
    properties.setProperty("token", token);
    properties.setProperty("address", address);
    PropertiesFile.write(file, properties);
  }

  static ProcessEntry read(Path file) throws IOException {
    PropertiesFile properties = PropertiesFile.read(file);
    return new ProcessEntry(
        file,
        properties.text("name"),
        properties.number("pid", 1, Long.MAX_VALUE),
        properties.number("startMillis", -1, Long.MAX_VALUE),
        (int) properties.number("controlPort", 1, 0xffff),
        properties.text("token"),
        properties.text("address"));
  }

  /** Removes the file, unless another process has written its own there. */
  void delete() throws IOException {
    if (Files.exists(file) && read(file).token().equals(token)) {
      Files.deleteIfExists(file);
    }
  }

  boolean isRunning() {
    return process() != null || ControlPort.ask(this, ControlPort.STATUS) != null;
  }

  /** The process, if one of this number runs that was started at this time. */
  @Nullable ProcessHandle process() {
    Optional<ProcessHandle> handle = ProcessHandle.of(pid);
    if (startMillis < 0 || handle.isEmpty() || !handle.get().isAlive() || isZombie()) {
      return null;
    }
    long actual = startMillis(handle.get());
    return actual >= 0 && Math.abs(actual - startMillis) <= CLOCK_TOLERANCE_MILLIS ? handle.get() : null;
  }

  private static long startMillis(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(-1L);
  }

  /** Ended, but not yet waited for: in a container there may be nobody who does, and Java takes it for alive. */
  private boolean isZombie() {
    try {
      String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
      return stat.startsWith(") Z", stat.lastIndexOf(')'));
    } catch (IOException e) {
      return false; // not Linux, or over meanwhile
    }
  }

  /** For people: {@code peer_1 (process 4711)}. */
  String title() {
    return SafeText.of(name) + " (process " + pid + ")";
  }
}
