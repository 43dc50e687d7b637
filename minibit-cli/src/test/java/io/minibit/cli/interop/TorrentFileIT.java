package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Torrent files: those that others make, and those that MiniBit makes, say the same to all. */
@Timeout(120)
class TorrentFileIT {
  private static final String TRACKER = "http://127.0.0.1:9/announce";
  private static final int PIECE_LENGTH = 32_768;

  private Testbed testbed;
  private MiniBit miniBit;
  private Path directory;

  @BeforeEach
  void open() throws Exception {
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

    opensInMiniBit(torrent, content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "16385", "1000003", "16384+1+33333+0+70001"})
  void transmissionsOpenInMiniBit(String bytes) throws Exception {
    String create = Requirements.program("transmission-create");
    Content content = Content.of(bytes).writeTo(directory);
    Path torrent = testbed.newDirectory("torrent").resolve("made.torrent");
    run(create, "--piecesize", "32", "--tracker", TRACKER, "--outfile", torrent, directory.resolve(content.name()));

    opensInMiniBit(torrent, content);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "16385", "1000003", "16384+1+33333+0+70001"})
  void miniBitsOpenInAllOfThem(String bytes) throws Exception {
    Content content = Content.of(bytes).writeTo(directory);
    Path torrent = miniBit.create(directory.resolve(content.name()), PIECE_LENGTH, TRACKER);

    agrees(torrent, content);
    String aria2 = run(Requirements.program("aria2c"), "--no-conf", "--show-files", torrent);
    assertTrue(aria2.contains("Info Hash: " + miniBit.inspect(torrent, "infoHash")), aria2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1000003", "16384+1+33333+0+70001"})
  void btcheckAndVerifyFindTheSamePiecesBad(String bytes) throws Exception {
    Content content = Content.of(bytes).writeTo(directory);
    Path torrent = miniBit.create(directory.resolve(content.name()), PIECE_LENGTH, TRACKER);
    Path damaged =
        Files.isDirectory(directory.resolve(content.name()))
            ? directory.resolve(content.name()).resolve("part 2")
            : directory.resolve(content.name());
    byte[] content1 = Files.readAllBytes(damaged);
    content1[20_000] ^= 1;
    Files.write(damaged, content1);

    try (Program verify = miniBit.start(Host.LOOPBACK, "verify", torrent, "--dir", directory);
        Program btcheck = testbed.start("btcheck", Host.LOOPBACK, directory, btcheck(torrent))) {
      assertEquals(1, verify.awaitEnd(MiniBit.SOON), verify::lastLines);
      assertTrue(verify.output().contains(" 1 bad"), verify.output());
      assertTrue(btcheck.awaitEnd(MiniBit.SOON) != 0, btcheck::lastLines);
    }
  }

  private void opensInMiniBit(Path torrent, Content content) throws Exception {
    assertEquals(content.name(), miniBit.inspect(torrent, "name"));
    assertEquals(String.valueOf(PIECE_LENGTH), miniBit.inspect(torrent, "pieceBytes"));
    agrees(torrent, content);
  }

  /** MiniBit, libtorrent, transmission-show and btcheck read the same, and both checkers find the content good. */
  private void agrees(Path torrent, Content content) throws Exception {
    String infoHash = miniBit.inspect(torrent, "infoHash");
    String pieces = miniBit.inspect(torrent, "pieces");
    assertEquals(String.valueOf(content.length()), miniBit.inspect(torrent, "totalBytes"));
    assertEquals(String.valueOf((content.length() + PIECE_LENGTH - 1) / PIECE_LENGTH), pieces);

    new LibtorrentClient().requireInstalled();
    List<String> libtorrent = new LibtorrentClient().inspect(testbed, torrent).lines().toList();
    assertEquals(List.of(infoHash, String.valueOf(content.length()), pieces), libtorrent.subList(0, 3));

    String shown = run(Requirements.program("transmission-show"), torrent);
    assertEquals(infoHash, find("Hash: (\\w+)", shown));
    assertEquals(pieces, find("Piece Count: (\\d+)", shown));
    assertEquals(content.name(), find("Name: (.*)", shown));

    String checked = testbed.start("btcheck", Host.LOOPBACK, directory, btcheck(torrent))
        .awaitSuccess(MiniBit.SOON).output();
    assertEquals(infoHash, find("(?i)hash[^:]*: *(\\w{40})", checked).toLowerCase(java.util.Locale.ROOT));
    String verified = miniBit.run("verify", torrent, "--dir", directory);
    assertTrue(verified.contains("good"), verified);
  }

  private static List<String> btcheck(Path torrent) {
    return List.of(Requirements.program("btcheck"), "-i", torrent.toString());
  }

  private static String find(String regex, String text) {
    Matcher matcher = Pattern.compile(regex).matcher(text);
    assertTrue(matcher.find(), () -> regex + " is not in:\n" + text);
    return matcher.group(1);
  }

  private String run(Object... command) throws Exception {
    Path program = Path.of(command[0].toString());
    List<String> words = java.util.Arrays.stream(command).map(Object::toString).toList();
    return testbed.run(program.getFileName().toString(), Host.LOOPBACK, words);
  }
}
