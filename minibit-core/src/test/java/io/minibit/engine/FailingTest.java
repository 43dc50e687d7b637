package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.minibit.model.TorrentState;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A bug ends its torrent, whatever it left half done, and nothing of it stays with what torrents share. */
class FailingTest {
  private final EngineRig rig = EngineRig.started(s -> s.tracker = true);
  private final IllegalStateException bug = new IllegalStateException("a bug");

  private void begins() {
    rig.peer(1).hasAll().unchokes();
    rig.peer(2).hasAll();
    assertEquals(2, rig.engine.peers().size());
    assertEquals(65536, rig.budget.pieceMemoryUsed());
    rig.forget();
  }

  @Test
  void itClosesItsConnectionsTellsTheTrackerAndThenWhoWaits() {
    begins();
    rig.engine.fail(bug);
    assertEquals(
        """
        close p1: torrent failed
        close p2: torrent failed
        drop 1
        drop 0
        announce STOPPED left=131072
        state FAILED
        failed: a bug""",
        rig.took());
    assertEquals(0, rig.budget.pieceMemoryUsed());
    assertEquals("failed: java.lang.IllegalStateException: a bug", rig.engine.explanation(rig.now));
  }

  @Test
  void whatCannotBeEndedInOrderIsEndedAllTheSame() {
    begins();
    // The driver has lost the memory of a piece, and so throws when it is to give it back.
    rig.dropPiece(0);
    rig.forget();
    rig.engine.fail(bug);
    assertEquals("state FAILED\nfailed: a bug", lastLines());
    assertEquals(TorrentState.FAILED, rig.engine.state());
    assertEquals("piece 0 has no memory", bug.getSuppressed()[0].getMessage());
    assertEquals(0, rig.budget.pieceMemoryUsed());
    assertFalse(rig.budget.knows(rig.engine.claimant()));
  }

  private String lastLines() {
    String[] lines = rig.took().split("\n", -1);
    return String.join("\n", Arrays.copyOfRange(lines, lines.length - 2, lines.length));
  }

  @Test
  void afterItNothingHappensAnyMore() {
    begins();
    rig.engine.fail(bug);
    rig.forget();
    rig.engine.fail(new IllegalStateException("another"));
    rig.engine.onPeersFound(rig.now, List.of(EngineRig.address("10.0.0.9:6881")), true);
    rig.engine.pause(rig.now);
    rig.engine.resume(rig.now);
    rig.engine.leave(rig.now);
    rig.seconds(3600);
    assertEquals("", rig.took());
    assertEquals(TorrentState.FAILED, rig.engine.state());
  }
}
