package io.minibit.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What tells from outside that a file was edited. An edit that keeps the size within one tick of the file system's
 * clock (a few milliseconds on Linux) after our own last write cannot be told.
 *
 * @param size bytes; -1 if there is no file
 * @param key the inode where the system has such a thing
 */
record FileState(long size, FileTime modified, @Nullable Object key) {
  static final FileState ABSENT = new FileState(-1, FileTime.fromMillis(0), null);

  static FileState of(@Nullable BasicFileAttributes attributes) {
    return attributes == null
        ? ABSENT
        : new FileState(attributes.size(), attributes.lastModifiedTime(), attributes.fileKey());
  }

  /** Of the file now at this path, links followed: what a link leads to may have been edited, too. */
  static FileState at(Path path) throws IOException {
    try {
      return of(Files.readAttributes(path, BasicFileAttributes.class));
    } catch (NoSuchFileException e) {
      return ABSENT;
    } catch (IOException e) {
      throw FileFailure.named("cannot look at", path, e);
    }
  }

  boolean exists() {
    return size >= 0;
  }

  /** Whether this and {@code later} cannot be one file that somebody wrote to in between. */
  @Nullable String replacedIn(FileState later) {
    if (!exists()) {
      return later.exists() ? "was made by another program" : null;
    }
    if (!later.exists()) {
      return "was deleted";
    }
    return Objects.equals(key, later.key) ? null : "was replaced by another file";
  }

  /** What happened to the file between this state and {@code later}, as the end of a sentence; null if nothing. */
  @Nullable String editedIn(FileState later) {
    String replaced = replacedIn(later);
    if (replaced != null || !exists()) {
      return replaced;
    }
    if (size != later.size) {
      return "was changed by another program: it had " + size + " bytes and has " + later.size;
    }
    return modified.equals(later.modified) ? null : "was changed by another program at " + later.modified;
  }
}
