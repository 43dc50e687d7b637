package io.minibit.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ManyTorrentsTest {
  @Test
  void eachFileIsFetchedAsATorrentOfItsOwn(@TempDir Path temp) throws Exception {
    List<Path> files = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      files.add(Content.file(temp, "file" + i, 10_000 * i));
    }
    assertEquals(20, ManyTorrents.copyEach(temp.resolve("shared"), temp.resolve("fetched")));
    for (Path file : files) {
      Content.assertSame(file, temp.resolve("fetched").resolve(file.getFileName()));
    }
  }
}
