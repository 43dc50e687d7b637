package io.minibit.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * This process as {@code stop-all} finds it: its control port, and from {@link #reachable} on its entry among the
 * processes of a classroom. Closing it takes both back.
 */
final class ServedProcess implements AutoCloseable {
  private final Classroom classroom;
  private final String name;
  private final StopSignal stop;
  private final ControlPort control;
  private @Nullable ProcessEntry entry;

  private ServedProcess(Classroom classroom, String name, StopSignal stop, ControlPort control) {
    this.classroom = classroom;
    this.name = name;
    this.stop = stop;
    this.control = control;
  }

  /**
   * Opens the control port.
   *
   * @param status one short line for whoever asks
   * @param stop requested by whoever may
   */
  static ServedProcess open(Classroom classroom, String name, Supplier<String> status, StopSignal stop)
      throws IOException {
    return new ServedProcess(classroom, name, stop, ControlPort.open(status, stop::request));
  }

  /** From now on others may rely on it. */
  void reachable(String address) throws IOException {
    ProcessEntry own = ProcessEntry.ofThisProcess(classroom, name, control, address);
    own.write();
    entry = own;
  }

  /**
   * Waits for so long or until a stop is requested.
   *
   * @return whether to go on
   */
  boolean stay(long millis) {
    stop.await(new CompletableFuture<>(), millis);
    // Whose entry was deleted by hand could not be stopped by anything but a kill.
    return !stop.isRequested() && (entry == null || Files.exists(entry.file(), LinkOption.NOFOLLOW_LINKS));
  }

  @Override
  public void close() throws IOException {
    control.close();
    if (entry != null) {
      entry.delete();
    }
  }
}
