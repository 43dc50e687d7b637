package io.minibit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import io.minibit.TorrentStatus;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class BitTyrantTest {
  @Test
  void aSwarmWithATyrantIsServed(@TempDir Path temp) throws Exception {
    Path file = Content.file(temp, "data.bin", 300_001);
    List<String> overspent = new ArrayList<>();
    BitTyrant tyrant = new BitTyrant();
    ChokingStrategy observed =
        round -> {
          UploadPlan plan = tyrant.review(round);
          long offers = plan.slots().stream().mapToLong(UploadPlan.Slot::bytesPerSecond).sum();
          if (offers > round.uploadCapacity()) {
            overspent.add(offers + " of " + round.uploadCapacity());
          }
          return plan;
        };
    TorrentStatus status = BitTyrant.fetch(file, temp.resolve("fetched"), () -> observed);
    assertEquals(300_001, status.downloaded() - status.wasted());
    assertEquals(List.of(), overspent);
    for (int i = 1; i <= 4; i++) {
      Content.assertSame(file, temp.resolve("fetched/peer" + i + "/data.bin"));
    }
  }

  @Test
  void whoeverGivesIsServedFirstAndPaidLessAndLess() {
    RemotePeer giver = peer(1, true);
    RemotePeer taker = peer(2, false);
    ChokingRound round = mock(ChokingRound.class);
    when(round.trigger()).thenReturn(ChokingRound.Trigger.PERIODIC);
    when(round.uploadCapacity()).thenReturn(100_000L);
    when(round.peers()).thenReturn(List.of(taker, giver));

    BitTyrant tyrant = new BitTyrant();
    List<UploadPlan.Slot> first = tyrant.review(round).slots();
    tyrant.review(round);
    List<UploadPlan.Slot> third = tyrant.review(round).slots();
    List<UploadPlan.Slot> fourth = tyrant.review(round).slots();

    assertEquals(List.of(giver, taker), first.stream().map(UploadPlan.Slot::peer).toList());
    assertEquals(offer(0, 0), first.get(0).bytesPerSecond());
    assertEquals(offer(1, 0), third.get(0).bytesPerSecond());
    assertEquals(offer(2, 0), fourth.get(0).bytesPerSecond());
    assertEquals(offer(0, 3), third.get(1).bytesPerSecond());
    assertEquals(offer(0, 4), fourth.get(1).bytesPerSecond());

    // With less to spend, only the better bargain is made.
    when(round.uploadCapacity()).thenReturn(15_360L);
    assertEquals(List.of(giver), tyrant.review(round).slots().stream().map(UploadPlan.Slot::peer).toList());
  }

  /** The first offer after so many discounts and rises. */
  private static long offer(int less, int more) {
    double offer = 15 << 10;
    for (int i = 0; i < less; i++) {
      offer *= 0.9;
    }
    for (int i = 0; i < more; i++) {
      offer *= 1.2;
    }
    return (long) offer;
  }

  private static RemotePeer peer(long key, boolean unchokesUs) {
    RemotePeer peer = mock(RemotePeer.class);
    when(peer.key()).thenReturn(key);
    when(peer.interested()).thenReturn(true);
    when(peer.served()).thenReturn(true);
    when(peer.unchokesUs()).thenReturn(unchokesUs);
    when(peer.downloadRate()).thenReturn(unchokesUs ? 30_000L : 0L);
    return peer;
  }
}
