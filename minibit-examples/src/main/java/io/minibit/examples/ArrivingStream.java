package io.minibit.examples;

import io.minibit.Torrent;
import io.minibit.TorrentListener;
import io.minibit.metainfo.PieceLayout;
import io.minibit.model.TorrentState;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** An input stream over a file that is still arriving: it waits for its next piece and says which one that is. */
final class ArrivingStream extends InputStream {
  private final Torrent torrent;
  private final PieceLayout layout;
  private final DeadlineFirst selection;
  private final Path file;
  private long position;

  /** Reads a torrent of one file, which is fetched into {@code file} with that selection. */
  ArrivingStream(Torrent torrent, DeadlineFirst selection, Path file) {
    this.torrent = torrent;
    this.layout = torrent.metainfo().layout();
    this.selection = selection;
    this.file = file;
    torrent.addListener(
        new TorrentListener() {
          @Override
          public void onPiece(Torrent fetched, int piece) {
            wakeReader();
          }

          @Override
          public void onState(Torrent fetched, TorrentState state) {
            wakeReader();
          }
        });
  }

  /** Goes on reading somewhere else; what is there becomes the most urgent. */
  void seek(long newPosition) {
    position = newPosition;
    int piece = layout.pieceAt(newPosition);
    // The selection lives on the engine's thread; this is how to get there.
    torrent.execute(() -> selection.moveTo(piece));
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (position >= layout.totalLength()) {
      return -1;
    }
    int piece = layout.pieceAt(position);
    awaitPiece(piece);
    long endOfPiece = layout.offset(piece) + layout.length(piece);
    int count;
    // Pieces are in the file as soon as they count as held.
    try (FileChannel channel = FileChannel.open(file)) {
      count = channel.read(ByteBuffer.wrap(target, offset, (int) Math.min(length, endOfPiece - position)), position);
    }
    if (count < 0) {
      throw new EOFException(file + " was cut");
    }
    position += count;
    if (position == endOfPiece && position < layout.totalLength()) {
      seek(position);
    }
    return count;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  private synchronized void awaitPiece(int piece) throws IOException {
    while (!torrent.status().held().get(piece)) {
      TorrentState state = torrent.status().state();
      if (state == TorrentState.LEFT || state == TorrentState.FAILED) {
        throw new IOException("piece " + piece + " will not come: the torrent is over");
      }
      try {
        // A listener may miss events when it is far too slow, so look by oneself, too.
        wait(1000);
      } catch (InterruptedException e) {
        throw new InterruptedIOException("interrupted while waiting for piece " + piece);
      }
    }
  }

  private synchronized void wakeReader() {
    notifyAll();
  }
}
