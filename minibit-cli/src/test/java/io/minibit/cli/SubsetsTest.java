package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.SeededRandom;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubsetsTest {
  @Test
  void randomSubsetsTogetherAreEverything() {
    for (int seed = 0; seed < 100; seed++) {
      int pieces = 1 + seed;
      BitSet union = new BitSet();
      Subsets.random(pieces, 2 + seed % 7, new SeededRandom(seed)).forEach(union::or);
      assertEquals(pieces, union.cardinality());
      assertEquals(pieces, union.length());
    }
  }

  @Test
  void everybodyHasSomethingAndNobodyAll() {
    for (BitSet subset : Subsets.random(1000, 5, new SeededRandom(1))) {
      assertTrue(subset.cardinality() > 100 && subset.cardinality() < 900, subset.cardinality() + " pieces");
    }
  }

  @Test
  void theSameSeedGivesTheSameSubsets() {
    assertEquals(Subsets.random(50, 3, new SeededRandom(9)), Subsets.random(50, 3, new SeededRandom(9)));
  }

  @Test
  void oneSeedHasEverything() {
    List<BitSet> subsets = Subsets.oneSeed(3, 3);

    assertEquals(List.of(3, 0, 0), subsets.stream().map(BitSet::cardinality).toList());
    assertEquals("1 has everything and 2 have nothing", Subsets.describe(subsets, 3));
  }
}
