package io.minibit.store;

import io.minibit.metainfo.TorrentFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One file of a torrent in its {@link TargetDirectory}: how it is opened, and whether somebody else changed it since it
 * was verified or written by us. Thread-safe; its monitor is held while the file is opened or looked at, never while
 * bytes are moved.
 */
final class StoredFile {
  /** Between two looks at one file for a change; a stat is cheap, but not for every block of a fast upload. */
  private static final long CHECK_NANOS = 1_000_000_000L;

  final TorrentFile file;
  final Path path;
  /**
   * Held by the one thread that writes to the file. Systems let one write to a file at a time, and who waits for that there
   * may take a processor from those who could use it.
   */
  final ReentrantLock writing = new ReentrantLock();
  private final TargetDirectory directory;
  private final LongSupplier nanos;

  /** What the file looked like when it was accepted or after our last write; null before the first look. */
  private @Nullable FileState known;

  /** Our writes under way: size and time say nothing about others meanwhile. */
  private int writers;

  private boolean unflushed;

  /** What somebody else did; once noticed it stays until the present state is accepted. */
  private volatile @Nullable String change;

  private volatile long checkedAt;

  StoredFile(TargetDirectory directory, TorrentFile file, LongSupplier nanos) throws IOException {
    this.directory = directory;
    this.file = file;
    this.nanos = nanos;
    path = directory.resolve(file.path());
    checkedAt = nanos.getAsLong() - CHECK_NANOS;
  }

  /** Takes the file as it is now for good, since it is about to be verified. */
  synchronized FileState accept() throws IOException {
    FileState present = FileState.of(directory.find(file.path()).attributes());
    known = present;
    change = null;
    checkedAt = nanos.getAsLong();
    return present;
  }

  /** Notices, at most once a second, that somebody else changed the file. */
  void check() throws IOException {
    throwIfChanged();
    if (nanos.getAsLong() - checkedAt >= CHECK_NANOS) {
      look();
      throwIfChanged();
    }
  }

  private synchronized void look() throws IOException {
    long now = nanos.getAsLong();
    if (change != null || now - checkedAt < CHECK_NANOS) {
      return;
    }
    FileState present = FileState.at(path);
    FileState before = known;
    if (before == null) {
      known = present;
    } else {
      note(writers > 0 ? before.replacedIn(present) : before.editedIn(present));
    }
    checkedAt = now;
  }

  /** What the file looks like now, unless that is somebody else's doing. */
  synchronized FileState state() throws IOException {
    throwIfChanged();
    FileState present = FileState.at(path);
    if (known != null) {
      note(writers > 0 ? known.replacedIn(present) : known.editedIn(present));
      throwIfChanged();
    }
    return present;
  }

  private void note(@Nullable String difference) {
    if (difference != null) {
      change = path + " " + difference;
    }
  }

  void throwIfChanged() throws StoreChangedException {
    String noticed = change;
    if (noticed != null) {
      throw new StoreChangedException(noticed);
    }
  }

  /** The file ended before this position: it was truncated, or it never had the bytes. */
  synchronized IOException shorter(long position, IOException cause) {
    FileState before = known;
    if (before != null && before.size() > position && writers == 0) {
      note("was truncated by another program: it had " + before.size() + " bytes");
    }
    String noticed = change;
    return noticed == null ? FileFailure.named("cannot read", path, cause) : new StoreChangedException(noticed);
  }

  /** Must be followed by {@link #endWrite}, whether the write succeeds or not. */
  synchronized void beginWrite() throws IOException {
    check();
    writers++;
  }

  /** What the file looks like now is our own doing, unless it is not even the same file. */
  synchronized void endWrite() {
    writers--;
    unflushed = true; // a flush that began before the bytes were written has not flushed them
    FileState present;
    try {
      present = FileState.at(path);
    } catch (IOException e) {
      note("cannot be looked at: " + FileFailure.reason(e));
      return;
    }
    if (known != null) {
      note(known.replacedIn(present));
    }
    if (change == null) {
      known = present;
      checkedAt = nanos.getAsLong();
    }
  }

  /** Whether something was written since the last call. */
  synchronized boolean takeUnflushed() {
    boolean taken = unflushed;
    unflushed = false;
    return taken;
  }

  synchronized void markUnflushed() {
    unflushed = true;
  }

  /**
   * Opens the file, for reading only as long as nothing is to be written: a directory that we may not write to can be
   * seeded from. A missing file is made when it is to be written, with its directories. It grows with what is written,
   * so that the parts not yet there are holes; what it has beyond its length is cut off, it belongs to another file.
   *
   * <p>A file with several names (hard links) is not written to, nor one that is reached through a link: it may be another
   * file of the torrent, or nothing of it at all.
   */
  synchronized FileChannel open(boolean writable) throws IOException {
    FileState before = known;
    TargetDirectory.Entry entry = directory.find(file.path());
    FileState present = FileState.of(entry.attributes());
    if (before != null) {
      note(before.replacedIn(present));
      throwIfChanged();
    }
    try {
      if (!writable) {
        if (!present.exists()) {
          throw new IOException(path + " is missing");
        }
        return directory.open(entry, StandardOpenOption.READ);
      }
      return present.exists() ? openExisting(entry) : create();
    } catch (NoSuchFileException e) {
      throw FileFailure.named(writable ? "cannot write" : "cannot read", path, e);
    } catch (FileSystemException e) {
      throw FileFailure.unavailable(writable ? "cannot write" : "cannot read", path, e);
    }
  }

  private FileChannel openExisting(TargetDirectory.Entry entry) throws IOException {
    if (!entry.path().equals(path)) {
      throw new IOException("a link is in the way of " + path + ": nothing is written through links");
    }
    if (names(path) > 1) {
      throw new IOException(
          "cannot write " + path + ": it has a second name (a hard link), whose content would change, too");
    }
    FileChannel channel = directory.open(entry, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      if (channel.size() > file.length()) {
        channel.truncate(file.length());
      }
    } catch (IOException e) {
      channel.close();
      throw FileFailure.named("cannot shorten", path, e);
    }
    return channel;
  }

  /** How many names the file has; 1 where the system does not tell. */
  private static int names(Path path) throws IOException {
    try {
      return Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS) instanceof Integer count ? count : 1;
    } catch (UnsupportedOperationException | IllegalArgumentException e) {
      return 1;
    }
  }

  private FileChannel create() throws IOException {
    directory.createParents(path);
    // SPARSE matters on NTFS only: elsewhere a write beyond the end leaves a hole by itself.
    FileChannel channel =
        directory.open(
            new TargetDirectory.Entry(path, null),
            StandardOpenOption.READ,
            StandardOpenOption.WRITE,
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.SPARSE);
    try {
      known = FileState.at(path);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    return channel;
  }

  /** Makes an empty file of an empty torrent file. */
  synchronized void createEmpty() throws IOException {
    FileState before = known;
    if (before == null || before.size() != 0) {
      open(true).close();
      known = FileState.at(path);
    }
  }
}
