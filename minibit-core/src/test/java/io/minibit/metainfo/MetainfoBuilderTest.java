package io.minibit.metainfo;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.bencode.Bencode;
import io.minibit.model.Limits;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetainfoBuilderTest {
  @TempDir private Path directory;

  @Test
  void theBytesAreTheCanonicalOnes() throws IOException {
    Path file = write("x", new byte[] {1, 2, 3});
    byte[] torrent =
        MetainfoBuilder.of(file)
            .pieceLength(1024)
            .tracker("http://a/announce")
            .comment("why")
            .creationDate(Instant.ofEpochSecond(5))
            .privateTorrent(true)
            .encode();
    String text = new String(torrent, StandardCharsets.ISO_8859_1);
    String start = "d8:announce17:http://a/announce7:comment3:why10:created by7:MiniBit13:creation datei5e"
        + "4:infod6:lengthi3e4:name1:x12:piece lengthi1024e6:pieces20:";
    assertEquals(start, text.substring(0, start.length()));
    assertEquals("7:privatei1eee", text.substring(start.length() + 20));
    assertArrayEquals(torrent, Bencode.encode(Bencode.decode(torrent)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 1024, 16384, 99_999, 100_000, 1 << 20, 300_000})
  void everyPieceHasItsHash(int pieceLength) throws IOException, NoSuchAlgorithmException {
    byte[] content = random(100_000);
    Metainfo metainfo = MetainfoBuilder.of(write("x", content)).pieceLength(pieceLength).build();
    assertEquals(metainfo, MetainfoBuilder.ofBytes("x", content).pieceLength(pieceLength).build());
    PieceLayout layout = metainfo.layout();
    MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
    for (int piece = 0; piece < layout.pieceCount(); piece++) {
      sha1.update(content, (int) layout.offset(piece), layout.length(piece));
      assertTrue(metainfo.matches(piece, sha1.digest()));
    }
  }

  @Test
  void aDirectoryIsTakenInTheOrderOfItsNamesBytes() throws IOException {
    Map<String, byte[]> files = new LinkedHashMap<>();
    for (String path : List.of("B", "a/empty", "a/z", "a b/x", "a-c", "b", "é", "\uffee", "😀")) {
      byte[] content = path.endsWith("empty") ? new byte[0] : random(path.length() * 7001);
      files.put(path, content);
      write("dir/" + path, content);
    }
    MetainfoBuilder fromDisk = MetainfoBuilder.of(directory.resolve("dir")).pieceLength(5000);
    byte[] torrent = fromDisk.encode();
    assertArrayEquals(MetainfoBuilder.ofFiles("dir", files).pieceLength(5000).encode(), torrent);
    assertArrayEquals(torrent, fromDisk.encode());
    assertEquals(List.of("dir", "a", "empty"), Metainfo.parse(torrent).files().get(1).path());
    assertTrue(Metainfo.parse(torrent).isMultiFile());
  }

  @Test
  void linksAreNotFollowedAndNamed() throws IOException {
    write("secret", random(10));
    write("dir/file", random(10));
    Path link = Files.createSymbolicLink(directory.resolve("dir/link"), directory.resolve("secret"));
    Files.createSymbolicLink(directory.resolve("dir/loop"), directory.resolve("dir"));
    MetainfoBuilder builder = MetainfoBuilder.of(directory.resolve("dir"));
    assertEquals(1, builder.build().files().size());
    assertEquals(2, builder.leftOut().size());
    assertTrue(builder.leftOut().stream().anyMatch(path -> path.endsWith("link")));
    Metainfo throughLink = MetainfoBuilder.of(link).build();
    assertEquals("link", throughLink.name());
    assertEquals(10, throughLink.layout().totalLength());
  }

  @Test
  void nothingToShareIsAnErrorThatNamesIt() throws IOException {
    Path empty = write("empty", new byte[0]);
    assertEquals(empty + ": the file is empty, there is nothing to share", error(MetainfoBuilder.of(empty)));
    Path bare = directory.resolve("bare");
    Files.createDirectories(bare.resolve("inner"));
    assertEquals(bare + ": no file is in it, there is nothing to share", error(MetainfoBuilder.of(bare)));
    write("bare/inner/e", new byte[0]);
    assertEquals(bare + ": all its files are empty, there is nothing to share", error(MetainfoBuilder.of(bare)));
    assertEquals("x: it is empty, there is nothing to share", error(MetainfoBuilder.ofBytes("x", new byte[0])));
    assertThrows(NoSuchFileException.class, () -> MetainfoBuilder.of(directory.resolve("none")).build());
  }

  @ParameterizedTest
  @CsvSource({
    "1, 16384", "32768000, 16384", "32768001, 32768", "1073741824, 1048576", "34359738368, 16777216",
    "1099511627776, 16777216"
  })
  void thePieceLengthGivesSomeThousandToTwoThousandPieces(long total, int length) {
    assertEquals(length, MetainfoBuilder.automaticPieceLength(total));
  }

  @Test
  void tooManyPiecesIsAnErrorThatNamesAWorkableLength() throws IOException {
    Limits limits = Limits.defaults().with(l -> l.maxPieces = 10);
    byte[] content = new byte[200_000];
    assertEquals(
        "x: piece length 1024 makes 196 pieces, but at most 10 are allowed; 32768 would do",
        error(MetainfoBuilder.ofBytes("x", content).limits(limits).pieceLength(1024)));
    MetainfoBuilder workable = MetainfoBuilder.ofBytes("x", content).limits(limits).pieceLength(32768);
    assertEquals(7, workable.build().layout().pieceCount());
    assertEquals(32768, MetainfoBuilder.ofBytes("x", content).limits(limits).build().layout().pieceLength());
    assertThrows(MetainfoException.class, () -> MetainfoBuilder.ofBytes("x", content).pieceLength(0));
    assertThrows(MetainfoException.class, () -> MetainfoBuilder.ofBytes("x", content).pieceLength((512 << 20) + 1));
    assertEquals(
        "x: 9223372036854775807 bytes are too many for one torrent",
        error(MetainfoBuilder.ofHashes("x", Long.MAX_VALUE, 16384, new byte[20])));
  }

  @Test
  void knownHashesAreTaken() throws IOException {
    byte[] hashes = random(60);
    Metainfo metainfo = MetainfoBuilder.ofHashes("x", 25, 10, hashes).build();
    assertTrue(metainfo.matches(2, Arrays.copyOfRange(hashes, 40, 60)));
    assertEquals("x: 60 bytes of hashes for 2 pieces", error(MetainfoBuilder.ofHashes("x", 20, 10, hashes)));
    assertThrows(MetainfoException.class, () -> MetainfoBuilder.ofHashes("x", -1, 10, hashes).build());
  }

  @Test
  void aMillionPiecesAreNoBurden() throws IOException {
    int pieces = 1_000_000;
    Metainfo metainfo = MetainfoBuilder.ofHashes("x", pieces * 16384L, 16384, new byte[pieces * 20]).build();
    assertEquals(pieces, metainfo.layout().pieceCount());
    assertTrue(metainfo.matches(pieces - 1, new byte[20]));
  }

  @Test
  void trackersComeBackInTheirTiers() throws IOException {
    MetainfoBuilder builder = MetainfoBuilder.ofBytes("x", new byte[1]);
    assertEquals(List.of(), builder.build().trackers());
    assertEquals(List.of(List.of("udp://a")), builder.tracker("udp://a").build().trackers());
    assertEquals(List.of(List.of("udp://a"), List.of("udp://b")), builder.tracker("udp://b").build().trackers());
    List<List<String>> tiers = List.of(List.of("udp://c", "udp://d"), List.of("udp://e"));
    assertEquals(tiers, builder.trackers(tiers).build().trackers());
    assertThrows(MetainfoException.class, () -> builder.tracker(""));
    assertThrows(MetainfoException.class, () -> builder.tracker("udp://a b\u001b"));
    assertFalse(builder.build().isPrivate());
    assertTrue(builder.privateTorrent(true).build().isPrivate());
    assertNull(builder.build().creationDate());
    assertEquals("MiniBit", builder.build().createdBy());
  }

  @Test
  void theProgressEndsWithTheTotal() throws IOException {
    long[] last = new long[2];
    Thread caller = Thread.currentThread();
    MetainfoBuilder.ofBytes("x", random(1 << 20))
        .progress(
            (bytes, total) -> {
              assertEquals(caller, Thread.currentThread());
              assertTrue(bytes >= last[0]);
              last[0] = bytes;
              last[1] = total;
            })
        .build();
    assertArrayEquals(new long[] {1 << 20, 1 << 20}, last);
  }

  @Test
  void anInterruptEndsTheHashing() throws IOException {
    Path file = write("x", random(1 << 20));
    Thread.currentThread().interrupt();
    assertThrows(InterruptedIOException.class, () -> MetainfoBuilder.of(file).build());
    assertTrue(Thread.interrupted());
    assertThrows(InterruptedIOException.class, () -> {
      Thread.currentThread().interrupt();
      MetainfoBuilder.ofBytes("x", new byte[1 << 20]).build();
    });
    assertTrue(Thread.interrupted());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 99_999, 100_001})
  void aFileThatChangesWhileItIsHashedIsAnError(int newLength) throws IOException {
    Path file = write("x", random(100_000));
    MetainfoBuilder builder = MetainfoBuilder.of(file).progress((bytes, total) -> change(file, newLength));
    IOException e = assertThrows(IOException.class, builder::build);
    assertEquals(file.toRealPath() + ": it was changed while it was hashed", e.getMessage());
  }

  @Test
  void anEditOfEqualLengthIsNoticedByItsTime() throws IOException {
    Path file = write("x", random(10));
    MetainfoBuilder builder =
        MetainfoBuilder.of(file)
            .progress(
                (bytes, total) -> {
                  try {
                    Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
    assertThrows(IOException.class, builder::build);
  }

  @Test
  void aFailingProgressListenerEndsItAndIsHeard() {
    MetainfoBuilder builder =
        MetainfoBuilder.ofBytes("x", new byte[10])
            .progress(
                (bytes, total) -> {
                  throw new IllegalStateException("enough");
                });
    assertEquals("enough", assertThrows(IllegalStateException.class, builder::build).getMessage());
  }

  @Test
  void aTorrentIsWrittenWholeAndNothingElseIsLeft() throws IOException {
    Path target = directory.resolve("t/x.torrent");
    Files.createDirectories(directory.resolve("t"));
    Metainfo written = MetainfoBuilder.ofBytes("x", new byte[10]).write(target, false);
    assertEquals(written, Metainfo.read(target));
    FileAlreadyExistsException e =
        assertThrows(
            FileAlreadyExistsException.class, () -> MetainfoBuilder.ofBytes("y", new byte[1]).write(target, false));
    assertEquals(target.toString(), e.getMessage());
    assertEquals("x", Metainfo.read(target).name());
    MetainfoBuilder.ofBytes("y", new byte[1]).write(target, true);
    assertEquals("y", Metainfo.read(target).name());
    assertThrows(
        IOException.class,
        () -> MetainfoBuilder.ofBytes("y", new byte[1]).write(directory.resolve("none/x.torrent"), false));
    try (Stream<Path> left = Files.list(directory.resolve("t"))) {
      assertEquals(List.of(target), left.toList());
    }
  }

  @Test
  void aFileMadeWhileHashingIsNotReplaced() throws IOException {
    Path target = directory.resolve("x.torrent");
    MetainfoBuilder builder =
        MetainfoBuilder.ofBytes("x", new byte[10])
            .progress(
                (bytes, total) -> {
                  try {
                    Files.writeString(target, "mine");
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
    assertThrows(FileAlreadyExistsException.class, () -> builder.write(target, false));
    assertEquals("mine", Files.readString(target));
    try (Stream<Path> left = Files.list(directory)) {
      assertEquals(List.of(target), left.toList());
    }
  }

  @Test
  void whatAReaderWouldRefuseIsFoundBeforeHashing() {
    MetainfoBuilder builder =
        MetainfoBuilder.ofBytes("\0", new byte[10])
            .progress(
                (bytes, total) -> {
                  throw new AssertionError("hashing has begun");
                });
    assertEquals("info.name: there is no visible character in it", error(builder));
  }

  private Path write(String path, byte[] content) throws IOException {
    Path file = directory.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.write(file, content);
  }

  private static void change(Path file, int newLength) {
    try {
      Files.write(file, new byte[newLength]);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  private static String error(MetainfoBuilder builder) {
    return String.valueOf(assertThrows(MetainfoException.class, builder::encode).getMessage());
  }

  @Test
  void whatIsReplacedWhileItIsHashedIsNotFollowed() throws IOException {
    byte[] content = new byte[1000];
    Path secret = write("secret", content);
    Path file = write("dir/file", content);
    FileTime time = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(secret, time);
    Files.setLastModifiedTime(file, time);
    ContentFiles found = ContentFiles.scan(directory.resolve("dir"));
    Files.delete(file);
    Files.createSymbolicLink(file, secret);
    try (PieceHasher.Source source = found.open()) {
      IOException failure = assertThrows(IOException.class, () -> source.read(0, ByteBuffer.allocate(10)));
      assertTrue(failure.getMessage().endsWith("it was changed while it was hashed"), failure.getMessage());
    }
    assertThrows(IOException.class, found::requireUnchanged);
  }

  @Test
  void onlyAFileIsReplaced() throws IOException {
    Path file = write("x", new byte[1000]);
    Path target = Files.createDirectory(directory.resolve("target"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), target);
    for (Path taken : List.of(target, link)) {
      IOException failure = assertThrows(IOException.class, () -> MetainfoBuilder.of(file).write(taken, true));
      assertEquals(taken + " is not a regular file, and only such a file is replaced", failure.getMessage());
    }
    assertTrue(Files.isSymbolicLink(link));
  }
}
