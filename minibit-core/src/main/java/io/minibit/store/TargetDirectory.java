package io.minibit.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The directory that a torrent may use: nothing outside is opened or made, whatever names the torrent has and whatever
 * links lie inside, also when they are planted while we run. A link that stays inside is read through; nothing is written
 * or made through any, since it may lead to another file of the same torrent. Thread-safe.
 */
final class TargetDirectory {
  /** Numbers for directories that are being made. */
  private static final AtomicInteger FRESH = new AtomicInteger();

  private static final int TRIES = 100;

  /** PATH_MAX of Linux without its zero; others take less, and say so when a file is made. */
  private static final int LONGEST_PATH = 4095;

  /**
   * Where a file is, links resolved.
   *
   * @param attributes null if it is not there
   */
  record Entry(Path path, @Nullable BasicFileAttributes attributes) {}

  private final Path root;
  private final MountPoint mount;

  private TargetDirectory(Path root, MountPoint mount) {
    this.root = root;
    this.mount = mount;
  }

  /** Makes the directory where needed. It may itself be reached through links. */
  static TargetDirectory open(Path directory) throws IOException {
    try {
      if (!Files.isDirectory(directory)) {
        Files.createDirectories(directory);
      }
      Path root = directory.toRealPath();
      return new TargetDirectory(root, MountPoint.of(root));
    } catch (FileAlreadyExistsException e) {
      throw new IOException(directory + " is not a directory", e);
    } catch (IOException e) {
      throw FileFailure.named("cannot use directory", directory, e);
    }
  }

  Path root() {
    return root;
  }

  /** Fails if the directory is gone, or the disk that it was on: what is not there now is not missing. */
  void requireThere() throws StoreUnavailableException {
    if (!Files.isDirectory(root, LinkOption.NOFOLLOW_LINKS)) {
      throw new StoreUnavailableException("directory " + root + " is not there any more", null);
    }
    mount.requireMounted();
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
    int length = path.toString().getBytes(StandardCharsets.UTF_8).length;
    if (length > LONGEST_PATH) {
      throw new IOException("a path of " + length + " bytes is too long: " + path.subpath(0, root.getNameCount() + 1) + "…");
    }
    return path;
  }

  /**
   * Finds a regular file, following links that stay inside.
   *
   * @throws IOException if a link leads out, or if something else is where the file or its directory should be
   */
  Entry find(List<String> elements) throws IOException {
    Path directory = root;
    int last = elements.size() - 1;
    for (String element : elements.subList(0, last)) {
      Path next = directory.resolve(element);
      BasicFileAttributes attributes = attributes(next);
      if (attributes == null) {
        return new Entry(resolve(elements), null);
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

  /**
   * Opens what was found, if it is still there.
   *
   * @throws IOException also if something else is in its place by now
   */
  FileChannel open(Entry found, OpenOption... options) throws IOException {
    Path below = root.relativize(found.path());
    try (HeldDirectory directory = hold(below)) {
      FileChannel channel = directory.open(below.getFileName(), options);
      boolean same = false;
      try {
        BasicFileAttributes before = found.attributes();
        BasicFileAttributes now = directory.attributes(below.getFileName());
        same = before == null || (now != null && Objects.equals(now.fileKey(), before.fileKey()));
      } finally {
        if (!same) {
          channel.close();
        }
      }
      if (!same) {
        throw new IOException(found.path() + " was replaced while it was opened");
      }
      return channel;
    }
  }

  /** Makes the missing directories in which that file is to be. */
  void createParents(Path file) throws IOException {
    requireThere();
    Path parent = root;
    for (Path name : root.relativize(file.getParent())) {
      if (name.toString().isEmpty()) {
        continue; // the file is directly in the root
      }
      Path directory = parent.resolve(name);
      BasicFileAttributes attributes = attributes(directory);
      if (attributes == null) {
        createMissing(directory);
      } else if (attributes.isSymbolicLink()) {
        throw new IOException("link " + directory + " is in the way: nothing is written through links");
      } else if (!attributes.isDirectory()) {
        throw new IOException(directory + " is not a directory");
      }
      parent = directory;
    }
  }

  /** One thread at a time: moving takes the place of an empty directory that another thread has just made and holds. */
  private synchronized void createMissing(Path directory) throws IOException {
    if (attributes(directory) == null) {
      createDirectory(directory);
    }
  }

  /**
   * Makes a directory. Java can make one by its name only, in whatever its parent has become by then; so it is made in the
   * root and moved.
   */
  private void createDirectory(Path directory) throws IOException {
    Path below = root.relativize(directory);
    Path fresh = createFresh();
    if (fresh == null) {
      Files.createDirectory(directory);
      return;
    }
    boolean moved = false;
    try (HeldDirectory from = HeldDirectory.open(root);
        HeldDirectory to = hold(below)) {
      from.move(fresh.getFileName(), to, below.getFileName());
      moved = true;
    } catch (AtomicMoveNotSupportedException e) {
      // The parent is on another disk, which is mounted there.
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      // Another thread needed it, too.
    } catch (IOException e) {
      // Something may be there that another thread has made meanwhile, and put a file into.
      if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
        throw FileFailure.named("cannot create directory", directory, e);
      }
    } finally {
      if (!moved) {
        Files.deleteIfExists(fresh);
      }
    }
  }

  /** Null if the root itself is closed to us; what is below it may not be. */
  private @Nullable Path createFresh() throws IOException {
    for (int i = 0; ; i++) {
      Path fresh = root.resolve(ResumeFile.DIRECTORY + "-" + FRESH.incrementAndGet());
      try {
        return Files.createDirectory(fresh);
      } catch (FileAlreadyExistsException e) {
        if (i == TRIES) {
          throw FileFailure.named("cannot create directory", fresh, e);
        }
      } catch (AccessDeniedException e) {
        return null;
      } catch (IOException e) {
        throw FileFailure.named("cannot create a directory in", root, e);
      }
    }
  }

  /** The directory in which that path below the root lies. */
  private HeldDirectory hold(Path below) throws IOException {
    HeldDirectory held = HeldDirectory.open(root);
    for (int i = 0; i < below.getNameCount() - 1; i++) {
      try (HeldDirectory outer = held) {
        held = outer.directory(below.getName(i));
      }
    }
    return held;
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
      throw FileFailure.unavailable("cannot look at", path, e);
    }
  }
}
