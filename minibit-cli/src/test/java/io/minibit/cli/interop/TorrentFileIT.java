package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Torrent files: those that others make, and those that MiniBit makes, say the same to all. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class TorrentFileIT {
  private static final String TRACKER = "http://127.0.0.1:9/announce";
  private static final int PIECE_LENGTH = 32_768;

  private Testbed testbed;
  private MiniBit miniBit;
  private Path directory;

  @BeforeEach
  void open() throws Exception {
    new LibtorrentClient().requireInstalled();
    testbed = Testbed.onLoopback();
    miniBit = new MiniBit(testbed);
    directory = testbed.newDirectory("content");
  }

  @AfterEach
  void close() {
    testbed.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "16385", "1000003", "16384+1+33333+0+70001"})
  void mktorrentsOpenInMiniBit(String bytes) throws Exception {
    String mktorrent = Requirements.program("mktorrent");
    Content content = Content.of(bytes).writeTo(directory);
    Path torrent = testbed.newDirectory("torrent").resolve("made.torrent");
    run(mktorrent, "-l", "15", "-a", TRACKER, "-o", torrent, directory.resolve(content.name()));

    agrees(torrent, content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "16385", "1000003", "16384+1+33333+0+70001"})
  void transmissionsOpenInMiniBit(String bytes) throws Exception {
    String create = Requirements.program("transmission-create");
    Content content = Content.of(bytes).writeTo(directory);
    Path torrent = testbed.newDirectory("torrent").resolve("made.torrent");
    run(create, "--piecesize", "32", "--tracker", TRACKER, "--outfile", torrent, directory.resolve(content.name()));

    agrees(torrent, content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "16385", "1000003", "16384+1+33333+0+70001"})
  void miniBitsOpenInAllOfThem(String bytes) throws Exception {
    Content content = Content.of(bytes).writeTo(directory);
    Path torrent = miniBit.create(directory.resolve(content.name()), PIECE_LENGTH, TRACKER);

    String infoHash = agrees(torrent, content);
    String aria2 = run(Requirements.program("aria2c"), "--no-conf", "--show-files", torrent);
    assertTrue(aria2.contains("Info Hash: " + infoHash), aria2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1000003", "16384+1+33333+0+70001"})
  void btcheckAndVerifyFindTheSamePiecesBad(String bytes) throws Exception {
    Content content = Content.of(bytes).writeTo(directory);
    Path torrent = miniBit.create(directory.resolve(content.name()), PIECE_LENGTH, TRACKER);
    Path path = directory.resolve(content.name());
    Path damaged = Files.isDirectory(path) ? path.resolve("part 2") : path;
    byte[] data = Files.readAllBytes(damaged);
    data[20_000] ^= 1;
    Files.write(damaged, data);

    try (Program verify = miniBit.start(Host.LOOPBACK, "verify", torrent, "--dir", directory);
        Program btcheck = btcheck(torrent)) {
      assertEquals(1, verify.awaitEnd(MiniBit.SOON), verify::lastLines);
      assertTrue(verify.output().contains(" 1 bad"), verify.output());
      assertTrue(btcheck.awaitEnd(MiniBit.SOON) != 0, btcheck::lastLines);
    }
  }

  /**
   * MiniBit, libtorrent, transmission-show and btcheck read the same, and both checkers find the content good.
   *
   * @return the info-hash
   */
  private String agrees(Path torrent, Content content) throws Exception {
    String json = miniBit.run("inspect", "--json", torrent);
    String infoHash = find("\"infoHash\": *\"(\\w+)\"", json);
    String bytes = find("\"totalBytes\": *(\\d+)", json);
    String pieces = find("\"pieces\": *(\\d+)", json);
    assertEquals(String.valueOf(content.length()), bytes);
    assertEquals(String.valueOf((content.length() + PIECE_LENGTH - 1) / PIECE_LENGTH), pieces);
    assertEquals(String.valueOf(PIECE_LENGTH), find("\"pieceBytes\": *(\\d+)", json));
    assertEquals(content.name(), find("\"name\": *\"([^\"]*)\"", json));

    assertEquals(List.of(infoHash, bytes, pieces), new LibtorrentClient().inspect(testbed, torrent));

    String shown = run(Requirements.program("transmission-show"), torrent);
    assertEquals(infoHash, find("Hash: (\\w+)", shown));
    assertEquals(pieces, find("Piece Count: (\\d+)", shown));
    assertEquals(content.name(), find("Name: (.*)", shown));

    String checked = btcheck(torrent).awaitSuccess(MiniBit.SOON).output();
    assertEquals(infoHash, find("Torrent Hash : (\\w+)", checked));
    assertTrue(checked.contains("all is ok"), checked);
    miniBit.run("verify", torrent, "--dir", directory);
    return infoHash;
  }

  /** Prints what the torrent says and checks the content. */
  private Program btcheck(Path torrent) throws IOException {
    return testbed.start(
        "btcheck", Host.LOOPBACK, directory, List.of(Requirements.program("btcheck"), "-i", "-v", torrent.toString()));
  }

  private static String find(String regex, String text) {
    Matcher matcher = Pattern.compile(regex).matcher(text);
    assertTrue(matcher.find(), () -> regex + " is not in:\n" + text);
    return matcher.group(1);
  }

  private String run(Object... command) throws Exception {
    Path program = Path.of(command[0].toString());
    List<String> words = Arrays.stream(command).map(Object::toString).toList();
    return testbed.run(program.getFileName().toString(), Host.LOOPBACK, words);
  }
}
