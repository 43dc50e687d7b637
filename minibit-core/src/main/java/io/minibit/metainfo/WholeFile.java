package io.minibit.metainfo;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a file that appears with its whole content or not at all, whenever the program or the machine stops. What a
 * killed program was writing is removed by the next one in the same directory.
 */
final class WholeFile {
  private static final Logger LOG = LoggerFactory.getLogger(WholeFile.class);

  /** The process, and whatever makes the name its own. */
  private static final Pattern TEMPORARY = Pattern.compile("\\.minibit-(\\d{1,18})-[0-9a-f-]{36}\\.tmp");

  /** Where a directory is shared, the process may be alive on another machine; it writes for less than this. */
  private static final Duration ABANDONED = Duration.ofSeconds(10);

  private WholeFile() {}

  /** Writes the bytes, in place of a file that is there if that may be overwritten. */
  static void write(Path target, byte[] content, boolean overwrite) throws IOException {
    removeAbandoned(target.toAbsolutePath().resolveSibling(""));
    Path temporary =
        target.resolveSibling(".minibit-" + ProcessHandle.current().pid() + "-" + UUID.randomUUID() + ".tmp");
    try {
      try (FileChannel channel =
          FileChannel.open(temporary, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      if (overwrite) {
        Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      } else {
        moveToNew(temporary, target);
      }
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** What cannot be removed, or is removed by another program meanwhile, is no reason not to write. */
  private static void removeAbandoned(Path directory) {
    FileTime longAgo = FileTime.from(Instant.now().minus(ABANDONED));
    try (DirectoryStream<Path> found = Files.newDirectoryStream(directory, ".minibit-*.tmp")) {
      for (Path path : found) {
        Matcher name = TEMPORARY.matcher(String.valueOf(path.getFileName()));
        if (name.matches()
            && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty()
            && Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)
            && Files.getLastModifiedTime(path, LinkOption.NOFOLLOW_LINKS).compareTo(longAgo) < 0) {
          Files.deleteIfExists(path);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.debug("What killed programs left in {} stays", directory, e);
    }
  }

  /** A link cannot replace a file that somebody made meanwhile; a move could. Not every file system has links. */
  private static void moveToNew(Path temporary, Path target) throws IOException {
    try {
      Files.createLink(target, temporary);
    } catch (FileAlreadyExistsException e) {
      throw e;
    } catch (UnsupportedOperationException | FileSystemException e) {
      Files.move(temporary, target);
    }
  }
}
