package io.minibit.net;

import io.minibit.metainfo.PieceLayout;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The pieces that were stored last, still in the memory in which they were assembled: when a piece is announced, peers ask for
 * it soon, and what is sent from here need not be read. The oldest go first, and none while a block of it is on its way.
 * Lives on the loop's thread.
 */
final class FreshPieces {
  /** Bytes of a piece, and of a block of it, that are worth the objects it takes to send them from here. */
  private static final int LEAST = PieceLayout.BLOCK_LENGTH;

  private final Slabs slabs;
  private final long most;
  private final Map<Key, Piece> pieces = new LinkedHashMap<>();
  private long room;

  private record Key(Object torrent, int piece) {}

  /** A piece that can be sent from memory. */
  static final class Piece {
    private final PieceMemory memory;
    private int blocksOnTheirWay;
    private boolean listed = true;

    private Piece(PieceMemory memory) {
      this.memory = memory;
    }
  }

  /**
   * Empty.
   *
   * @param slabs where the memory goes in the end
   * @param most bytes of pieces that are kept, those on their way included
   */
  FreshPieces(Slabs slabs, long most) {
    this.slabs = slabs;
    this.most = most;
    room = most;
  }

  /** Keeps a piece, in place of the oldest if need be, or gives its memory back. Nobody may write to it any more. */
  void keep(Object torrent, int piece, PieceMemory memory) {
    Key key = new Key(torrent, piece);
    Piece before = pieces.remove(key);
    if (before != null) {
      unlist(before);
    }
    if (memory.length() < LEAST || !makeRoom(memory.length())) {
      slabs.give(memory);
      return;
    }
    room -= memory.length();
    pieces.put(key, new Piece(memory));
  }

  private boolean makeRoom(int length) {
    if (length > most) {
      return false;
    }
    Iterator<Piece> oldest = pieces.values().iterator();
    while (room < length && oldest.hasNext()) {
      Piece piece = oldest.next();
      if (piece.blocksOnTheirWay == 0) {
        oldest.remove();
        unlist(piece);
      }
    }
    return room >= length;
  }

  /** The piece, if these bytes of it are there in one run and are a block of usual length; null otherwise. */
  @Nullable Piece find(Object torrent, int piece, int begin, int length) {
    if (length < LEAST) {
      return null;
    }
    Piece found = pieces.get(new Key(torrent, piece));
    return found != null && found.memory.isOneRun(begin, length) ? found : null;
  }

  /** A block to be sent, as {@link #find} found it; {@link #sent} must follow. */
  ByteBuffer send(Piece piece, int begin, int length) {
    ByteBuffer block = piece.memory.view(begin, length);
    piece.blocksOnTheirWay++;
    return block;
  }

  /** A block has been sent, or will not be. */
  void sent(Piece piece) {
    piece.blocksOnTheirWay--;
    giveUnused(piece);
  }

  /** The torrent's pieces are not to be sent from here any more. */
  void forget(Object torrent) {
    pieces.entrySet().removeIf(entry -> {
      boolean its = entry.getKey().torrent() == torrent;
      if (its) {
        unlist(entry.getValue());
      }
      return its;
    });
  }

  private void unlist(Piece piece) {
    piece.listed = false;
    giveUnused(piece);
  }

  private void giveUnused(Piece piece) {
    if (!piece.listed && piece.blocksOnTheirWay == 0) {
      room += piece.memory.length();
      slabs.give(piece.memory);
    }
  }
}
