package io.minibit.metainfo;

import java.io.Closeable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Computes the SHA-1 of every piece on all cores. Each thread takes the next piece and reads it bit by bit, so that
 * memory depends neither on the piece length nor on the total.
 */
final class PieceHasher {
  /** Long enough that a read costs more than the call, short enough for the caches and for a prompt stop. */
  private static final int BUFFER_BYTES = 256 << 10;

  private static final long PROGRESS_MILLIS = 100;

  /** The torrent's bytes, for one thread. */
  interface Source extends Closeable {
    /** Reads some bytes, at least one, from this offset of the torrent on. */
    void read(long offset, ByteBuffer target) throws IOException;
  }

  private final PieceLayout layout;
  private final byte[] hashes;
  private final AtomicInteger nextPiece = new AtomicInteger();
  private final AtomicLong bytesHashed = new AtomicLong();
  private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
  private volatile boolean stopped;

  private PieceHasher(PieceLayout layout) {
    this.layout = layout;
    hashes = new byte[Math.multiplyExact(layout.pieceCount(), Metainfo.HASH_LENGTH)];
  }

  /**
   * All hashes, one after the other.
   *
   * @param progress called on the calling thread
   * @throws InterruptedIOException if the calling thread is interrupted; it stays so
   */
  static byte[] hash(PieceLayout layout, Supplier<? extends Source> sources, MetainfoBuilder.Progress progress)
      throws IOException {
    return new PieceHasher(layout).run(sources, progress);
  }

  private byte[] run(Supplier<? extends Source> sources, MetainfoBuilder.Progress progress) throws IOException {
    int count = Math.min(Runtime.getRuntime().availableProcessors(), layout.pieceCount());
    CountDownLatch running = new CountDownLatch(count);
    List<Thread> threads = new ArrayList<>(count);
    boolean interrupted = false;
    try {
      for (int i = 0; i < count; i++) {
        Thread thread =
            new Thread(
                () -> {
                  try (Source source = sources.get()) {
                    hashPieces(source);
                  } catch (IOException | RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                    stopped = true;
                  } finally {
                    running.countDown();
                  }
                },
                "minibit-hash-" + i);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
      }
      while (!running.await(PROGRESS_MILLIS, TimeUnit.MILLISECONDS)) {
        progress.onHashed(bytesHashed.get(), layout.totalLength());
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      stopped = true;
      interrupted |= endAll(threads, interrupted);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("hashing was interrupted");
    }
    rethrow(failure.get());
    progress.onHashed(layout.totalLength(), layout.totalLength());
    return hashes;
  }

  /** Waits until no thread is left that could hold a file open; tells whether the caller was interrupted meanwhile. */
  private static boolean endAll(List<Thread> threads, boolean interrupt) {
    boolean interrupted = false;
    for (Thread thread : threads) {
      if (interrupt) {
        thread.interrupt();
      }
      while (true) {
        try {
          thread.join();
          break;
        } catch (InterruptedException e) {
          interrupted = true;
          thread.interrupt();
        }
      }
    }
    return interrupted;
  }

  private void hashPieces(Source source) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(Math.min(BUFFER_BYTES, layout.length(0)));
    MessageDigest digest = newSha1();
    for (int piece = nextPiece.getAndIncrement(); piece < layout.pieceCount(); piece = nextPiece.getAndIncrement()) {
      long at = layout.offset(piece);
      long end = at + layout.length(piece);
      while (at < end) {
        if (stopped) {
          return;
        }
        buffer.clear().limit((int) Math.min(buffer.capacity(), end - at));
        source.read(at, buffer);
        buffer.flip();
        at += buffer.remaining();
        bytesHashed.addAndGet(buffer.remaining());
        digest.update(buffer);
      }
      System.arraycopy(digest.digest(), 0, hashes, piece * Metainfo.HASH_LENGTH, Metainfo.HASH_LENGTH);
    }
  }

  private static void rethrow(@Nullable Throwable failure) throws IOException {
    if (failure instanceof IOException e) {
      throw e;
    }
    if (failure instanceof RuntimeException e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
  }

  static MessageDigest newSha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-1", e);
    }
  }
}
