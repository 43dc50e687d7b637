package io.minibit.net;

import io.minibit.metainfo.Metainfo;
import io.minibit.model.Limits;
import io.minibit.model.MiniBitException;
import io.minibit.store.PieceStore;
import io.minibit.store.ResumeFile;
import io.minibit.store.StoreChangedException;
import java.io.IOException;
import java.util.BitSet;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers from time to time which pieces are verified, and recalls it when the torrent is joined again. What is written
 * never says more than what is in the store: pieces are counted first, the store's fingerprint is taken then.
 *
 * <p>Lives on the loop's thread, except where it says otherwise; writes on the threads that may block, and the loop never
 * waits for them: a disk may take minutes to flush.
 */
final class Checkpoints {
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

  private final TorrentDriver driver;
  private final @Nullable ResumeFile file;
  private final Metainfo metainfo;
  private final PieceStore store;
  private final Loop loop;
  private final Executor background;
  private final Limits limits;

  /** Whether what the file says may still be believed: once only, before anything else has happened. */
  private boolean fresh = true;

  private Loop.@Nullable Timer next;
  private Loop.@Nullable Timer flush;
  private boolean writing;

  /**
   * Whether the store has been checked, so that what the engine holds is all that is verified. While it is checked, what
   * the engine holds and what the store's fingerprint says may not belong together.
   */
  private volatile boolean known;

  /** Whether the check that is under way verifies nothing, because the file was believed. */
  private volatile boolean recalled;

  /** Whether the file may say what is not true any more. */
  private volatile boolean doubted;

  // On threads that may block, guarded by this.

  /** How many pieces the file says are verified; -1 if that is not known. */
  private int saved = -1;

  private boolean savedDurably;
  private boolean complained;

  Checkpoints(
      TorrentDriver driver,
      @Nullable ResumeFile file,
      Metainfo metainfo,
      PieceStore store,
      Loop loop,
      Executor background,
      Limits limits) {
    this.driver = driver;
    this.file = file;
    this.metainfo = metainfo;
    this.store = store;
    this.loop = loop;
    this.background = background;
    this.limits = limits;
  }

  /**
   * The pieces that need not be verified, asked when the store is checked; null if they must be. On a thread that may
   * block, with no other call to the store under way.
   */
  @Nullable BitSet recall() throws IOException {
    if (file == null || !fresh) {
      return null;
    }
    fresh = false;
    BitSet claimed = store.claimed();
    try {
      BitSet remembered = file.load(metainfo, store.fingerprint());
      if (remembered != null) {
        remembered.and(claimed);
        synchronized (this) {
          noteSaved(remembered.cardinality(), false);
        }
        recalled = true;
        LOG.info("{}: {} pieces were verified before and have not changed", metainfo.name(), remembered.cardinality());
      }
      return remembered;
    } catch (MiniBitException e) {
      LOG.info("{}: everything is verified again: {}", metainfo.name(), Failures.describe(e));
      return null;
    } catch (IOException e) {
      LOG.warn("{}: everything is verified again: {}", metainfo.name(), Failures.describe(e));
      return null;
    }
  }

  /** The store is about to be checked. */
  void checking() {
    known = false;
  }

  /** Under the lock. */
  private void noteSaved(int pieces, boolean durably) {
    saved = pieces;
    savedDurably = durably;
  }

  /** The store has been checked, and what the file says may not be true any more unless it was just recalled. */
  void checked() {
    known = true;
    doubted = !recalled;
    recalled = false;
    write(false);
    flushLater();
  }

  /** One more piece is there, or all. */
  void pieceStored(boolean complete) {
    if (file == null) {
      return;
    }
    if (complete) {
      write(false);
    } else {
      noteLater();
    }
    flushLater();
  }

  private void noteLater() {
    if (next == null) {
      next = loop.at(loop.now() + limits.checkpointInterval().toNanos(), () -> {
        next = null;
        write(false);
      });
    }
  }

  /** What is written from now on is durable only after another flush. */
  private void flushLater() {
    if (file != null && flush == null) {
      flush = loop.at(loop.now() + limits.flushDelay().toNanos(), () -> {
        flush = null;
        write(true);
      });
    }
  }

  private void write(boolean durable) {
    if (file == null || !known) {
      return;
    }
    if (writing) {
      // Pieces may have come since that began, and perhaps no other will.
      if (durable) {
        flushLater();
      } else {
        noteLater();
      }
      return;
    }
    writing = true;
    BitSet held = driver.engine().held().toBitSet();
    driver.jobs().run(durable ? background : driver.disk(), () -> {
      save(held, durable);
      return () -> writing = false;
    });
  }

  /** No more by itself. */
  void cancel() {
    if (next != null) {
      loop.cancel(next);
    }
    if (flush != null) {
      loop.cancel(flush);
    }
  }

  /** Remembers the pieces that are there when the torrent is left, on a disk thread, right before the store is closed. */
  void last(BitSet held) {
    if (known) {
      save(held, false);
    }
  }

  /**
   * On a thread that may block. Nothing is lost if it cannot be written: everything is verified the next time. What is no
   * failure of a disk is a bug, in the store maybe, and is not caught.
   */
  private synchronized void save(BitSet held, boolean durable) {
    ResumeFile target = file;
    int pieces = held.cardinality();
    if (doubted) {
      doubted = false;
      saved = -1;
    }
    if (target == null || (pieces == saved && (savedDurably || !durable))) {
      return;
    }
    try {
      if (durable) {
        store.flush();
      }
      target.save(metainfo, held, store.fingerprint(), durable);
      noteSaved(pieces, durable);
    } catch (StoreChangedException e) {
      LOG.debug("{}: nothing is remembered: {}", metainfo.name(), Failures.describe(e));
    } catch (IOException | MiniBitException e) {
      if (!complained) {
        complained = true;
        LOG.warn("{}: what is verified cannot be remembered: {}", metainfo.name(), Failures.describe(e));
      }
    }
  }
}
