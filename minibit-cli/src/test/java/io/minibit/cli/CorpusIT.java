package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Good and hostile files, each given to {@code minibit inspect} as it is built, in a process of its own: what is
 * right is shown with its info-hash, the rest gives one clear line, soon. The collection lies beside the project, where there
 * is one; files beyond the limits are made here.
 */
class CorpusIT {
  @TempDir private Path directory;

  private record Result(int exitCode, String out, String err) {}

  private Result inspect(Path torrent) throws Exception {
    String jar = System.getProperty("minibit.jar");
    if (jar == null) {
      return fail("minibit.jar is not set: run by 'mvn verify'");
    }
    Path out = Files.createTempFile(directory, "out", "");
    Path err = Files.createTempFile(directory, "err", "");
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process process =
        new ProcessBuilder(java, "-Xmx512m", "-XX:TieredStopAtLevel=1", "-jar", jar, "inspect", torrent.toString())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    try {
      assertTrue(process.waitFor(1, TimeUnit.MINUTES), () -> torrent + ": no end");
    } finally {
      process.destroyForcibly();
    }
    return new Result(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private static void assertRefused(Result result) {
    assertEquals("", result.out());
    assertTrue(result.err().matches("minibit: [\\x20-\\x7e]{10,400}\\R"), result.err());
    assertEquals(2, result.exitCode());
  }

  private static void assertShown(Result result, String infoHash) {
    assertEquals("", result.err());
    assertTrue(result.out().lines().anyMatch(("info-hash   " + infoHash)::equals), result.out());
    assertTrue(result.out().lines().noneMatch(line -> line.matches(".*\\p{Cntrl}.*")), result.out());
    assertEquals(0, result.exitCode());
  }

  @TestFactory
  List<DynamicTest> everyTorrentGivesWhatItsRowSays() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    for (String[] row : rows("torrents.tsv")) {
      tests.add(DynamicTest.dynamicTest(row[0], () -> {
        Result result = inspect(corpus().resolve("torrents").resolve(row[0]));
        switch (row[1]) {
          case "v1-ok", "hybrid-ok" -> assertShown(result, row[2]);
          case "v2-ok" -> {
            assertRefused(result);
            assertTrue(result.err().contains("not supported yet"), result.err());
          }
          case "fail" -> assertRefused(result);
          default -> fail(row[1]);
        }
      }));
    }
    return tests;
  }

  /** None of them is a torrent, and what is wrong with most is less than that. */
  @TestFactory
  List<DynamicTest> noBencodedValueIsTakenForATorrent() throws Exception {
    List<DynamicTest> tests = new ArrayList<>();
    int number = 0;
    for (String[] row : rows("bencode.tsv")) {
      Path file = directory.resolve("value-" + number++);
      tests.add(DynamicTest.dynamicTest(row[1] + ": " + row[2], () -> {
        Files.write(file, HexFormat.of().parseHex(row[0]));
        assertRefused(inspect(file));
      }));
    }
    return tests;
  }

  @TestFactory
  List<DynamicTest> whatGoesBeyondALimitIsRefused() {
    String head = "d4:infod6:lengthi34359754752e4:name1:a12:piece lengthi16384e6:pieces41943060:";
    return List.of(
        beyond("64 MiB and a byte", "d", (64L << 20) + 1, "67108864 bytes"),
        beyond("2^21 pieces and one", head, head.length() + 41_943_062L, "pieces"),
        beyond("lists in lists", "d4:info" + "l".repeat(101) + "e".repeat(101) + "e", 0, "nest"),
        beyond("a million lists in lists", "l".repeat(1_000_000), 0, "nest"),
        beyond(
            "pieces of 1 GiB",
            "d4:infod6:lengthi1e4:name1:a12:piece lengthi1073741824e6:pieces20:aaaaaaaaaaaaaaaaaaaaee",
            0,
            "piece length"),
        beyond("a string of 2 GiB", "d4:info2147483647:a", 0, ""));
  }

  private DynamicTest beyond(String what, String begin, long length, String words) {
    return DynamicTest.dynamicTest(what, () -> {
      Path file = directory.resolve(what.replace(' ', '-'));
      Files.writeString(file, begin, StandardCharsets.ISO_8859_1);
      if (length > 0) {
        try (RandomAccessFile sparse = new RandomAccessFile(file.toFile(), "rw")) {
          sparse.setLength(length);
          sparse.seek(length - 2);
          sparse.writeBytes("ee");
        }
      }
      Result result = inspect(file);
      assertRefused(result);
      assertTrue(result.err().contains(words), result.err());
    });
  }

  private static List<String[]> rows(String table) throws Exception {
    Path corpus = corpus();
    if (corpus == null) {
      return List.of();
    }
    return Files.readAllLines(corpus.resolve(table)).stream().skip(1).map(line -> line.split("\t", -1)).toList();
  }

  private static @Nullable Path corpus() {
    for (Path path = Path.of("").toAbsolutePath(); path != null; path = path.getParent()) {
      Path corpus = path.resolve("shared/corpus");
      if (Files.isDirectory(corpus)) {
        return corpus;
      }
    }
    return null;
  }
}
