package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.SeededRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code create}, {@code inspect} and {@code verify}. */
class TorrentFilesIT {
  @TempDir private Path directory;

  private Path content;
  private Path torrent;

  @BeforeEach
  void makeContent() throws IOException {
    content = Files.createDirectories(directory.resolve("set"));
    byte[] bytes = new byte[3_000_000];
    new SeededRandom(7).nextBytes(bytes);
    Files.write(content.resolve("large"), bytes);
    Files.write(content.resolve("small"), new byte[] {1, 2, 3});
    Files.createFile(content.resolve("zero"));
    torrent = directory.resolve("set.torrent");
  }

  private CommandLineRun create(Object... more) throws Exception {
    Object[] args = new Object[4 + more.length];
    args[0] = "create";
    args[1] = content;
    args[2] = "-o";
    args[3] = torrent;
    System.arraycopy(more, 0, args, 4, more.length);
    return CommandLineRun.run(args);
  }

  @Test
  void whatWasCreatedIsShownAndIsGood() throws Exception {
    create("--piece-size", "1MiB", "--tracker", "http://a.example/announce", "--tracker", "udp://b.example:1/", "--private")
        .requireDone();

    List<String> shown = CommandLineRun.run("inspect", torrent).requireDone().out();
    assertTrue(shown.contains("name        set"), shown.toString());
    assertTrue(shown.contains("size        2.86 MiB (3,000,003 bytes)"), shown.toString());
    assertTrue(shown.contains("pieces      3 of 1.00 MiB, the last of 882 KiB"), shown.toString());
    assertTrue(shown.contains("tracker 1   http://a.example/announce"), shown.toString());
    assertTrue(shown.contains("tracker 2   udp://b.example:1/"), shown.toString());
    assertTrue(shown.contains("private     yes: peers from these trackers only"), shown.toString());
    assertTrue(shown.contains("         3 B  set/small"), shown.toString());

    assertEquals(
        "set: all 3 pieces are good", CommandLineRun.run("verify", torrent, "--dir", directory).requireDone().lastLine());
  }

  @Test
  void whatDiffersAndWhatIsMissingIsCountedPerFile() throws Exception {
    create("--piece-size", "1MiB").requireDone();
    byte[] large = Files.readAllBytes(content.resolve("large"));
    large[0] ^= 1;
    Files.write(content.resolve("large"), large);
    Files.delete(content.resolve("small"));

    CommandLineRun verify = CommandLineRun.run("verify", torrent, "--dir", directory);

    assertEquals(1, verify.exitCode());
    assertEquals(
        List.of(
            "set/large: 3 pieces, 1 good, 1 bad, 1 missing",
            "set/small: 1 piece, 0 good, 0 bad, 1 missing",
            "set: 3 pieces, 1 good, 1 bad, 1 missing"),
        verify.out());
    assertEquals(List.of(), verify.err());
    assertFalse(Files.exists(content.resolve("small")), "verify changes nothing");
  }

  @Test
  void aTorrentFileIsOnlyReplacedByForce() throws Exception {
    create("--comment", "first").requireDone();
    byte[] first = Files.readAllBytes(torrent);

    assertEquals(
        "minibit: " + torrent + " exists already; --force replaces it",
        create("--comment", "second").requireError(1));
    assertEquals(-1, Arrays.mismatch(first, Files.readAllBytes(torrent)));

    create("--comment", "second", "--force").requireDone();
    assertTrue(CommandLineRun.run("inspect", torrent).out().contains("comment     second"));
  }

  @Test
  void inspectSpeaksJson() throws Exception {
    create("--no-date", "--comment", "\u001b[2J \"quoted\"").requireDone();

    List<String> out = CommandLineRun.run("inspect", torrent, "--json").requireDone().out();

    assertEquals(1, out.size());
    assertTrue(out.get(0).startsWith("{\"name\":\"set\",\"infoHash\":\""), out.get(0));
    assertTrue(out.get(0).contains("\"comment\":\"\\u001b[2J \\\"quoted\\\"\""), out.get(0));
    assertTrue(out.get(0).contains("{\"path\":\"set/zero\",\"bytes\":0}"), out.get(0));
  }

  @Test
  void aHostileCommentCannotSteerTheTerminal() throws Exception {
    create("--comment", "\u001b[2J").requireDone();

    assertTrue(CommandLineRun.run("inspect", torrent).out().contains("comment     \ufffd[2J"));
  }

  @Test
  void nothingToShareIsOneClearError() throws Exception {
    Path empty = Files.createFile(directory.resolve("empty"));
    assertTrue(CommandLineRun.run("create", empty, "-o", torrent).requireError(2).contains("nothing to share"));
    assertFalse(Files.exists(torrent));

    Path nowhere = directory.resolve("nowhere");
    assertEquals("minibit: no such file: " + nowhere, CommandLineRun.run("create", nowhere).requireError(1));
  }

  @Test
  void whereNothingCanBeWrittenNothingIsHashed() throws Exception {
    Path target = directory.resolve("no/such/x.torrent");

    assertEquals(
        "minibit: no such file: " + target.getParent(),
        CommandLineRun.run("create", content, "-o", target).requireError(1));
  }

  @Test
  void wrongPieceSizesAreOneClearError() throws Exception {
    assertTrue(create("--piece-size", "0").requireError(2).contains("piece length 0"));
    assertTrue(create("--piece-size", "1TiB").requireError(2).contains("piece length"));
    assertTrue(create("--piece-size", "1").requireError(2).contains("16384 would do"));
    for (String url : List.of("not a url", "ftp://x/announce", "file:///etc/passwd", "wss://x/announce", "http:///x")) {
      assertTrue(create("--tracker", url).requireError(2).contains("not a tracker's URL"), url);
    }
  }

  @Test
  void whatIsNoTorrentFileIsOneClearError() throws Exception {
    for (String command : List.of("inspect", "verify", "seed", "get")) {
      List<String> more = command.equals("inspect") ? List.of() : List.of("--dir", directory.toString());
      assertTrue(run(command, content, more).requireError(2).endsWith("is a directory, not a torrent file"));
      assertTrue(run(command, content.resolve("large"), more).requireError(2).contains("large: not a .torrent"));
      assertEquals(
          "minibit: no such file: " + directory.resolve("none"),
          run(command, directory.resolve("none"), more).requireError(1));
    }
  }

  private static CommandLineRun run(String command, Path file, List<String> more) throws Exception {
    Object[] args = new Object[2 + more.size()];
    args[0] = command;
    args[1] = file;
    for (int i = 0; i < more.size(); i++) {
      args[2 + i] = more.get(i);
    }
    return CommandLineRun.run(args);
  }

  @Test
  void aDirectoryThatIsNotThereIsOneClearError() throws Exception {
    create().requireDone();

    for (String command : List.of("verify", "seed")) {
      assertEquals(
          "minibit: no such file: " + directory.resolve("none"),
          CommandLineRun.run(command, torrent, "--dir", directory.resolve("none")).requireError(1));
      assertEquals(
          "minibit: not a directory: " + torrent,
          CommandLineRun.run(command, torrent, "--dir", torrent).requireError(1));
    }
  }

  @Test
  void collectedTorrentsAreShownOrRefused() throws Exception {
    Path corpus = corpus();
    Assumptions.assumeTrue(corpus != null, "the collection is not part of the source");
    List<String> rows = Files.readAllLines(corpus.resolve("torrents.tsv"));
    for (String row : rows.subList(1, rows.size())) {
      String[] columns = row.split("\t", -1);
      CommandLineRun inspect = CommandLineRun.run("inspect", corpus.resolve("torrents").resolve(columns[0]));
      switch (columns[1]) {
        case "v1-ok", "hybrid-ok" -> {
          List<String> out = inspect.requireDone().out();
          assertTrue(out.contains("info-hash   " + columns[2]), () -> columns[0] + " " + out);
        }
        default -> assertTrue(inspect.requireError(2).startsWith("minibit: "), columns[0]);
      }
    }
  }

  private static Path corpus() {
    for (Path path = Path.of("").toAbsolutePath(); path != null; path = path.getParent()) {
      Path corpus = path.resolve("shared/corpus");
      if (Files.isDirectory(corpus)) {
        return corpus;
      }
    }
    return null;
  }
}
