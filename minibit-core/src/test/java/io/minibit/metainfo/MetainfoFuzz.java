package io.minibit.metainfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.fuzz.FuzzTarget;
import io.minibit.fuzz.SharedCorpus;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.text.Normalizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Whatever a .torrent says, its files lie inside of the target directory, apart from each other, and fill its pieces. */
public final class MetainfoFuzz implements FuzzTarget {
  @Override
  public List<byte[]> seeds() throws IOException {
    List<byte[]> seeds = new ArrayList<>(SharedCorpus.torrents(4096));
    String hash = "x".repeat(20);
    for (String text : List.of(
        "d4:infod6:lengthi9e4:name1:a12:piece lengthi16e6:pieces20:" + hash + "ee",
        "d8:announce10:http://a/b4:infod5:filesld6:lengthi9e4:pathl1:a2:..eed4:attr1:p6:lengthi7e4:pathl4:.pad1:7eee"
            + "4:name2:..12:piece lengthi16e6:pieces20:" + hash + "7:privatei1eee",
        "d13:announce-listll8:udp://a/el8:http://bee7:comment2:hi10:created by1:m13:creation datei1e4:infod5:filesl"
            + "d6:lengthi1e4:pathl1:a1:beed6:lengthi0e4:pathl1:Aeee4:name1:n12:piece lengthi1e6:pieces20:" + hash + "ee")) {
      seeds.add(text.getBytes(StandardCharsets.ISO_8859_1));
    }
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    Metainfo metainfo;
    try {
      metainfo = Metainfo.parse(input);
    } catch (MetainfoException e) {
      assertTrue(String.valueOf(e.getMessage()).matches("[\\x20-\\x7e]{5,300}"), e.getMessage());
      return;
    }
    check(metainfo);
  }

  /** Everything that a torrent which was accepted promises. */
  static void check(Metainfo metainfo) {
    assertEquals(InfoHash.of(PieceHasher.newSha1().digest(metainfo.rawInfo())), metainfo.infoHash());
    assertEquals(Metainfo.HASH_LENGTH, metainfo.pieceHash(metainfo.layout().pieceCount() - 1).length);
    checkElement(metainfo.name());
    Path target = Path.of("/target");
    Set<String> files = new HashSet<>();
    Set<String> directories = new HashSet<>();
    long offset = 0;
    for (TorrentFile file : metainfo.files()) {
      assertEquals(offset, file.offset());
      offset += file.length();
      assertEquals(metainfo.name(), file.path().get(0));
      if (file.padding()) {
        continue;
      }
      file.path().forEach(MetainfoFuzz::checkElement);
      Path path = target;
      for (String element : file.path()) {
        directories.add(folded(path));
        path = path.resolve(element);
      }
      assertEquals(path, path.normalize());
      assertTrue(path.startsWith(target) && path.getNameCount() == 1 + file.path().size());
      assertTrue(files.add(folded(path)), () -> "two files of one name");
    }
    directories.retainAll(files);
    assertEquals(Set.of(), directories, "a file where a directory is");
    assertEquals(metainfo.layout().totalLength(), offset);
  }

  private static void checkElement(String element) {
    assertTrue(element.matches("[^/\\\\\\p{Cntrl}]+"), element);
    assertFalse(element.matches("\\.*"), element);
    assertFalse(element.endsWith(".") || element.endsWith(" "), element);
    assertTrue(element.getBytes(StandardCharsets.UTF_8).length <= 255, element);
    assertFalse(element.equalsIgnoreCase(".minibit"), element);
    assertFalse(
        Arrays.asList("CON", "PRN", "AUX", "NUL", "COM1", "LPT9")
            .contains(element.split("\\.", 2)[0].strip().toUpperCase(Locale.ROOT)),
        element);
  }

  /** As a file system sees it that knows neither case nor composition. */
  private static String folded(Path path) {
    String composed = Normalizer.normalize(path.toString(), Normalizer.Form.NFC);
    return Normalizer.normalize(composed.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT), Normalizer.Form.NFC);
  }
}
