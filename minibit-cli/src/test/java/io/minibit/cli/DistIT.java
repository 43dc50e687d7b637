package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What users install, as the build has made it: {@code minibit.jar} and the directory {@code dist}. */
@DisabledOnOs(OS.WINDOWS)
class DistIT {
  private static final String JAVA_HOME = System.getProperty("java.home");

  @TempDir private Path directory;

  private record Result(int exitCode, String out, String err) {}

  private static Path built(String property) {
    String path = System.getProperty(property);
    return path == null ? fail(property + " is not set: run by 'mvn verify'") : Path.of(path);
  }

  private static String launcher() {
    return built("minibit.dist").resolve("bin/minibit").toString();
  }

  private Result run(Map<String, String> environment, String... command) throws Exception {
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    for (String name : List.of("JAVA_OPTS", "MINIBIT_OPTS", "JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS")) {
      builder.environment().remove(name);
    }
    builder.environment().put("JAVA_HOME", JAVA_HOME);
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(1, TimeUnit.MINUTES), () -> Arrays.toString(command) + " does not end");
    } finally {
      process.destroyForcibly();
    }
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private static void assertVersion(Result result) {
    assertEquals("", result.err());
    assertTrue(result.out().matches("minibit \\d\\S+\\R"), result.out());
    assertEquals(0, result.exitCode());
  }

  @Test
  void theJarRunsByItself() throws Exception {
    Path jar = Files.copy(built("minibit.jar"), directory.resolve("moved.jar"));

    assertVersion(run(Map.of(), JAVA_HOME + "/bin/java", "-jar", jar.toString(), "--version"));
  }

  @Test
  void theJarCarriesTheLicencesOfWhatIsInIt() throws IOException {
    try (ZipFile jar = new ZipFile(built("minibit.jar").toFile())) {
      assertTrue(text(jar, "META-INF/LICENSE").contains("Apache License"));
      assertTrue(text(jar, "META-INF/LICENSE.txt").contains("QOS.ch"));
      assertTrue(text(jar, "META-INF/NOTICE.txt").contains("Apache Commons IO"));
    }
  }

  private static String text(ZipFile jar, String name) throws IOException {
    return new String(jar.getInputStream(jar.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
  }

  @Test
  void theLauncherRuns() throws Exception {
    assertVersion(run(Map.of(), launcher(), "--version"));
  }

  @Test
  void theLauncherPassesArgumentsAndTheExitCodeThrough() throws Exception {
    Result result = run(Map.of(), launcher(), "--no such option");

    assertEquals(2, result.exitCode());
    assertEquals("", result.out());
    assertEquals("minibit: Unknown option: '--no such option' (see 'minibit --help')", result.err().strip());
  }

  @Test
  void theLauncherUsesItsClassArchive() throws Exception {
    Result result = run(Map.of("MINIBIT_OPTS", "-Xlog:class+load"), launcher(), "--version");

    assertTrue(
        result.out().lines().anyMatch(line -> line.contains("io.minibit.cli.Main source: shared objects file")),
        "the start is slower than it could be");
  }

  @Test
  void theLauncherRunsThroughLinksAndFromADirectoryWithSpaces() throws Exception {
    Path moved = directory.resolve("a new place");
    for (String file : List.of("bin/minibit", "lib/java.options", "lib/minibit.jar", "lib/minibit.jsa", "lib/minibit.jsa.for")) {
      Files.createDirectories(moved.resolve(file).getParent());
      Files.copy(built("minibit.dist").resolve(file), moved.resolve(file));
    }
    moved.resolve("bin/minibit").toFile().setExecutable(true);
    Path link = Files.createSymbolicLink(directory.resolve("link"), Path.of("a new place/bin/minibit"));
    Path linkToLink = Files.createSymbolicLink(directory.resolve("minibit"), link);

    assertVersion(run(Map.of(), linkToLink.toString(), "--version"));
  }

  @Test
  void theHeapIsLeftToTheEnvironment() throws Exception {
    for (String variable : List.of("JAVA_TOOL_OPTIONS", "JAVA_OPTS", "MINIBIT_OPTS")) {
      Result result = run(Map.of(variable, "-Xmx48m -XX:+PrintFlagsFinal"), launcher(), "--version");

      assertTrue(
          result.out().lines().anyMatch(line -> line.matches(" *size_t MaxHeapSize += 50331648 .*")),
          () -> variable + "\n" + result.err());
    }
  }

  @Test
  void anotherGarbageCollectorCanBeAskedFor() throws Exception {
    assertVersion(run(Map.of("MINIBIT_OPTS", "-XX:+UseParallelGC"), launcher(), "--version"));
  }

  @Test
  void aMissingJavaIsOneClearLine() throws Exception {
    Result wrongHome = run(Map.of("JAVA_HOME", "/nowhere"), launcher(), "--version");
    assertEquals("minibit: JAVA_HOME is /nowhere, but there is no bin/java in it\n", wrongHome.err());
    assertEquals(1, wrongHome.exitCode());

    Result nothing = run(Map.of("JAVA_HOME", "", "PATH", directory.toString()), "/bin/sh", launcher(), "--version");
    assertEquals("minibit: no Java found; install version 17 or newer, or set JAVA_HOME\n", nothing.err());
    assertEquals(1, nothing.exitCode());
  }

  @Test
  void anOldJavaIsOneClearLine() throws Exception {
    Path old = Files.createDirectories(directory.resolve("old/bin")).getParent();
    Files.writeString(old.resolve("bin/java"), "#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n");
    old.resolve("bin/java").toFile().setExecutable(true);
    String expected =
        "minibit: Java 17 or newer is needed, but " + old + "/bin/java is version 11.0.2; set JAVA_HOME to a newer one\n";

    assertEquals(expected, run(Map.of("JAVA_HOME", old.toString()), launcher(), "--version").err());

    Files.writeString(old.resolve("release"), "JAVA_VERSION=\"11.0.2\"\n");
    assertEquals(expected, run(Map.of("JAVA_HOME", old.toString()), launcher(), "--version").err());
  }
}
