package io.minibit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.tracker.MemoryTracker;
import io.minibit.tracker.TrackerServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TrackerLoadTest {
  @Test
  void announcesOverHttpAndUdpAreAnswered() throws Exception {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    MemoryTracker tracker = MemoryTracker.builder().build();
    try (TrackerServer server = TrackerServer.builder(tracker).http(anyPort).udp(anyPort).build()) {
      for (URI uri :
          new URI[] {
            URI.create("http://127.0.0.1:" + server.httpAddress().getPort() + "/announce"),
            URI.create("udp://127.0.0.1:" + server.udpAddress().getPort())
          }) {
        TrackerLoad.Result result = TrackerLoad.load(uri, 300_000_000);
        assertTrue(result.answered() > 0, result.toString());
        assertEquals(0, result.refused());
      }
    }
    assertTrue(tracker.stats().peers() > 0);
  }

  @Test
  void aPeerTakesAtMost150BytesOfMemory() {
    double bytes = MillionPeers.bytesPerPeer(200_000, "rack");
    assertTrue(bytes <= 150, bytes + " bytes");
  }
}
