package io.minibit.store;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The directory that a torrent may use: nothing outside is opened or made, whatever names the torrent has and whatever
 * links lie inside. Links are looked at anew whenever a file is opened, since one may be planted while we run; a link
 * that stays inside is followed. What Java cannot exclude is another program that swaps a directory for a link within
 * the microseconds between look and open. Thread-safe.
 */
final class TargetDirectory {
  /**
   * Where a file is, links resolved.
   *
   * @param attributes null if it is not there
   */
  record Entry(Path path, @Nullable BasicFileAttributes attributes) {}

  private final Path root;

  private TargetDirectory(Path root) {
    this.root = root;
  }

  /** Makes the directory where needed. It may itself be reached through links. */
  static TargetDirectory open(Path directory) throws IOException {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory);
      }
      return new TargetDirectory(directory.toRealPath());
    } catch (FileAlreadyExistsException e) {
      throw new IOException(directory + " is not a directory", e);
    } catch (IOException e) {
      throw FileFailure.named("cannot use directory", directory, e);
    }
  }

  Path root() {
    return root;
  }

  /**
   * The file's path if there are no links; for messages and for looking at its attributes.
   *
   * @throws IOException if this system cannot have such a name, or the elements do not lead to a place inside
   */
  Path resolve(List<String> elements) throws IOException {
    Path path = root;
    for (String element : elements) {
      Path next;
      try {
        next = path.resolve(element);
      } catch (InvalidPathException e) {
        throw new IOException(
            "this system cannot name a file '" + element + "' (is the locale's encoding UTF-8?): " + e.getReason(), e);
      }
      if (!path.equals(next.normalize().getParent())) {
        throw new IOException("'" + element + "' is not a name inside " + path);
      }
      path = next;
    }
    return path;
  }

  /**
   * Finds a regular file.
   *
   * @param createParents whether missing directories are made
   * @throws IOException if a link leads out, or if something else is where the file or its directory should be
   */
  Entry find(List<String> elements, boolean createParents) throws IOException {
    Path directory = root;
    int last = elements.size() - 1;
    for (String element : elements.subList(0, last)) {
      Path next = directory.resolve(element);
      BasicFileAttributes attributes = attributes(next);
      if (attributes == null) {
        if (!createParents) {
          return new Entry(resolve(elements), null);
        }
        attributes = createDirectory(next);
      }
      if (attributes.isSymbolicLink()) {
        next = follow(next);
        attributes = attributes(next);
      }
      if (attributes == null || !attributes.isDirectory()) {
        throw new IOException(next + " is not a directory");
      }
      directory = next;
    }
    Path file = directory.resolve(elements.get(last));
    BasicFileAttributes attributes = attributes(file);
    if (attributes != null && attributes.isSymbolicLink()) {
      file = follow(file);
      attributes = attributes(file);
    }
    // Opening a pipe would block for ever, and a device has no end.
    if (attributes != null && !attributes.isRegularFile()) {
      throw new IOException(file + (attributes.isDirectory() ? " is a directory" : " is not a regular file"));
    }
    return new Entry(file, attributes);
  }

  private static BasicFileAttributes createDirectory(Path directory) throws IOException {
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      // Another thread needed it too; the caller looks at what it is.
    } catch (IOException e) {
      throw FileFailure.named("cannot create directory", directory, e);
    }
    BasicFileAttributes attributes = attributes(directory);
    if (attributes == null) {
      throw new IOException("directory " + directory + " was deleted");
    }
    return attributes;
  }

  private Path follow(Path link) throws IOException {
    Path real;
    try {
      real = link.toRealPath();
    } catch (IOException e) {
      throw new IOException("link " + link + " cannot be followed: " + FileFailure.reason(e), e);
    }
    if (!real.startsWith(root)) {
      throw new IOException("link " + link + " leads out of " + root + " and is not followed");
    }
    return real;
  }

  /** Of the path itself, not of what a link leads to; null if there is nothing. */
  static @Nullable BasicFileAttributes attributes(Path path) throws IOException {
    try {
      return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw FileFailure.named("cannot look at", path, e);
    }
  }
}
