package io.minibit.store;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.PieceLayout;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.BitSet;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Finds out which pieces of a store match their hashes, on several threads and with a quarter of a MiB for each, however
 * long the pieces are. Pieces that the store does not claim are not read.
 *
 * <pre>{@code
 * BitSet good = new PieceVerifier(metainfo, store)
 *     .verify(ForkJoinPool.commonPool(), 8, (piece, isGood) -> {}, () -> false);
 * }</pre>
 *
 * <p>An instance verifies once.
 */
public final class PieceVerifier {
  /** Long enough that a read costs more than the call, short enough for the caches and for a prompt stop. */
  private static final int BUFFER_BYTES = 256 << 10;

  /** Direct memory goes with the garbage collector, which may never come: it is used again instead. */
  private static final Queue<ByteBuffer> BUFFERS = new ConcurrentLinkedQueue<>();

  /** Told about each piece that was claimed, on the threads that verify, one call at a time. */
  @FunctionalInterface
  public interface Progress {
    /** A piece matches its hash, or does not or could not be read. */
    void onChecked(int piece, boolean good);
  }

  private final Metainfo metainfo;
  private final PieceStore store;
  private final PieceLayout layout;

  /** All that changes is guarded by this. */
  private final Object lock = new Object();

  private final BitSet claimed = new BitSet();
  private final BitSet good = new BitSet();
  private boolean started;

  /** The first piece that no thread has taken; negative when there is nothing left to do. */
  private int nextPiece;

  private int working;
  private @Nullable Throwable failure;

  public PieceVerifier(Metainfo metainfo, PieceStore store) {
    this.metainfo = metainfo;
    this.store = store;
    layout = metainfo.layout();
  }

  /**
   * Asks the store what it claims and verifies that. The calling thread works, too, and returns when no other thread works
   * any more; so it does not matter when, or whether at all, the executor finds time for the others, and the caller may
   * be one of its threads.
   *
   * @param parallelism threads in all, at least 1
   * @param cancelled asked several times per piece, on all threads
   * @return the pieces that match; when cancelled, those found until then
   * @throws InterruptedIOException if a thread is interrupted
   * @throws IOException if the store cannot say what it claims, or with a {@link StoreUnavailableException} that it cannot
   *     be used now; any other piece that cannot be read is no error, but does not count
   * @throws IllegalStateException if called a second time
   */
  public BitSet verify(Executor executor, int parallelism, Progress progress, BooleanSupplier cancelled)
      throws IOException {
    BitSet claim = store.claimed();
    claim.clear(layout.pieceCount(), Math.max(layout.pieceCount(), claim.length()));
    synchronized (lock) {
      if (started) {
        throw new IllegalStateException("a PieceVerifier verifies once");
      }
      started = true;
      claimed.or(claim);
    }
    int helpers = Math.min(parallelism, claim.cardinality()) - 1;
    try {
      for (int i = 0; i < helpers; i++) {
        executor.execute(() -> work(progress, cancelled));
      }
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      // Fewer threads then; the calling one is always there.
    }
    work(progress, cancelled);
    return result();
  }

  private BitSet result() throws IOException {
    boolean interrupted = false;
    synchronized (lock) {
      while (working > 0) {
        try {
          lock.wait();
        } catch (InterruptedException e) {
          // The others may be in the middle of a read: nobody may close the store before they are out of it.
          interrupted = true;
          stopWith(new InterruptedIOException("verifying was interrupted"));
        }
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      if (failure instanceof IOException e) {
        throw e;
      }
      if (failure != null) {
        throw PieceVerifier.<RuntimeException>asItIs(failure);
      }
      return (BitSet) good.clone();
    }
  }

  /** A store in another language may throw checked exceptions that nobody declared. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> T asItIs(Throwable failure) throws T {
    throw (T) failure;
  }

  /** Takes one piece after the other until none is left. */
  private void work(Progress progress, BooleanSupplier cancelled) {
    synchronized (lock) {
      if (nextPiece < 0) {
        return;
      }
      working++;
    }
    ByteBuffer buffer = null;
    try {
      for (int piece = take(); piece >= 0; piece = take()) {
        if (buffer == null) {
          buffer = borrowBuffer();
        }
        boolean matches = !cancelled.getAsBoolean() && check(piece, buffer, cancelled);
        synchronized (lock) {
          if (!matches && cancelled.getAsBoolean()) {
            nextPiece = -1;
            break;
          }
          good.set(piece, matches);
          progress.onChecked(piece, matches);
        }
      }
    } catch (Throwable e) {
      synchronized (lock) {
        stopWith(e);
      }
    } finally {
      if (buffer != null) {
        BUFFERS.add(buffer);
      }
      synchronized (lock) {
        working--;
        lock.notifyAll();
      }
    }
  }

  private int take() {
    synchronized (lock) {
      if (nextPiece < 0) {
        return -1;
      }
      int piece = claimed.nextSetBit(nextPiece);
      nextPiece = piece < 0 ? -1 : piece + 1;
      return piece;
    }
  }

  private void stopWith(Throwable cause) {
    if (failure == null) {
      failure = cause;
    }
    nextPiece = -1;
  }

  /** False, too, if cancelled in the middle. */
  private boolean check(int piece, ByteBuffer buffer, BooleanSupplier cancelled) throws IOException {
    MessageDigest digest = newSha1();
    int length = layout.length(piece);
    try {
      for (int begin = 0; begin < length; begin += buffer.limit()) {
        if (begin > 0 && cancelled.getAsBoolean()) {
          return false;
        }
        buffer.clear().limit(Math.min(buffer.capacity(), length - begin));
        store.read(piece, begin, buffer);
        digest.update(buffer.flip());
      }
    } catch (InterruptedIOException | StoreUnavailableException e) {
      throw e;
    } catch (IOException e) {
      return false;
    }
    byte[] sha1 = new byte[Metainfo.HASH_LENGTH];
    try {
      digest.digest(sha1, 0, sha1.length);
    } catch (DigestException e) {
      throw new AssertionError("SHA-1 has " + sha1.length + " bytes", e);
    }
    return metainfo.matches(piece, sha1);
  }

  private static ByteBuffer borrowBuffer() {
    ByteBuffer buffer = BUFFERS.poll();
    return buffer == null ? ByteBuffer.allocateDirect(BUFFER_BYTES) : buffer;
  }

  private static MessageDigest newSha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }
}
