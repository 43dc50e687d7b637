package io.minibit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A Maven project of its own depends on the library as it was built. The library is installed into a repository made for
 * the test; whatever else Maven needs comes from the user's repository, where the build of the library has put it, so
 * that no network is used and the user's repository stays as it was.
 */
class ConsumerIT {
  private static final Path CONSUMER = Path.of("src/test/resources/consumer");

  @TempDir private Path directory;

  @Test
  void aProgramOnTheClassPathUsesTheLibrary() throws Exception {
    Path project = project();
    Files.delete(project.resolve("src/main/java/module-info.java"));
    build(project);

    String output = run(project, "-cp", libraries() + File.pathSeparator + "target/classes", "consumer.Consumer");

    assertTrue(output.contains("class path: -mB"), output);
  }

  @Test
  void aProgramOnTheModulePathUsesTheLibrary() throws Exception {
    Path project = project();
    build(project);

    String output =
        run(project, "-p", libraries() + File.pathSeparator + "target/classes", "-m", "consumer/consumer.Consumer");

    assertTrue(output.contains("module path: -mB"), output);
  }

  @Test
  void aProgramOnTheModulePathCannotReachTheInside() throws Exception {
    Path descriptor = directory.resolve("described");
    Process process =
        new ProcessBuilder(javaCommand(), "-p", property("minibit.core.jar"), "--describe-module", "io.minibit")
            .redirectErrorStream(true)
            .redirectOutput(descriptor.toFile())
            .start();
    finish(process, descriptor);

    List<String> exported =
        Files.readAllLines(descriptor).stream().filter(line -> line.startsWith("exports ")).toList();
    assertTrue(exported.contains("exports io.minibit.model"), exported::toString);
    for (String internal : List.of("engine", "net", "wire")) {
      assertTrue(exported.stream().noneMatch(line -> line.startsWith("exports io.minibit." + internal)), internal);
    }
  }

  private Path project() throws IOException {
    Path project = directory.resolve("consumer");
    FileUtils.copyDirectory(CONSUMER.toFile(), project.toFile());
    return project;
  }

  private Path repository() {
    return directory.resolve("repository");
  }

  /** What {@code mvn install} does, but into the repository of this test. */
  private void install() throws IOException {
    String version = property("minibit.version");
    Path core = Files.createDirectories(repository().resolve("io/minibit/minibit-core").resolve(version));
    Files.copy(Path.of(property("minibit.core.jar")), core.resolve("minibit-core-" + version + ".jar"));
    Files.copy(Path.of("pom.xml"), core.resolve("minibit-core-" + version + ".pom"));
    Path parent = Files.createDirectories(repository().resolve("io/minibit/minibit").resolve(version));
    Files.copy(Path.of("../pom.xml"), parent.resolve("minibit-" + version + ".pom"));
  }

  private void build(Path project) throws Exception {
    install();
    Path settings = directory.resolve("settings.xml");
    String known = Path.of(property("maven.repository")).toUri().toString();
    Files.writeString(
        settings,
        """
        <settings>
          <mirrors>
            <mirror>
              <id>known</id>
              <mirrorOf>*</mirrorOf>
              <url>%s</url>
            </mirror>
          </mirrors>
        </settings>
        """
            .formatted(known));
    String maven = Path.of(property("maven.home"), "bin", File.separatorChar == '\\' ? "mvn.cmd" : "mvn").toString();
    Path log = directory.resolve("maven.log");
    // The repository of a user need not hold checksums, so their absence is no news.
    List<String> command = new ArrayList<>(List.of(maven, "-B", "-ntp", "--lax-checksums"));
    command.addAll(List.of("-s", settings.toString(), "-Dmaven.repo.local=" + repository()));
    for (String name : List.of("minibit.version", "compiler.version", "resources.version")) {
      command.add("-D" + name + "=" + property(name));
    }
    command.add("compile");
    ProcessBuilder builder = new ProcessBuilder(command).directory(project.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    finish(builder.redirectErrorStream(true).redirectOutput(log.toFile()).start(), log);
  }

  /** The library and its dependencies, as Maven has brought them into the repository of this test. */
  private String libraries() throws IOException {
    // By version, too: Maven's own plugins bring others of the same name.
    Set<String> wanted =
        Set.of(
            "minibit-core-" + property("minibit.version") + ".jar",
            "slf4j-api-" + property("slf4j.version") + ".jar",
            "commons-io-" + property("commons-io.version") + ".jar",
            "jspecify-" + property("jspecify.version") + ".jar");
    try (Stream<Path> files = Files.walk(repository())) {
      List<String> found =
          files.filter(file -> wanted.contains(file.getFileName().toString())).map(Path::toString).toList();
      assertEquals(wanted.size(), found.size(), found.toString());
      return String.join(File.pathSeparator, found);
    }
  }

  private String run(Path project, String... arguments) throws Exception {
    Path output = directory.resolve("output");
    List<String> command = new ArrayList<>(List.of(javaCommand()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(project.toFile()).redirectErrorStream(true);
    finish(builder.redirectOutput(output.toFile()).start(), output);
    return Files.readString(output);
  }

  private static void finish(Process process, Path output) throws Exception {
    try {
      if (!process.waitFor(5, TimeUnit.MINUTES)) {
        fail("no end after 5 minutes:\n" + Files.readString(output));
      }
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    assertEquals(0, process.exitValue(), text);
  }

  private static String javaCommand() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** What the build tells the integration tests. */
  private static String property(String name) {
    String value = System.getProperty(name);
    return value == null ? fail(name + " is not set: run by 'mvn verify'") : value;
  }
}
