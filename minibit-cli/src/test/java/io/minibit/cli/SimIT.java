package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code minibit sim} as it is built. */
class SimIT {
  @TempDir private Path directory;

  private ProcessBuilder program(Object... args) {
    String jar = System.getProperty("minibit.jar");
    if (jar == null) {
      return fail("minibit.jar is not set: run by 'mvn verify'");
    }
    List<String> command = new ArrayList<>(List.of(System.getProperty("java.home") + "/bin/java", "-jar", jar, "sim"));
    Arrays.stream(args).map(String::valueOf).forEach(command::add);
    return new ProcessBuilder(command)
        .directory(directory.toFile())
        .redirectError(directory.resolve("err").toFile());
  }

  /** What it prints. */
  private List<String> run(Object... args) throws Exception {
    Path out = directory.resolve("out");
    Process process = program(args).redirectOutput(out.toFile()).start();
    try {
      assertTrue(process.waitFor(1, TimeUnit.MINUTES), "it does not end");
    } finally {
      process.destroyForcibly();
    }
    assertEquals(0, process.exitValue(), () -> errors());
    return Files.readAllLines(out);
  }

  private String errors() {
    try {
      return Files.readString(directory.resolve("err"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void aPrintedScenarioRunsFromItsFileToTheSameTrace() throws Exception {
    Object[] small = {"--size", "2MiB", "--peers", "10"};
    Path file = directory.resolve("mine.scenario");
    List<Object> print = new ArrayList<>(Arrays.asList(small));
    print.add("--print-scenario");
    Files.write(file, run(print.toArray()));

    List<String> direct = run(small);
    List<String> fromFile = run(file, "--csv", "results", "--report", "report.html");

    assertTrue(direct.contains("swarm: 2.00 MiB in 8 pieces of 256 KiB; 1 seed, 10 leechers; seed 1"), direct::toString);
    assertEquals(trace(direct), trace(fromFile));
    assertEquals(12, Files.readAllLines(directory.resolve("results/peers.csv")).size());
    assertTrue(Files.readString(directory.resolve("report.html")).startsWith("<!DOCTYPE html>"));
  }

  private static String trace(List<String> lines) {
    return lines.stream()
        .filter(line -> line.startsWith("trace "))
        .map(line -> line.substring(0, line.indexOf(" in ")))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aStrategyInADirectoryOfClassesIsTried() throws Exception {
    Path source = Files.createDirectories(directory.resolve("com/acme")).resolve("Hermit.java");
    Files.writeString(
        source,
        """
        package com.acme;
        import io.minibit.strategy.*;
        public class Hermit implements ChokingStrategy {
          @Override public UploadPlan review(ChokingRound round) { return new UploadPlan(); }
        }
        """);
    String jar = System.getProperty("minibit.jar", "");
    assertEquals(
        0,
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, "-proc:none", "-cp", jar, "-d", directory.toString(), source.toString()));

    List<String> lines = run(
        "--size", "1MiB", "--peers", "5", "--limit", "10m", "--class-path", directory, "--compare",
        "choking=tit-for-tat,com.acme.Hermit");

    assertTrue(lines.stream().anyMatch(line -> line.matches("choking=tit-for-tat +5/5 .*")), lines::toString);
    assertTrue(lines.stream().anyMatch(line -> line.matches("choking=com.acme.Hermit +0/5 .*")), lines::toString);
    assertTrue(lines.contains("choking=com.acme.Hermit: 5 of 5 peers did not complete"), lines::toString);
  }

  @Test
  @DisabledOnOs(OS.WINDOWS)
  void aPoliteKillEndsItAtOnce() throws Exception {
    Process process = program("--set", "end=at the limit", "--limit", "3000d", "--peers", "20").start();
    try (BufferedReader out = process.inputReader()) {
      assertTrue(out.readLine().startsWith("swarm: "), () -> errors());
      process.destroy();
      assertTrue(process.waitFor(1, TimeUnit.MINUTES), "it does not end");
    } finally {
      process.destroyForcibly();
    }
    assertEquals(StopSignal.INTERRUPTED, process.exitValue());
    assertEquals("minibit: interrupted", errors().strip());
  }
}
