package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.metainfo.InfoHash;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.MiniBitException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AllowedTorrentsTest {
  private static final String ONE = "01".repeat(20);
  private static final String TWO = "aB".repeat(20);

  @TempDir private Path directory;

  @Test
  void torrentsAreNamedByHashByTorrentFileOrByList() throws Exception {
    Path torrent = directory.resolve("data.torrent");
    Metainfo metainfo = MetainfoBuilder.ofBytes("data.bin", new byte[] {1}).write(torrent, false);
    Path list = Files.writeString(directory.resolve("list"), "# ours\n\n " + TWO + "\r\n");
    assertEquals(
        Set.of(InfoHash.parse(ONE), InfoHash.parse(TWO), metainfo.infoHash()),
        AllowedTorrents.read(List.of(ONE, torrent.toString(), list.toString())));
  }

  @Test
  void aListThatNamesSomethingElseIsRefusedWithItsLine() throws Exception {
    Path list = Files.writeString(directory.resolve("list"), ONE + "\n" + ONE.substring(1) + "\n");
    MiniBitException thrown =
        assertThrows(MiniBitException.class, () -> AllowedTorrents.read(List.of(list.toString())));
    assertTrue(String.valueOf(thrown.getMessage()).contains("line 2 is no info-hash"), thrown.getMessage());
    CommandException missing =
        assertThrows(CommandException.class, () -> AllowedTorrents.read(List.of(ONE.substring(1))));
    assertTrue(String.valueOf(missing.getMessage()).contains("neither a file nor an info-hash"), missing.getMessage());
  }
}
