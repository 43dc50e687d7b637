package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.TorrentFile;
import io.minibit.model.SeededRandom;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.commons.io.file.PathUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where a file is expected there may be a link, a pipe or a device: nothing waits for it, and nothing goes through it. */
@DisabledOnOs(OS.WINDOWS)
@Timeout(120)
class LinksAndDevicesIT {
  private static final int LENGTH = 10_001;
  private static final int BLOCKS = 10;

  @TempDir private Path directory;

  private final byte[] content = new byte[LENGTH];
  private Path classroom;
  private Path photo;

  /** What must stay as it is. */
  private Path outside;

  @BeforeEach
  void makeFile() throws IOException {
    new SeededRandom(1).nextBytes(content);
    photo = Files.write(directory.resolve("photo.jpg"), content);
    classroom = Files.createDirectory(directory.resolve("classroom"));
    outside = Files.createDirectory(directory.resolve("outside"));
  }

  private static Path pipe(Path path) throws Exception {
    assumeTrue(make("mkfifo", path.toString()), "no pipe can be made");
    return path;
  }

  private static boolean make(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  /** One of each kind that is no file, by its name. */
  private static void makeOddities(Path where) throws Exception {
    pipe(where.resolve("pipe"));
    try (ServerSocketChannel socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      socket.bind(UnixDomainSocketAddress.of(where.resolve("socket")));
    }
    // Only root may make one.
    if (!make("mknod", where.resolve("device").toString(), "c", "1", "5")) {
      Files.createSymbolicLink(where.resolve("device"), Path.of("/dev/zero"));
    }
    Files.createSymbolicLink(where.resolve("dangling"), where.resolve("nowhere"));
    Files.createSymbolicLink(where.resolve("loop"), where.resolve("loop"));
    Files.createSymbolicLink(where.resolve("to-pipe"), where.resolve("pipe"));
    Files.createSymbolicLink(where.resolve("to-device"), where.resolve("device"));
  }

  private static final List<String> ODDITIES =
      List.of("pipe", "socket", "device", "dangling", "loop", "to-pipe", "to-device");

  @Test
  void aTorrentOfWhatIsNoFileIsOneClearError() throws Exception {
    makeOddities(directory);
    for (String odd : ODDITIES) {
      Path torrent = directory.resolve("odd.torrent");
      boolean nowhere = odd.equals("dangling") || odd.equals("loop");
      String said = CommandLineRun.run("create", directory.resolve(odd), "-o", torrent).requireError(nowhere ? 1 : 2);
      assertTrue(said.contains(nowhere ? "link leads nowhere" : "neither a file nor a directory"), said);
      assertFalse(Files.exists(torrent));
      for (String command : List.of("split", "swarm")) {
        said = CommandLineRun.run(command, directory.resolve(odd)).requireError(nowhere ? 1 : 2);
        assertTrue(said.contains(nowhere ? "link leads nowhere" : "is not a file"), said);
      }
    }
  }

  @Test
  void whatIsNoFileInADirectoryIsLeftOutAndNamed() throws Exception {
    Path shared = Files.createDirectories(directory.resolve("shared/deep")).getParent();
    makeOddities(shared.resolve("deep"));
    Files.createSymbolicLink(shared.resolve("around"), shared);
    Files.createSymbolicLink(shared.resolve("elsewhere"), outside);
    Path torrent = directory.resolve("it.torrent");
    assertTrue(CommandLineRun.run("create", shared, "-o", torrent).requireError(2).contains("no file is in it"));

    Files.write(shared.resolve("deep/good"), content);
    List<String> said = CommandLineRun.run("create", shared, "-o", torrent).requireDone().out();
    assertEquals(ODDITIES.size() + 2, said.stream().filter(line -> line.startsWith("left out, since")).count());
    for (String odd : ODDITIES) {
      assertTrue(said.stream().anyMatch(line -> line.endsWith("/deep/" + odd)), said::toString);
    }
    assertEquals(
        List.of(List.of("shared", "deep", "good")), Metainfo.read(torrent).files().stream().map(TorrentFile::path).toList());
    CommandLineRun.run("verify", torrent, "--dir", directory).requireDone();
  }

  @Test
  void aTorrentFileTakesThePlaceOfAFileOnly() throws Exception {
    makeOddities(directory);
    for (String odd : List.of("pipe", "socket", "device", "to-pipe", "to-device", "outside")) {
      Path target = directory.resolve(odd);
      Object before = Files.readAttributes(target, "unix:ino", LinkOption.NOFOLLOW_LINKS);
      String said = CommandLineRun.run("create", photo, "-o", target, "--force").requireError(1);
      assertTrue(said.contains("not a regular file"), said);
      assertEquals(before, Files.readAttributes(target, "unix:ino", LinkOption.NOFOLLOW_LINKS));
    }
  }

  @Test
  void contentThatIsNoFileIsNotWaitedFor() throws Exception {
    Path torrent = directory.resolve("it.torrent");
    CommandLineRun.run("create", photo, "-o", torrent).requireDone();
    makeOddities(directory);
    for (String odd : ODDITIES) {
      Path held = Files.createDirectory(directory.resolve("holds " + odd));
      Files.move(directory.resolve(odd), held.resolve("photo.jpg"));
      String reason = "photo.jpg (is not a regular file|cannot be followed|leads out of)";
      String said = CommandLineRun.run("verify", torrent, "--dir", held).requireError(1);
      assertTrue(Pattern.compile(reason).matcher(said).find(), said);
      CommandLineRun get = CommandLineRun.run(
          "get", torrent, "--dir", held, "--listen", "127.0.0.1:0", "--no-tracker", "--peer", "127.0.0.1:9", "--timeout", "1s");
      assertEquals(1, get.exitCode());
      assertTrue(Pattern.compile(reason).matcher(get.err().toString()).find(), () -> get.err().toString());
      assertTrue(Files.exists(held.resolve("photo.jpg"), LinkOption.NOFOLLOW_LINKS));
    }
  }

  private CommandLineRun split() throws Exception {
    return CommandLineRun.run("split", photo, "--peers", 2, "--dir", classroom);
  }

  private static List<Path> list(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "peers", "peers/.minibit", "peers/blocks", "peers/peer_1", "peers/peer_2/blocks", "reconstructed",
    // Files that are not there yet would be made through these.
    "peers/.minibit/lock", "peers/photo.jpg.torrent", "peers/peer_1/peer.log", "reconstructed/peer_1.jpg",
  })
  void nothingIsSplitThroughALink(String planted) throws Exception {
    Path link = classroom.resolve(planted);
    Files.createDirectories(link.getParent());
    boolean file = planted.contains("lock") || planted.contains(".jpg") || planted.contains(".log");
    Files.createSymbolicLink(link, file ? outside.resolve("made") : outside);
    String said = split().requireError(1);
    assertTrue(said.contains(planted) && said.matches(".* (is in the way|is there already).*"), said);
    assertEquals(List.of(), list(outside));

    Files.delete(link);
    split().requireDone();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lock", "split.properties", "peer_1.process"})
  void noPipeIsWaitedFor(String planted) throws Exception {
    split().requireDone();
    Path state = classroom.resolve("peers/.minibit");
    Files.deleteIfExists(state.resolve(planted));
    pipe(state.resolve(planted));
    String command = planted.endsWith(".process") ? "stop-all" : "cleanup";
    for (String each : List.of("start-peers", command)) {
      String said = CommandLineRun.run(each, "--dir", classroom).requireError(1);
      assertTrue(said.contains(planted) && said.contains("is in the way"), said);
    }
  }

  /** Of all files below; -1 if nothing is there. */
  private static long bytes(Path path) throws IOException {
    return Files.exists(path, LinkOption.NOFOLLOW_LINKS) ? PathUtils.sizeOf(path) : -1;
  }

  @ParameterizedTest
  @ValueSource(strings = {"photo.jpg.torrent", "peer_1", "peer_1/blocks", "peer_1/peer.log"})
  void noPeerIsStartedOnWhatWasPlantedAfterTheSplit(String planted) throws Exception {
    split().requireDone();
    Path place = classroom.resolve("peers").resolve(planted);
    Path moved = outside.resolve("moved");
    boolean wasThere = Files.exists(place);
    if (wasThere) {
      Files.move(place, moved);
    }
    Files.createSymbolicLink(place, moved);
    String said = CommandLineRun.run("start-peers", "--dir", classroom).requireError(1);
    assertTrue(said.contains(planted) && said.contains("is in the way"), said);
    long bytes = bytes(moved);

    CommandLineRun.run("cleanup", "--dir", classroom).requireDone();
    assertEquals(bytes, bytes(moved), "removed through a link");
    assertTrue(Files.isSymbolicLink(place));
  }

  @Test
  void aFileIsRebuiltInItsOwnDirectoryOfItsOwnBlocks() throws Exception {
    split().requireDone();
    Path blocks = classroom.resolve("peers/peer_1/blocks");
    for (int i = 0; i < BLOCKS; i++) {
      String name = "block_" + i + ".bin";
      Files.copy(
          classroom.resolve("peers/blocks").resolve(name), blocks.resolve(name), StandardCopyOption.REPLACE_EXISTING);
    }
    Metainfo metainfo = Metainfo.read(classroom.resolve("peers/photo.jpg.torrent"));
    RebuiltFile rebuilt = new RebuiltFile(new Classroom(classroom), 1, metainfo);
    Path reconstructed = Files.createSymbolicLink(classroom.resolve("reconstructed"), outside);
    assertThrows(CommandException.class, rebuilt::rebuild);
    assertEquals(List.of(), list(outside));

    // Every name on the way leads out.
    Files.delete(reconstructed);
    Files.createDirectory(reconstructed);
    Path precious = Files.writeString(outside.resolve("precious"), "precious");
    for (String name : RebuiltFile.names(1, "photo.jpg")) {
      Files.createSymbolicLink(reconstructed.resolve(name), precious);
    }
    rebuilt.rebuild();
    assertArrayEquals(content, Files.readAllBytes(reconstructed.resolve("peer_1.jpg")));
    assertEquals("precious", Files.readString(precious));
    assertEquals(List.of(reconstructed.resolve("peer_1.jpg")), list(reconstructed));

    // A block that was replaced is not read, wherever it leads.
    Files.delete(reconstructed.resolve("peer_1.jpg"));
    Path block = blocks.resolve("block_3.bin");
    Files.move(block, outside.resolve("block_3.bin"));
    Files.createSymbolicLink(block, outside.resolve("block_3.bin"));
    assertTrue(assertThrows(IOException.class, rebuilt::rebuild).getMessage().contains("is not a regular file"));
    Files.delete(block);
    pipe(block);
    assertTrue(assertThrows(IOException.class, rebuilt::rebuild).getMessage().contains("is not a regular file"));
    assertEquals(List.of(), list(reconstructed));
  }
}
