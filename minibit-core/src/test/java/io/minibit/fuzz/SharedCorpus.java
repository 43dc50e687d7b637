package io.minibit.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** Inputs of a corpus that lies beside the project, where there is one. */
public final class SharedCorpus {
  private SharedCorpus() {}

  /** The inputs of the table of bencoded values. */
  public static List<byte[]> bencode() throws IOException {
    Path table = find("shared/corpus/bencode.tsv");
    return table == null
        ? List.of()
        : Files.readAllLines(table).stream()
            .skip(1)
            .map(line -> HexFormat.of().parseHex(line.substring(0, line.indexOf('\t'))))
            .toList();
  }

  /** The .torrent files of at most so many bytes. */
  public static List<byte[]> torrents(int mostBytes) throws IOException {
    Path directory = find("shared/corpus/torrents");
    List<byte[]> torrents = new ArrayList<>();
    if (directory != null) {
      try (Stream<Path> files = Files.list(directory)) {
        for (Path file : files.sorted().toList()) {
          if (Files.size(file) <= mostBytes) {
            torrents.add(Files.readAllBytes(file));
          }
        }
      }
    }
    return torrents;
  }

  private static Path find(String path) {
    for (Path parent = Path.of("").toAbsolutePath(); parent != null; parent = parent.getParent()) {
      if (Files.exists(parent.resolve(path))) {
        return parent.resolve(path);
      }
    }
    return null;
  }
}
