package io.minibit.fuzz;

import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;

/**
 * Every fuzz target, in the time of an ordinary build: what was found before, and some thousand inputs that are made
 * without looking at what they reach, the same in each build. {@link FuzzRun} looks longer and with more cunning.
 */
@Timeout(120)
class FuzzTest {
  private static final int ROUNDS = 2_000;

  /** What takes a stranger's bytes through many steps is checked after each of them. */
  private static final Map<String, Integer> FEWER_ROUNDS = Map.of("engine", 300);

  @TestFactory
  List<DynamicTest> whatWasFoundBeforeIsTaken() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (String name : FuzzTargets.names()) {
      for (Path file : FuzzTargets.found(name)) {
        tests.add(dynamicTest(name + " " + file.getFileName(), () -> {
          try (FuzzTarget target = FuzzTargets.create(name)) {
            target.run(Files.readAllBytes(file));
          }
        }));
      }
    }
    return tests;
  }

  @TestFactory
  List<DynamicTest> seedsAndWhatIsMadeOfThemAreTaken() {
    return FuzzTargets.names().stream().map(name -> dynamicTest(name, () -> take(name))).toList();
  }

  private static void take(String name) throws Exception {
    try (FuzzTarget target = FuzzTargets.create(name)) {
      List<byte[]> beginnings = FuzzTargets.beginnings(name, target);
      for (byte[] input : beginnings) {
        run(target, input);
      }
      Mutation mutation = new Mutation(1, beginnings);
      for (int i = 0; i < FEWER_ROUNDS.getOrDefault(name, ROUNDS); i++) {
        run(target, mutation.next());
      }
    }
  }

  private static void run(FuzzTarget target, byte[] input) {
    try {
      target.run(input);
    } catch (Exception | Error e) {
      throw new AssertionError("by the input " + HexFormat.of().formatHex(input), e);
    }
  }
}
