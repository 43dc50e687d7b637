package io.minibit.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A directory that is held open, so that what is opened or made in it is in it, whatever happens to its name meanwhile:
 * nobody can put a link in its place between a look at the name and its use. Links are never followed. Where the system
 * has no such thing (Windows), names are used, one after the other. Not thread-safe; to be closed.
 */
final class HeldDirectory implements Closeable {
  private final Path path;
  private final DirectoryStream<Path> stream;

  private HeldDirectory(Path path, DirectoryStream<Path> stream) {
    this.path = path;
    this.stream = stream;
  }

  /**
   * Holds a directory.
   *
   * @param path without links, at the time when it was found
   * @throws IOException if by now a link is on its way
   */
  static HeldDirectory open(Path path) throws IOException {
    HeldDirectory held = new HeldDirectory(path, stream(path));
    boolean good = false;
    try {
      if (!path.toRealPath().equals(path)) {
        throw new IOException(path + " has been replaced by a link");
      }
      good = true;
    } finally {
      if (!good) {
        held.close();
      }
    }
    return held;
  }

  /** Holds a directory in this one, which stays open itself. */
  HeldDirectory directory(Path name) throws IOException {
    Path below = path.resolve(name);
    SecureDirectoryStream<Path> secure = secure();
    if (secure != null) {
      return new HeldDirectory(below, secure.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS));
    }
    if (Files.isSymbolicLink(below)) {
      throw new IOException(below + " has been replaced by a link");
    }
    return new HeldDirectory(below, stream(below));
  }

  @SuppressWarnings("StreamResourceLeak") // closed with the directory
  private static DirectoryStream<Path> stream(Path path) throws IOException {
    return Files.newDirectoryStream(path);
  }

  FileChannel open(Path name, OpenOption... options) throws IOException {
    Set<OpenOption> all = new HashSet<>(List.of(options));
    all.add(LinkOption.NOFOLLOW_LINKS);
    SecureDirectoryStream<Path> secure = secure();
    if (secure != null) {
      SeekableByteChannel channel = secure.newByteChannel(name, all);
      if (channel instanceof FileChannel file) {
        return file;
      }
      channel.close();
    }
    return FileChannel.open(path.resolve(name), all);
  }

  /** Of the name itself; null if there is nothing. */
  @Nullable BasicFileAttributes attributes(Path name) throws IOException {
    SecureDirectoryStream<Path> secure = secure();
    try {
      return secure == null
          ? Files.readAttributes(path.resolve(name), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          : secure
              .getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
              .readAttributes();
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Renames, at once or not at all, replacing what has the name; a directory replaces only an empty one. */
  void move(Path from, HeldDirectory target, Path to) throws IOException {
    SecureDirectoryStream<Path> secure = secure();
    SecureDirectoryStream<Path> secureTarget = target.secure();
    if (secure != null && secureTarget != null) {
      secure.move(from, secureTarget, to);
    } else {
      Files.move(
          path.resolve(from),
          target.path.resolve(to),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  void deleteIfExists(Path name) throws IOException {
    SecureDirectoryStream<Path> secure = secure();
    try {
      if (secure != null) {
        secure.deleteFile(name);
      } else {
        Files.delete(path.resolve(name));
      }
    } catch (NoSuchFileException e) {
      // That is what was wanted.
    }
  }

  private @Nullable SecureDirectoryStream<Path> secure() {
    return stream instanceof SecureDirectoryStream<Path> secure ? secure : null;
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
