package io.minibit.store;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.metainfo.TorrentFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredFileTest {
  @TempDir Path temp;

  @Test
  void aFlushInTheMiddleOfAWriteLeavesTheRestToTheNext() throws IOException {
    Files.write(temp.resolve("a"), new byte[10]);
    StoredFile stored = new StoredFile(TargetDirectory.open(temp), new TorrentFile(List.of("a"), 0, 10, false), () -> 0);
    stored.beginWrite();
    stored.takeUnflushed();
    stored.endWrite();
    assertTrue(stored.takeUnflushed());
    assertFalse(stored.takeUnflushed());
  }
}
