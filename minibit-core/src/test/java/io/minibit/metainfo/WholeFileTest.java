package io.minibit.metainfo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WholeFileTest {
  /** No system gives this number to a process. */
  private static final long NOBODY = 999_999_999_999_999L;

  private static final byte[] CONTENT = {1, 2, 3};

  @TempDir Path directory;

  private Path temporaryOf(long process, Instant written) throws IOException {
    Path path = directory.resolve(".minibit-" + process + "-" + UUID.randomUUID() + ".tmp");
    Files.write(path, CONTENT);
    Files.setLastModifiedTime(path, FileTime.from(written));
    return path;
  }

  private Set<Path> listed() throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.collect(Collectors.toSet());
    }
  }

  @Test
  void nothingButTheFileIsThereAfterwards() throws Exception {
    Path target = directory.resolve("it.torrent");
    WholeFile.write(target, CONTENT, false);
    assertEquals(Set.of(target), listed());
    assertArrayEquals(CONTENT, Files.readAllBytes(target));
    assertThrows(FileAlreadyExistsException.class, () -> WholeFile.write(target, new byte[1], false));
    assertArrayEquals(CONTENT, Files.readAllBytes(target));
    WholeFile.write(target, new byte[1], true);
    assertArrayEquals(new byte[1], Files.readAllBytes(target));
    assertEquals(Set.of(target), listed());
  }

  @Test
  void whatAKilledProgramLeftIsRemovedAndNothingElse() throws Exception {
    Instant longAgo = Instant.now().minusSeconds(60);
    temporaryOf(NOBODY, longAgo);
    Path fresh = temporaryOf(NOBODY, Instant.now().plusSeconds(60));
    Path living = temporaryOf(ProcessHandle.current().pid(), longAgo);
    Path foreign = Files.write(directory.resolve(".minibit-" + NOBODY + ".tmp"), CONTENT);
    Files.setLastModifiedTime(foreign, FileTime.from(longAgo));
    Path target = directory.resolve("it.torrent");
    WholeFile.write(target, CONTENT, false);
    assertEquals(Set.of(fresh, living, foreign, target), listed());
  }
}
