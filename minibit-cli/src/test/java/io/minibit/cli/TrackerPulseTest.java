package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.minibit.tracker.MemoryTracker;
import io.minibit.tracker.TrackerServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TrackerPulseTest {
  private final TrackerPulse pulse = new TrackerPulse();

  private String at(int second, int peers, long announces) {
    return pulse.describe(
        new MemoryTracker.Stats(peers == 0 ? 0 : 1, peers, announces),
        new TrackerServer.Stats(announces, 0, peers),
        Duration.ofSeconds(second).toNanos());
  }

  @Test
  void itTellsWhatIsHeldAndHowBusyTheLastTenSecondsWere() {
    assertEquals("0 torrents, 0 peers, no announces/s, nobody has asked yet", at(0, 0, 0));
    assertEquals("1 torrent, 1 peer, 0.5 announces/s, 1 request, 1 connection", at(2, 1, 1));
    for (int second = 3; second <= 20; second++) {
      at(second, 2, 100);
    }

    assertEquals("1 torrent, 2 peers, 20 announces/s, 300 requests, 2 connections", at(21, 2, 300));
    at(40, 2, 300);
    assertEquals("1 torrent, 2 peers, no announces/s, 300 requests, 2 connections", at(41, 2, 300));
  }
}
