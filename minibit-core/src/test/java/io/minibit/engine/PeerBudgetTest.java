package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.PeerAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

/** What torrents share is granted first come, first served, and whoever was refused is told when it is its turn. */
class PeerBudgetTest {
  private static final long SECOND = EngineRig.SECOND;

  private final PeerBudget budget = new PeerBudget(100, 2, 10, 0);
  private final Torrent one = new Torrent();
  private final Torrent two = new Torrent();
  private final Torrent three = new Torrent();
  private int places;

  /** Counts what it is told. */
  private final class Torrent implements PeerBudget.Claimant {
    private int called;
    private int asked;

    Torrent() {
      budget.join(this);
    }

    @Override
    public void budgetAvailable() {
      called++;
    }

    @Override
    public void memoryWanted() {
      asked++;
    }

    /** How often it was called since it was last asked. */
    int calls() {
      int calls = called;
      called = 0;
      return calls;
    }
  }

  /** Never the same place twice, so that only the pace counts. */
  private PeerAddress somewhere() {
    return PeerAddress.of(new InetSocketAddress("1." + places++ + ".0.1", 6881));
  }

  @Test
  void thereAreSoManyConnectionsAndAllAreToldOfAFreePlace() {
    assertTrue(budget.tryConnection());
    assertTrue(budget.hasConnection());
    assertTrue(budget.tryConnection());
    assertFalse(budget.hasConnection());
    assertFalse(budget.tryConnection());
    assertEquals(2, budget.connections());
    assertEquals(2, budget.mostConnections());
    budget.connectionClosed();
    assertEquals(1, budget.connections());
    assertTrue(budget.hasConnection());
    assertEquals(1, one.calls());
    assertEquals(1, two.calls());
  }

  @Test
  void memoryGoesToWhoeverWaitsLongest() {
    assertTrue(budget.tryMemory(one, 60));
    assertFalse(budget.tryMemory(two, 60));
    assertFalse(budget.tryMemory(three, 10), "two stands before it");
    assertEquals(60, budget.pieceMemoryUsed());
    assertEquals(0, two.calls());
    budget.giveBackMemory(60);
    assertEquals(1, two.calls());
    assertEquals(0, three.calls());
    assertFalse(budget.hasMemory(three, 10));
    assertTrue(budget.hasMemory(two, 100));
    assertFalse(budget.hasMemory(two, 101));
    assertTrue(budget.tryMemory(two, 60));
    assertEquals(1, three.calls());
    assertTrue(budget.tryMemory(three, 40));
    assertEquals(100, budget.pieceMemoryUsed());
  }

  @Test
  void whoeverWantsNoMemoryAnyMoreMakesWayForTheNext() {
    assertTrue(budget.tryMemory(one, 100));
    budget.waitForMemory(two);
    budget.waitForMemory(three);
    budget.waitForMemory(three);
    budget.stopWaitingForMemory(two);
    assertEquals(1, three.calls());
    budget.leave(three);
    assertTrue(budget.hasMemory(one, 0));
    assertFalse(budget.knows(three));
    assertTrue(budget.knows(two));
  }

  @Test
  void whoeverIsShortOfMemoryAsksTheOthersAndNotItself() {
    budget.askForMemory(one);
    assertEquals(0, one.asked);
    assertEquals(1, two.asked);
    assertEquals(1, three.asked);
    assertFalse(budget.hasMemory(two, 1), "one stands in line");
  }

  @Test
  void moreMemoryIsNewsToTheFirstInLine() {
    assertTrue(budget.tryMemory(one, 100));
    assertFalse(budget.tryMemory(two, 50));
    budget.requirePieceMemory(99);
    assertEquals(100, budget.pieceMemory());
    budget.requirePieceMemory(150);
    assertEquals(150, budget.pieceMemory());
    assertTrue(two.calls() > 0);
    assertTrue(budget.tryMemory(two, 50));
  }

  @Test
  void dialsAreSpacedAndInTurn() {
    assertTrue(budget.tryDial(one, somewhere(), 0));
    assertFalse(budget.tryDial(two, somewhere(), SECOND / 10 - 1));
    assertFalse(budget.tryDial(three, somewhere(), SECOND / 10), "two stands before it");
    assertEquals(SECOND / 10, budget.dialAt(two));
    assertEquals(Long.MAX_VALUE, budget.dialAt(three));
    assertTrue(budget.tryDial(two, somewhere(), SECOND / 10));
    assertEquals(1, three.calls());
    assertEquals(2, budget.connections());
    assertFalse(budget.tryDial(three, somewhere(), SECOND), "no connection is left");
    budget.stopWaitingForDial(three);
    assertEquals(SECOND / 5, budget.dialAt(one));
  }

  @Test
  void aNewRateIsNewsToAllThatWait() {
    budget.limitUpload(1000, 0);
    budget.limitDownload(1000, 0);
    assertEquals(1000, budget.uploadLimit());
    assertTrue(budget.mayUpload(one, 0));
    budget.takeUpload(one, 1 << 20);
    assertTrue(budget.mayDownload(one, 0));
    budget.takeDownload(one, 1 << 20);
    assertFalse(budget.mayUpload(two, 0));
    assertFalse(budget.mayUpload(three, 0));
    assertFalse(budget.mayDownload(two, 0));
    assertTrue(budget.uploadAt(two, 0) > 1000 * SECOND);
    assertEquals(Long.MAX_VALUE, budget.uploadAt(three, 0));
    assertTrue(budget.downloadAt(two, 0) > 1000 * SECOND);
    budget.limitUpload(Long.MAX_VALUE, 0);
    assertEquals(1, two.calls());
    assertEquals(1, three.calls());
    budget.limitDownload(Long.MAX_VALUE, 0);
    assertEquals(1, two.calls());
    assertEquals(0, three.calls());
    assertTrue(budget.mayUpload(three, 0));
  }

  @Test
  void whoeverStopsWaitingToSendOrToAskMakesWayForTheNext() {
    budget.limitUpload(1000, 0);
    budget.limitDownload(1000, 0);
    budget.takeUpload(one, 1 << 20);
    budget.takeDownload(one, 1 << 20);
    for (Torrent torrent : new Torrent[] {two, three}) {
      assertFalse(budget.mayUpload(torrent, 0));
      assertFalse(budget.mayDownload(torrent, 0));
    }
    budget.stopWaitingForUpload(two);
    assertEquals(1, three.calls());
    budget.stopWaitingForDownload(two);
    assertEquals(1, three.calls());
    assertFalse(budget.mayUpload(two, 2000 * SECOND), "three stands before it now");
    assertTrue(budget.mayUpload(three, 2000 * SECOND));
  }

  @Test
  void whatWasAskedForAndDidNotComeMayBeAskedForAgain() {
    budget.limitDownload(100_000, 0);
    budget.takeDownload(one, 200_000);
    assertFalse(budget.mayDownload(one, 0));
    budget.giveBackDownload(200_000);
    assertTrue(budget.mayDownload(one, 0));
  }
}
