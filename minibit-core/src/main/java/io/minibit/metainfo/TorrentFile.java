package io.minibit.metainfo;

import io.minibit.model.MiniBitException;
import java.util.List;

/**
 * One file of a torrent, as it may safely be stored.
 *
 * @param path cleaned path elements below the target directory, the torrent's name first for a multi-file torrent; at
 *     least one, none empty, none with a separator
 * @param offset where the file starts in the torrent, bytes
 * @param length bytes, may be 0
 * @param padding a pad file (BEP 47): its bytes are zeros and are not stored
 * @param named the path as the torrent has it, not cleaned: only to find a file that is there already under that name, and
 *     never to be printed raw
 */
public record TorrentFile(List<String> path, long offset, long length, boolean padding, List<String> named) {
  /** A file whose name needed no cleaning. */
  public TorrentFile(List<String> path, long offset, long length, boolean padding) {
    this(path, offset, length, padding, path);
  }

  public TorrentFile {
    path = List.copyOf(path);
    // Most names need no cleaning; a million of them need not be kept twice.
    named = named.equals(path) ? path : List.copyOf(named);
    if (path.isEmpty() || offset < 0 || length < 0) {
      throw new MiniBitException("file " + path + ": offset " + offset + ", length " + length);
    }
  }
}
