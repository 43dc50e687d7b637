package io.minibit.store;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.PieceLayout;
import io.minibit.metainfo.TorrentFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.BitSet;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps every piece in a file of its own, {@code block_0.bin}, {@code block_1.bin}, …, directly in a directory, so that
 * one can see, copy and delete pieces by hand.
 *
 * <p>A block file appears complete or not at all: it is written under another name, {@code block_0.bin.part}, and
 * renamed. What a crash leaves behind under such a name is overwritten when its piece comes. Links are never followed.
 * A block that another program edits, replaces or deletes is noticed when it is read, within a second.
 */
public final class BlockFilePieceStore implements PieceStore {
  private static final Pattern BLOCK_NAME = Pattern.compile("block_(0|[1-9][0-9]{0,9})\\.bin");

  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  /** Read and copied at a time when pieces are long. */
  private static final int COPY_BYTES = 1 << 20;

  private final PieceLayout layout;
  private final List<TorrentFile> files;
  private final TargetDirectory target;
  private final Path directory;
  private final LongSupplier nanos;
  private final long startNanos;

  /** What is known of the block files; a chunk is made when one of its pieces is. */
  private final @Nullable Stamps[] stamps;

  /** Written since the last flush. Guarded by itself. */
  private final BitSet unflushed = new BitSet();

  private volatile boolean closed;

  private BlockFilePieceStore(PieceLayout layout, List<TorrentFile> files, TargetDirectory target, LongSupplier nanos) {
    this.layout = layout;
    this.files = files;
    this.target = target;
    directory = target.root();
    this.nanos = nanos;
    startNanos = nanos.getAsLong();
    stamps = new Stamps[(layout.pieceCount() - 1) / Stamps.PIECES + 1];
  }

  /** Opens the blocks in this directory, which is made where needed. Cheap: nothing is read. */
  public static BlockFilePieceStore open(Metainfo metainfo, Path directory) throws IOException {
    return open(metainfo.layout(), metainfo.files(), directory, System::nanoTime);
  }

  static BlockFilePieceStore open(PieceLayout layout, List<TorrentFile> files, Path directory, LongSupplier nanos)
      throws IOException {
    return new BlockFilePieceStore(layout, files, TargetDirectory.open(directory), nanos);
  }

  /** Pieces whose file exists and has exactly the right size. */
  @Override
  public BitSet claimed() throws IOException {
    target.requireThere();
    BitSet present = present();
    BitSet claimed = new BitSet(layout.pieceCount());
    for (int piece = present.nextSetBit(0); piece >= 0; piece = present.nextSetBit(piece + 1)) {
      BasicFileAttributes attributes = TargetDirectory.attributes(path(piece));
      if (attributes != null && attributes.isRegularFile() && attributes.size() == layout.length(piece)) {
        claimed.set(piece);
        stamps(piece).set(piece, stamp(attributes), seconds());
      }
    }
    return claimed;
  }

  /** {@inheritDoc} An edited block is overwritten. */
  @Override
  public void write(int piece, ByteBuffer[] data) throws IOException {
    PieceBytes.require(layout, piece, data);
    Path path = path(piece);
    throwIfUnusable(path);
    target.requireThere();
    Path part = directory.resolve("block_" + piece + ".bin.part");
    boolean stored = false;
    try {
      writePart(part, data);
      // Renaming keeps time and inode, and nobody edits what has this name.
      BasicFileAttributes attributes = TargetDirectory.attributes(part);
      Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
      stored = true;
      if (attributes != null) {
        stamps(piece).set(piece, stamp(attributes), seconds());
      }
    } catch (ClosedByInterruptException e) {
      throw FileFailure.interrupted(path, e);
    } catch (IOException e) {
      throw FileFailure.named("cannot write", path, e);
    } finally {
      if (!stored) {
        deleteQuietly(part);
      }
    }
    synchronized (unflushed) {
      unflushed.set(piece);
    }
  }

  @Override
  public void read(int piece, int begin, ByteBuffer target) throws IOException {
    PieceBytes.require(layout, piece, begin, target.remaining());
    Path path = path(piece);
    throwIfUnusable(path);
    check(piece, path);
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
      long position = begin;
      while (target.hasRemaining()) {
        int count = channel.read(target, position);
        if (count < 0) {
          throw changed(piece, path + " was truncated: it has only " + channel.size() + " bytes");
        }
        position += count;
      }
    } catch (NoSuchFileException e) {
      throw missing(piece, path);
    } catch (StoreChangedException e) {
      throw e;
    } catch (ClosedByInterruptException e) {
      throw FileFailure.interrupted(path, e);
    } catch (FileSystemException e) {
      throw FileFailure.unavailable("cannot read", path, e);
    } catch (IOException e) {
      throw FileFailure.named("cannot read", path, e);
    }
  }

  /** A hash over the sizes and modification times of all blocks; costs a look at each. */
  @Override
  public String fingerprint() throws IOException {
    Fingerprint fingerprint = new Fingerprint();
    BitSet present = present();
    fingerprint.add(present.toByteArray());
    for (int piece = present.nextSetBit(0); piece >= 0; piece = present.nextSetBit(piece + 1)) {
      BasicFileAttributes attributes = TargetDirectory.attributes(path(piece));
      if (attributes != null && stamps(piece).contradicts(piece, stamp(attributes))) {
        throw changed(piece, path(piece) + " was changed by another program at " + attributes.lastModifiedTime());
      }
      fingerprint.add(FileState.of(attributes));
    }
    return fingerprint.toString();
  }

  @Override
  public void flush() throws IOException {
    BitSet pieces;
    synchronized (unflushed) {
      pieces = (BitSet) unflushed.clone();
    }
    for (int piece = pieces.nextSetBit(0); piece >= 0; piece = pieces.nextSetBit(piece + 1)) {
      Path path = path(piece);
      BasicFileAttributes attributes = TargetDirectory.attributes(path);
      // A pipe would be waited for.
      if (attributes != null && !attributes.isRegularFile()) {
        throw changed(piece, path + " is not a regular file");
      }
      try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS)) {
        channel.force(false);
      } catch (NoSuchFileException e) {
        throw missing(piece, path);
      } catch (IOException e) {
        throw FileFailure.named("cannot flush", path, e);
      }
      synchronized (unflushed) {
        unflushed.clear(piece);
      }
    }
  }

  /** No file is open between calls, so this only makes later ones fail. May be called again. */
  @Override
  public void close() {
    closed = true;
  }

  /**
   * Joins the blocks of a single-file torrent to the file that they were cut from. The file appears complete or not at
   * all, and replaces what has its name.
   *
   * @throws IOException naming the block if one is missing or was edited
   * @throws IllegalArgumentException if the torrent has several files; for those see {@link #copyTo}
   */
  public void assemble(Path target) throws IOException {
    if (files.size() != 1) {
      throw new IllegalArgumentException("the torrent has " + files.size() + " files, not one");
    }
    Path absolute = target.toAbsolutePath();
    Path part = absolute.resolveSibling(absolute.getFileName() + ".part");
    boolean assembled = false;
    try {
      Path parent = absolute.getParent();
      if (parent != null && !Files.isDirectory(parent)) {
        Files.createDirectories(parent);
      }
      Files.deleteIfExists(part);
      try (FileChannel channel =
          FileChannel.open(
              part, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS)) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(Math.min(COPY_BYTES, layout.length(0)));
        for (int piece = 0; piece < layout.pieceCount(); piece++) {
          int length = layout.length(piece);
          for (int begin = 0; begin < length; begin += buffer.limit()) {
            buffer.clear().limit(Math.min(buffer.capacity(), length - begin));
            read(piece, begin, buffer);
            buffer.flip();
            while (buffer.hasRemaining()) {
              writeNamed(channel, buffer, layout.offset(piece) + begin + buffer.position(), target);
            }
          }
        }
        if (channel.size() != layout.totalLength()) {
          throw new IOException(
              target + " became " + channel.size() + " bytes long instead of " + layout.totalLength());
        }
      }
      Files.move(part, absolute, StandardCopyOption.ATOMIC_MOVE);
      assembled = true;
    } catch (FileSystemException e) {
      throw FileFailure.named("cannot write", target, e);
    } finally {
      if (!assembled) {
        deleteQuietly(part);
      }
    }
  }

  /**
   * Copies every piece into another store of the same torrent, one after the other; the target stays open.
   *
   * @throws IOException naming the block if one is missing or was edited
   */
  public void copyTo(PieceStore target) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(layout.length(0));
    ByteBuffer[] data = {buffer};
    for (int piece = 0; piece < layout.pieceCount(); piece++) {
      buffer.clear().limit(layout.length(piece));
      read(piece, 0, buffer);
      buffer.flip();
      target.write(piece, data);
    }
  }

  @Override
  public String toString() {
    return "blocks in " + directory;
  }

  private Path path(int piece) {
    return directory.resolve("block_" + piece + ".bin");
  }

  /** Listing the directory is far cheaper than asking for a million files that are not there. */
  private BitSet present() throws IOException {
    BitSet present = new BitSet(layout.pieceCount());
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, "block_*.bin")) {
      for (Path entry : entries) {
        Matcher name = BLOCK_NAME.matcher(String.valueOf(entry.getFileName()));
        if (name.matches()) {
          long piece = Long.parseLong(name.group(1));
          if (piece < layout.pieceCount()) {
            present.set((int) piece);
          }
        }
      }
    } catch (DirectoryIteratorException e) {
      throw new IOException("cannot list " + directory + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw FileFailure.named("cannot list", directory, e);
    }
    return present;
  }

  private static void writePart(Path part, ByteBuffer[] data) throws IOException {
    Files.deleteIfExists(part);
    try (FileChannel channel =
        FileChannel.open(part, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW, LinkOption.NOFOLLOW_LINKS)) {
      long position = 0;
      for (ByteBuffer buffer : data) {
        while (buffer.hasRemaining()) {
          position += ShortWrites.write(channel, buffer, position);
        }
      }
    }
  }

  private static void writeNamed(FileChannel channel, ByteBuffer buffer, long position, Path target)
      throws IOException {
    try {
      ShortWrites.write(channel, buffer, position);
    } catch (ClosedByInterruptException e) {
      throw FileFailure.interrupted(target, e);
    } catch (IOException e) {
      throw FileFailure.named("cannot write", target, e);
    }
  }

  /** For a file that is half written: the failure that led here is what the user must see, not one of this. */
  private static void deleteQuietly(Path part) {
    try {
      Files.deleteIfExists(part);
    } catch (IOException e) {
      // It is overwritten when the piece comes again.
    }
  }

  private void throwIfUnusable(Path path) throws IOException {
    if (closed) {
      throw new IOException("cannot use " + path + ": the store is closed");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw FileFailure.interrupted(path, null);
    }
  }

  /** Notices, at most once a second, that somebody else changed the block; once noticed, at every call. */
  private void check(int piece, Path path) throws IOException {
    Stamps known = stamps(piece);
    int now = seconds();
    if (!known.isDue(piece, now)) {
      return;
    }
    BasicFileAttributes attributes = TargetDirectory.attributes(path);
    if (attributes == null) {
      throw missing(piece, path);
    }
    if (!attributes.isRegularFile()) {
      throw changed(piece, path + " is not a regular file");
    }
    if (attributes.size() != layout.length(piece)) {
      throw changed(piece, path + " has " + attributes.size() + " bytes instead of " + layout.length(piece));
    }
    if (!known.confirm(piece, stamp(attributes), now)) {
      throw changed(piece, path + " was changed by another program at " + attributes.lastModifiedTime());
    }
  }

  private IOException missing(int piece, Path path) {
    return stamps(piece).isKnown(piece)
        ? changed(piece, path + " was deleted")
        : new IOException(path + " is missing");
  }

  private StoreChangedException changed(int piece, String message) {
    stamps(piece).suspect(piece);
    return new StoreChangedException(message);
  }

  /** Time and inode in one number, never 0. */
  private static long stamp(BasicFileAttributes attributes) {
    long time = attributes.lastModifiedTime().to(TimeUnit.NANOSECONDS);
    long mixed = time * 0x9e3779b97f4a7c15L ^ Objects.hashCode(attributes.fileKey());
    return mixed == 0 ? 1 : mixed;
  }

  /** Since the store was opened, from 1 on. */
  private int seconds() {
    return (int) ((nanos.getAsLong() - startNanos) / NANOS_PER_SECOND) + 1;
  }

  private Stamps stamps(int piece) {
    synchronized (stamps) {
      Stamps chunk = stamps[piece / Stamps.PIECES];
      if (chunk == null) {
        chunk = new Stamps();
        stamps[piece / Stamps.PIECES] = chunk;
      }
      return chunk;
    }
  }

  /** What a run of block files looked like: twelve bytes each, since there may be two million. Thread-safe. */
  private static final class Stamps {
    static final int PIECES = 1024;

    /** 0 where nothing is known. */
    private final long[] stamp = new long[PIECES];

    /** In seconds since the store was opened, 0 for never. */
    private final int[] checkedAt = new int[PIECES];

    synchronized void set(int piece, long value, int now) {
      stamp[piece % PIECES] = value;
      checkedAt[piece % PIECES] = now;
    }

    synchronized boolean isKnown(int piece) {
      return stamp[piece % PIECES] != 0;
    }

    /** In the same second, since seconds are whole ones: never more than one apart. */
    synchronized boolean isDue(int piece, int now) {
      return checkedAt[piece % PIECES] != now;
    }

    /** Whether the file still looks so, or was never looked at. */
    synchronized boolean confirm(int piece, long value, int now) {
      int index = piece % PIECES;
      if (stamp[index] == 0) {
        stamp[index] = value;
      }
      checkedAt[index] = now;
      return stamp[index] == value;
    }

    /** Whether the file is known to have looked different. */
    synchronized boolean contradicts(int piece, long value) {
      return stamp[piece % PIECES] != 0 && stamp[piece % PIECES] != value;
    }

    synchronized void suspect(int piece) {
      checkedAt[piece % PIECES] = 0;
    }
  }
}
