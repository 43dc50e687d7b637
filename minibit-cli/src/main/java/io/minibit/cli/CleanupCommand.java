package io.minibit.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code minibit cleanup}: removes what the classroom has made. */
@Command(
    name = "cleanup",
    mixinStandardHelpOptions = true,
    header = "Remove what 'split' and 'start-peers' made.",
    description = {
      "",
      "The blocks, logs and the torrent in peers/ and the rebuilt files in reconstructed/. What else is in there stays "
          + "and is named. Refuses while processes run: 'minibit stop-all' ends them.",
      "",
    })
final class CleanupCommand implements Callable<Integer> {
  /** Enough to see what they are. */
  private static final int MOST_NAMED = 20;

  private final Session session;

  @Mixin private ClassroomOption option = new ClassroomOption();

  CleanupCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Classroom classroom = option.classroom();
    if (!classroom.hasState()) {
      session.print("there is nothing of 'minibit split' here");
      return Main.DONE;
    }
    Removal removal = new Removal(classroom);
    ClassroomLock.whileHeld(
        classroom,
        session.stop(),
        () -> {
          requireNoneRunning(classroom);
          removal.remove();
        });
    removal.removeState(); // after the lock was released, because Windows keeps files that are open
    session.print("removed " + Words.count(removal.removed(), "file"));
    List<Path> kept = removal.kept();
    for (Path path : kept.subList(0, Math.min(MOST_NAMED, kept.size()))) {
      session.print("kept, since it was not made here: " + SafeText.of(path.toString()));
    }
    if (kept.size() > MOST_NAMED) {
      session.print("kept " + (kept.size() - MOST_NAMED) + " others, too");
    }
    return Main.DONE;
  }

  private void requireNoneRunning(Classroom classroom) throws IOException {
    List<ProcessEntry> running = classroom.running();
    if (!running.isEmpty()) {
      throw CommandException.failed(
          running.stream().map(ProcessEntry::name).collect(Collectors.joining(", "))
              + (running.size() == 1 ? " runs" : " run") + "; run 'minibit stop-all" + option.hint() + "' first");
    }
  }
}
