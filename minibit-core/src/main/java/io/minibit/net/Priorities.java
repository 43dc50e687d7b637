package io.minibit.net;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.PieceLayout;
import io.minibit.metainfo.TorrentFile;
import io.minibit.model.MiniBitException;
import java.util.List;

/** Turns what users say of pieces and files into a priority per piece. */
final class Priorities {
  private static final int HIGHEST = 7;

  private Priorities() {}

  static byte[] ofPieces(Metainfo metainfo, int[] priorities) {
    int pieces = metainfo.layout().pieceCount();
    if (priorities.length != pieces) {
      throw new MiniBitException("priorities: " + priorities.length + " given for " + pieces + " pieces");
    }
    byte[] bytes = new byte[pieces];
    for (int p = 0; p < pieces; p++) {
      bytes[p] = checked(priorities[p], "piece", p);
    }
    return bytes;
  }

  /** A piece is wanted as much as the most wanted of its files. */
  static byte[] ofFiles(Metainfo metainfo, List<Integer> priorities) {
    List<TorrentFile> files = metainfo.files();
    if (priorities.size() != files.size()) {
      throw new MiniBitException("priorities: " + priorities.size() + " given for " + files.size() + " files");
    }
    PieceLayout layout = metainfo.layout();
    byte[] bytes = new byte[layout.pieceCount()];
    for (int f = 0; f < files.size(); f++) {
      TorrentFile file = files.get(f);
      byte priority = checked(priorities.get(f), "file", f);
      if (file.length() == 0) {
        continue;
      }
      int last = layout.pieceAt(file.offset() + file.length() - 1);
      for (int p = layout.pieceAt(file.offset()); p <= last; p++) {
        bytes[p] = (byte) Math.max(bytes[p], priority);
      }
    }
    return bytes;
  }

  private static byte checked(int priority, String what, int index) {
    if (priority < 0 || priority > HIGHEST) {
      throw new MiniBitException("priority " + priority + " of " + what + " " + index + " is not between 0 and 7");
    }
    return (byte) priority;
  }
}
