package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.SeededRandom;
import io.minibit.strategy.RandomPiece;
import io.minibit.strategy.RarestFirst;
import io.minibit.strategy.RemotePeer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Random events through the whole engine; after each, what the books say must agree with what the peers say. */
class BookTest {
  private static final int PIECES = 90;

  private final SeededRandom random = new SeededRandom(2);
  private final List<FakePeer> peers = new ArrayList<>();
  private final List<PieceSet> has = new ArrayList<>();
  private final byte[] priorities = new byte[PIECES];

  private void assertBooksAgree(EngineRig rig) {
    new EngineAudit(rig.engine).check(false);
    List<RemotePeer> connected = rig.engine.peers();
    assertEquals(peers.stream().filter(peer -> peer.open).count(), connected.size());
    for (int p = 0; p < PIECES; p++) {
      int piece = p;
      int copies = 0;
      for (int i = 0; i < peers.size(); i++) {
        copies += peers.get(i).open && has.get(i).get(piece) ? 1 : 0;
      }
      assertEquals(copies, rig.engine.availability(p), "availability of " + p);
    }
    for (RemotePeer remote : connected) {
      Connection peer = (Connection) remote;
      int i = 0;
      while (!peers.get(i).open || peers.get(i).connection != peer.number) {
        i++;
      }
      int wanted = 0;
      for (int p = 0; p < PIECES; p++) {
        wanted += has.get(i).get(p) && priorities[p] > 0 && !rig.engine.held().get(p) ? 1 : 0;
      }
      assertEquals(wanted, peer.wanted, "wanted of " + peer);
      assertEquals(wanted > 0, peer.amInterested);
      assertEquals(peers.get(i).asked.size(), peer.outstanding.size(), "requests outstanding at " + peer);
      for (int[] block : peers.get(i).asked) {
        assertTrue(peer.outstanding.contains(block[0], block[1] / EngineRig.BLOCK));
      }
    }
    long requested = rig.engine.begun().stream()
        .mapToLong(begun -> {
          int sum = 0;
          int missing = 0;
          int received = 0;
          for (int b = 0; b < begun.blocks(); b++) {
            sum += begun.requests(b);
            received += begun.isReceived(b) ? 1 : 0;
            missing += begun.toString().charAt(begun.toString().indexOf(':') + 1 + b) == '.' ? 1 : 0;
          }
          assertEquals(missing, begun.missing(), begun.toString());
          assertEquals(received, begun.received(), begun.toString());
          assertEquals(missing > 0, begun.openIndex >= 0, begun.toString());
          return sum;
        })
        .sum();
    assertEquals(connected.stream().mapToLong(RemotePeer::outstanding).sum(), requested);
    assertEquals(
        rig.engine.begun().stream().mapToLong(begun -> begun.length).sum(), rig.budget.pieceMemoryUsed());
  }

  @Test
  void whateverHappensTheBooksAgree() {
    for (int run = 0; run < 6; run++) {
      peers.clear();
      has.clear();
      Arrays.fill(priorities, (byte) 1);
      int number = run;
      EngineRig rig = EngineRig.started(s -> {
        s.pieces = PIECES;
        s.blocks = 3;
        s.seed = number;
        s.memory = number % 2 == 0 ? 1 << 30 : 5 * 3 * EngineRig.BLOCK;
        s.selection = number % 3 == 0 ? new RandomPiece() : new RarestFirst();
      });
      for (int step = 0; step < 1500; step++) {
        step(rig);
        assertBooksAgree(rig);
      }
      rig.engine.leave(rig.now);
      assertEquals(0, rig.budget.pieceMemoryUsed());
    }
  }

  private FakePeer[] allBut(FakePeer peer) {
    return peers.stream().filter(other -> other.open && other != peer).toArray(FakePeer[]::new);
  }

  private void step(EngineRig rig) {
    if (peers.stream().filter(peer -> peer.open).count() < 3 || random.nextInt(60) == 0) {
      PieceSet set = new PieceSet(PIECES);
      for (int n = random.nextInt(PIECES); n > 0; n--) {
        set.set(random.nextInt(PIECES));
      }
      FakePeer peer = peers.size() % 2 == 0 ? rig.peer(peers.size() + 1) : rig.plainPeer(peers.size() + 1);
      peers.add(peer);
      has.add(set);
      peer.has(picture(set));
      return;
    }
    int i = random.nextInt(peers.size());
    FakePeer peer = peers.get(i);
    if (!peer.open) {
      return;
    }
    switch (random.nextInt(12)) {
      case 0, 1 -> peer.unchokes();
      case 2 -> {
        if (random.nextInt(4) == 0) {
          peer.chokes();
          while (!peer.asked.isEmpty()) {
            peer.rejects();
          }
        }
      }
      case 3, 4, 5, 6 -> peer.answers(1 + random.nextInt(4));
      case 7 -> {
        int piece = random.nextInt(PIECES);
        if (random.nextInt(40) == 0) {
          saysAnew(peer, has.get(i));
        } else if (has.get(i).set(piece)) {
          peer.gets(piece);
        }
      }
      case 8 -> rig.secondsAlive(random.nextInt(10) == 0 ? 70 : 3, allBut(null));
      case 9 -> {
        if (random.nextInt(20) == 0) {
          peer.leaves();
        }
      }
      case 10 -> {
        if (!peer.asked.isEmpty() && random.nextInt(4) == 0) {
          peer.begins(peer.asked.get(0)[0], peer.asked.get(0)[1] / EngineRig.BLOCK);
          rig.secondsAlive(random.nextInt(30), allBut(peer));
          if (peer.open) {
            peer.finishes(true);
          }
        }
      }
      default -> {
        if (random.nextInt(10) == 0) {
          priorities[random.nextInt(PIECES)] = (byte) random.nextInt(4);
          rig.does(() -> rig.engine.setPriorities(rig.now, priorities));
        }
      }
    }
  }

  /** What it has by now, in one message, as aria2 does; never less than it said before. */
  private void saysAnew(FakePeer peer, PieceSet set) {
    PieceSet before = PieceSet.of(PIECES, set.toWords());
    for (int n = random.nextInt(10); n > 0; n--) {
      set.set(random.nextInt(PIECES));
    }
    switch (random.nextInt(8)) {
      case 0 -> {
        for (int p = 0; p < PIECES; p++) {
          set.set(p);
        }
        peer.hasAll();
      }
      case 1 -> {
        // A bitfield without what it said before takes nothing away.
        PieceSet added = PieceSet.of(PIECES, set.toWords());
        for (int p = 0; p < PIECES; p++) {
          if (before.get(p)) {
            added.clear(p);
          }
        }
        peer.has(picture(added));
      }
      default -> peer.has(picture(set));
    }
  }

  private static String picture(PieceSet set) {
    StringBuilder picture = new StringBuilder();
    for (int p = 0; p < PIECES; p++) {
      picture.append(set.get(p) ? '1' : '0');
    }
    return picture.toString();
  }
}
