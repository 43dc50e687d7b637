package io.minibit.store;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.PieceLayout;
import io.minibit.metainfo.TorrentFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Keeps a torrent as the files that it names, below a directory.
 *
 * <p>Files and their directories are made when something is written to them, and a torrent that is only seeded is only
 * read. Files are sparse: nothing is reserved beforehand, and a full disk shows when a piece is written. Pad files (BEP
 * 47) are not stored. Empty files are made with the first piece that is written; while one is missing the piece at its
 * place is not claimed, since the torrent is not complete without it. So is the last piece of a file that is longer
 * than it should be: writing it cuts the file.
 *
 * <p>Links that lead out of the directory are refused, and nothing is written through the others, nor to files that have a
 * second name (hard links), since those may be other files of the torrent or none of it. While the directory is gone, or
 * the disk that it was on is unmounted, nothing counts as missing and nothing is written. A file that another program edits, replaces, truncates or
 * deletes is noticed when it is read or written, within a second, by its size, time and identity; then every use of it
 * throws a {@link StoreChangedException} until {@link #claimed} is called again. Edits that fall between begin and end
 * of our own writes to the same file are not told apart from those.
 */
public final class FilePieceStore implements PieceStore {
  /**
   * Files open at a time. Enough that the pieces in flight of a torrent with small files do not reopen them, and few
   * enough that several torrents fit into the usual limit of 1024 descriptors along with their connections.
   */
  static final int MAX_OPEN_FILES = 64;

  private static final byte[] ZEROS = new byte[8 << 10];

  private final PieceLayout layout;
  private final TargetDirectory directory;

  /** Files that have bytes, pad files among them, in order; together they are the torrent. */
  private final StoredFile[] files;

  /** Where they start in the torrent. */
  private final long[] offsets;

  private final List<StoredFile> emptyFiles;
  private final OpenFiles openFiles;

  private boolean emptyFilesCreated;

  private FilePieceStore(
      PieceLayout layout, List<TorrentFile> torrentFiles, Path path, int maxOpenFiles, LongSupplier nanos)
      throws IOException {
    this.layout = layout;
    directory = TargetDirectory.open(path);
    openFiles = new OpenFiles(maxOpenFiles);
    List<StoredFile> withBytes = new ArrayList<>();
    List<StoredFile> empty = new ArrayList<>();
    for (TorrentFile file : FilesInPlace.of(directory, torrentFiles)) {
      if (file.length() > 0) {
        withBytes.add(new StoredFile(directory, file, nanos));
      } else if (!file.padding()) {
        empty.add(new StoredFile(directory, file, nanos));
      }
    }
    files = withBytes.toArray(StoredFile[]::new);
    offsets = withBytes.stream().mapToLong(stored -> stored.file.offset()).toArray();
    emptyFiles = List.copyOf(empty);
    emptyFilesCreated = empty.isEmpty();
  }

  /**
   * Opens the torrent's files below this directory, which is made where needed. Cheap: nothing is read or reserved.
   *
   * @throws IOException if there is no such directory and it cannot be made, or if this system cannot have files of the
   *     names in the torrent
   */
  public static FilePieceStore open(Metainfo metainfo, Path directory) throws IOException {
    return open(metainfo.layout(), metainfo.files(), directory, MAX_OPEN_FILES, System::nanoTime);
  }

  static FilePieceStore open(
      PieceLayout layout, List<TorrentFile> files, Path directory, int maxOpenFiles, LongSupplier nanos)
      throws IOException {
    return new FilePieceStore(layout, files, directory, maxOpenFiles, nanos);
  }

  /**
   * Pieces that lie wholly in bytes that are there; holes in sparse files count as bytes. Takes the files as they are
   * now as unedited, and closes them, so that slices handed out before are void.
   *
   * @throws StoreUnavailableException if the directory is not there now, or may not be looked at
   * @throws IOException if a link leads out of the directory, or something else is in a file's place
   */
  @Override
  public BitSet claimed() throws IOException {
    openFiles.clear();
    directory.requireThere();
    BitSet claimed = new BitSet(layout.pieceCount());
    claimed.set(0, layout.pieceCount());
    for (StoredFile stored : files) {
      if (stored.file.padding()) {
        continue;
      }
      long size = stored.accept().size();
      long offset = stored.file.offset();
      long length = stored.file.length();
      if (size != length) {
        long present = size > length ? length - 1 : Math.max(0, size);
        claimed.clear(layout.pieceAt(offset + present), layout.pieceAt(offset + length - 1) + 1);
      }
    }
    for (StoredFile stored : emptyFiles) {
      if (stored.accept().size() != 0) {
        claimed.clear(layout.pieceAt(Math.min(stored.file.offset(), layout.totalLength() - 1)));
        synchronized (this) {
          emptyFilesCreated = false;
        }
      }
    }
    return claimed;
  }

  /**
   * {@inheritDoc}
   *
   * @throws StoreChangedException if another program changed a file of this piece; the piece is not stored
   * @throws IOException also if the piece has bytes other than zero where a pad file is: they cannot be kept
   */
  @Override
  public void write(int piece, ByteBuffer[] data) throws IOException {
    int remaining = PieceBytes.require(layout, piece, data);
    createEmptyFiles();
    long offset = layout.offset(piece);
    int buffer = 0;
    for (int i = fileAt(offset); remaining > 0; i++) {
      StoredFile stored = files[i];
      long position = offset - stored.file.offset();
      int part = (int) Math.min(remaining, stored.file.length() - position);
      buffer = stored.file.padding() ? skip(stored, data, buffer, part) : write(stored, position, data, buffer, part);
      offset += part;
      remaining -= part;
    }
  }

  @Override
  public void read(int piece, int begin, ByteBuffer target) throws IOException {
    int remaining = target.remaining();
    PieceBytes.require(layout, piece, begin, remaining);
    long offset = layout.offset(piece) + begin;
    int limit = target.limit();
    try {
      for (int i = fileAt(offset); remaining > 0; i++) {
        StoredFile stored = files[i];
        long position = offset - stored.file.offset();
        int part = (int) Math.min(remaining, stored.file.length() - position);
        target.limit(target.position() + part);
        if (stored.file.padding()) {
          putZeros(target);
        } else {
          read(stored, position, target);
        }
        offset += part;
        remaining -= part;
      }
    } finally {
      target.limit(limit);
    }
  }

  /** A hash over the sizes and modification times of all files; costs a look at each. */
  @Override
  public String fingerprint() throws IOException {
    Fingerprint fingerprint = new Fingerprint();
    for (StoredFile stored : files) {
      if (!stored.file.padding()) {
        fingerprint.add(stored.state());
      }
    }
    for (StoredFile stored : emptyFiles) {
      fingerprint.add(stored.state());
    }
    return fingerprint.toString();
  }

  /**
   * A range that lies in one file. The file is kept open, and the channel valid, until {@link #claimed} or {@link
   * #close}; when half of the files that may be open are kept so, ranges of others are empty.
   */
  @Override
  public Optional<FileSlice> slice(int piece, int begin, int length) throws IOException {
    PieceBytes.require(layout, piece, begin, length);
    long offset = layout.offset(piece) + begin;
    StoredFile stored = files[fileAt(offset)];
    long position = offset - stored.file.offset();
    if (stored.file.padding() || length > stored.file.length() - position) {
      return Optional.empty();
    }
    stored.check();
    OpenFiles.Handle handle = openFiles.pin(stored);
    return handle == null ? Optional.empty() : Optional.of(new FileSlice(handle.channel, position, length));
  }

  @Override
  public void flush() throws IOException {
    for (StoredFile stored : files) {
      if (stored.takeUnflushed()) {
        boolean flushed = false;
        try {
          flush(stored);
          flushed = true;
        } finally {
          if (!flushed) {
            stored.markUnflushed();
          }
        }
      }
    }
  }

  /** Calls under way end normally, later ones fail. May be called again. */
  @Override
  public void close() throws IOException {
    openFiles.close();
  }

  @Override
  public String toString() {
    return "files in " + directory.root();
  }

  /** For tests. */
  int openFileCount() {
    return openFiles.openCount();
  }

  private int fileAt(long offset) {
    int index = Arrays.binarySearch(offsets, offset);
    return index >= 0 ? index : -index - 2;
  }

  private synchronized void createEmptyFiles() throws IOException {
    if (!emptyFilesCreated) {
      for (StoredFile stored : emptyFiles) {
        stored.createEmpty();
      }
      emptyFilesCreated = true;
    }
  }

  /** Skips {@code count} bytes, from the buffer with this index on; gives the index of the last buffer touched. */
  private static int skip(StoredFile pad, ByteBuffer[] data, int first, int count) throws IOException {
    int buffer = first;
    for (int i = 0; i < count; i++) {
      while (!data[buffer].hasRemaining()) {
        buffer++;
      }
      if (data[buffer].get() != 0) {
        throw new IOException("pad file " + pad.path + " is not all zeros: such a torrent cannot be stored");
      }
    }
    return buffer;
  }

  /** Writes {@code count} bytes, from the buffer with this index on; gives the index of the last buffer touched. */
  private int write(StoredFile stored, long position, ByteBuffer[] data, int first, int count) throws IOException {
    int last = first;
    long sum = data[first].remaining();
    while (sum < count) {
      sum += data[++last].remaining();
    }
    ByteBuffer tail = data[last];
    int limit = tail.limit();
    tail.limit(limit - (int) (sum - count));
    try {
      stored.beginWrite();
      try {
        stored.writing.lock();
        try {
          writeAll(stored, position, data, first, last);
        } finally {
          stored.writing.unlock();
        }
      } finally {
        stored.endWrite();
      }
      // If the file was deleted or replaced, these bytes went into one that has no name any more.
      stored.throwIfChanged();
    } finally {
      tail.limit(limit);
    }
    return last;
  }

  private void writeAll(StoredFile stored, long start, ByteBuffer[] data, int first, int last) throws IOException {
    long position = start;
    int buffer = first;
    while (true) {
      while (buffer <= last && !data[buffer].hasRemaining()) {
        buffer++;
      }
      if (buffer > last) {
        return;
      }
      OpenFiles.Handle handle = acquire(stored, true);
      try {
        position += writeSome(handle, data, buffer, last, position);
      } catch (ClosedChannelException e) {
        throwIfInterrupted(stored, e);
      } catch (IOException e) {
        throw FileFailure.named("cannot write", stored.path, e);
      } finally {
        openFiles.release(handle);
      }
    }
  }

  private static long writeSome(OpenFiles.Handle handle, ByteBuffer[] data, int first, int last, long position)
      throws IOException {
    int count = 0;
    for (int sum = 0; first + count <= last && sum + data[first + count].remaining() <= ShortWrites.MOST; count++) {
      sum += data[first + count].remaining();
    }
    return count > 1
        ? handle.write(data, first, count, position)
        : ShortWrites.write(handle.channel, data[first], position);
  }

  private void read(StoredFile stored, long start, ByteBuffer target) throws IOException {
    stored.check();
    long position = start;
    while (target.hasRemaining()) {
      OpenFiles.Handle handle = acquire(stored, false);
      try {
        int count = handle.channel.read(target, position);
        if (count < 0) {
          throw new EOFException("the file has only " + handle.channel.size() + " bytes");
        }
        position += count;
      } catch (ClosedChannelException e) {
        throwIfInterrupted(stored, e);
      } catch (EOFException e) {
        throw stored.shorter(position, e);
      } catch (IOException e) {
        throw FileFailure.named("cannot read", stored.path, e);
      } finally {
        openFiles.release(handle);
      }
    }
  }

  private void flush(StoredFile stored) throws IOException {
    while (true) {
      OpenFiles.Handle handle = acquire(stored, true);
      try {
        handle.channel.force(false);
        return;
      } catch (ClosedChannelException e) {
        throwIfInterrupted(stored, e);
      } catch (IOException e) {
        throw FileFailure.named("cannot flush", stored.path, e);
      } finally {
        openFiles.release(handle);
      }
    }
  }

  private OpenFiles.Handle acquire(StoredFile stored, boolean writable) throws IOException {
    // An interrupted thread must not even touch a channel: that closes it for all others.
    if (Thread.currentThread().isInterrupted()) {
      throw FileFailure.interrupted(stored.path, null);
    }
    return openFiles.acquire(stored, writable);
  }

  /** If it was another thread's interrupt that closed the channel, the caller opens the file again and goes on. */
  private static void throwIfInterrupted(StoredFile stored, ClosedChannelException e) throws IOException {
    if (Thread.currentThread().isInterrupted()) {
      throw FileFailure.interrupted(stored.path, e);
    }
  }

  private static void putZeros(ByteBuffer target) {
    while (target.hasRemaining()) {
      target.put(ZEROS, 0, Math.min(ZEROS.length, target.remaining()));
    }
  }
}
