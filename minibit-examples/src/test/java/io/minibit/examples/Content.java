package io.minibit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Files to share, and whether copies are like them. */
final class Content {
  /** The piece length that is taken for files as small as these. */
  static final int PIECE = 16 << 10;

  private Content() {}

  /** A new file {@code shared/NAME}. */
  static Path file(Path directory, String name, int length) throws IOException {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    return Files.write(Files.createDirectories(directory.resolve("shared")).resolve(name), content);
  }

  static void assertSame(Path file, Path copy) throws IOException {
    assertEquals(-1, Files.mismatch(file, copy), () -> copy + " is not like " + file);
  }
}
