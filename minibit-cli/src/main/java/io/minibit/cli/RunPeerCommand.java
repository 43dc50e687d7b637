package io.minibit.cli;

import io.minibit.metainfo.Metainfo;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code minibit run-peer}: what {@code start-peers} starts. */
@Command(name = "run-peer", hidden = true, header = "Used by start-peers.")
final class RunPeerCommand implements Callable<Integer> {
  static final String NAME = "run-peer";

  private final Session session;

  @Mixin private ClassroomOption classroom = new ClassroomOption();

  @Option(names = "--number", required = true)
  private int number;

  @Option(names = "--choking-interval", required = true, converter = Durations.Converter.class)
  private Duration interval = Duration.ZERO;

  RunPeerCommand(Session session) {
    this.session = session;
  }

  @Override
  public Integer call() throws IOException {
    Classroom room = classroom.classroom();
    Metainfo metainfo = room.readTorrent(room.requireSplit());
    new PeerProcess(room, number, metainfo, session).run(interval);
    return Main.DONE;
  }
}
