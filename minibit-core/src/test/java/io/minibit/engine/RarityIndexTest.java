package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.SeededRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The index against a naive model, and what a walk promises. */
class RarityIndexTest {
  private static final int PIECES = 150;

  private final SeededRandom random = new SeededRandom(42);
  private final RarityIndex index = new RarityIndex(PIECES, random);
  private final int[] level = new int[PIECES];
  private final List<PieceSet> peers = new ArrayList<>();
  private int seeds;

  private int copies(int piece) {
    return (int) peers.stream().filter(peer -> peer.get(piece)).count();
  }

  /** What a peer is shown: level by level, from {@code walkStart} to {@code walkEnd}. */
  private static List<Integer> walk(RarityIndex index, boolean seed) {
    List<Integer> pieces = new ArrayList<>();
    for (int l = 0; l < index.levels(); l++) {
      for (int i = index.walkStart(l, seed); i < index.walkEnd(l); i++) {
        pieces.add(index.pieceAt(i));
      }
    }
    return pieces;
  }

  private void assertLikeTheModel() {
    List<Integer> all = walk(index, true);
    Set<Integer> expected = new HashSet<>();
    int onOffer = 0;
    for (int p = 0; p < PIECES; p++) {
      assertEquals(copies(p) + seeds, index.availability(p));
      if (level[p] >= 0) {
        expected.add(p);
        onOffer += copies(p) + seeds > 0 ? 1 : 0;
      }
    }
    assertEquals(expected.size(), all.size(), "each pickable piece once");
    assertEquals(expected, new HashSet<>(all));
    assertEquals(onOffer, index.pickableOnOffer());
    for (int i = 1; i < all.size(); i++) {
      int before = all.get(i - 1);
      int after = all.get(i);
      assertTrue(level[before] < level[after] || (level[before] == level[after] && copies(before) <= copies(after)));
      assertTrue(index.rank(before) < index.rank(after));
    }
    List<Integer> forLeechers = walk(index, false);
    all.removeIf(piece -> copies(piece) == 0);
    assertEquals(all, forLeechers, "what has no copy cannot be had from a peer that is no seed");
  }

  @Test
  void anyOperationsKeepItLikeTheModel() {
    Arrays.fill(level, -1);
    for (int round = 0; round < 4000; round++) {
      int piece = random.nextInt(PIECES);
      switch (random.nextInt(8)) {
        case 0 -> {
          PieceSet joining = new PieceSet(PIECES);
          int count = random.nextInt(3) == 0 ? random.nextInt(PIECES) : random.nextInt(3);
          for (int i = 0; i < count; i++) {
            joining.set(random.nextInt(PIECES));
          }
          peers.add(joining);
          index.copiesAdded(joining);
        }
        case 1 -> {
          if (peers.size() > 40 || (!peers.isEmpty() && random.nextInt(3) == 0)) {
            index.copiesRemoved(peers.remove(random.nextInt(peers.size())));
          }
        }
        case 2, 3 -> {
          if (!peers.isEmpty() && peers.get(random.nextInt(peers.size())).set(piece)) {
            index.copyAdded(piece);
          }
        }
        case 4, 5 -> {
          level[piece] = random.nextInt(5) - 1;
          index.place(piece, level[piece]);
        }
        case 6 -> {
          if (random.nextInt(2) == 0 && seeds > 0) {
            seeds--;
            index.seedLeft();
          } else {
            seeds++;
            index.seedJoined();
          }
        }
        default -> {
          if (random.nextInt(50) == 0) {
            index.expectManyChanges();
          }
        }
      }
      if (round % 7 == 0) {
        assertLikeTheModel();
      }
    }
    assertTrue(peers.size() > 16, "the buckets had to grow");
  }

  @Test
  void tiesComeInRandomOrder() {
    Set<Integer> firsts = new HashSet<>();
    for (int run = 0; run < 40; run++) {
      RarityIndex other = new RarityIndex(10, random);
      for (int p = 0; p < 10; p++) {
        other.place(p, 0);
      }
      firsts.add(other.pieceAt(other.walkStart(0, true)));
    }
    assertTrue(firsts.size() > 5, firsts.toString());
  }

  @Test
  void anotherCopyMovesOnePieceBehindItsEquals() {
    RarityIndex three = new RarityIndex(3, random);
    for (int p = 0; p < 3; p++) {
      three.place(p, 0);
    }
    walk(three, true);
    three.copyAdded(1);
    assertEquals(1, walk(three, true).get(2));
    assertEquals(List.of(1), walk(three, false));
    three.place(1, -1);
    assertFalse(walk(three, true).contains(1));
  }
}
