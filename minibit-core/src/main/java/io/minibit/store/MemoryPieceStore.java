package io.minibit.store;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.PieceLayout;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** Keeps a torrent on the heap: for tests and small things. It keeps what it has when it is closed. */
public final class MemoryPieceStore implements PieceStore {
  private final PieceLayout layout;
  private final AtomicReferenceArray<byte @Nullable []> pieces;

  private MemoryPieceStore(PieceLayout layout) {
    this.layout = layout;
    pieces = new AtomicReferenceArray<>(layout.pieceCount());
  }

  /** A store without any piece. */
  public static MemoryPieceStore empty(Metainfo metainfo) {
    return empty(metainfo.layout());
  }

  /**
   * A store with all pieces.
   *
   * @param content the torrent's bytes, all files in order
   * @throws IllegalArgumentException if it has another length than the torrent
   */
  public static MemoryPieceStore of(Metainfo metainfo, byte[] content) {
    return of(metainfo.layout(), content);
  }

  static MemoryPieceStore empty(PieceLayout layout) {
    return new MemoryPieceStore(layout);
  }

  static MemoryPieceStore of(PieceLayout layout, byte[] content) {
    if (content.length != layout.totalLength()) {
      throw new IllegalArgumentException(
          "content of " + content.length + " bytes for a torrent of " + layout.totalLength());
    }
    MemoryPieceStore store = new MemoryPieceStore(layout);
    ByteBuffer all = ByteBuffer.wrap(content);
    for (int piece = 0; piece < layout.pieceCount(); piece++) {
      byte[] bytes = new byte[layout.length(piece)];
      all.get(bytes);
      store.pieces.set(piece, bytes);
    }
    return store;
  }

  @Override
  public BitSet claimed() {
    BitSet claimed = new BitSet(layout.pieceCount());
    for (int piece = 0; piece < layout.pieceCount(); piece++) {
      claimed.set(piece, pieces.get(piece) != null);
    }
    return claimed;
  }

  @Override
  public void write(int piece, ByteBuffer[] data) {
    byte[] bytes = new byte[PieceBytes.require(layout, piece, data)];
    int offset = 0;
    for (ByteBuffer buffer : data) {
      int count = buffer.remaining();
      buffer.get(bytes, offset, count);
      offset += count;
    }
    pieces.set(piece, bytes);
  }

  @Override
  public void read(int piece, int begin, ByteBuffer target) throws IOException {
    PieceBytes.require(layout, piece, begin, target.remaining());
    byte[] bytes = pieces.get(piece);
    if (bytes == null) {
      throw new EOFException("piece " + piece + " is not in memory");
    }
    target.put(bytes, begin, target.remaining());
  }

  /**
   * The torrent's bytes, all files in order.
   *
   * @throws IllegalStateException if a piece is missing, or if it is more than an array can hold
   */
  public byte[] content() {
    if (layout.totalLength() > Integer.MAX_VALUE - 8) {
      throw new IllegalStateException(layout.totalLength() + " bytes do not fit into an array");
    }
    ByteBuffer content = ByteBuffer.allocate((int) layout.totalLength());
    for (int piece = 0; piece < layout.pieceCount(); piece++) {
      byte[] bytes = pieces.get(piece);
      if (bytes == null) {
        throw new IllegalStateException("piece " + piece + " is missing");
      }
      content.put(bytes);
    }
    return content.array();
  }

  /** A hash over everything. */
  @Override
  public String fingerprint() {
    Fingerprint fingerprint = new Fingerprint();
    byte[] presence = new byte[1];
    for (int piece = 0; piece < layout.pieceCount(); piece++) {
      byte[] bytes = pieces.get(piece);
      presence[0] = (byte) (bytes == null ? 0 : 1);
      fingerprint.add(presence);
      if (bytes != null) {
        fingerprint.add(bytes);
      }
    }
    return fingerprint.toString();
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  @Override
  public String toString() {
    return "memory";
  }
}
