package io.minibit.cli;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.PieceLayout;
import io.minibit.store.BlockFilePieceStore;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.List;

/** The file that a peer of the classroom makes of its blocks; compared with the hashes before it has its name. */
final class RebuiltFile {
  private static final int BUFFER_BYTES = 64 << 10;

  private final Classroom classroom;
  private final int number;
  private final Metainfo metainfo;

  RebuiltFile(Classroom classroom, int number, Metainfo metainfo) {
    this.classroom = classroom;
    this.number = number;
    this.metainfo = metainfo;
  }

  /** Every name that it can have while it is made and afterwards. */
  static List<String> names(int number, String original) {
    String name = Classroom.peerName(number) + Classroom.extension(original);
    return List.of(name, unchecked(name), unchecked(name) + ".part");
  }

  private static String unchecked(String name) {
    return "." + name + ".unchecked";
  }

  Path path() {
    return classroom.reconstructed(number, metainfo.name());
  }

  /** Whether it is there and equal to the original, by its hashes. */
  boolean isComplete() throws IOException {
    return Files.isRegularFile(path(), LinkOption.NOFOLLOW_LINKS) && matches(path());
  }

  /** Makes it of all the blocks; it appears whole or not at all. */
  void rebuild() throws IOException {
    classroom.requireNoLinks(number, number);
    Path unchecked = classroom.reconstructed().resolve(unchecked(String.valueOf(path().getFileName())));
    try (BlockFilePieceStore blocks = BlockFilePieceStore.open(metainfo, classroom.peerBlocks(number))) {
      blocks.assemble(unchecked);
    }
    try {
      if (!matches(unchecked)) {
        throw new IOException("the blocks were changed by another program while they were joined");
      }
      Files.move(unchecked, path(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(unchecked);
    }
  }

  private boolean matches(Path file) throws IOException {
    PieceLayout layout = metainfo.layout();
    MessageDigest sha1 = Sha1.digest();
    byte[] buffer = new byte[BUFFER_BYTES];
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file), BUFFER_BYTES)) {
      for (int piece = 0; piece < layout.pieceCount(); piece++) {
        for (int left = layout.length(piece); left > 0; ) {
          int count = in.read(buffer, 0, Math.min(left, buffer.length));
          if (count < 0) {
            return false;
          }
          sha1.update(buffer, 0, count);
          left -= count;
        }
        if (!metainfo.matches(piece, sha1.digest())) {
          return false;
        }
      }
      return in.read() < 0;
    }
  }
}
