package io.minibit.fuzz;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Fuzzes with Jazzer, each target in a JVM of its own, and prints how many inputs it took. Not part of the ordinary
 * build:
 *
 * <pre>{@code
 * mvn -B -pl minibit-core -Pfuzz verify -Dfuzz.seconds=60                          # each target for a minute
 * mvn -B -pl minibit-core -Pfuzz verify -Dfuzz.seconds=600 -Dfuzz.targets=engine,messages
 * }</pre>
 *
 * <p>What Jazzer has learned stays in {@code target/fuzz/NAME/corpus} and is where the next run begins. An input that
 * fails is left in {@code target/fuzz/NAME}; put it into {@code src/test/resources/fuzz/NAME} and it is a test. Which
 * branches of the library were reached, class by class, is in {@code target/site/jacoco/jacoco.csv}.
 */
class FuzzRun {
  private static final Path OUTPUT = Path.of("target/fuzz");
  private static final Pattern EXECUTIONS = Pattern.compile("stat::number_of_executed_units: (\\d+)");

  /** A parser that takes so long for the few KiB of an input has no bound. */
  private static final int SECONDS_PER_INPUT = 5;

  private static final String MEMORY = "-Xmx512m";

  /** Jazzer's guard against connections that an input brings about. */
  private static final String FORGERY = "com.code_intelligence.jazzer.sanitizers.ServerSideRequestForgery";

  @TestFactory
  List<DynamicTest> everyTargetTakesWhatJazzerMakesUp() {
    String chosen = System.getProperty("fuzz.targets", "");
    List<String> names = chosen.isBlank() ? FuzzTargets.names() : List.of(chosen.split(",", -1));
    return names.stream().map(name -> dynamicTest(name, () -> fuzz(name))).toList();
  }

  private static void fuzz(String name) throws Exception {
    Path directory = OUTPUT.resolve(name);
    Path corpus = directory.resolve("corpus");
    Path seeds = directory.resolve("seeds");
    Files.createDirectories(corpus);
    Files.createDirectories(seeds);
    int number = 0;
    for (byte[] input : FuzzTargets.beginnings(name, FuzzTargets.create(name))) {
      Files.write(seeds.resolve("seed-" + number++), input);
    }
    Path log = directory.resolve("log");
    int exit = new ProcessBuilder(command(name, directory, corpus, seeds))
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start()
        .waitFor();
    String said = Files.readString(log);
    Matcher executions = EXECUTIONS.matcher(said);
    System.out.printf(
        Locale.ROOT, "fuzz %-18s %,12d executions%s%n",
        name, executions.find() ? Long.parseLong(executions.group(1)) : 0, exit == 0 ? "" : "  FAILED, see " + log);
    assertTrue(exit == 0, () -> findings(said));
    replay(FuzzTargets.create(name), corpus);
  }

  private static List<String> command(String name, Path directory, Path corpus, Path seeds) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(MEMORY, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add("com.code_intelligence.jazzer.Jazzer");
    command.add("--target_class=" + JazzerEntry.class.getName());
    command.add("--target_args=" + name);
    command.add("--instrumentation_includes=io.minibit.**");
    if (name.endsWith("-request")) {
      command.add("--disabled_hooks=" + FORGERY); // it is the fuzz target itself that connects
    }
    command.add("--reproducer_path=" + directory);
    command.add("-artifact_prefix=" + directory + "/");
    command.add("-max_total_time=" + Integer.getInteger("fuzz.seconds", 60));
    command.add("-timeout=" + SECONDS_PER_INPUT);
    command.add("-max_len=8192");
    command.add("-rss_limit_mb=4096");
    command.add("-print_final_stats=1");
    command.add(corpus.toString());
    command.add(seeds.toString());
    return command;
  }

  /** In this JVM, which watches what is reached: everything that Jazzer kept because it reached something new. */
  private static void replay(FuzzTarget target, Path corpus) throws Exception {
    List<Path> inputs;
    try (Stream<Path> files = Files.list(corpus)) {
      inputs = files.sorted().toList();
    }
    for (Path input : inputs) {
      target.run(Files.readAllBytes(input));
    }
  }

  private static String findings(String said) {
    return said.lines()
        .filter(line -> line.startsWith("==") || line.startsWith("\tat ") || line.contains("Exception")
            || line.contains("Error") || line.contains("Test unit written"))
        .limit(40)
        .reduce("", (all, line) -> all + "\n" + line);
  }
}
