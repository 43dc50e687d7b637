package io.minibit.tracker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.SeededRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class PeerHandoutTest {
  @Test
  void aSampleHasNoNumberTwiceAndNoneBeyondTheSize() {
    SeededRandom random = new SeededRandom(1);
    for (int size = 0; size < 40; size++) {
      for (int wanted = 0; wanted < 45; wanted++) {
        int[] sample = PeerHandout.sample(size, wanted, random);
        assertEquals(Math.min(size, wanted), Arrays.stream(sample).distinct().count());
        int bound = size;
        assertTrue(Arrays.stream(sample).allMatch(i -> i >= 0 && i < bound));
      }
    }
  }

  @Test
  void everyPeerIsPickedEquallyOften() {
    SeededRandom random = new SeededRandom(2);
    int[] first = new int[20];
    int[] any = new int[20];
    for (int i = 0; i < 40_000; i++) {
      int[] sample = PeerHandout.sample(20, 5, random);
      first[sample[0]]++;
      Arrays.stream(sample).forEach(index -> any[index]++);
    }
    for (int index = 0; index < 20; index++) {
      assertEquals(2_000, first[index], 200); // 4.6 standard deviations
      assertEquals(10_000, any[index], 400);
    }
  }

  @Test
  void runsHaveNoNumberTwiceAndNoneBeyondTheSize() {
    SeededRandom random = new SeededRandom(3);
    for (int size : new int[] {0, 1, 7, 8, 15, 16, 17, 63, 64, 65, 1000, Integer.MAX_VALUE}) {
      for (int wanted : new int[] {0, 1, 7, 8, 9, 50, 200}) {
        int[] runs = PeerHandout.runs(size, wanted, random);
        assertEquals(Math.min(size, wanted), Arrays.stream(runs).distinct().count());
        assertTrue(Arrays.stream(runs).allMatch(i -> i >= 0 && i < size));
      }
    }
  }

  @Test
  void everyPeerIsEquallyOftenInARun() {
    SeededRandom random = new SeededRandom(4);
    int[] any = new int[101];
    for (int i = 0; i < 40_000; i++) {
      Arrays.stream(PeerHandout.runs(101, 20, random)).forEach(index -> any[index]++);
    }
    for (int times : any) {
      assertEquals(40_000 * 20 / 101.0, times, 400); // 5 standard deviations
    }
  }
}
