package io.minibit.strategy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.engine.PieceSet;
import io.minibit.engine.VirtualSwarm;
import io.minibit.model.PeerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What other strategies can do with the two interfaces, shown in swarms of production engines. */
class StrategiesTest {
  private static final long SECOND = 1_000_000_000L;

  /** Leechers of the kinds of uplink given, who have scattered halves; the first one plays the strategy under test. */
  private static VirtualSwarm swarm(int pieces, int others, ChokingStrategy first, long firstUplink) {
    VirtualSwarm swarm = new VirtualSwarm(pieces, 8, 3);
    for (int i = 0; i <= others; i++) {
      PieceSet half = new PieceSet(pieces);
      for (int p = 0; p < pieces; p++) {
        if ((p * 7 + p / 5 + i) % (others + 1) < 2) {
          half.set(p);
        }
      }
      boolean tested = i == 0;
      swarm.add(half, s -> {
        s.uplink = tested ? firstUplink : 200 << 10;
        s.uploadLimit = s.uplink;
        s.choking = tested ? () -> first : TitForTat::new;
      });
    }
    return swarm;
  }

  @Test
  void bitTyrantPaysLessForWhatItGets() {
    double[] price = new double[2];
    for (int i = 0; i < 2; i++) {
      VirtualSwarm swarm = swarm(400, 14, i == 0 ? new TitForTat() : new BitTyrant(), 400 << 10);
      VirtualSwarm.Node strategic = swarm.nodes.get(0);
      assertTrue(swarm.runUntil(() -> strategic.engine.isComplete(), Duration.ofHours(1)));
      price[i] = (double) strategic.engine.uploaded() / strategic.engine.downloaded();
    }
    assertTrue(price[1] < price[0], "bytes given per byte got: " + price[0] + " with tit for tat, " + price[1]);
  }

  @Test
  void propShareGivesInProportionToWhatItGets() {
    VirtualSwarm swarm = new VirtualSwarm(3000, 8, 5);
    PieceSet[] parts = {new PieceSet(3000), new PieceSet(3000), new PieceSet(3000)};
    for (int p = 0; p < 3000; p++) {
      parts[p % 3].set(p);
    }
    VirtualSwarm.Node auctioneer = swarm.add(parts[0], s -> {
      s.uploadLimit = 300 << 10;
      s.choking = PropShare::new;
    });
    // One gives three times as much as the other; they serve nobody but the one that auctions.
    for (int i = 1; i <= 2; i++) {
      long share = i == 2 ? 150 << 10 : 50 << 10;
      swarm.add(parts[i], s -> {
        s.uploadLimit = share;
        s.choking = () -> round -> {
          UploadPlan plan = new UploadPlan();
          round.peers().stream().filter(p -> p.address().sameHost(auctioneer.address)).forEach(plan::serve);
          return plan;
        };
      });
    }
    swarm.run(Duration.ofMinutes(10));
    double poor = swarm.nodes.get(1).engine.downloaded();
    double generous = swarm.nodes.get(2).engine.downloaded();
    assertEquals(3, generous / poor, 0.6);
  }

  @Test
  void aRackKeepsItsTrafficToItself() {
    VirtualSwarm swarm = new VirtualSwarm(50, 4, 6);
    for (int i = 0; i < 12; i++) {
      int rack = i % 2;
      PeerAddress own = PeerAddress.of(new byte[] {10, (byte) rack, 0, 0}, 1);
      PieceSet held = new PieceSet(50);
      if (i < 2) {
        held.setAll();
      }
      List<PieceSet> sets = List.of(held);
      swarm.add(sets.get(0), s -> {
        s.network = rack;
        s.choking = () -> new RackOnly(own);
      });
    }
    long[] across = new long[1];
    assertTrue(swarm.runUntil(() -> {
      for (VirtualSwarm.Node node : swarm.nodes) {
        for (RemotePeer peer : node.engine.peers()) {
          across[0] += peer.address().ip()[1] == node.settings.network ? 0 : peer.uploaded();
        }
      }
      return swarm.nodes.stream().allMatch(node -> node.engine.isComplete());
    }, Duration.ofMinutes(10)));
    assertEquals(0, across[0]);
  }

  @Test
  void streamingMeetsItsDeadlinesWhereRarestFirstDoesNot() {
    List<Integer> missed = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      // 128 KiB a second are played; the seed gives twice that.
      VirtualSwarm swarm = new VirtualSwarm(100, 8, 8);
      Streaming streaming = new Streaming(10 * SECOND, SECOND, 8);
      swarm.seed(s -> {
        s.uplink = 256 << 10;
        s.uploadLimit = 256 << 10;
      });
      PieceSelectionStrategy tested = i == 0 ? streaming : new RarestFirst();
      VirtualSwarm.Node viewer = swarm.leecher(s -> s.selection = () -> tested);
      assertTrue(swarm.complete(Duration.ofMinutes(5)));
      int late = 0;
      for (int p = 0; p < 100; p++) {
        late += viewer.storedAt[p] > streaming.deadline(p) ? 1 : 0;
      }
      missed.add(late);
    }
    assertEquals(0, missed.get(0));
    assertTrue(missed.get(1) > 10, missed.toString());
  }
}
