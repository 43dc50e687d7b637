package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.UnixOperatingSystemMXBean;
import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.store.FilePieceStore;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A program may make and close peers as often as it likes: nothing is left of them. */
@Timeout(120)
class LeakIT {
  private static final int CYCLES = 200;
  private static final int WARM_UP = 10;

  private final byte[] content = Loopback.content(100_000);
  private final Metainfo metainfo = Loopback.torrent(content, 16384);

  /** What a JVM holds, as far as the collector does not take care of it by itself. */
  private record Holdings(long threads, long descriptors, long directBuffers) {
    static Holdings now() {
      return new Holdings(
          Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().startsWith("minibit-")).count(),
          ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount(),
          ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
              .filter(pool -> pool.getName().equals("direct"))
              .mapToLong(BufferPoolMXBean::getCount)
              .sum());
    }

    boolean isAtMost(Holdings other) {
      return threads <= other.threads && descriptors <= other.descriptors && directBuffers <= other.directBuffers;
    }
  }

  @Test
  void twoHundredCyclesLeaveNoThreadDescriptorOrBuffer(@TempDir Path directory) throws Exception {
    assumeTrue(ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean);
    Path source = Files.createDirectory(directory.resolve("source"));
    Files.write(source.resolve("file.bin"), content);
    for (int i = 0; i < WARM_UP; i++) {
      cycle(source, directory.resolve("copy"));
    }
    System.gc();
    Holdings before = Holdings.now();
    for (int i = WARM_UP; i < CYCLES; i++) {
      cycle(source, directory.resolve("copy"));
    }
    // What a thread was ending when it was counted, or a collection has not got to yet, is gone a moment later.
    for (int i = 0; i < 50 && !Holdings.now().isAtMost(before); i++) {
      System.gc();
      Loopback.pause(100);
    }
    assertTrue(Holdings.now().isAtMost(before), () -> "from " + before + " to " + Holdings.now());
  }

  private void cycle(Path source, Path target) throws Exception {
    try (Peer seed = Loopback.peer().build();
        Peer leech = Loopback.peer().build()) {
      Torrent seeding = seed.join(metainfo, FilePieceStore.open(metainfo, source), Loopback.ALONE);
      Loopback.complete(seeding);
      Torrent torrent = leech.join(metainfo, FilePieceStore.open(metainfo, target), Loopback.ALONE);
      torrent.connect(seed.address());
      Loopback.complete(torrent);
    }
    assertArrayEquals(content, Files.readAllBytes(target.resolve("file.bin")));
    Files.delete(target.resolve("file.bin"));
  }
}
