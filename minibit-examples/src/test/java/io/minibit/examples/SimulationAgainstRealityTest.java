package io.minibit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class SimulationAgainstRealityTest {
  @Test
  void bothRunToTheEndAndAreComparedRunByRun(@TempDir Path temp) throws Exception {
    Path file = Content.file(temp, "data.bin", 2_000_001);
    List<String> lines = new ArrayList<>();
    SimulationAgainstReality.compare(file, temp.resolve("fetched"), 1 << 20, 2, lines::add);

    assertEquals(List.of("run 1", "run 2", "medians", "sim/real"),
        lines.stream().skip(1).map(line -> line.substring(0, 8).strip()).toList());
    assertTrue(lines.stream().noneMatch(line -> line.contains("NaN")), lines.toString());
    for (int peer = 1; peer <= SimulationAgainstReality.LEECHERS; peer++) {
      Content.assertSame(file, temp.resolve("fetched/run1-peer" + peer + "/data.bin"));
    }
  }
}
