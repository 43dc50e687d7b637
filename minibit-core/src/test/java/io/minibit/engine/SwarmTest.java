package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.SeededRandom;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.PeerRanking;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.strategy.RandomPiece;
import io.minibit.strategy.RarestFirst;
import io.minibit.strategy.Sequential;
import io.minibit.strategy.TitForTat;
import io.minibit.strategy.UploadPlan;
import java.time.Duration;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole swarms of production engines in virtual time. */
class SwarmTest {
  private static final int LEECHERS = 20;

  static Stream<Arguments> strategies() {
    Supplier<PieceSelectionStrategy> rarest = RarestFirst::new;
    Supplier<PieceSelectionStrategy> sequential = Sequential::new;
    Supplier<PieceSelectionStrategy> random = RandomPiece::new;
    Supplier<ChokingStrategy> byRate = TitForTat::new;
    Supplier<ChokingStrategy> byRarity = () -> new TitForTat(PeerRanking.byRarePieces());
    return Stream.of(
        Arguments.of("rarest first, by rate", rarest, byRate),
        Arguments.of("sequential, by rate", sequential, byRate),
        Arguments.of("random, by rate", random, byRate),
        Arguments.of("rarest first, by rare pieces", rarest, byRarity),
        Arguments.of("sequential, by rare pieces", sequential, byRarity));
  }

  private static VirtualSwarm oneSeed(
      long seed, Supplier<PieceSelectionStrategy> selection, Supplier<ChokingStrategy> choking) {
    VirtualSwarm swarm = new VirtualSwarm(60, 4, seed);
    swarm.seed(s -> s.choking = choking);
    for (int i = 0; i < LEECHERS; i++) {
      swarm.leecher(s -> {
        s.selection = selection;
        s.choking = choking;
      });
    }
    return swarm;
  }

  private static void assertAllHaveEverything(VirtualSwarm swarm, Duration within) {
    boolean complete = swarm.complete(within);
    for (VirtualSwarm.Node node : swarm.nodes) {
      assertTrue(
          complete,
          () -> node.index + " holds " + node.engine.held().count() + ": " + node.engine.explanation(swarm.now));
      assertTrue(node.engine.held().isFull());
      assertEquals(0, node.budget.pieceMemoryUsed());
    }
  }

  private static double wasted(VirtualSwarm swarm) {
    long wasted = swarm.nodes.stream().mapToLong(node -> node.engine.wasted()).sum();
    long received = swarm.nodes.stream().mapToLong(node -> node.engine.downloaded()).sum();
    return (double) wasted / received;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("strategies")
  void oneSeedServesTwentyLeechers(
      String name, Supplier<PieceSelectionStrategy> selection, Supplier<ChokingStrategy> choking) {
    VirtualSwarm swarm = oneSeed(7, selection, choking);
    assertAllHaveEverything(swarm, Duration.ofMinutes(10));
    assertTrue(wasted(swarm) < 0.05, name + " wasted " + wasted(swarm));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("strategies")
  void scatteredPiecesComeTogether(
      String name, Supplier<PieceSelectionStrategy> selection, Supplier<ChokingStrategy> choking) {
    VirtualSwarm swarm = new VirtualSwarm(40, 2, 11);
    SeededRandom random = new SeededRandom(3);
    PieceSet[] subsets = new PieceSet[10];
    for (int i = 0; i < subsets.length; i++) {
      subsets[i] = new PieceSet(40);
    }
    for (int p = 0; p < 40; p++) {
      subsets[random.nextInt(subsets.length)].set(p);
      subsets[random.nextInt(subsets.length)].set(p);
    }
    for (PieceSet subset : subsets) {
      swarm.add(subset, s -> {
        s.selection = selection;
        s.choking = choking;
      });
    }
    assertAllHaveEverything(swarm, Duration.ofMinutes(10));
    assertTrue(wasted(swarm) < 0.05, name + " wasted " + wasted(swarm));
  }

  @Test
  void theSameSeedGivesTheSameRunAndAnotherSeedAnother() {
    long[] traces = new long[3];
    for (int i = 0; i < traces.length; i++) {
      VirtualSwarm swarm = oneSeed(i < 2 ? 5 : 6, RarestFirst::new, TitForTat::new);
      assertTrue(swarm.complete(Duration.ofMinutes(10)));
      traces[i] = swarm.trace;
    }
    assertEquals(traces[0], traces[1]);
    assertNotEquals(traces[0], traces[2]);
  }

  @Test
  void twoPeersUseTheWholeLink() {
    VirtualSwarm swarm = new VirtualSwarm(256, 16, 1);
    swarm.seed(s -> s.uplink = 8 << 20);
    swarm.leecher(s -> {});
    assertTrue(swarm.complete(Duration.ofMinutes(2)));
    // 64 MiB at 8 MiB/s are 8 s.
    double seconds = swarm.nodes.get(1).completedAt / 1e9;
    assertTrue(seconds < 9.5, "took " + seconds + " s");
  }

  @Test
  void aLongWayDoesNotSlowDown() {
    VirtualSwarm swarm = new VirtualSwarm(64, 16, 1);
    swarm.seed(s -> {
      s.uplink = 4 << 20;
      s.latency = Duration.ofMillis(150);
    });
    swarm.leecher(s -> s.latency = Duration.ofMillis(150));
    assertTrue(swarm.complete(Duration.ofMinutes(2)));
    // 16 MiB at 4 MiB/s are 4 s; the way there and back is 600 ms.
    double seconds = swarm.nodes.get(1).completedAt / 1e9;
    assertTrue(seconds < 9, "took " + seconds + " s");
  }

  @Test
  void memoryForTwoPiecesIsEnough() {
    VirtualSwarm swarm = new VirtualSwarm(30, 4, 2);
    swarm.seed(s -> {});
    for (int i = 0; i < 8; i++) {
      swarm.leecher(s -> s.memory = 2L * 4 * 16384);
    }
    assertAllHaveEverything(swarm, Duration.ofMinutes(30));
  }

  @Test
  void theCorruptorIsBannedAndNobodyElse() {
    VirtualSwarm swarm = new VirtualSwarm(60, 4, 4);
    swarm.seed(s -> {});
    VirtualSwarm.Node bad = swarm.seed(s -> s.corrupts = true);
    for (int i = 0; i < 10; i++) {
      swarm.leecher(s -> {});
    }
    assertAllHaveEverything(swarm, Duration.ofMinutes(10));
    int bannedByAnyone = 0;
    for (VirtualSwarm.Node node : swarm.nodes) {
      bannedByAnyone |= node.banned;
    }
    assertEquals(1 << bad.index, bannedByAnyone);
  }

  @Test
  void theSwarmSurvivesTheSeed() {
    VirtualSwarm swarm = oneSeed(9, RarestFirst::new, TitForTat::new);
    VirtualSwarm.Node seed = swarm.nodes.get(0);
    double copies = copiesUntilSpread(swarm, seed);
    assertTrue(copies < 2, "the seed had to send " + copies + " copies until nothing could die out");
    swarm.nodes.remove(seed);
    seed.leave();
    assertAllHaveEverything(swarm, Duration.ofMinutes(15));
  }

  @Test
  void anySwarmCompletesHoweverSlowPoorOrPoisoned() {
    for (int seed = 0; seed < 15; seed++) {
      SeededRandom random = new SeededRandom(seed);
      int blocks = 1 + random.nextInt(6);
      VirtualSwarm swarm = new VirtualSwarm(1 + random.nextInt(80), blocks, seed);
      swarm.seed(s -> s.uplink = 20_000L + random.nextInt(1 << 20));
      VirtualSwarm.Node bad = swarm.seed(s -> s.corrupts = true);
      for (int n = 2 + random.nextInt(20); n > 0; n--) {
        swarm.leecher(s -> {
          s.uplink = 20_000L + random.nextInt(1 << 20);
          s.latency = Duration.ofMillis(random.nextInt(300));
          s.memory = (2L + random.nextInt(3)) * blocks * 16384;
          s.uploadLimit = random.nextInt(3) == 0 ? 30_000L + random.nextInt(100_000) : Long.MAX_VALUE;
          s.selection = random.nextInt(2) == 0 ? RarestFirst::new : RandomPiece::new;
        });
      }
      swarm.run(Duration.ofSeconds(5));
      for (int i = swarm.nodes.size() - 1; i > 2; i--) {
        if (random.nextInt(6) == 0) {
          swarm.nodes.remove(i).leave();
        }
      }
      assertAllHaveEverything(swarm, Duration.ofHours(2));
      for (VirtualSwarm.Node node : swarm.nodes) {
        assertEquals(0, node.banned & ~(1 << bad.index), "an honest peer was banned");
      }
    }
  }

  /** Copies that the only seed has sent when every piece is somewhere else. */
  private static double copiesUntilSpread(VirtualSwarm swarm, VirtualSwarm.Node seed) {
    PieceSet spread = new PieceSet(swarm.layout.pieceCount());
    assertTrue(swarm.runUntil(() -> {
      for (VirtualSwarm.Node node : swarm.nodes) {
        if (node != seed) {
          spread.addAll(node.engine.held());
        }
      }
      return spread.isFull();
    }, Duration.ofMinutes(10)));
    return (double) seed.engine.uploaded() / swarm.layout.totalLength();
  }

  @Test
  void aSuperSeedSendsHardlyMoreThanOneCopyAndTheSwarmIsNoSlower() {
    double[] copies = new double[2];
    long[] completed = new long[2];
    for (int i = 0; i < 2; i++) {
      boolean superSeeding = i == 1;
      VirtualSwarm swarm = new VirtualSwarm(100, 4, 5);
      VirtualSwarm.Node only = swarm.seed(s -> s.superSeeding = superSeeding);
      for (int n = 0; n < LEECHERS; n++) {
        swarm.leecher(s -> {});
      }
      copies[i] = copiesUntilSpread(swarm, only);
      assertAllHaveEverything(swarm, Duration.ofMinutes(10));
      completed[i] = swarm.now;
    }
    assertTrue(copies[1] <= 1.25 && copies[1] < copies[0], copies[1] + " copies, without " + copies[0]);
    assertTrue(completed[1] <= completed[0], completed[1] + " ns, without " + completed[0]);
  }

  @Test
  void aSuperSeedServesAnySwarm() {
    for (int seed = 0; seed < 15; seed++) {
      SeededRandom random = new SeededRandom(100 + seed);
      int blocks = 1 + random.nextInt(6);
      int pieces = 1 + random.nextInt(80);
      VirtualSwarm swarm = new VirtualSwarm(pieces, blocks, seed);
      swarm.seed(s -> {
        s.superSeeding = true;
        s.uplink = 20_000L + random.nextInt(1 << 20);
        s.uploadLimit = random.nextInt(3) == 0 ? 30_000L + random.nextInt(100_000) : Long.MAX_VALUE;
      });
      for (int n = 1 + random.nextInt(20); n > 0; n--) {
        PieceSet some = new PieceSet(pieces);
        byte[] priorities = new byte[pieces];
        int wish = random.nextInt(3);
        for (int p = 0; p < pieces; p++) {
          priorities[p] = (byte) (wish == 0 && random.nextInt(4) > 0 ? 0 : 1);
          if (wish == 1 && random.nextInt(3) == 0) {
            some.set(p);
          }
        }
        // Some give nothing, and some only want a part.
        boolean rides = random.nextInt(4) == 0;
        swarm.add(some, s -> {
          s.priorities = priorities;
          s.uplink = 20_000L + random.nextInt(1 << 20);
          s.latency = Duration.ofMillis(random.nextInt(300));
          if (rides) {
            s.choking = () -> round -> new UploadPlan();
          }
        });
      }
      swarm.run(Duration.ofSeconds(5));
      for (int i = swarm.nodes.size() - 1; i > 1; i--) {
        if (random.nextInt(5) == 0) {
          swarm.nodes.remove(i).leave();
        }
      }
      int run = seed;
      assertTrue(swarm.complete(Duration.ofHours(2)), () -> run + ": " + swarm.nodes.get(0).engine.explanation(swarm.now));
    }
  }
}
