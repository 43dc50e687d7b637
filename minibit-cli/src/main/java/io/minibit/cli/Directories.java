package io.minibit.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What commands demand of directories that they are given. */
final class Directories {
  private Directories() {}

  static void requireExisting(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      throw new NoSuchFileException(directory.toString());
    }
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory.toString());
    }
  }

  /** That nothing in it can be lost or taken for something else; makes it if it is not there. */
  static void requireNewOrEmpty(Path directory) throws IOException {
    if (Files.exists(directory)) {
      requireExisting(directory);
      try (Stream<Path> entries = Files.list(directory)) {
        if (entries.findAny().isPresent()) {
          throw CommandException.failed(directory + " is not empty; give a new directory");
        }
      }
    }
    Files.createDirectories(directory);
  }
}
