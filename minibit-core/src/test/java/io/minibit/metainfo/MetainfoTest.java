package io.minibit.metainfo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.bencode.Bencode;
import io.minibit.bencode.BencodeDictionary;
import io.minibit.bencode.BencodeList;
import io.minibit.bencode.BencodeValue;
import io.minibit.model.Limits;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MetainfoTest {
  private static final String SINGLE = "6:lengthi5e4:name1:x12:piece lengthi16384e";
  private static final String HASH = "6:pieces20:aaaaaaaaaaaaaaaaaaaa";

  @Test
  void aSingleFileTorrentIsRead() throws NoSuchAlgorithmException {
    String info = "d" + SINGLE + HASH + "e";
    Metainfo metainfo =
        parse("d8:announce12:http://a/ann7:comment2:hi10:created by3:me!13:creation datei86400e4:info" + info + "e");
    assertEquals("x", metainfo.name());
    assertFalse(metainfo.isMultiFile());
    assertEquals(List.of(new TorrentFile(List.of("x"), 0, 5, false)), metainfo.files());
    assertEquals(new PieceLayout(5, 16384), metainfo.layout());
    assertEquals(List.of(List.of("http://a/ann")), metainfo.trackers());
    assertEquals("hi", metainfo.comment());
    assertEquals("me!", metainfo.createdBy());
    assertEquals(Instant.parse("1970-01-02T00:00:00Z"), metainfo.creationDate());
    assertFalse(metainfo.isPrivate());
    assertArrayEquals(info.getBytes(StandardCharsets.ISO_8859_1), metainfo.rawInfo());
    byte[] sha1 = MessageDigest.getInstance("SHA-1").digest(metainfo.rawInfo());
    assertEquals(InfoHash.of(sha1), metainfo.infoHash());
    assertEquals(metainfo, parse("d4:info" + info + "e"));
    assertEquals("Metainfo[" + metainfo.infoHash() + ", x]", metainfo.toString());
  }

  @Test
  void whatWouldTakeMoreThanHalfOfTheHeapIsRefused() {
    String info = "d4:infod" + SINGLE + HASH + "ee";
    String comment = "d7:comment1000:" + "c".repeat(1000) + info.substring(1);
    String files = "d4:infod5:filesl" + "d6:lengthi1e4:pathl1:aee".repeat(50) + "e4:name1:x12:piece lengthi16384e" + HASH + "ee";
    for (String torrent : List.of(info, comment, files)) {
      byte[] bytes = torrent.getBytes(StandardCharsets.ISO_8859_1);
      Metainfo.parse(bytes, Limits.defaults(), new ReadingMemory(50_000));
      MetainfoException e =
          assertThrows(
              MetainfoException.class,
              () -> Metainfo.parse(bytes, Limits.defaults(), new ReadingMemory(3L * bytes.length)));
      assertTrue(e.getMessage().endsWith("raise it with -Xmx"), e.getMessage());
    }
    assertEquals(281_250, new ReadingMemory(1_000_000).longestTorrent());
  }

  @Test
  void aBareTorrentSaysNothingMore() {
    Metainfo metainfo = parse("d4:infod" + SINGLE + HASH + "ee");
    assertEquals(List.of(), metainfo.trackers());
    assertNull(metainfo.comment());
    assertNull(metainfo.createdBy());
    assertNull(metainfo.creationDate());
  }

  @Test
  void hashesAreComparedAndCopied() {
    String hashes = "a".repeat(20) + "b".repeat(20);
    Metainfo metainfo = parse("d4:infod6:lengthi6e4:name1:x12:piece lengthi3e6:pieces40:" + hashes + "ee");
    byte[] second = metainfo.pieceHash(1);
    assertArrayEquals("b".repeat(20).getBytes(StandardCharsets.US_ASCII), second);
    assertTrue(metainfo.matches(1, second));
    assertFalse(metainfo.matches(0, second));
    assertFalse(metainfo.matches(1, Arrays.copyOf(second, 19)));
    second[19] = 0;
    metainfo.rawInfo()[10] = 0;
    assertFalse(metainfo.matches(1, second));
    assertTrue(metainfo.matches(1, metainfo.pieceHash(1)));
    assertThrows(IndexOutOfBoundsException.class, () -> metainfo.matches(2, second));
    assertThrows(IndexOutOfBoundsException.class, () -> metainfo.pieceHash(-1));
  }

  @Test
  void theInfoHashIsThatOfTheBytesAsReceivedEvenIfTheyAreSloppy() throws NoSuchAlgorithmException {
    String info = "d4:name1:x6:lengthi5e12:piece lengthi16384e" + HASH + "e";
    Metainfo metainfo = parse("d4:info" + info + "7:comment1:ce\n");
    byte[] raw = info.getBytes(StandardCharsets.ISO_8859_1);
    assertEquals(InfoHash.of(MessageDigest.getInstance("SHA-1").digest(raw)), metainfo.infoHash());
  }

  @Test
  void privateIsOneAndNothingElse() {
    assertTrue(parse("d4:infod" + SINGLE + HASH + "7:privatei1eee").isPrivate());
    assertFalse(parse("d4:infod" + SINGLE + HASH + "7:privatei0eee").isPrivate());
    assertFalse(parse("d4:infod" + SINGLE + HASH + "7:private1:1ee").isPrivate());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "8:announce5:u://a                                        | [[u://a]]",
    "8:announce5:u://a13:announce-listll5:u://bel5:u://c5:u://dee | [[u://b], [u://c, u://d]]",
    "8:announce5:u://a13:announce-listle                      | [[u://a]]",
    "8:announce5:u://a13:announce-listll0:i5e3:   elee        | [[u://a]]",
    "8:announce5:u://a13:announce-listll5:u://b5:u://bel5:u://b5:u://aee | [[u://b], [u://a]]",
    "13:announce-listl5:u://b5:u://ce                         | [[u://b], [u://c]]",
    "13:announce-list5:u://b                                  | []",
    "8:announcei1e                                            | []",
    "8:announce7:u:// /a                                      | []",
    "8:announce8:\\t u://a\\t                                   | [[u://a]]",
  })
  void trackersComeInTiers(String keys, String tiers) {
    String root = keys.replace("\\t", "\t");
    assertEquals(tiers, parse("d" + root + "4:infod" + SINGLE + HASH + "ee").trackers().toString());
  }

  @Test
  void manyTrackersAreCutOff() {
    StringBuilder list = new StringBuilder();
    for (int i = 10000; i < 20000; i++) {
      list.append("l9:u://").append(i).append("e");
    }
    assertEquals(500, parse("d13:announce-listl" + list + "e4:infod" + SINGLE + HASH + "ee").trackers().size());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '"', value = {
    "\"\"              | not a .torrent: byte 0: the input ends too early",
    "<html>            | not a .torrent: byte 0: no value starts with '<'",
    "le                | not a .torrent: it is no dictionary",
    "de                | info: it is missing",
    "d4:infoi1ee       | info: it is no dictionary",
    "d4:infode4:infodee | info: it is there twice",
    "d4:infod6:lengthi5eee | info.name: it is missing",
    "d4:infod4:namei1eee | info.name: it is no byte string",
    "d4:infod4:name0:ee | info.name: there is no visible character in it",
    "d4:infod4:name1:xee | info.piece length: it is missing",
    "d4:infod4:name1:x12:piece length1:5ee | info.piece length: it is no integer",
    "d4:infod4:name1:x12:piece lengthi0eee | info.piece length: 0 is not between 1 and 536870912",
    "d4:infod4:name1:x12:piece lengthi536870913eee | info.piece length: 536870913 is not between 1 and 536870912",
    "d4:infod4:name1:x12:piece lengthi4294967297eee | info.piece length: 4294967297 is not between 1 and 536870912",
    "d4:infod4:name1:x12:piece lengthi9eee | info.length: it is missing",
    "d4:infod6:lengthi0e4:name1:x12:piece lengthi9eee | info: all files are empty, there is nothing to share",
    "d4:infod6:lengthi5e4:name1:x12:piece lengthi9eee | info.pieces: it is missing",
    "d4:infod6:lengthi5e4:name1:x12:piece lengthi9e6:piecesleee | info.pieces: it is no byte string",
    "d4:infod6:lengthi5e4:name1:x12:piece lengthi9e6:pieces3:abcee | info.pieces: 3 bytes is not a multiple of 20",
    "d4:infod6:lengthi5e4:name1:x12:piece lengthi9e6:pieces0:ee | info.pieces: 0 hashes, but the files have 1 pieces",
    "d4:infod6:lengthi5e4:name1:x12:piece lengthi4e6:pieces20:aaaaaaaaaaaaaaaaaaaaee | info.pieces: 1 hashes, but the files have 2 pieces",
    "d4:infod6:lengthi9223372036854775807e4:name1:x12:piece lengthi9eee | info.piece length: 9 makes more than 2097152 pieces of 9223372036854775807 bytes",
    "d4:infod5:filesle6:lengthi5e4:name1:x12:piece lengthi9eee | info: there is a length and a list of files, only one of them can hold",
    "d4:infod5:filesi1e4:name1:x12:piece lengthi9eee | info.files: it is no list",
    "d4:infod5:filesle4:name1:x12:piece lengthi9eee | info: all files are empty, there is nothing to share",
    "d4:infod5:filesli1ee4:name1:x12:piece lengthi9eee | info.files[0]: it is no dictionary",
    "d4:infod5:filesldee4:name1:x12:piece lengthi9eee | info.files[0].length: it is missing",
    "d4:infod5:filesld6:lengthi-1eee4:name1:x12:piece lengthi9eee | info.files[0].length: -1 is negative",
    "d4:infod5:filesld6:lengthi1eee4:name1:x12:piece lengthi9eee | info.files[0].path: it is missing",
    "d4:infod5:filesld6:lengthi1e4:path1:aee4:name1:x12:piece lengthi9eee | info.files[0].path: it is no list",
    "d4:infod5:filesld6:lengthi1e4:pathleee4:name1:x12:piece lengthi9eee | info.files[0].path: it is empty",
    "d4:infod5:filesld6:lengthi1e4:pathl1:ai1eeee4:name1:x12:piece lengthi9eee | info.files[0].path[1]: it is no byte string",
    "d4:infod12:meta versioni3eee | info.meta version: 3 is not supported",
    "d4:infod9:file treede12:meta versioni2eee | a torrent of version 2 only (BEP 52) is not supported yet",
  })
  void anErrorNamesTheKeyAndWhatIsWrongWithIt(String torrent, String message) {
    assertEquals(message, error(torrent));
  }

  @Test
  void lengthsThatOverflowTogetherAreRefused() {
    String file = "d6:lengthi9223372036854775807e4:pathl1:aee";
    assertEquals(
        "info.files[1].length: all files together exceed 2^63 bytes",
        error("d4:infod5:filesl" + file + file + "e4:name1:x12:piece lengthi9eee"));
  }

  @Test
  void theLongestPieceLengthsInUseAreTaken() {
    for (int length : new int[] {32767 * 16384, 512 << 20, 1, 1000}) {
      assertEquals(
          length,
          parse("d4:infod6:lengthi1e4:name1:x12:piece lengthi" + length + "e" + HASH + "ee").layout().pieceLength());
    }
  }

  @Test
  void aTorrentBeyondALimitIsRefused(@TempDir Path directory) throws IOException {
    byte[] torrent = bytes("d4:infod" + SINGLE + HASH + "ee");
    Path file = Files.write(directory.resolve("x.torrent"), torrent);
    Limits tight = Limits.defaults().with(l -> l.maxTorrentBytes = torrent.length);
    assertEquals("x", Metainfo.read(file, tight).name());
    Limits tooTight = Limits.defaults().with(l -> l.maxTorrentBytes = torrent.length - 1);
    assertThrows(MetainfoException.class, () -> Metainfo.read(file, tooTight));
    assertThrows(MetainfoException.class, () -> Metainfo.parse(torrent, tooTight));
    assertThrows(NoSuchFileException.class, () -> Metainfo.read(directory.resolve("none")));
    Limits small = Limits.defaults().with(l -> l.maxPieceLength = 16383);
    assertThrows(MetainfoException.class, () -> Metainfo.parse(torrent, small));
  }

  @Test
  void filesLieInOrderBelowTheNameAndMayBeEmpty() {
    Metainfo metainfo = files(file(3, "a"), file(0, "e"), file(4, "d", "b"), file(0, "d", "f"));
    assertTrue(metainfo.isMultiFile());
    assertEquals(
        List.of(
            new TorrentFile(List.of("n", "a"), 0, 3, false),
            new TorrentFile(List.of("n", "e"), 3, 0, false),
            new TorrentFile(List.of("n", "d", "b"), 3, 4, false),
            new TorrentFile(List.of("n", "d", "f"), 7, 0, false)),
        metainfo.files());
  }

  @Test
  void padFilesKeepTheirPlaceAndLinksAreNotMade() {
    Metainfo metainfo =
        files(
            file(3, "a"),
            with(file(13, ".pad", "13"), "attr", "p"),
            with(file(99, "link"), "attr", "xl"),
            with(file(13, ".pad", "13"), "attr", "p"),
            file(1, "b"));
    assertEquals(
        List.of(
            new TorrentFile(List.of("n", "a"), 0, 3, false),
            new TorrentFile(List.of("n", ".pad", "13"), 3, 13, true),
            new TorrentFile(List.of("n", ".pad", "13"), 16, 13, true),
            new TorrentFile(List.of("n", "b"), 29, 1, false)),
        metainfo.files());
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', value = {
    "a a a                 | a a.1 a.2",
    "a.txt A.TXT           | a.txt A.1.TXT",
    "a.1 a a               | a.1 a a.2",
    "a a a.1               | a a.1 a.1.1",
    "x a.txt x             | x a.txt x.1",
    "a a/b a/c             | a a.1/b a.1/c",
    "a/b a                 | a/b a.1",
    "A/b a/c               | A/b A/c",
    "a/b A/B               | a/b a/B.1",
    "a a/b a.1             | a a.1/b a.1.1",
    "é é                   | é é.1",
    "../x ../x             | _/x _/x.1",
    "CON _con              | _CON _con.1",
  })
  void noTwoFilesGetOnePath(String raw, String clean) {
    BencodeDictionary[] entries =
        Arrays.stream(raw.split(" ")).map(path -> file(1, path.split("/"))).toArray(BencodeDictionary[]::new);
    List<String> paths = files(entries).files().stream().map(f -> String.join("/", f.path()).substring(2)).toList();
    assertEquals(clean, String.join(" ", paths));
  }

  @Test
  void aNameOfWhichNothingIsLeftBecomesTheInfoHash() {
    for (String name : List.of("..", ".", "/", "\\", "../..")) {
      Metainfo metainfo =
          parse("d4:infod6:lengthi5e4:name" + name.length() + ":" + name + "12:piece lengthi16384e" + HASH + "ee");
      assertEquals(metainfo.infoHash().toString(), metainfo.name());
      assertEquals(List.of(metainfo.name()), metainfo.files().get(0).path());
    }
  }

  @Test
  void oneNameOverAndOverIsRefused() {
    BencodeDictionary[] entries = new BencodeDictionary[102];
    Arrays.fill(entries, file(1, "d", "a"));
    MetainfoException e = assertThrows(MetainfoException.class, () -> files(entries));
    assertEquals("info.files[101].path: more than 100 files have this name", e.getMessage());
    assertEquals(101, files(Arrays.copyOf(entries, 101)).files().size());
  }

  @Test
  void tooDeepPathsAreRefused() {
    String[] deep = new String[129];
    Arrays.fill(deep, "d");
    assertThrows(MetainfoException.class, () -> files(file(1, deep)));
    assertEquals(129, files(file(1, Arrays.copyOf(deep, 128))).files().get(0).path().size());
  }

  @Test
  void tooManyFilesAreRefused() {
    StringBuilder list = new StringBuilder("d6:lengthi1e4:pathl5:firstee");
    for (int i = 1; i < 1 << 18; i++) {
      list.append("d6:lengthi0e4:pathl6:").append(100_000 + i).append("ee");
    }
    String end = "e4:name1:x12:piece lengthi9e" + HASH + "ee";
    assertEquals(1 << 18, parse("d4:infod5:filesl" + list + end).files().size());
    list.append("d6:lengthi0e4:pathl4:lastee");
    assertEquals("info.files: more than 262144 files", error("d4:infod5:filesl" + list + end));
  }

  @Test
  void namesInUtf8ArePreferred() {
    BencodeDictionary file = with(file(5, "\u00c3"), "path.utf-8", BencodeList.of(List.of(BencodeValue.of("ü"))));
    assertEquals(List.of("n", "ü"), files(file).files().get(0).path());
  }

  @Test
  void aHybridIsReadThroughItsVersion1PartIfBothAgree() {
    String root = "11:pieces root32:" + "r".repeat(32);
    String leaf = "d0:d6:lengthi5e" + root + "ee";
    assertEquals("x", parse(hybrid("d1:x" + leaf + "e", "16384")).name());
    String mismatch = "info.file tree: file 0 is not what the version 1 part says";
    assertEquals(mismatch, error(hybrid("d1:y" + leaf + "e", "16384")));
    assertEquals(mismatch, error(hybrid("d1:xd1:x" + leaf + "ee", "16384")));
    assertEquals(mismatch, error(hybrid("d1:xd0:d6:lengthi6e" + root + "eee", "16384")));
    assertEquals(
        "info.file tree: file 1 is not what the version 1 part says",
        error(hybrid("d1:x" + leaf + "1:y" + leaf + "e", "16384")));
    assertEquals(mismatch, error(hybrid("de", "16384")));
    assertEquals("info.file tree: it is no dictionary", error(hybrid("i1e", "16384")));
    assertEquals("info.file tree: file 0 has no length", error(hybrid("d1:xd0:deee", "16384")));
    assertEquals(
        "info.file tree: file 0 has no pieces root of 32 bytes", error(hybrid("d1:xd0:d6:lengthi5eeee", "16384")));
    assertTrue(error(hybrid("d1:x" + leaf + "e", "16385")).startsWith("info.piece length: a hybrid"));
    assertTrue(error(hybrid("d1:x" + leaf + "e", "8192")).startsWith("info.piece length: a hybrid"));
  }

  @Test
  void damagedTorrentsGiveOneLineErrorsAndNothingElse() throws IOException {
    byte[] good =
        MetainfoBuilder.ofFiles("dir", Map.of("a/b.txt", new byte[100]))
            .tracker("http://t.example/announce")
            .comment("c")
            .encode();
    Random random = new Random(11);
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] data = good.clone();
      for (int i = random.nextInt(4); i >= 0; i--) {
        data[random.nextInt(data.length)] = random.nextBoolean() ? (byte) random.nextInt() : good[random.nextInt(50)];
      }
      try {
        Metainfo.parse(data).files().forEach(file -> assertFalse(file.path().contains("..")));
      } catch (MetainfoException e) {
        assertTrue(String.valueOf(e.getMessage()).matches("[\\x20-\\x7e]+"), e.getMessage());
        refused++;
      }
    }
    assertTrue(refused > 1000);
  }

  private static String hybrid(String tree, String pieceLength) {
    return "d4:infod9:file tree" + tree + "6:lengthi5e12:meta versioni2e4:name1:x12:piece lengthi" + pieceLength + "e"
        + HASH + "ee";
  }

  private static Metainfo files(BencodeDictionary... files) {
    Map<String, BencodeValue> info = new TreeMap<>();
    info.put("files", BencodeList.of(List.of(files)));
    info.put("name", BencodeValue.of("n"));
    info.put("piece length", BencodeValue.of(1 << 20));
    info.put("pieces", BencodeValue.of(new byte[20]));
    return Metainfo.parse(Bencode.encode(BencodeDictionary.of(Map.of("info", BencodeDictionary.of(info)))));
  }

  private static BencodeDictionary file(long length, String... path) {
    List<BencodeValue> elements = new ArrayList<>();
    for (String element : path) {
      elements.add(BencodeValue.of(element));
    }
    return BencodeDictionary.of(Map.of("length", BencodeValue.of(length), "path", BencodeList.of(elements)));
  }

  private static BencodeDictionary with(BencodeDictionary file, String key, String value) {
    return with(file, key, BencodeValue.of(value));
  }

  private static BencodeDictionary with(BencodeDictionary file, String key, BencodeValue value) {
    Map<String, BencodeValue> entries = new TreeMap<>();
    file.forEach(entry -> entries.put(entry.key().toText(), entry.value()));
    entries.put(key, value);
    return BencodeDictionary.of(entries);
  }

  private static Metainfo parse(String torrent) {
    return Metainfo.parse(bytes(torrent));
  }

  private static String error(String torrent) {
    return String.valueOf(assertThrows(MetainfoException.class, () -> parse(torrent)).getMessage());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
