package io.minibit.net;

import io.minibit.engine.UploadQueue;
import io.minibit.model.MiniBitException;
import io.minibit.store.PieceStore;
import io.minibit.wire.MessageWriter;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks that are to be sent, off the selector thread, into a bounded number of buffers. A read takes as many of a
 * connection's waiting blocks as fit and frames each as its message, so that the buffer goes out as it is. Lives on the
 * loop's thread.
 */
final class BlockReads {
  /** Blocks of 16 KiB that one buffer takes: enough for a system call to be worth its price. */
  private static final int FRAMES = 16;

  private static final int FRAME = MessageWriter.PIECE_HEADER + (16 << 10);

  private final Loop loop;
  private final IntFunction<ByteBuffer> allocation;
  private final int bufferSize;
  private int mostBuffers;
  private final ArrayDeque<ByteBuffer> free = new ArrayDeque<>();
  private final ArrayDeque<Reader> waiting = new ArrayDeque<>();
  private int buffers;

  /** Who wants blocks read: one connection. */
  interface Reader {
    /** Blocks to read, oldest first; emptied by the read. */
    UploadQueue blocks();

    PieceStore store();

    /** The threads that may read from it. */
    Executor readers();

    /** The frames are in the buffer, from its position to its limit. Give the buffer back with {@link BlockReads#release}. */
    void read(ByteBuffer frames);

    /** This block could not be read, and neither were those behind it. Comes after {@link #read} of those before it. */
    void failed(int piece, int begin, int length, String message);

    /** Something else than the disk failed. Comes after {@link #read} of what was read, if anything was. */
    void broken(Throwable cause);

    /** The last of all: another read may be started. */
    void ended();
  }

  BlockReads(Loop loop, IntFunction<ByteBuffer> allocation, long memory, int longestBlock) {
    this.loop = loop;
    this.allocation = allocation;
    bufferSize = Math.max(FRAMES * FRAME, MessageWriter.PIECE_HEADER + longestBlock);
    mostBuffers = (int) Math.max(2, memory / bufferSize);
  }

  /** Begins a read for this connection, now or when a buffer is free. One at a time for each. */
  void start(Reader reader) {
    ByteBuffer buffer = free.pollLast();
    if (buffer == null && buffers < mostBuffers) {
      try {
        buffer = allocation.apply(bufferSize);
        buffers++;
      } catch (OutOfMemoryError e) {
        if (buffers == 0) {
          end(reader, () -> reader.broken(e));
          return;
        }
        // Others use the memory; with the buffers that there are it goes on, and asking again would only take time.
        mostBuffers = buffers;
      }
    }
    if (buffer == null) {
      waiting.add(reader);
      return;
    }
    read(reader, buffer.clear());
  }

  /** Not at once: the reader may be in the middle of something. */
  private void end(Reader reader, Runnable event) {
    loop.execute(
        () -> {
          try {
            event.run();
          } finally {
            reader.ended();
          }
        });
  }

  /** A connection is closed: whether its read had not been begun, and so will not be. */
  boolean cancel(Reader reader) {
    return waiting.remove(reader);
  }

  /** A buffer has been sent, or is not needed. */
  void release(ByteBuffer buffer) {
    Reader next = waiting.poll();
    if (next == null) {
      free.addLast(buffer);
    } else {
      read(next, buffer.clear());
    }
  }

  private void read(Reader reader, ByteBuffer buffer) {
    UploadQueue batch = new UploadQueue();
    UploadQueue blocks = reader.blocks();
    int room = buffer.capacity();
    while (!blocks.isEmpty() && room >= MessageWriter.PIECE_HEADER + blocks.length(0)) {
      room -= MessageWriter.PIECE_HEADER + blocks.length(0);
      batch.add(blocks.piece(0), blocks.begin(0), blocks.length(0));
      blocks.removeFirst();
    }
    PieceStore store = reader.store();
    try {
      reader.readers().execute(() -> fill(reader, store, batch, buffer));
    } catch (Throwable e) {
      end(reader, () -> {
        release(buffer);
        reader.broken(e);
      });
    }
  }

  /** A store that reads less than it was asked for must not let old bytes of the buffer out. */
  private static void read(PieceStore store, int piece, int begin, ByteBuffer target) throws IOException {
    store.read(piece, begin, target);
    if (target.hasRemaining()) {
      throw new EOFException("the store has " + target.position() + " of " + target.limit() + " bytes at " + begin
          + " of piece " + piece);
    }
  }

  private void fill(Reader reader, PieceStore store, UploadQueue batch, ByteBuffer buffer) {
    int failedAt = -1;
    @Nullable Throwable failure = null;
    boolean inRuns = true;
    int done = 0;
    while (done < batch.size() && failedAt < 0) {
      int count = inRuns ? run(batch, done) : 1;
      int start = buffer.position();
      try {
        read(store, batch, done, count, buffer);
        done += count;
      } catch (Throwable e) {
        buffer.position(start);
        if (count > 1 && isOfDisk(e)) {
          // One by one, to find out which it is.
          inRuns = false;
        } else {
          failedAt = done;
          failure = e;
        }
      }
    }
    int failed = failedAt;
    Throwable why = failure;
    end(reader, () -> {
      reader.read(buffer.flip());
      if (why != null && isOfDisk(why)) {
        reader.failed(batch.piece(failed), batch.begin(failed), batch.length(failed), Failures.describe(why));
      } else if (why != null) {
        reader.broken(why);
      }
    });
  }

  /** Whether the store says that it cannot read; anything else is a bug, or want of memory. */
  private static boolean isOfDisk(Throwable failure) {
    return failure instanceof IOException || failure instanceof MiniBitException;
  }

  /** How many blocks, from this one on, lie one behind the other in the same piece. */
  private static int run(UploadQueue batch, int first) {
    int next = first + 1;
    while (next < batch.size()
        && batch.piece(next) == batch.piece(first)
        && batch.begin(next) == batch.begin(next - 1) + batch.length(next - 1)) {
      next++;
    }
    return next - first;
  }

  /** Reads blocks of one run at once, behind the room for all their headers, then moves each to its own. */
  private static void read(PieceStore store, UploadQueue batch, int first, int count, ByteBuffer buffer)
      throws IOException {
    int from = buffer.position() + count * MessageWriter.PIECE_HEADER;
    int last = first + count - 1;
    int length = batch.begin(last) + batch.length(last) - batch.begin(first);
    read(store, batch.piece(first), batch.begin(first), buffer.slice(from, length));
    for (int i = first; i <= last; i++) {
      MessageWriter.pieceHeader(buffer, batch.piece(i), batch.begin(i), batch.length(i));
      if (from != buffer.position()) {
        buffer.put(buffer.position(), buffer, from, batch.length(i));
      }
      buffer.position(buffer.position() + batch.length(i));
      from += batch.length(i);
    }
  }
}
