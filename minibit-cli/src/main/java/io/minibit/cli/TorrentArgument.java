package io.minibit.cli;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Parameters;

/** The torrent file that most commands take. */
final class TorrentArgument {
  @Parameters(index = "0", paramLabel = "FILE.torrent", description = "The torrent file.")
  private Path file = Path.of("");

  /** Reads it. Errors name the file. */
  Metainfo read() throws IOException {
    if (Files.isDirectory(file)) {
      throw CommandException.misused(file + " is a directory, not a torrent file");
    }
    try {
      return Metainfo.read(file);
    } catch (MetainfoException e) {
      throw CommandException.misused(file + ": " + e.getMessage(), e);
    }
  }

  Path file() {
    return file;
  }
}
