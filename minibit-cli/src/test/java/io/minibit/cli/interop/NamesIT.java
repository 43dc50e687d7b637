package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.TorrentOptions;
import io.minibit.bencode.Bencode;
import io.minibit.bencode.BencodeDictionary;
import io.minibit.bencode.BencodeList;
import io.minibit.bencode.BencodeValue;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.TorrentFile;
import io.minibit.store.MemoryPieceStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Torrents whose names mean harm, through the whole program: everything stays inside, no file takes the place of another,
 * and neither a terminal nor a reader of JSON gets what steers it.
 */
@Timeout(180)
class NamesIT {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final int PIECE = 16_384;
  private static final int FILE = 5_000;

  /** Of each torrent: its name, then the paths of its files, elements separated by '|'. */
  private static final List<List<String>> TORRENTS =
      List.of(
          List.of("../../outside", "../../../outside", "..|..|outside", "a|..|..|..|outside", "/outside", "|outside", "a"),
          List.of("/etc/minibit-outside", "/etc/minibit-outside", "C:\\outside", "\\\\host\\outside", "c:outside", "b"),
          List.of("..", "..", "...", ". .", ".", "~", "~root", "-rf", "--help", "a|.", "a|..", "$(touch outside)", "`x`"),
          List.of("CON", "NUL", "nul.txt", "aux .c", "COM1", "LPT¹", "CLOCK$", "prn|con", "a:stream", "a?", "a*", "a<b>|c"),
          List.of(".minibit", ".minibit|x.resume", ".MINIBIT", ".minibit.", "_.minibit", ".minibit |a"),
          List.of("case", "readme", "README", "Readme", "dir|a", "DIR|a", "Dir|A", "a.1", "a", "A"),
          List.of("unicode", "\u00e9", "e\u0301", "\u212b", "\u00c5", "A\u030a", "\ufb01", "fi", "\u0430", "a", "\u2024\u2024",
              "\uff0e\uff0e|x", "..\u2215x", "\u017f", "s", "\u0131", "i", "\u200bzero", "zero", "\u00ad", "x\u00adx"),
          List.of("bidi \u202egnp.exe", "a\u202ecod.exe", "a\u2066b", "\u200fx", "a\u061cb", "acod.exe", "ab", "\ufeffx", "x"),
          List.of("\u001b[31mred\u001b[2J", "\u001b]0;title\u0007", "\u009b31m", "\r\nERROR", "a\tb", "a\u0000b", "ab", "\u007f",
              "\u0085x", "\u2028y", "\u0008\u0008\u0008"),
          List.of("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&amp;", "\"quoted\"", "</script|x>", "'a'"),
          List.of("x".repeat(300), "y".repeat(255), "y".repeat(256), "y".repeat(4_000) + ".txt", "\u00e9".repeat(200),
              "\ud83d\ude00".repeat(100), "z".repeat(236) + ".12345", "z".repeat(240) + "|" + "z".repeat(300)),
          List.of("file and directory", "a", "a|b", "a|b|c", "A|b", "a.1", "", " ", "  |  "));

  private Testbed testbed;
  private MiniBit miniBit;
  private Path home;

  @BeforeEach
  void makeHome() throws Exception {
    testbed = Testbed.onLoopback();
    miniBit = new MiniBit(testbed);
    home = testbed.newDirectory("home");
  }

  @AfterEach
  void close() {
    if (testbed != null) {
      testbed.close();
    }
  }

  private static byte[] content(int files) {
    byte[] content = new byte[files * FILE];
    new Random(files).nextBytes(content);
    return content;
  }

  /** A torrent file with these raw names. */
  private static byte[] torrent(List<String> names) throws Exception {
    List<BencodeValue> files = new ArrayList<>();
    for (String path : names.subList(1, names.size())) {
      List<BencodeValue> elements = new ArrayList<>();
      for (String element : path.split("\\|", -1)) {
        elements.add(BencodeValue.of(element));
      }
      files.add(BencodeDictionary.of(Map.of("length", BencodeValue.of(FILE), "path", BencodeList.of(elements))));
    }
    byte[] content = content(files.size());
    MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
    byte[] hashes = new byte[0];
    for (int begin = 0; begin < content.length; begin += PIECE) {
      byte[] hash = sha1.digest(Arrays.copyOfRange(content, begin, Math.min(content.length, begin + PIECE)));
      hashes = Arrays.copyOf(hashes, hashes.length + hash.length);
      System.arraycopy(hash, 0, hashes, hashes.length - hash.length, hash.length);
    }
    return Bencode.encode(BencodeDictionary.of(Map.of("info", BencodeDictionary.of(Map.of(
        "name", BencodeValue.of(names.get(0)),
        "piece length", BencodeValue.of(PIECE),
        "pieces", BencodeValue.of(hashes),
        "files", BencodeList.of(files))))));
  }

  /** Everything below a directory, links not followed. */
  private static Set<Path> below(Path directory) throws IOException {
    try (Stream<Path> paths = Files.walk(directory)) {
      return new HashSet<>(paths.map(directory::relativize).toList());
    }
  }

  private static void assertPrintable(String output) {
    String text = new String(output.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    for (int c : text.codePoints().filter(c -> c != '\n').toArray()) {
      int type = Character.getType(c);
      assertTrue(
          type != Character.CONTROL && type != Character.FORMAT && type != Character.LINE_SEPARATOR
              && type != Character.PARAGRAPH_SEPARATOR,
          () -> String.format("U+%04x in:%n%s", c, text));
    }
  }

  @Test
  void everythingStaysInsideAndApart() throws Exception {
    try (Peer seed = Peer.builder().listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0)).build()) {
      for (int i = 0; i < TORRENTS.size(); i++) {
        byte[] bytes = torrent(TORRENTS.get(i));
        Metainfo metainfo = Metainfo.parse(bytes);
        byte[] content = content(TORRENTS.get(i).size() - 1);
        seed.join(metainfo, MemoryPieceStore.of(metainfo, content), TorrentOptions.defaults().withoutTracker())
            .completion()
            .get(30, TimeUnit.SECONDS);
        Path file = Files.write(home.resolve(i + ".torrent"), bytes);
        Path target = Files.createDirectories(home.resolve("deep/deeper/" + i));
        String address = "127.0.0.1:" + seed.address().getPort();
        Set<Path> before = below(home);

        assertPrintable(miniBit.run("inspect", file, "--files"));
        String json = miniBit.run("inspect", file, "--json");
        assertPrintable(json);
        assertFalse(json.contains("</script"), json);
        Program get = miniBit.get(Host.LOOPBACK, file, target, "--no-tracker", "--peer", address).awaitSuccess(SOON);
        assertPrintable(get.output());
        assertPrintable(miniBit.run("verify", file, "--dir", target, "--files"));

        Set<Path> made = below(home);
        made.removeAll(before);
        made.removeIf(path -> home.resolve(path).startsWith(target));
        assertEquals(Set.of(), made, "made outside");
        Set<Object> different = new HashSet<>();
        for (TorrentFile part : metainfo.files()) {
          Path path = target.resolve(String.join("/", part.path()));
          assertTrue(path.normalize().startsWith(target), path::toString);
          assertTrue(different.add(Files.readAttributes(
              path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS).fileKey()));
          assertArrayEquals(
              Arrays.copyOfRange(content, (int) part.offset(), (int) (part.offset() + part.length())),
              Files.readAllBytes(path));
        }
      }
    }
    assertFalse(Files.exists(Path.of("/etc/minibit-outside")));
  }

  @Test
  void aPathThatNoSystemCanHaveIsRefusedInOneLine() throws Exception {
    String deep = String.join("|", Collections.nCopies(60, "d".repeat(200)));
    Path file = Files.write(home.resolve("deep.torrent"), torrent(List.of("deep", deep)));
    assertPrintable(miniBit.run("inspect", file));
    Program get =
        miniBit.get(Host.LOOPBACK, file, home.resolve("target"), "--no-tracker", "--peer", "127.0.0.1:9");
    assertEquals(1, get.awaitEnd(SOON), get::lastLines);
    assertTrue(get.output().contains("too long"), get::lastLines);
    assertFalse(get.output().contains("\tat "), get::lastLines);
  }

  @Test
  void linksAreNeitherSharedNorWrittenThrough() throws Exception {
    Path secret = Files.writeString(home.resolve("secret"), "precious");
    Path shared = Files.createDirectory(home.resolve("shared"));
    Files.write(shared.resolve("good"), content(8));
    Files.write(shared.resolve("\u001b[31mred\nname\u202e"), content(9));
    Files.createSymbolicLink(shared.resolve("link"), secret);
    Files.createSymbolicLink(shared.resolve("loop"), shared);
    if (new ProcessBuilder("mkfifo", shared.resolve("pipe").toString()).start().waitFor() != 0) {
      throw Requirements.unmet("no pipe can be made");
    }
    Path torrent = home.resolve("shared.torrent");
    String said = miniBit.run("create", shared, "-o", torrent, "--piece-size", "16KiB");
    assertPrintable(said);
    assertEquals(3, said.lines().filter(line -> line.startsWith("left out")).count(), said);
    assertEquals(2, Metainfo.read(torrent).files().size());

    Program seed = miniBit.seed(Host.LOOPBACK, torrent, home, "--no-tracker");
    String address = seed.await("(?m)^seeding .* on (\\S+:\\d+), ", SOON).group(1);
    for (String planted : List.of("shared", "shared/good", ".minibit")) {
      Path target = testbed.newDirectory("target");
      Path outside = testbed.newDirectory("outside");
      Files.writeString(outside.resolve("good"), "precious");
      Path link = target.resolve(planted);
      Files.createDirectories(link.getParent());
      boolean file = planted.endsWith("good");
      Files.createSymbolicLink(link, file ? secret : outside);
      Program get = miniBit.get(Host.LOOPBACK, torrent, target, "--no-tracker", "--peer", address);
      if (planted.equals(".minibit")) {
        get.awaitSuccess(SOON);
      } else {
        get.await("leads out of", SOON);
        // It goes on when the cause is gone.
        Files.delete(link);
        get.awaitSuccess(SOON);
        assertArrayEquals(content(8), Files.readAllBytes(target.resolve("shared/good")));
      }
      assertPrintable(get.output());
      assertEquals(Set.of(Path.of(""), Path.of("good")), below(outside));
      assertEquals("precious", Files.readString(outside.resolve("good")));
      assertEquals("precious", Files.readString(secret));
    }
    assertPrintable(seed.output());
  }

  @Test
  void splitMakesItsBlocksInItsOwnDirectoryWhateverTheFileIsCalled() throws Exception {
    Map<String, byte[]> before = new TreeMap<>();
    Path file = Files.write(home.resolve("\u001b[31m<b>\u202e.bin"), content(20));
    Path outside = Files.createDirectory(home.resolve("outside"));
    before.put("precious", Files.readAllBytes(Files.writeString(outside.resolve("block_0.bin"), "precious")));
    Path classroom = Files.createDirectory(home.resolve("classroom"));
    Files.createDirectories(classroom.resolve("peers"));
    Files.createSymbolicLink(classroom.resolve("peers/blocks"), outside);
    Program split = miniBit.start(Host.LOOPBACK, "split", file, "--peers", "2", "--block-size", "16KiB", "--dir", classroom);
    assertEquals(1, split.awaitEnd(SOON), split::lastLines);
    assertPrintable(split.output());
    assertArrayEquals(before.get("precious"), Files.readAllBytes(outside.resolve("block_0.bin")));
    assertEquals(Set.of(Path.of(""), Path.of("block_0.bin")), below(outside));
    Files.delete(classroom.resolve("peers/blocks"));
    assertPrintable(miniBit.run("split", file, "--peers", "2", "--block-size", "16KiB", "--dir", classroom));
    assertPrintable(miniBit.run("cleanup", "--dir", classroom));
  }
}
