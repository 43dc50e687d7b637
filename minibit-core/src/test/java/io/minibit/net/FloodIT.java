package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.metainfo.Metainfo;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A peer in a JVM of 48 MiB is flooded over many connections. It keeps within its memory, and others get everything of
 * the flooded torrent and of another, and so does it itself. What they lose of their speed: {@link FloodLosses}.
 */
@Timeout(180)
class FloodIT {
  private static final int CONNECTIONS = 60;
  private static final int TIRELESS = 8;
  private static final long LENGTH = 2 << 20;
  private static final Metainfo FLOODED = FloodVictim.torrent(FloodVictim.FLOODED, LENGTH);
  private static final Metainfo OTHER = FloodVictim.torrent(FloodVictim.OTHER, LENGTH);
  private static final Metainfo MISSING = FloodVictim.torrent(FloodVictim.MISSING, LENGTH);

  private static void assertFetched(long millis) {
    assertTrue(millis < FloodVictim.MOST_MILLIS, "not complete after " + millis + " ms");
  }

  @ParameterizedTest
  @EnumSource
  void aFloodTakesNeitherTheMemoryNorThePlaceOfOthers(Flood flood) throws Exception {
    try (Peer honest = Loopback.peer().build();
        JavaProcess victim = FloodVictim.start(LENGTH)) {
      FloodVictim.join(honest, MISSING, true);
      InetSocketAddress address = FloodVictim.address(victim.line());
      victim.tell("join").line();
      // So few compete for slots that the honest one has its turn at once.
      int connections = flood.competesForSlots() ? TIRELESS : CONNECTIONS;
      Flooders flooders = new Flooders(flood, address, List.of(FLOODED, MISSING), connections, TIRELESS);
      try {
        victim.tell(Integer.toString(honest.address().getPort()));
        assertFetched(FloodVictim.fetch(FloodVictim.join(honest, OTHER, false), address));
        assertFetched(FloodVictim.fetch(FloodVictim.join(honest, FLOODED, false), address));
        assertFetched(Long.parseLong(victim.line()));
      } finally {
        flooders.close();
      }
      assertEquals(0, victim.end());
    }
  }
}
