package io.minibit.cli.interop;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Files of random bytes with given sizes: what the peers of a test share. Always the same for the same sizes. */
final class Content {
  private static final int CHUNK = 1 << 16;

  private final String name;
  private final Map<String, Long> files = new LinkedHashMap<>();

  private Content(String name) {
    this.name = name;
  }

  /** By its description: {@code 16385} is a file of so many bytes, {@code 1+0+16385} a directory of three files. */
  static Content of(String sizes) {
    List<String> parts = List.of(sizes.strip().split("\\+", -1));
    Content content = new Content((parts.size() == 1 ? "file of " : "files of ") + sizes.strip());
    if (parts.size() == 1) {
      content.files.put(content.name, Long.valueOf(parts.get(0)));
    }
    for (int i = 0; i < parts.size() && parts.size() > 1; i++) {
      // Some are in directories, and the order of the names is not the order of the sizes.
      content.files.put(content.name + (i % 2 == 0 ? "/" : "/sub " + i + "/deep/") + "part " + i,
          Long.valueOf(parts.get(i)));
    }
    return content;
  }

  /** Of the file, or of the directory around all. */
  String name() {
    return name;
  }

  long length() {
    return files.values().stream().mapToLong(Long::longValue).sum();
  }

  /** Writes all of it below a directory. */
  Content writeTo(Path directory) throws IOException {
    byte[] chunk = new byte[CHUNK];
    for (Map.Entry<String, Long> file : files.entrySet()) {
      Path path = directory.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Random random = new Random(file.getKey().hashCode());
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(path))) {
        for (long left = file.getValue(); left > 0; left -= CHUNK) {
          random.nextBytes(chunk);
          out.write(chunk, 0, (int) Math.min(left, CHUNK));
        }
      }
    }
    return this;
  }

  /** Writes some of the pieces of a single file below a directory; the rest of the file is zeros. */
  void writePiecesTo(Path directory, BitSet pieces, int pieceLength) throws IOException {
    writeTo(directory);
    byte[] zeros = new byte[pieceLength];
    try (RandomAccessFile file = new RandomAccessFile(directory.resolve(name).toFile(), "rw")) {
      int count = (int) ((length() + pieceLength - 1) / pieceLength);
      for (int piece = pieces.nextClearBit(0); piece < count; piece = pieces.nextClearBit(piece + 1)) {
        long begin = (long) piece * pieceLength;
        file.seek(begin);
        file.write(zeros, 0, (int) Math.min(pieceLength, length() - begin));
      }
    }
  }

  /** What differs between two directories that should both hold it; nothing if they are the same. */
  List<String> differences(Path expected, Path actual) throws IOException {
    List<String> differences = new ArrayList<>();
    for (Map.Entry<String, Long> file : files.entrySet()) {
      Path path = actual.resolve(file.getKey());
      // Clients may leave out empty files.
      if (!Files.exists(path) && file.getValue() > 0) {
        differences.add(file.getKey() + " is missing");
      } else if (file.getValue() > 0 && Files.size(path) != file.getValue()) {
        differences.add(file.getKey() + " has " + Files.size(path) + " bytes");
      } else if (file.getValue() > 0) {
        long first = Files.mismatch(expected.resolve(file.getKey()), path);
        if (first >= 0) {
          differences.add(file.getKey() + " differs at byte " + first);
        }
      }
    }
    return differences;
  }

  @Override
  public String toString() {
    return name + " " + Arrays.toString(files.values().toArray());
  }
}
