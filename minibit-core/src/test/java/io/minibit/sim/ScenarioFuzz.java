package io.minibit.sim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.fuzz.FuzzTarget;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Any text is a scenario that is the same when written and read again, or an error that names its line. */
public final class ScenarioFuzz implements FuzzTarget {
  @Override
  public List<byte[]> seeds() {
    List<byte[]> seeds = new ArrayList<>();
    seeds.add(ScenarioTextTest.EXAMPLE.getBytes(StandardCharsets.UTF_8));
    for (String text : List.of(
        "[group a]\ncount=3",
        "seed = 7\nhandout = random 50\n[group a]\narrival = flash crowd 5m\ndeparture = on completion, aborts 0.1/s",
        "end = at the limit\nlimit = 10m\n[group a]\n[fault slow]\nshare = 0.3\nfrom = 10s\nto = 20s\nstrength = 0.5")) {
      seeds.add(text.getBytes(StandardCharsets.UTF_8));
    }
    for (Fault.Kind kind : Fault.Kind.values()) {
      seeds.add(Scenario.builder().group("a", g -> g.count(2)).fault(new Fault(
          kind, "", 0.5, Duration.ZERO, Duration.ofSeconds(90), 0.5)).build().toText()
          .getBytes(StandardCharsets.UTF_8));
    }
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    Scenario scenario;
    try {
      scenario = Scenario.parse(new String(input, StandardCharsets.UTF_8));
    } catch (ScenarioException e) {
      assertTrue(String.valueOf(e.getMessage()).matches("line \\d+: [^\\p{Cntrl}]+"), e.getMessage());
      return;
    }
    String text = scenario.toText();
    Scenario again = Scenario.parse(text);
    assertEquals(scenario, again);
    assertEquals(text, again.toText());
  }
}
