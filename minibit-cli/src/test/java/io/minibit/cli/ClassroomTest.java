package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassroomTest {
  private static final ProcessHandle SELF = ProcessHandle.current();

  @TempDir private Path directory;

  private ProcessEntry entry(String name, long startMillis) {
    return new ProcessEntry(directory.resolve(name + ".process"), name, SELF.pid(), startMillis, 1, "secret", "here:1");
  }

  @Test
  void aRebuiltFileHasTheExtensionOfTheOriginal() {
    assertEquals(List.of(".jpg", ".gz", "", "", "."), Stream.of("a.jpg", "a.tar.gz", "a", ".profile", "a.")
        .map(Classroom::extension)
        .toList());
    assertEquals(directory.resolve("reconstructed/peer_7.jpg"), new Classroom(directory).reconstructed(7, "a.jpg"));
  }

  @Test
  void aProcessIsKnownByItsNumberAndItsStartTimeTogether() {
    long startMillis = SELF.info().startInstant().map(Instant::toEpochMilli).orElseThrow();

    assertNotNull(entry("peer_1", startMillis).process());
    assertNull(entry("peer_1", startMillis - 60_000).process());
    assertNull(entry("peer_1", -1).process());
  }

  @Test
  void anEntryIsWrittenAndReadAndRemovedByItsOwnerOnly() throws IOException {
    ProcessEntry entry = entry("peer_1", 5);
    entry.write();
    assertEquals(entry, ProcessEntry.read(entry.file()));

    new ProcessEntry(entry.file(), "peer_1", 1, 5, 1, "another", "").delete();
    assertTrue(Files.exists(entry.file()));
    entry.delete();
    assertTrue(Files.notExists(entry.file()));
  }

  @Test
  void peersAreStoppedInOrderAndBeforeTheTracker() {
    assertEquals(
        List.of("peer_2", "peer_10", "tracker"),
        Stream.of("tracker", "peer_10", "peer_2")
            .map(name -> entry(name, 5))
            .sorted(ProcessEntry.BY_NAME)
            .map(ProcessEntry::name)
            .toList());
  }

  @Test
  void aRecordThatNamesAFileElsewhereIsRefused() throws IOException {
    Path file = directory.resolve("split.properties");
    new SplitRecord("photo.jpg", 98, 5).write(file);
    assertEquals(new SplitRecord("photo.jpg", 98, 5), SplitRecord.read(file));

    for (String name : List.of("../photo.jpg", "/photo.jpg", "..", "")) {
      new SplitRecord(name, 98, 5).write(file);
      assertThrows(IOException.class, () -> SplitRecord.read(file), name);
    }
  }

  @Test
  void blocksAreNamedInRanges() {
    BitSet blocks = new BitSet();
    assertEquals("none", PeerProcess.ranges(blocks));
    blocks.set(0, 4);
    blocks.set(7);
    blocks.set(9, 11);
    assertEquals("0-3, 7, 9-10", PeerProcess.ranges(blocks));
  }
}
