package io.minibit.cli;

import io.minibit.sim.InitialPieces;
import io.minibit.sim.PeerGroup;
import io.minibit.sim.Scenario;
import io.minibit.sim.ScenarioException;
import io.minibit.sim.StrategyCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Scenarios that differ from one in some values, by the keys of the text form. */
final class SimVariants {
  /** More would be a mistake: a product of three long lists. */
  private static final int MOST = 1_000;

  private final StrategyCatalog catalog;

  SimVariants(StrategyCatalog catalog) {
    this.catalog = catalog;
  }

  /**
   * One scenario among others.
   *
   * @param label what it differs in: {@code selection=random-piece, connections=5}; its name if it is the only one. Safe
   *     for a terminal
   */
  record Variant(String label, Scenario scenario) {}

  /**
   * One value altered, by {@code KEY} or {@code GROUP.KEY}. A key of groups without a group is for those for whom it means
   * something: {@code super-seeding} for seeds; {@code count}, {@code pieces}, {@code arrival} and {@code departure} for
   * all others; {@code choking} for all but free riders, who would be none with another; the rest for every group.
   *
   * @throws ScenarioException saying what was expected
   */
  Scenario alter(Scenario scenario, String key, String value) {
    Predicate<PeerGroup> meant =
        switch (key) {
          case "super-seeding" -> SimVariants::isSeed;
          case "count", "pieces", "arrival", "departure" -> group -> !isSeed(group);
          case "choking" -> group -> !isFreeRider(group);
          default -> group -> false;
        };
    List<PeerGroup> groups = scenario.groups().stream().filter(meant).toList();
    if (groups.isEmpty()) {
      return scenario.with(key, value, catalog);
    }
    Scenario altered = scenario;
    for (PeerGroup group : groups) {
      altered = altered.with(group.name() + "." + key, value, catalog);
    }
    return altered;
  }

  static boolean isSeed(PeerGroup group) {
    return group.pieces().equals(InitialPieces.all());
  }

  static boolean isFreeRider(PeerGroup group) {
    return group.choking().name().equals("serve-nobody");
  }

  /** {@code KEY=VALUE} applied. */
  Scenario set(Scenario scenario, String assignment) {
    return alter(scenario, key(assignment, "--set"), value(assignment));
  }

  /**
   * Each value of each comparison with each of the others.
   *
   * @param comparisons {@code KEY=VALUE,VALUE,…}; none gives the scenario itself
   */
  List<Variant> product(Scenario scenario, List<String> comparisons) {
    if (comparisons.isEmpty()) {
      return List.of(new Variant(SafeText.of(scenario.name()), scenario));
    }
    List<Variant> variants = List.of(new Variant("", scenario));
    for (String comparison : comparisons) {
      String key = key(comparison, "--compare");
      List<String> values = List.of(value(comparison).split("\\s*,\\s*", -1));
      if (values.size() < 2 || values.stream().distinct().count() < values.size()) {
        throw CommandException.misused(
            "--compare " + comparison + ": give at least two different values, such as selection=rarest-first,random-piece");
      }
      List<Variant> product = new ArrayList<>();
      for (Variant variant : variants) {
        for (String value : values) {
          String label = SafeText.of(key + "=" + value);
          product.add(new Variant(
              variant.label().isEmpty() ? label : variant.label() + ", " + label, alter(variant.scenario(), key, value)));
        }
      }
      if (product.size() > MOST) {
        throw CommandException.misused(product.size() + " variants are more than " + MOST);
      }
      variants = product;
    }
    return variants;
  }

  private static String key(String assignment, String option) {
    int equals = assignment.indexOf('=');
    if (equals < 0) {
      throw CommandException.misused(option + " " + assignment + ": give KEY=VALUE, such as connections=5");
    }
    return assignment.substring(0, equals).strip();
  }

  private static String value(String assignment) {
    return assignment.substring(assignment.indexOf('=') + 1).strip();
  }
}
