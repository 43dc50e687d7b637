package io.minibit.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code minibit run-tracker}: what {@code start-tracker} starts. */
@Command(name = "run-tracker", hidden = true, header = "Used by start-tracker.")
final class RunTrackerCommand implements Callable<Integer> {
  static final String NAME = "run-tracker";

  private final Session session;

  @Mixin private ClassroomOption classroom = new ClassroomOption();

  @Option(names = "--port", required = true)
  private int port;

  RunTrackerCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    TrackerProcess.run(classroom.classroom(), port, session, () -> {});
    return Main.DONE;
  }
}
