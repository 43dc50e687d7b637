package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the machine must have for a test to run. Without it the test is skipped with one line that says why, unless {@code
 * MINIBIT_REQUIRE_CLIENTS} is {@code true}: then it fails, so that continuous integration cannot pass by testing nothing.
 */
final class Requirements {
  /** Where Debian puts programs; the PATH of a test run may lack the second half. */
  private static final List<Path> DIRECTORIES =
      List.of(Path.of("/usr/bin"), Path.of("/usr/sbin"), Path.of("/bin"), Path.of("/sbin"));

  private Requirements() {}

  /** The path of a program that must be installed. */
  static String program(String name) {
    for (Path directory : DIRECTORIES) {
      if (Files.isExecutable(directory.resolve(name))) {
        return directory.resolve(name).toString();
      }
    }
    throw unmet(name + " is not installed");
  }

  /** Ends the test by an exception of its own: it cannot run here. */
  static RuntimeException unmet(String reason) {
    return "true".equals(System.getenv("MINIBIT_REQUIRE_CLIENTS")) ? fail(reason) : abort(reason);
  }
}
