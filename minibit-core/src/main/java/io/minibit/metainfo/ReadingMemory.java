package io.minibit.metainfo;

/**
 * Counts what it takes of the heap to read one .torrent, and refuses what would exceed half of it: a file may be much
 * smaller than what becomes of it. The figures are estimates on the safe side, for a small heap to tell so before it is
 * full; with one of a few hundred MiB other limits come first.
 */
final class ReadingMemory {
  /** The file, and a copy of its info dictionary, which is nearly all of it. */
  private static final int COPIES = 2;

  /** While raw bytes become a cleaned name: the characters twice, at two bytes, and the bytes themselves. */
  private static final int PER_TEXT_BYTE = 5;

  /** Of a path: a name as the torrent has it, cleaned and folded, or a directory with its table of names. */
  private static final int PER_PATH_ELEMENT = 200;

  private final long heap;
  private final long most;
  private long taken;

  ReadingMemory(long heap) {
    this.heap = heap;
    // Some collectors do not count a survivor space, up to a tenth of the young generation.
    most = heap / 2 + heap / 16;
  }

  static ReadingMemory ofThisJvm() {
    return new ReadingMemory(Runtime.getRuntime().maxMemory());
  }

  /** Bytes of the longest .torrent that is read at all. */
  long longestTorrent() {
    return most / COPIES;
  }

  /** A .torrent of so many bytes is read. */
  void torrent(long bytes) {
    take(COPIES * bytes);
  }

  /** Bytes of it become text. */
  void text(long bytes) {
    take(PER_TEXT_BYTE * bytes);
  }

  /** Bytes of it become an element of a path. */
  void pathElement(long bytes) {
    take(PER_PATH_ELEMENT + PER_TEXT_BYTE * bytes);
  }

  private void take(long bytes) {
    taken += bytes;
    if (taken > most) {
      throw new MetainfoException(
          "the .torrent takes more than half of the maximum heap (" + heap + " bytes) to read; raise it with -Xmx");
    }
  }
}
