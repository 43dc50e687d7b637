package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.sim.PeerGroup;
import io.minibit.sim.Scenario;
import io.minibit.sim.ScenarioException;
import io.minibit.sim.StrategyCatalog;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SimVariantsTest {
  private static final Scenario SCENARIO =
      Scenario.parse(
          """
          name = a swarm
          [group seed]
          pieces = all
          [group leechers]
          count = 8
          [group riders]
          count = 2
          choking = serve-nobody
          """);

  private final SimVariants variants = new SimVariants(StrategyCatalog.stock());

  private static <T> List<T> each(Scenario scenario, Function<PeerGroup, T> value) {
    return scenario.groups().stream().map(value).toList();
  }

  @Test
  void aKeyWithoutAGroupIsForThoseForWhomItMeansSomething() {
    assertEquals(
        List.of("serve-everybody", "serve-everybody", "serve-nobody"),
        each(variants.alter(SCENARIO, "choking", "serve-everybody"), group -> group.choking().name()));
    assertEquals(
        List.of(true, false, false),
        each(variants.alter(SCENARIO, "super-seeding", "true"), PeerGroup::superSeeding));
    assertEquals(List.of(1, 5, 5), each(variants.alter(SCENARIO, "count", "5"), PeerGroup::count));
    assertEquals(List.of(3, 3, 3), each(variants.alter(SCENARIO, "connections", "3"), PeerGroup::connections));
    assertEquals(9, variants.alter(SCENARIO, "seed", "9").seed());
  }

  @Test
  void aKeyWithAGroupIsForThatGroup() {
    assertEquals(
        List.of("tit-for-tat", "tit-for-tat", "tit-for-tat"),
        each(variants.set(SCENARIO, "riders.choking = tit-for-tat"), group -> group.choking().name()));
  }

  @Test
  void withoutComparisonsThereIsTheScenarioByItsName() {
    assertEquals(List.of(new SimVariants.Variant("a swarm", SCENARIO)), variants.product(SCENARIO, List.of()));
  }

  @Test
  void twoComparisonsAreEachWithEach() {
    List<SimVariants.Variant> product =
        variants.product(SCENARIO, List.of("selection=rarest-first, random-piece", "connections=3,5"));

    assertEquals(
        List.of(
            "selection=rarest-first, connections=3",
            "selection=rarest-first, connections=5",
            "selection=random-piece, connections=3",
            "selection=random-piece, connections=5"),
        product.stream().map(SimVariants.Variant::label).toList());
    assertEquals(
        SCENARIO.toBuilder()
            .eachGroup(g -> g.selection(StrategyCatalog.stock().selection("random-piece")).connections(3))
            .build(),
        product.get(2).scenario());
  }

  @Test
  void aComparisonOfNothingIsRefused() {
    for (String comparison : List.of("seed", "seed=1", "seed=1,1")) {
      CommandException refused =
          assertThrows(CommandException.class, () -> variants.product(SCENARIO, List.of(comparison)));
      assertEquals(Main.MISUSED, refused.exitCode());
      assertTrue(String.valueOf(refused.getMessage()).startsWith("--compare " + comparison + ": give "));
    }
    assertThrows(ScenarioException.class, () -> variants.product(SCENARIO, List.of("sead=1,2")));
    assertThrows(ScenarioException.class, () -> variants.product(SCENARIO, List.of("seed=1,,2")));
  }

  @Test
  void tooManyVariantsAreRefused() {
    String many = String.join(",", IntStream.range(1, 40).mapToObj(String::valueOf).toList());

    assertThrows(
        CommandException.class, () -> variants.product(SCENARIO, List.of("seed=" + many, "connections=" + many)));
  }
}
