package io.minibit.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code minibit start-tracker}: the classroom's tracker as a process of its own. */
@Command(
    name = "start-tracker",
    mixinStandardHelpOptions = true,
    header = "Start the tracker of the classroom in a process of its own.",
    description = {
      "",
      "It introduces the peers of this machine to each other: to whoever asks it names a random subset of the others. "
          + "Returns once it can be reached, or says why it cannot. Its log is peers/.minibit/tracker.log; 'minibit "
          + "stop-all' ends it. For other machines there is 'minibit tracker'.",
      "",
    },
    footer = {
      "",
      "Example:",
      "  minibit split photo.jpg && minibit start-tracker && minibit start-peers",
    })
final class StartTrackerCommand implements Callable<Integer> {
  /** Torrents are few and peers are few. */
  private static final long HEAP_BYTES = 64L << 20;

  private final Session session;

  @Option(
      names = "--port",
      paramLabel = "PORT",
      defaultValue = "8000",
      description = "Where on 127.0.0.1 it listens, 0 for any free port; default: ${DEFAULT-VALUE}, as 'split' says.")
  private int port = 8000;

  @Option(names = "--foreground", description = "Stay in this process, until Ctrl-C or 'minibit stop-all'.")
  private boolean foreground;

  @Mixin private ClassroomOption option = new ClassroomOption();

  StartTrackerCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    if (port < 0 || port > 0xffff) {
      throw CommandException.misused("--port " + port + " is not between 0 and 65535");
    }
    Classroom classroom = option.classroom();
    try (ClassroomLock lock = ClassroomLock.acquire(classroom, session.stop())) {
      for (ProcessEntry running : classroom.running()) {
        if (running.name().equals(Classroom.TRACKER)) {
          throw CommandException.failed(
              "the tracker runs already, process " + running.pid() + " on " + SafeText.of(running.address())
                  + "; 'minibit stop-all" + option.hint() + "' ends it");
        }
      }
      if (foreground) {
        TrackerProcess.run(classroom, port, session, lock::close);
      } else {
        launch(classroom);
      }
    }
    return Main.DONE;
  }

  private void launch(Classroom classroom) throws IOException {
    Launch launch =
        Launch.start(
            classroom,
            Classroom.TRACKER,
            classroom.trackerLog(),
            HEAP_BYTES,
            List.of(
                RunTrackerCommand.NAME, "--verbose", "--port", Integer.toString(port),
                "--dir", classroom.directory().toAbsolutePath().toString()));
    boolean reached = false;
    try {
      ProcessEntry tracker = launch.await(session.stop());
      reached = true;
      session.print("tracker started, process " + tracker.pid() + " on " + SafeText.of(tracker.address()));
    } finally {
      if (!reached) {
        launch.abandon();
      }
    }
  }
}
