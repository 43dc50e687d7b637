package io.minibit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.metainfo.TorrentFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FilesInPlaceTest {
  @TempDir Path temp;

  private static void write(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  @Test
  void whatIsSharedUnderNamesThatCleaningChangesIsFoundInPlace() throws IOException, InterruptedException {
    Path shared = temp.resolve("home/project");
    write(shared.resolve("aux.c"), "device");
    write(shared.resolve("README"), "upper");
    write(shared.resolve("readme"), "lower");
    write(shared.resolve("notes./plain.txt"), "dot");
    assumeTrue(Files.readString(shared.resolve("README")).equals("upper"), "needs a file system that tells cases apart");
    Metainfo metainfo = MetainfoBuilder.of(shared).pieceLength(5).build();
    metainfo.files().forEach(file -> assertNotEquals("aux.c", file.path().get(1)));

    try (FilePieceStore store = FilePieceStore.open(metainfo, temp.resolve("home"))) {
      assertEquals(metainfo.layout().pieceCount(), store.claimed().cardinality());
      ByteBuffer first = ByteBuffer.allocate(5);
      store.read(0, 0, first);
      assertEquals(content(metainfo, shared).substring(0, 5), new String(first.array(), StandardCharsets.UTF_8));
    }
  }

  private static String content(Metainfo metainfo, Path shared) throws IOException {
    StringBuilder all = new StringBuilder();
    for (TorrentFile file : metainfo.files()) {
      Path path = shared.getParent();
      for (String element : file.named()) {
        path = path.resolve(element);
      }
      all.append(Files.readString(path));
    }
    return all.toString();
  }

  @Test
  void filesOfOneNameStayApartAlsoWhenOneIsThere() throws IOException {
    TorrentFile first = new TorrentFile(List.of("t", "a"), 0, 3, false, List.of("t", "a"));
    TorrentFile second = new TorrentFile(List.of("t", "a.1"), 3, 3, false, List.of("t", "a"));
    write(temp.resolve("t/a"), "abc");
    List<TorrentFile> found = FilesInPlace.of(TargetDirectory.open(temp), List.of(first, second));
    assertEquals(List.of("t", "a"), found.get(0).path());
    assertEquals(List.of("t", "a.1"), found.get(1).path());
  }

  @Test
  void whatIsNotedAboutTorrentsIsNoContent() throws IOException {
    TorrentFile file = new TorrentFile(List.of("_.minibit", "x"), 0, 3, false, List.of(".minibit", "x"));
    write(temp.resolve(".minibit/x"), "abc");
    assertEquals(
        List.of("_.minibit", "x"),
        FilesInPlace.of(TargetDirectory.open(temp), List.of(file)).get(0).path());
  }

  @Test
  void aNameThatLeadsOutIsNotFollowed() throws IOException {
    write(temp.resolve("secret"), "abc");
    TorrentFile file = new TorrentFile(List.of("t", "_"), 0, 3, false, List.of("..", "secret"));
    Path inside = Files.createDirectory(temp.resolve("inside"));
    List<TorrentFile> found = FilesInPlace.of(TargetDirectory.open(inside), List.of(file));
    assertEquals(List.of("t", "_"), found.get(0).path());
  }
}
