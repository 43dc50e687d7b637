package io.minibit.examples.yardsticks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How good are the simulator and the engine in it? What others have proved or measured, simulated again: a row for each
 * measure, with what was published beside it. Each yardstick is a {@code Scenario} in a text file and some lines that
 * alter it, run it and look into the {@code SimulationReport}; write yours like them.
 *
 * <p>With {@code --quick} the swarms are small and everything takes seconds: bounds that follow from the size are
 * calculated anew, but what others measured holds for large swarms. What follows a slash runs only the configurations
 * that contain it: {@code "flash-crowd/degree 3"}.
 */
public final class Yardsticks {
  private static final List<Yardstick> ALL =
      List.of(new Dissemination(), new FlashCrowd(), new ArrivalRate(), new TitForTatPays(), new Racks());

  private Yardsticks() {}

  /** {@code Yardsticks [--quick] [NAME[/CONFIGURATION]]...}: all of them, or those that are named. */
  public static void main(String[] args) throws IOException {
    List<String> names = new ArrayList<>(List.of(args));
    boolean quick = names.remove("--quick");
    List<String> known = ALL.stream().map(Yardstick::name).toList();
    if (names.stream().allMatch(name -> known.contains(name.split("/", 2)[0]))) {
      System.out.println(Row.heading());
      measure(quick, names, System.out::println);
    } else {
      System.err.println("usage: Yardsticks [--quick] [NAME[/CONFIGURATION]]...   of " + String.join(", ", known));
      System.exit(2);
    }
  }

  static void measure(boolean quick, List<String> names, Consumer<Row> table) throws IOException {
    Map<String, String> wanted = new LinkedHashMap<>();
    for (String name : names) {
      String[] parts = name.split("/", 2);
      wanted.put(parts[0], parts.length == 1 ? "" : parts[1]);
    }
    for (Yardstick yardstick : ALL) {
      String configuration = names.isEmpty() ? "" : wanted.get(yardstick.name());
      if (configuration != null) {
        yardstick.measure(new Bench(yardstick, quick, configuration, table));
      }
    }
  }
}
