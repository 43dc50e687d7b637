package io.minibit.metainfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.minibit.model.MiniBitException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TorrentFileTest {
  @Test
  void itsPathCannotBeChangedFromOutside() {
    List<String> path = new ArrayList<>(List.of("a", "b"));
    TorrentFile file = new TorrentFile(path, 0, 0, false);
    path.set(0, "..");
    assertEquals(List.of("a", "b"), file.path());
  }

  @Test
  void whatCannotBeAFileIsRefused() {
    assertThrows(MiniBitException.class, () -> new TorrentFile(List.of(), 0, 1, false));
    assertThrows(MiniBitException.class, () -> new TorrentFile(List.of("a"), -1, 1, false));
    assertThrows(MiniBitException.class, () -> new TorrentFile(List.of("a"), 0, -1, false));
  }
}
