package io.minibit.metainfo;

import io.minibit.bencode.BencodeBytes;
import io.minibit.bencode.BencodeDictionary;
import io.minibit.bencode.BencodeInteger;
import io.minibit.bencode.BencodeValue;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The file tree of a hybrid torrent (BEP 52), read only to see that it agrees with the version 1 part: a torrent that
 * means different files to different clients is refused.
 */
final class V2FileTree {
  /** One file: its path as the torrent has it. */
  record Leaf(List<BencodeBytes> path, long length) {}

  private final List<Leaf> expected;
  private final Deque<BencodeBytes> path = new ArrayDeque<>();
  private int seen;

  private V2FileTree(List<Leaf> expected) {
    this.expected = expected;
  }

  /** Refuses the torrent unless its tree has the same files, but for pad files, in the same order. */
  static void requireSame(BencodeDictionary info, List<Leaf> v1Files) {
    Long pieceLength = info.getLong("piece length");
    if (pieceLength == null || Long.bitCount(pieceLength) != 1 || pieceLength < PieceLayout.BLOCK_LENGTH) {
      throw new MetainfoException("info.piece length: a hybrid torrent needs a power of two of at least 16 KiB");
    }
    if (!(info.get("file tree") instanceof BencodeDictionary root)) {
      throw new MetainfoException("info.file tree: it is no dictionary");
    }
    V2FileTree tree = new V2FileTree(v1Files);
    tree.walk(root);
    if (tree.seen != v1Files.size()) {
      throw tree.mismatch();
    }
  }

  /** Recursion is bounded by the decoder's depth limit. */
  private void walk(BencodeDictionary directory) {
    for (BencodeDictionary.Entry entry : directory) {
      if (!(entry.value() instanceof BencodeDictionary child)) {
        throw new MetainfoException("info.file tree: an entry of file " + seen + " is no dictionary");
      }
      if (entry.key().length() == 0) {
        leaf(child);
      } else {
        path.addLast(entry.key());
        walk(child);
        path.removeLast();
      }
    }
  }

  private void leaf(BencodeDictionary file) {
    boolean link = MetainfoParser.hasAttribute(file, 'l');
    if (!link && !(file.get("length") instanceof BencodeInteger)) {
      throw new MetainfoException("info.file tree: file " + seen + " has no length");
    }
    Long stated = file.getLong("length");
    long length = link || stated == null ? 0 : stated;
    BencodeValue root = file.get("pieces root");
    if (length > 0 && !(root instanceof BencodeBytes hash && hash.length() == 32)) {
      throw new MetainfoException("info.file tree: file " + seen + " has no pieces root of 32 bytes");
    }
    if (seen >= expected.size()
        || expected.get(seen).length() != length
        || !expected.get(seen).path().equals(List.copyOf(path))) {
      throw mismatch();
    }
    seen++;
  }

  private MetainfoException mismatch() {
    return new MetainfoException("info.file tree: file " + seen + " is not what the version 1 part says");
  }
}
