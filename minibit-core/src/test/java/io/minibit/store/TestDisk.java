package io.minibit.store;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.commons.io.IOUtils;

/**
 * A small real file system of a test's own, which gets full, read-only, vanishes and comes back. Needs the right to mount;
 * without it the test is skipped, or fails where {@code MINIBIT_REQUIRE_CLIENTS} is {@code true}. To be closed.
 */
public final class TestDisk {
  private static final int SECONDS = 20;

  /** What was mounted, and is not unmounted yet, the last last. */
  private final List<Path> mounted = new ArrayList<>();

  private final Path source;
  private final Path path;
  private final boolean image;

  private TestDisk(Path source, Path path, boolean image) {
    this.source = source;
    this.path = path;
    this.image = image;
  }

  /** A file system in memory, mounted in two places of which one can vanish. Its size is as tmpfs wants it. */
  public static TestDisk inMemory(Path directory, String size) throws IOException, InterruptedException {
    Path source = Files.createDirectory(directory.resolve("disk-source"));
    TestDisk disk = new TestDisk(source, Files.createDirectory(directory.resolve("disk")), false);
    disk.mountOrSkip(source, "-t", "tmpfs", "-o", "size=" + size, "minibit-test", source.toString());
    disk.attach();
    return disk;
  }

  /** An ext4 file system in a file of 16 MiB. */
  public static TestDisk inFile(Path directory) throws IOException, InterruptedException {
    Path image = directory.resolve("disk.img");
    try (FileChannel file = FileChannel.open(image, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      file.write(ByteBuffer.allocate(1), (16 << 20) - 1);
    }
    String problem = run("mkfs.ext4", "-q", image.toString());
    if (!problem.isEmpty()) {
      throw unmet("no ext4 file system can be made: " + problem);
    }
    TestDisk disk = new TestDisk(image, Files.createDirectory(directory.resolve("disk")), true);
    disk.mountOrSkip(disk.path, "-o", "loop", image.toString(), disk.path.toString());
    return disk;
  }

  /** Where it is mounted. */
  public Path path() {
    return path;
  }

  private void mountOrSkip(Path place, String... arguments) throws IOException, InterruptedException {
    String problem = mount(arguments);
    if (!problem.isEmpty()) {
      close();
      throw unmet("no small file system can be mounted: " + problem);
    }
    mounted.add(place);
  }

  private static RuntimeException unmet(String reason) {
    return "true".equals(System.getenv("MINIBIT_REQUIRE_CLIENTS")) ? fail(reason) : abort("skipped: " + reason);
  }

  /** It vanishes, although files on it are open. */
  public void detach() throws IOException, InterruptedException {
    require(run("umount", "-l", path.toString()));
    mounted.remove(path);
  }

  /** It comes back, with what was on it. */
  public void attach() throws IOException, InterruptedException {
    require(image
        ? mount("-o", "loop", source.toString(), path.toString())
        : mount("--bind", source.toString(), path.toString()));
    mounted.add(path);
  }

  /** For tmpfs. */
  public void resize(String size) throws IOException, InterruptedException {
    require(mount("-o", "remount,size=" + size, source.toString()));
  }

  /** For tmpfs; fails while files are open for writing. */
  public void setReadOnly(boolean readOnly) throws IOException, InterruptedException {
    require(mount("-o", "remount," + (readOnly ? "ro" : "rw"), source.toString()));
  }

  /** For ext4: what the kernel does when the device fails. It stays so until it is mounted anew. */
  public void failToReadOnly() throws IOException, InterruptedException {
    require(mount("-o", "remount,abort", path.toString()));
  }

  private static String mount(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("mount"));
    command.addAll(List.of(arguments));
    return run(command.toArray(String[]::new));
  }

  private static void require(String problem) throws IOException {
    if (!problem.isEmpty()) {
      throw new IOException(problem);
    }
  }

  /** What went wrong, or nothing. */
  private static String run(String... command) throws IOException, InterruptedException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return String.valueOf(e.getMessage());
    }
    String said = IOUtils.toString(process.getInputStream(), StandardCharsets.UTF_8).strip();
    if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      return command[0] + " does not end";
    }
    return process.exitValue() == 0 ? "" : command[0] + ": " + said;
  }

  /** Leaves nothing mounted. */
  public void close() throws IOException, InterruptedException {
    for (int i = mounted.size() - 1; i >= 0; i--) {
      require(run("umount", "-l", mounted.get(i).toString()));
    }
    mounted.clear();
  }
}
