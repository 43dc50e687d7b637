package io.minibit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.MiniBitException;
import io.minibit.model.SeededRandom;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.BitSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResumeFileTest {
  private static final String LOOKS = "0123456789abcdef";

  @TempDir Path directory;
  private Metainfo metainfo;
  private ResumeFile file;
  private final BitSet some = BitSet.valueOf(new long[] {0b1011, 1L << 63});

  @BeforeEach
  void nameFile() throws IOException {
    metainfo = torrent(1);
    file = ResumeFile.beside(directory, metainfo);
  }

  private static Metainfo torrent(int seed) throws IOException {
    byte[] content = new byte[200 * 1024];
    new SeededRandom(seed).nextBytes(content);
    return MetainfoBuilder.ofBytes("file", content).pieceLength(1024).build();
  }

  private String refused() {
    return assertThrows(MiniBitException.class, () -> file.load(metainfo, LOOKS)).getMessage();
  }

  @Test
  void whatWasVerifiedIsRemembered() throws IOException {
    file.save(metainfo, some, LOOKS, true);

    assertEquals(some, file.load(metainfo, LOOKS));
    assertEquals(directory.resolve(".minibit/" + metainfo.infoHash() + ".resume"), file.path());
  }

  @Test
  void nothingIsRememberedWithoutAFile() throws IOException {
    assertNull(file.load(metainfo, LOOKS));
    file.delete();
    file.save(metainfo, some, LOOKS, true);
    file.delete();
    assertNull(file.load(metainfo, LOOKS));
  }

  @Test
  void whatIsSavedLaterReplacesWhatWasSavedBefore() throws IOException {
    file.save(metainfo, some, LOOKS, true);
    some.set(150);
    file.save(metainfo, some, LOOKS, true);

    assertEquals(some, file.load(metainfo, LOOKS));
  }

  @Test
  void itDoesNotCountForContentThatLooksDifferent() throws IOException {
    file.save(metainfo, some, "something else", true);

    assertTrue(refused().endsWith("does not count: the content has changed since"), this::refused);
  }

  @Test
  void itDoesNotCountForAnotherTorrent() throws IOException {
    file.save(torrent(2), some, LOOKS, true);

    assertTrue(refused().endsWith("does not count: it is of another torrent"), this::refused);
  }

  @Test
  void whatWasNotFlushedDoesNotCountAfterTheMachineWasStartedAnew() {
    ResumeData data = new ResumeData(metainfo.infoHash(), 200, some, LOOKS, "Monday");

    assertNull(data.mismatch(metainfo.infoHash(), 200, LOOKS, "Monday"));
    String mismatch = data.mismatch(metainfo.infoHash(), 200, LOOKS, "Tuesday");
    assertNotNull(mismatch);
    assertTrue(mismatch.contains("started anew"), mismatch);
  }

  @Test
  void whatWasNotFlushedCountsAsLongAsTheMachineRuns() throws IOException {
    file.save(metainfo, some, LOOKS, false);

    BitSet expected = Files.exists(Path.of("/proc/sys/kernel/random/boot_id")) ? some : null;
    assertEquals(expected, file.load(metainfo, LOOKS));
  }

  @Test
  void everyAlteredByteIsNoticed() throws IOException {
    file.save(metainfo, some, LOOKS, true);
    byte[] good = Files.readAllBytes(file.path());
    for (int at = 0; at < good.length; at++) {
      byte[] bad = good.clone();
      bad[at] ^= 0x20;
      Files.write(file.path(), bad);
      assertTrue(refused().contains(" is damaged: "), this::refused);
    }
  }

  @Test
  void everyShorterFileIsNoticed() throws IOException {
    file.save(metainfo, some, LOOKS, true);
    byte[] good = Files.readAllBytes(file.path());
    for (int length = 0; length < good.length; length++) {
      Files.write(file.path(), Arrays.copyOf(good, length));
      assertTrue(refused().contains(" is damaged: "), this::refused);
    }
  }

  @Test
  void aDictionaryWithARightChecksumButWrongFieldsIsRefused() throws IOException {
    for (String content : new String[] {"", "de", "i1e", "le", "d6:format16:minibit resume 1e",
        "d6:format16:minibit resume 2e", "d11:piece counti0e6:format16:minibit resume 1e"}) {
      byte[] bytes = content.getBytes(StandardCharsets.US_ASCII);
      byte[] whole = Arrays.copyOf(bytes, bytes.length + 20);
      System.arraycopy(Fingerprint.sha1(bytes), 0, whole, bytes.length, 20);
      assertThrows(MiniBitException.class, () -> ResumeData.decode(whole), content);
    }
  }

  @Test
  void piecesBeyondTheTorrentAreRefused() {
    some.set(200);
    assertThrows(
        MiniBitException.class, () -> new ResumeData(metainfo.infoHash(), 200, some, LOOKS, ""));
  }

  @Test
  void somethingElseThanASmallFileIsRefused() throws IOException {
    Files.createDirectories(file.path());
    assertTrue(refused().contains("is no resume data"), this::refused);
    Files.delete(file.path());
    Files.write(file.path(), new byte[(1 << 20) + 1]);
    assertTrue(refused().contains("is no resume data"), this::refused);
  }

  @Test
  void linksThatSomebodyPlantedAreNotWrittenThrough() throws IOException {
    Path victim = Files.writeString(directory.resolve("victim"), "precious");
    Files.createDirectory(directory.resolve(".minibit"));
    Files.createSymbolicLink(file.path(), victim);
    Files.createSymbolicLink(file.path().resolveSibling(file.path().getFileName() + ".new"), victim);

    assertTrue(refused().contains("is no resume data"), this::refused);
    file.save(metainfo, some, LOOKS, true);

    assertEquals("precious", Files.readString(victim));
    assertFalse(Files.isSymbolicLink(file.path()));
    assertEquals(some, file.load(metainfo, LOOKS));
  }

  @Test
  void aDirectoryThatIsALinkIsNotUsed() throws IOException {
    Path elsewhere = Files.createDirectory(directory.resolve("elsewhere"));
    Files.createSymbolicLink(directory.resolve(".minibit"), elsewhere);

    assertThrows(IOException.class, () -> file.save(metainfo, some, LOOKS, true));
    Path others = Files.writeString(elsewhere.resolve(file.path().getFileName()), "precious");
    assertThrows(IOException.class, file::delete);
    assertTrue(refused().contains("is a link"), this::refused);
    assertEquals("precious", Files.readString(others));
    Files.delete(others);
    try (var entries = Files.list(elsewhere)) {
      assertEquals(0, entries.count());
    }
  }
}
