package io.minibit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.minibit.model.PeerAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RackOnlyTest {
  private static final int LENGTH = 300_001;

  @Test
  void nothingIsSentToAnotherRack(@TempDir Path temp) throws Exception {
    assumeTrue(canListen("127.0.2.2"), "this system has no loopback address but 127.0.0.1");
    Path file = Content.file(temp, "data.bin", LENGTH);
    Map<String, Long> sent = new HashMap<>();
    for (Map.Entry<PeerAddress, Long> each : RackOnly.supply(file, temp.resolve("fetched")).entrySet()) {
      sent.put(InetAddress.getByAddress(each.getKey().ip()).getHostAddress(), each.getValue());
    }
    assertEquals(Map.of("127.0.1.2", (long) LENGTH, "127.0.2.2", 0L), sent);
    Content.assertSame(file, temp.resolve("fetched/rack1/data.bin"));
    Content.assertSame(file, temp.resolve("fetched/rack2/data.bin"));
  }

  private static boolean canListen(String host) {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(host))) {
      return socket.isBound();
    } catch (IOException e) {
      return false;
    }
  }
}
