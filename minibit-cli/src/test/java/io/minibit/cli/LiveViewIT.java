package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The swarm in a terminal as users have it: the launcher under a pseudo-terminal that {@code script} makes. */
@EnabledOnOs(OS.LINUX)
class LiveViewIT {
  private static final Path SCRIPT = Path.of("/usr/bin/script");
  private static final String ENTER = "\u001b[?1049h";
  private static final String LEAVE = "\u001b[?1049l";

  @TempDir private Path directory;

  @BeforeEach
  void makeFile() throws Exception {
    assumeTrue(Files.isExecutable(SCRIPT), "no script here");
    // At this rate it takes some seconds, however fast the machine: frames enough to look at.
    Files.write(directory.resolve("photo.jpg"), new byte[200_000]);
  }

  /** What a terminal of this size is sent. */
  private String watch(int columns, int rows, Map<String, String> environment) throws Exception {
    String dist = System.getProperty("minibit.dist");
    if (dist == null) {
      return fail("minibit.dist is not set: run by 'mvn verify'");
    }
    String command =
        "stty rows " + rows + " cols " + columns + " && '" + dist
            + "/bin/minibit' swarm photo.jpg --peers 3 --upload-rate 20KiB/s";
    Path out = directory.resolve("typescript");
    ProcessBuilder builder =
        new ProcessBuilder(SCRIPT.toString(), "--quiet", "--return", "--flush", "--command", command, out.toString())
            .directory(directory.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectErrorStream(true);
    builder.environment().keySet().removeAll(Set.of("NO_COLOR", "LC_ALL", "JAVA_OPTS", "MINIBIT_OPTS"));
    builder.environment().putAll(Map.of("TERM", "xterm", "JAVA_HOME", System.getProperty("java.home")));
    builder.environment().putAll(environment);
    Process process = builder.start();
    try {
      assertTrue(process.waitFor(1, TimeUnit.MINUTES), "it does not end");
    } finally {
      process.destroyForcibly();
    }
    String sent = Files.readString(out, StandardCharsets.UTF_8);
    assertEquals(0, process.exitValue(), sent);
    return sent;
  }

  @Test
  void aTerminalSeesFramesThenTheLastOneAndTheTable() throws Exception {
    String sent = watch(80, 24, Map.of("LC_ALL", "C.UTF-8"));

    assertTrue(sent.contains(ENTER), sent);
    assertTrue(sent.contains("\u001b[32m"), "with colours");
    assertTrue(sent.contains("\u2588"), "with blocks");
    assertTrue(sent.split(Pattern.quote("\u001b[H"), -1).length > 3, "several frames");
    String after = sent.substring(sent.indexOf(LEAVE));
    assertTrue(after.contains("everybody has every piece"), after);
    assertTrue(after.contains("complete in"), after);
    assertTrue(after.contains("3 peers complete in"), after);
    for (String line : after.replaceAll("\u001b\\[[?\\d]*[a-zA-Z]", "").lines().toList()) {
      assertTrue(line.length() < 80, line);
    }
  }

  @Test
  void noColorAndAsciiAreRespectedAndTheWidthIsUsed() throws Exception {
    String sent = watch(180, 12, Map.of("LC_ALL", "C", "NO_COLOR", "1", "JAVA_OPTS", "-Dstdout.encoding=US-ASCII"));

    assertTrue(sent.contains(ENTER), sent);
    assertFalse(sent.contains("\u001b[32m"), sent);
    assertFalse(sent.contains("\u2588"), sent);
    assertTrue(sent.contains("gave  serves  does"), sent);
  }

  @Test
  void aDumbTerminalSeesPlainLines() throws Exception {
    String sent = watch(80, 24, Map.of("TERM", "dumb"));

    assertFalse(sent.contains("\u001b"), sent);
    assertTrue(sent.contains("3 peers complete in "), sent);
  }
}
