package io.minibit.metainfo;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files on disk of which a torrent is made, in the order in which they go into it. */
final class ContentFiles {
  /**
   * One file as it was found.
   *
   * @param path elements below the root as the file system has them; empty if the root is the file
   * @param offset in the torrent, bytes
   */
  record Entry(Path file, List<byte[]> path, long offset, long length, FileTime modified) {}

  /** Order by elements, bytes unsigned: the same on every system, and the one that BEP 52 asks for. */
  private static final Comparator<Entry> ORDER = (a, b) -> compare(a.path(), b.path());

  final byte[] name;
  final boolean directory;
  final List<Entry> entries;
  final long totalLength;

  /** Links and special files that are not part of it. */
  final List<Path> leftOut;

  private ContentFiles(byte[] name, boolean directory, List<Entry> found, List<Path> leftOut) {
    this.name = name;
    this.directory = directory;
    this.leftOut = List.copyOf(leftOut);
    found.sort(ORDER);
    entries = new ArrayList<>(found.size());
    long offset = 0;
    for (Entry entry : found) {
      entries.add(new Entry(entry.file(), entry.path(), offset, entry.length(), entry.modified()));
      offset += entry.length();
    }
    totalLength = offset;
  }

  /** What is there. A link counts only if it is {@code root} itself: others could lead anywhere. */
  static ContentFiles scan(Path root) throws IOException {
    Path absolute = root.toAbsolutePath().normalize();
    Path fileName = absolute.getFileName();
    if (fileName == null) {
      throw new MetainfoException(root + ": a torrent needs a name, and this directory has none");
    }
    Path real = absolute.toRealPath();
    BasicFileAttributes attributes = Files.readAttributes(real, BasicFileAttributes.class);
    List<Entry> found = new ArrayList<>();
    List<Path> leftOut = new ArrayList<>();
    if (attributes.isDirectory()) {
      collect(real, found, leftOut);
    } else if (attributes.isRegularFile()) {
      found.add(new Entry(real, List.of(), 0, attributes.size(), attributes.lastModifiedTime()));
    } else {
      throw new MetainfoException(root + ": neither a file nor a directory");
    }
    ContentFiles files = new ContentFiles(rawName(absolute, fileName), attributes.isDirectory(), found, leftOut);
    if (files.totalLength == 0) {
      String what =
          !files.directory ? "the file is empty" : found.isEmpty() ? "no file is in it" : "all its files are empty";
      throw new MetainfoException(root + ": " + what + ", there is nothing to share");
    }
    return files;
  }

  private static void collect(Path root, List<Entry> found, List<Path> leftOut) throws IOException {
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          private final List<byte[]> path = new ArrayList<>();

          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            if (!directory.equals(root)) {
              path.add(rawName(directory, directory.getFileName()));
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException e) throws IOException {
            if (e != null) {
              throw e;
            }
            if (!path.isEmpty()) {
              path.remove(path.size() - 1);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile()) {
              List<byte[]> elements = new ArrayList<>(path);
              elements.add(rawName(file, file.getFileName()));
              found.add(new Entry(file, elements, 0, attributes.size(), attributes.lastModifiedTime()));
            } else {
              leftOut.add(file);
            }
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /** Fails if a file is no longer what {@link #scan} saw: the hashes would fit neither its old nor its new content. */
  void requireUnchanged() throws IOException {
    for (Entry entry : entries) {
      BasicFileAttributes now = attributes(entry);
      if (!now.isRegularFile() || now.size() != entry.length() || !now.lastModifiedTime().equals(entry.modified())) {
        throw changed(entry);
      }
    }
  }

  private static BasicFileAttributes attributes(Entry entry) throws IOException {
    return Files.readAttributes(entry.file(), BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  /** A reader for one thread. */
  PieceHasher.Source open() {
    return new Reader();
  }

  private static IOException changed(Entry entry) {
    return new IOException(entry.file() + ": it was changed while it was hashed");
  }

  private static int compare(List<byte[]> a, List<byte[]> b) {
    for (int i = 0; i < Math.min(a.size(), b.size()); i++) {
      int order = Arrays.compareUnsigned(a.get(i), b.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(a.size(), b.size());
  }

  /**
   * The name's bytes. In a locale that cannot show a name Java puts U+FFFD into its text; the URI still has the bytes,
   * and a torrent must not depend on the locale of its maker.
   */
  private static byte[] rawName(Path path, Path fileName) {
    String text = fileName.toString();
    if (text.indexOf('\ufffd') < 0) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    URI uri = path.toUri();
    String raw = uri.getRawPath();
    String last = raw.endsWith("/") ? raw.substring(0, raw.length() - 1) : raw;
    return percentDecoded(last.substring(last.lastIndexOf('/') + 1));
  }

  private static byte[] percentDecoded(String text) {
    ByteBuffer out = ByteBuffer.allocate(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == '%') {
        out.put((byte) HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else {
        out.put((byte) text.charAt(i));
      }
    }
    return Arrays.copyOf(out.array(), out.position());
  }

  /** Keeps the file open that it read last: pieces are mostly taken in order. */
  private final class Reader implements PieceHasher.Source {
    private int current = -1;
    private @Nullable FileChannel channel;

    @Override
    public void read(long offset, ByteBuffer target) throws IOException {
      int index = find(offset);
      Entry entry = entries.get(index);
      if (index != current || channel == null) {
        close();
        // Hashing takes hours: by now it may be a link that leads out, or a pipe, which is opened when somebody writes.
        if (!attributes(entry).isRegularFile()) {
          throw changed(entry);
        }
        channel = FileChannel.open(entry.file(), StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
        current = index;
      }
      long position = offset - entry.offset();
      target.limit((int) Math.min(target.limit(), entry.length() - position));
      if (channel.read(target, position) < 0) {
        throw changed(entry);
      }
    }

    /** The file that holds this byte: the last that starts at or before it, which skips empty ones. */
    private int find(long offset) {
      int low = 0;
      int high = entries.size() - 1;
      while (low < high) {
        int middle = (low + high + 1) >>> 1;
        if (entries.get(middle).offset() <= offset) {
          low = middle;
        } else {
          high = middle - 1;
        }
      }
      return low;
    }

    @Override
    public void close() throws IOException {
      if (channel != null) {
        channel.close();
        channel = null;
      }
    }
  }
}
