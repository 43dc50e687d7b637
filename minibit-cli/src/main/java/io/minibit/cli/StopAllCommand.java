package io.minibit.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code minibit stop-all}: ends the processes of the classroom. */
@Command(
    name = "stop-all",
    mixinStandardHelpOptions = true,
    header = "Stop the processes that 'start-tracker' and 'start-peers' started.",
    description = {
      "",
      "Asks each to end in order: it tells the tracker, closes its files and is gone. Only those that were started for "
          + "this directory are touched, also when some of them have crashed.",
      "",
    })
final class StopAllCommand implements Callable<Integer> {
  private final Session session;

  @Mixin private ClassroomOption option = new ClassroomOption();

  StopAllCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Classroom classroom = option.classroom();
    if (!classroom.hasState()) {
      session.print("nothing was started here");
      return Main.DONE;
    }
    ClassroomLock.whileHeld(
        classroom,
        session.stop(),
        () -> {
          List<ProcessEntry> processes = classroom.processes();
          if (processes.isEmpty()) {
            session.print("nothing runs here");
          }
          new ProcessStop(processes).run().forEach(session::print);
        });
    return Main.DONE;
  }
}
