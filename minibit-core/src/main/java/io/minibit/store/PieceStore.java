package io.minibit.store;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.Optional;

/**
 * Where the pieces of one torrent are kept. Implement it to keep them elsewhere.
 *
 * <p>A store never sees a byte that did not match its hash: pieces are written whole, verified, once. All methods are
 * called on disk threads only, several at a time, but never two writes of one piece at once; {@code close} comes after
 * everything else has returned. A method may block; while it does, other torrents go on. An {@link IOException} stops
 * the torrent with a clear state and the message is shown to the user, so it should name the file. Whatever else is thrown
 * is a bug and fails the torrent for good.
 */
public interface PieceStore extends Closeable {
  /**
   * Pieces that may already be there; each is verified before it counts. Called first, and again before everything is
   * verified again, with no other call under way: it takes what is there now as unchanged.
   */
  BitSet claimed() throws IOException;

  /**
   * Stores a whole, verified piece: the buffers' remaining bytes, in order. May move the buffers' positions, must not change
   * what is in them, and must not keep them: their memory is used again.
   *
   * @throws StoreChangedException as for {@code read}; the piece is not stored
   */
  void write(int piece, ByteBuffer[] data) throws IOException;

  /**
   * Reads exactly {@code target.remaining()} bytes of a piece from its offset {@code begin} on.
   *
   * @throws StoreChangedException if what was written has been changed by somebody else; it goes on until {@code
   *     claimed} is called
   * @throws StoreUnavailableException if nothing can be said of the piece now; a check ends and is tried again later
   * @throws IOException also if there are fewer bytes
   */
  void read(int piece, int begin, ByteBuffer target) throws IOException;

  /**
   * What identifies the stored state from outside (for files: sizes and times). Equal fingerprints mean that nothing
   * was changed in between.
   *
   * @throws StoreChangedException as for {@code read}, as far as it is noticed
   */
  String fingerprint() throws IOException;

  /**
   * The range, at least one byte, as part of one open file, for sending it without copying; empty where that is not
   * possible. The slice is good until {@link #claimed} or {@link #close} is called.
   *
   * @throws StoreChangedException as for {@code read}
   */
  default Optional<FileSlice> slice(int piece, int begin, int length) throws IOException {
    return Optional.empty();
  }

  /** Makes durable what was written. */
  void flush() throws IOException;

  @Override
  void close() throws IOException;
}
