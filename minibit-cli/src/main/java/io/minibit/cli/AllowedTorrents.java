package io.minibit.cli;

import io.minibit.metainfo.InfoHash;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.MiniBitException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The torrents of a closed tracker, as {@code minibit tracker --allow} names them. */
final class AllowedTorrents {
  private static final int HEX_LENGTH = 2 * InfoHash.LENGTH;

  private AllowedTorrents() {}

  /** Each is an info-hash in hexadecimal, a .torrent file, or a text file with an info-hash per line. */
  static Set<InfoHash> read(List<String> named) throws IOException {
    Set<InfoHash> torrents = new HashSet<>();
    for (String each : named) {
      if (isHash(each)) {
        torrents.add(InfoHash.parse(each));
      } else if (each.endsWith(".torrent")) {
        torrents.add(Metainfo.read(Path.of(each)).infoHash());
      } else {
        readList(Path.of(each), torrents);
      }
    }
    return torrents;
  }

  private static void readList(Path file, Set<InfoHash> torrents) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw CommandException.misused("--allow " + SafeText.of(file.toString()) + ": neither a file nor an info-hash");
    }
    int number = 0;
    for (String line : new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).lines().toList()) {
      number++;
      String hash = line.strip();
      if (hash.isEmpty() || hash.startsWith("#")) {
        continue;
      }
      if (!isHash(hash)) {
        throw new MiniBitException(SafeText.of(file.toString()) + ": line " + number + " is no info-hash of 40 digits");
      }
      torrents.add(InfoHash.parse(hash));
    }
  }

  private static boolean isHash(String text) {
    return text.length() == HEX_LENGTH && text.chars().allMatch(c -> Character.digit(c, 16) >= 0);
  }
}
