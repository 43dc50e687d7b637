package io.minibit.cli;

import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** In which directory the commands from {@code split} to {@code cleanup} work. */
final class ClassroomOption {
  @Option(
      names = "--dir",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where peers/ and reconstructed/ are, or will be; default: the current directory.")
  private Path directory = Path.of(".");

  /** The classroom there; the directory must exist. */
  Classroom classroom() throws IOException {
    Directories.requireExisting(directory);
    return new Classroom(directory.normalize());
  }

  /** What to add to the next command, so that it works in the same place: nothing in the current directory. */
  String hint() {
    return directory.equals(Path.of(".")) ? "" : " --dir " + SafeText.of(directory.toString());
  }
}
