package io.minibit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.metainfo.InfoHash;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import io.minibit.model.SeededRandom;
import io.minibit.tracker.AnnounceRequest;
import io.minibit.tracker.AnnounceResponse;
import io.minibit.tracker.MemoryTracker;
import io.minibit.tracker.PeerHandout;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TrackerInsideTest {
  @Test
  void anAskerIsToldOfAllLeechersAndOfOneSeed() throws Exception {
    InfoHash torrent = MetainfoBuilder.ofBytes("data.bin", new byte[] {1}).build().infoHash();
    MemoryTracker tracker = MemoryTracker.builder().handout(new TrackerInside.OneSeedAtMost()).build();
    SeededRandom random = new SeededRandom(1);
    for (int port = 1; port <= 8; port++) {
      tracker.announce(announce(torrent, port, port <= 5 ? 0 : 1, random)).join();
    }
    List<Integer> ports =
        tracker.announce(announce(torrent, 9, 1, random)).join().peers().stream()
            .map(AnnounceResponse.Contact::address)
            .map(PeerAddress::port)
            .sorted()
            .toList();
    assertEquals(4, ports.size());
    assertTrue(ports.get(0) <= 5, ports.toString());
    assertEquals(List.of(6, 7, 8), ports.subList(1, 4));
  }

  private static AnnounceRequest announce(InfoHash torrent, int port, long left, SeededRandom random) {
    PeerAddress address = PeerAddress.of(new byte[] {10, 0, 0, 1}, port);
    return new AnnounceRequest(
        torrent, PeerId.random(random), address, 0, 0, left, AnnounceEvent.STARTED, 50, port, null);
  }

  @Test
  void aSwarmThatIsIntroducedThisWayIsServed(@TempDir Path temp) throws Exception {
    Path file = Content.file(temp, "data.bin", 300_001);
    PeerHandout policy = new TrackerInside.OneSeedAtMost();
    Queue<Long> seedsToldOf = new ConcurrentLinkedQueue<>();
    TrackerInside.share(
        file,
        temp,
        (candidates, asker, wanted, random) -> {
          int[] picks = policy.pick(candidates, asker, wanted, random);
          seedsToldOf.add(Arrays.stream(picks).filter(candidates::isSeed).count());
          return picks;
        });
    for (int i = 4; i <= 7; i++) {
      Content.assertSame(file, temp.resolve("peer" + i + "/data.bin"));
    }
    assertFalse(seedsToldOf.isEmpty());
    assertTrue(seedsToldOf.stream().allMatch(seeds -> seeds <= 1), seedsToldOf.toString());
  }
}
