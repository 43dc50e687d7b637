package io.minibit.store;

import io.minibit.metainfo.Metainfo;
import io.minibit.model.MiniBitException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.BitSet;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A small file that remembers from one run to the next which pieces of a torrent were verified, so that opening it again
 * costs no hashing when nothing has changed. What it says counts only while the store's {@link PieceStore#fingerprint} is
 * the same; a stale, foreign or damaged file is as good as none.
 *
 * <p>It is replaced as a whole or not at all, whenever the program or the machine stops. Not thread-safe; two programs
 * that use one file do no harm, the later one counts.
 */
public final class ResumeFile {
  /** Where a program that keeps such files beside the content has them. Content is never called so. */
  public static final String DIRECTORY = ".minibit";

  /** A bitfield of the largest torrent, and what goes with it. */
  private static final int MOST_BYTES = 1 << 20;

  /** A text of its own for each start of the machine. */
  private static final Path BOOT = Path.of("/proc/sys/kernel/random/boot_id");

  private final Path path;

  private ResumeFile(Path path) {
    this.path = path;
  }

  /** The file at this path, which need not be there; its directory is made where needed. */
  public static ResumeFile at(Path path) {
    return new ResumeFile(path);
  }

  /** The torrent's file beside its content: {@code .minibit/INFO-HASH.resume} in the directory of the content. */
  public static ResumeFile beside(Path directory, Metainfo metainfo) {
    return at(directory.resolve(DIRECTORY).resolve(metainfo.infoHash() + ".resume"));
  }

  public Path path() {
    return path;
  }

  /**
   * The pieces that are known to be verified in a store that looks as it does now; empty if there is no file.
   *
   * @throws MiniBitException if what the file says does not count: why
   * @throws IOException if it cannot be read
   */
  public @Nullable BitSet load(Metainfo metainfo, String fingerprint) throws IOException {
    BasicFileAttributes attributes = TargetDirectory.attributes(path);
    if (attributes == null) {
      return null;
    }
    if (!Files.isDirectory(directory(), LinkOption.NOFOLLOW_LINKS)) {
      throw new MiniBitException(path + " does not count: its directory is a link");
    }
    if (!attributes.isRegularFile() || attributes.size() > MOST_BYTES) {
      throw new MiniBitException(path + " is no resume data: not a file of at most " + MOST_BYTES + " bytes");
    }
    byte[] bytes;
    try {
      bytes = Files.readAllBytes(path);
    } catch (IOException e) {
      throw FileFailure.named("cannot read", path, e);
    }
    ResumeData data;
    try {
      data = ResumeData.decode(bytes);
    } catch (MiniBitException e) {
      throw new MiniBitException(path + " is damaged: " + e.getMessage(), e);
    }
    String mismatch = data.mismatch(metainfo.infoHash(), metainfo.layout().pieceCount(), fingerprint, boot());
    if (mismatch != null) {
      throw new MiniBitException(path + " does not count: " + mismatch);
    }
    return data.verified();
  }

  /**
   * Remembers verified pieces.
   *
   * @param fingerprint of the store, asked after the last of them was written
   * @param durable whether the store was flushed after the last of them was written; if not, this counts until the machine
   *     is started anew, on systems that tell, and not at all on others
   * @throws IOException if it cannot be written; what was there before still is
   */
  public void save(Metainfo metainfo, BitSet verified, String fingerprint, boolean durable) throws IOException {
    String boot = durable ? "" : boot();
    if (!durable && boot.isEmpty()) {
      return;
    }
    byte[] bytes =
        new ResumeData(metainfo.infoHash(), metainfo.layout().pieceCount(), verified, fingerprint, boot).encode();
    requireDirectory(directory());
    try (HeldDirectory directory = hold()) {
      write(directory, bytes);
    } catch (IOException e) {
      throw FileFailure.named("cannot write", path, e);
    }
  }

  private void write(HeldDirectory directory, byte[] bytes) throws IOException {
    Path fresh = Path.of(path.getFileName() + ".new");
    // One that was left by a program that was killed, or a link that somebody planted: never written through.
    directory.deleteIfExists(fresh);
    boolean written = false;
    try {
      try (FileChannel out = directory.open(fresh, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer rest = ByteBuffer.wrap(bytes);
        while (rest.hasRemaining()) {
          out.write(rest);
        }
        out.force(true);
      }
      directory.move(fresh, directory, path.getFileName());
      written = true;
    } finally {
      if (!written) {
        directory.deleteIfExists(fresh);
      }
    }
  }

  private Path directory() {
    return Objects.requireNonNull(path.toAbsolutePath().getParent(), "a file has a directory");
  }

  /** The directory itself, not what a link leads to that was planted in its place. */
  private HeldDirectory hold() throws IOException {
    Path directory = directory();
    Path parent = directory.getParent();
    if (parent == null) {
      return HeldDirectory.open(directory);
    }
    try (HeldDirectory outer = HeldDirectory.open(parent.toRealPath())) {
      return outer.directory(directory.getFileName());
    }
  }

  private static void requireDirectory(Path directory) throws IOException {
    if (Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try {
      Files.createDirectory(directory);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(directory + " is not a directory, or a link", e);
    } catch (IOException e) {
      throw FileFailure.named("cannot create directory", directory, e);
    }
  }

  /** Forgets everything, so that all is verified the next time. */
  public void delete() throws IOException {
    if (!Files.exists(directory(), LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    try (HeldDirectory directory = hold()) {
      directory.deleteIfExists(path.getFileName());
    } catch (IOException e) {
      throw FileFailure.named("cannot delete", path, e);
    }
  }

  private static String boot() throws IOException {
    try {
      return Files.readString(BOOT).strip();
    } catch (NoSuchFileException e) {
      return "";
    }
  }
}
