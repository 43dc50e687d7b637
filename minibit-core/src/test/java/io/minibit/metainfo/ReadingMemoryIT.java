package io.minibit.metainfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A JVM with a small heap reads what that bears and refuses the rest by name: nothing runs out of memory. */
@Timeout(60)
class ReadingMemoryIT {
  private static final int MIB = 1 << 20;

  /** Reads the .torrent files of a directory, in a JVM of its own, and prints what becomes of each. */
  static final class Reader {
    private Reader() {}

    public static void main(String[] args) throws IOException {
      for (String file : args) {
        String outcome = "read";
        try {
          Metainfo.read(Path.of(file));
        } catch (MetainfoException e) {
          outcome = e.getMessage().contains("raise it with -Xmx") ? "refused" : e.getMessage();
        }
        System.out.println(Path.of(file).getFileName() + " " + outcome);
      }
    }
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private ReadingMemoryIT write(String text) {
    out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  private ReadingMemoryIT string(int length, char filling) {
    return write(length + ":").write(String.valueOf(filling).repeat(length));
  }

  private byte[] taken() {
    byte[] bytes = out.toByteArray();
    out.reset();
    return bytes;
  }

  /** Of so many pieces, with a comment and a name of so many bytes. */
  private byte[] single(int pieces, int comment, int name) {
    write("d7:comment").string(comment, '\u00ff').write("4:infod6:lengthi" + 16384L * pieces + "e4:name");
    return string(name, '\u00ff').write("12:piece lengthi16384e6:pieces").string(20 * pieces, 'h').write("ee").taken();
  }

  /** Of so many files at this depth, in directories of their own. */
  private byte[] many(int files, int depth, int attributes) {
    write("d4:infod5:filesl");
    for (int file = 0; file < files; file++) {
      write("d4:attr").string(attributes, 'x').write("6:lengthi1e4:pathl");
      for (int level = 0; level < depth; level++) {
        String name = Integer.toHexString(file) + "." + level;
        write(name.length() + ":" + name);
      }
      write("ee");
    }
    int pieces = (files + 16383) / 16384;
    return write("e4:name1:x12:piece lengthi16384e6:pieces").string(20 * pieces, 'h').write("ee").taken();
  }

  @Test
  void aTorrentIsReadOrRefusedWith48MebibytesOfHeap(@TempDir Path directory) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx48m", "-cp", System.getProperty("java.class.path"), Reader.class.getName()));
    List<String> expected = new ArrayList<>();
    int largest = Limits.defaults().maxTorrentBytes();
    int mostPieces = Limits.defaults().maxPieces();
    add(directory, command, expected, "12MiB", single(12 * MIB / 20, 0, 1), "read");
    add(directory, command, expected, "20MiB", single(20 * MIB / 20, 0, 1), "refused");
    add(directory, command, expected, "largest", single(mostPieces, largest - 20 * mostPieces - 200, 1), "refused");
    add(directory, command, expected, "no-torrent", new byte[largest], "refused");
    add(directory, command, expected, "comment", single(1, 12 * MIB, 1), "refused");
    add(directory, command, expected, "name", single(1, 0, 8 * MIB), "refused");
    add(directory, command, expected, "50000-files", many(50_000, 1, 0), "read");
    add(directory, command, expected, "262144-files", many(Limits.defaults().maxFiles(), 1, 0), "refused");
    add(directory, command, expected, "deep", many(5000, 50, 0), "refused");
    add(directory, command, expected, "attributes", many(1, 1, 12 * MIB), "read");
    Process reader = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try {
      String said = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertEquals(expected, said.lines().toList());
      assertTrue(reader.waitFor(20, TimeUnit.SECONDS));
      assertEquals(0, reader.exitValue());
    } finally {
      reader.destroyForcibly();
    }
  }

  private static void add(
      Path directory, List<String> command, List<String> expected, String name, byte[] torrent, String outcome)
      throws IOException {
    command.add(Files.write(directory.resolve(name), torrent).toString());
    expected.add(name + " " + outcome);
  }
}
