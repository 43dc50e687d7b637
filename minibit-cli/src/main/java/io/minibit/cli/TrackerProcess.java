package io.minibit.cli;

import io.minibit.tracker.MemoryTracker;
import io.minibit.tracker.TrackerServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/** The classroom's tracker, in this process. It hands out a random subset of the active peers, never the one who asks. */
final class TrackerProcess {
  /** Peers that crashed are forgotten after twice as long. */
  private static final Duration INTERVAL = Duration.ofSeconds(30);

  private static final long TICK_MILLIS = 500;

  private TrackerProcess() {}

  /**
   * Serves until a stop is requested.
   *
   * @param port on the loopback interface
   * @param reachable told when it is
   */
  static void run(Classroom classroom, int port, Session session, Runnable reachable) throws IOException {
    MemoryTracker tracker = MemoryTracker.builder().interval(INTERVAL).build();
    InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    try (TrackerServer server = TrackerServer.builder(tracker).http(address).build();
        ServedProcess process =
            ServedProcess.open(classroom, Classroom.TRACKER, () -> peers(tracker), session.stop())) {
      String url = "http://" + Addresses.format(server.httpAddress()) + "/announce";
      process.reachable(url);
      session.print("tracker on " + url);
      reachable.run();
      while (process.stay(TICK_MILLIS)) {
        // The server has a thread of its own.
      }
      session.print("tracker stopped, answered " + Words.count(server.stats().httpRequests(), "request"));
    }
  }

  private static String peers(MemoryTracker tracker) {
    return Words.count(tracker.stats().peers(), "peer");
  }
}
