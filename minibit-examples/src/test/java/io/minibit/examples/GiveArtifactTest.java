package io.minibit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.metainfo.Metainfo;
import io.minibit.tracker.TrackerServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class GiveArtifactTest {
  private static final String HOST = "127.0.0.1";

  private final InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  @Test
  void everyMachineGetsItAndStopsByItselfWhileTheServerGoesOn(@TempDir Path temp) throws Exception {
    Path artifact = Content.file(temp, "app.jar", 500_001);
    List<Peer> machines = new ArrayList<>();
    try (TrackerServer tracker = GiveArtifact.tracker(HOST);
        Peer server = Peer.builder().listen(anyPort).build()) {
      Metainfo metainfo = GiveArtifact.describe(artifact, tracker, HOST, temp.resolve("app.torrent"));
      assertEquals(metainfo, Metainfo.read(temp.resolve("app.torrent")));
      assertTrue(metainfo.isPrivate());
      CompletableFuture<Void> published =
          GiveArtifact.takePart(server, metainfo, artifact.resolveSibling("."), Duration.ofHours(1));
      List<CompletableFuture<Void>> stopped = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Peer machine = Peer.builder().listen(anyPort).build();
        machines.add(machine);
        stopped.add(GiveArtifact.takePart(machine, metainfo, temp.resolve("machine" + i), Duration.ofMillis(100)));
      }
      for (int i = 0; i < 4; i++) {
        stopped.get(i).join();
        Content.assertSame(artifact, temp.resolve("machine" + i + "/app.jar"));
      }
      assertFalse(published.isDone());
      assertEquals(1, server.torrents().size());
    } finally {
      machines.forEach(Peer::close);
    }
  }

  @Test
  void theServerStopsByItselfToo(@TempDir Path temp) throws Exception {
    Path artifact = Content.file(temp, "app.jar", 1);
    try (TrackerServer tracker = GiveArtifact.tracker(HOST);
        Peer server = Peer.builder().listen(anyPort).build()) {
      Metainfo metainfo = GiveArtifact.describe(artifact, tracker, HOST, temp.resolve("app.torrent"));
      GiveArtifact.takePart(server, metainfo, artifact.resolveSibling("."), Duration.ofMillis(1)).join();
      assertEquals(List.of(), server.torrents());
    }
  }
}
