package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.minibit.model.SeededRandom;
import io.minibit.strategy.PieceChoice;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.strategy.RarestFirst;
import io.minibit.wire.MessageType;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A torrent of 1,000,000 pieces of one block each, and 50 peers that have a random half of it. */
class MillionPiecesTest {
  private static final int PIECES = 1_000_000;
  private static final int PEERS = 50;
  /** What a peer's bits take; every connection has to keep them. */
  private static final int BITS = PIECES / 8;

  private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final SeededRandom random = new SeededRandom(4);

  private static EngineRig rig() {
    return rig(new RarestFirst());
  }

  private static EngineRig rig(PieceSelectionStrategy selection) {
    return EngineRig.started(s -> {
      s.pieces = PIECES;
      s.blocks = 1;
      s.held = "11111";
      s.selection = selection;
    });
  }

  private PieceSet half() {
    long[] words = new long[PIECES / 64];
    for (int i = 0; i < words.length; i++) {
      words[i] = random.nextLong();
    }
    return PieceSet.of(PIECES, words);
  }

  /** Bytes that this thread allocates while it does this. */
  private static long allocated(Runnable task) {
    long before = THREAD.getCurrentThreadAllocatedBytes();
    task.run();
    return THREAD.getCurrentThreadAllocatedBytes() - before;
  }

  private static List<FakePeer> connect(EngineRig rig) {
    List<FakePeer> peers = new ArrayList<>();
    for (int i = 1; i <= PEERS; i++) {
      peers.add(rig.peer(i));
    }
    return peers;
  }

  private void say(EngineRig rig, FakePeer peer) {
    PieceSet has = half();
    rig.does(() -> rig.engine.onBitfield(rig.now, peer.connection, has));
  }

  @Test
  void theBooksOfAllPiecesTakeALimitedAmountOfMemory() {
    long bytes = allocated(() -> rig());
    assertTrue(bytes < 64L * PIECES, bytes + " bytes");
  }

  @Test
  void fiftyBitfieldsCostTheirBitsAndFewRebuildsOfTheIndex() {
    EngineRig rig = rig();
    List<FakePeer> peers = connect(rig);
    long bytes = allocated(() -> {
      for (FakePeer peer : peers) {
        say(rig, peer);
        peer.unchokes();
      }
    });
    assertTrue(peers.stream().allMatch(peer -> peer.asked.size() == 4));
    // With 50 peers the mean is 25, and few pieces are below 10.
    for (int[] block : peers.get(PEERS - 1).asked) {
      assertTrue(rig.engine.availability(block[0]) <= 20, "available " + rig.engine.availability(block[0]) + " times");
    }
    // The bits are made twice by this test, and the index is rebuilt for every 61 requests.
    assertTrue(bytes < 3L * PEERS * BITS + 32L * PIECES, bytes + " bytes");
  }

  @Test
  void whoSaysTheSameAgainCostsItsBitsAndNothingIsCountedAnew() {
    EngineRig rig = rig();
    FakePeer peer = rig.peer(1);
    PieceSet has = half();
    rig.engine.onBitfield(rig.now, peer.connection, PieceSet.of(PIECES, has.toWords()));
    peer.unchokes();
    long bytes = allocated(() -> {
      for (int i = 0; i < 100; i++) {
        has.set(random.nextInt(PIECES));
        rig.engine.onBitfield(rig.now, peer.connection, PieceSet.of(PIECES, has.toWords()));
        peer.answers(1);
      }
    });
    assertEquals(has.count(), rig.engine.peers().get(0).pieces());
    // The bits are made once by this test.
    assertTrue(bytes < 2L * 100 * BITS + 32L * PIECES, bytes + " bytes");
  }

  @Test
  void aWalkGivesEveryCandidateOnceAlsoIfItBeginsWithTheRarestOfASample() {
    PieceSet walked = new PieceSet(PIECES);
    int[] steps = {0};
    EngineRig rig = rig(choice -> {
      PieceChoice.Walk walk = choice.fresh().rarestFirst();
      for (int piece; (piece = walk.next()) != PieceSelectionStrategy.NONE; steps[0]++) {
        walked.set(piece);
      }
      return PieceSelectionStrategy.NONE;
    });
    PieceSet has = half();
    FakePeer peer = rig.peer(1);
    rig.engine.onBitfield(rig.now, peer.connection, has);
    peer.unchokes();
    assertEquals(((Connection) rig.engine.peers().get(0)).wanted, walked.count());
    assertEquals(walked.count(), steps[0]);
  }

  @Test
  void aStormOfHavesAllocatesNothing() {
    EngineRig rig = rig();
    List<FakePeer> peers = connect(rig);
    peers.forEach(peer -> say(rig, peer));
    long bytes = allocated(() -> {
      for (int i = 0; i < 20_000; i++) {
        for (FakePeer peer : peers) {
          rig.engine.onMessage(rig.now, peer.connection, MessageType.HAVE, random.nextInt(PIECES), 0, 0);
        }
      }
    });
    assertTrue(bytes < 1 << 20, bytes + " bytes");
    new EngineAudit(rig.engine).check(false);
  }
}
