package io.minibit.metainfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;

import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Opens the .torrent files of a corpus that lies beside the project, where there is one. */
class MetainfoCorpusTest {
  @TestFactory
  List<DynamicTest> everyTorrentGivesWhatTheTableSays() throws IOException {
    Path corpus = corpus();
    List<DynamicTest> tests = new ArrayList<>();
    if (corpus == null) {
      return tests;
    }
    for (String line : Files.readAllLines(corpus.resolve("torrents.tsv")).stream().skip(1).toList()) {
      String[] columns = line.split("\t", -1);
      Path torrent = corpus.resolve("torrents").resolve(columns[0]);
      tests.add(DynamicTest.dynamicTest(columns[0], () -> check(torrent, columns[1], columns[2])));
    }
    return tests;
  }

  private static void check(Path torrent, String expect, String infoHash) throws IOException {
    switch (expect) {
      case "v1-ok", "hybrid-ok" -> {
        Metainfo metainfo = Metainfo.read(torrent);
        assertEquals(infoHash, metainfo.infoHash().toString());
        Set<String> paths = new HashSet<>();
        long offset = 0;
        for (TorrentFile file : metainfo.files()) {
          assertEquals(offset, file.offset());
          offset += file.length();
          assertTrue(file.padding() || paths.add(String.join("/", file.path()).toLowerCase(Locale.ROOT)));
          for (String element : file.path()) {
            assertTrue(element.matches("[^/\\\\\\p{Cntrl}]+") && !element.matches("\\.*"), element);
          }
        }
        assertEquals(metainfo.layout().totalLength(), offset);
      }
      case "v2-ok" ->
          assertTrue(message(torrent).endsWith("is not supported yet"));
      case "fail" -> assertTrue(message(torrent).matches("[\\x20-\\x7e]{10,150}"), message(torrent));
      default -> throw new AssertionError(expect);
    }
  }

  private static String message(Path torrent) {
    return String.valueOf(assertThrows(MetainfoException.class, () -> Metainfo.read(torrent)).getMessage());
  }

  private static @Nullable Path corpus() {
    for (Path dir = Path.of("").toAbsolutePath(); dir != null; dir = dir.getParent()) {
      Path corpus = dir.resolve("shared/corpus");
      if (Files.isRegularFile(corpus.resolve("torrents.tsv"))) {
        return corpus;
      }
    }
    return null;
  }
}
