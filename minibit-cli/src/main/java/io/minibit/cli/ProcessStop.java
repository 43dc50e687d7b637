package io.minibit.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Stops processes: asks them at their control ports; whoever does not answer there is ended by its number, if that
 * still belongs to a process with its start time. Peers first, while the tracker is there for them to say goodbye.
 */
final class ProcessStop {
  /** Saying goodbye to a tracker takes five seconds at most, closing files little. */
  private static final long PATIENCE_SECONDS = 15;

  private static final long KILL_PATIENCE_SECONDS = 5;
  private static final long TICK_MILLIS = 20;

  private final List<ProcessEntry> processes;

  ProcessStop(List<ProcessEntry> processes) {
    this.processes = processes.stream().sorted(ProcessEntry.BY_NAME).toList();
  }

  /** Answers a line for each. When it returns without an error none of them runs. */
  List<String> run() throws IOException {
    List<ProcessEntry> peers = processes.stream().filter(p -> !p.name().equals(Classroom.TRACKER)).toList();
    List<String> lines = new ArrayList<>(stop(peers));
    lines.addAll(stop(processes.stream().filter(p -> p.name().equals(Classroom.TRACKER)).toList()));
    return lines;
  }

  /** At the same time. */
  private static List<String> stop(List<ProcessEntry> entries) throws IOException {
    List<Boolean> asked = entries.parallelStream().map(p -> ControlPort.ask(p, ControlPort.STOP) != null).toList();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      lines.add(finish(entries.get(i), asked.get(i), deadline));
      entries.get(i).delete();
    }
    return lines;
  }

  private static String finish(ProcessEntry entry, boolean asked, long deadline) {
    if (asked && awaitEnd(entry, deadline)) {
      return "stopped " + entry.title();
    }
    ProcessHandle process = entry.process();
    if (process == null) {
      return entry.title() + " was not running any more";
    }
    // A request, too, where the system has such a thing; it did not answer, so maybe it cannot obey either.
    process.destroy();
    if (!awaitEnd(entry, System.nanoTime() + TimeUnit.SECONDS.toNanos(KILL_PATIENCE_SECONDS))) {
      process.destroyForcibly();
      if (!awaitEnd(entry, System.nanoTime() + TimeUnit.SECONDS.toNanos(KILL_PATIENCE_SECONDS))) {
        throw CommandException.failed(entry.title() + " cannot be stopped");
      }
    }
    return "killed " + entry.title() + ", which did not " + (asked ? "end in time" : "answer");
  }

  private static boolean awaitEnd(ProcessEntry entry, long deadline) {
    ProcessHandle process = entry.process();
    while (process != null) {
      if (System.nanoTime() - deadline > 0) {
        return false;
      }
      try {
        process.onExit().get(TICK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException | ExecutionException e) {
        // Looked at again below.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
      process = entry.process();
    }
    return true;
  }
}
