package io.minibit;

import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.store.ResumeFile;
import io.minibit.tracker.Tracker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How one torrent differs from its peer's defaults. Immutable: each method gives a changed copy.
 *
 * <pre>{@code
 * TorrentOptions.defaults().selection(new Sequential()).uploadRate(100_000).seedFor(Duration.ofMinutes(5))
 * }</pre>
 */
public final class TorrentOptions {
  private static final TorrentOptions DEFAULTS = new TorrentOptions();

  private @Nullable PieceSelectionStrategy selection;
  private @Nullable ChokingStrategy choking;
  private @Nullable Tracker tracker;
  private boolean withoutTracker;
  private int @Nullable [] priorities;
  private @Nullable List<Integer> filePriorities;
  private long uploadRate = Long.MAX_VALUE;
  private long downloadRate = Long.MAX_VALUE;
  private @Nullable Duration seedFor;
  private boolean superSeeding;
  private boolean paused;
  private @Nullable ResumeFile resumeFile;
  private List<TorrentListener> listeners = List.of();

  private TorrentOptions() {}

  private TorrentOptions(TorrentOptions other) {
    selection = other.selection;
    choking = other.choking;
    tracker = other.tracker;
    withoutTracker = other.withoutTracker;
    priorities = other.priorities;
    filePriorities = other.filePriorities;
    uploadRate = other.uploadRate;
    downloadRate = other.downloadRate;
    seedFor = other.seedFor;
    superSeeding = other.superSeeding;
    paused = other.paused;
    resumeFile = other.resumeFile;
    listeners = other.listeners;
  }

  /** Everything as the peer has it. */
  public static TorrentOptions defaults() {
    return DEFAULTS;
  }

  /** This very instance decides which piece to fetch; it must not serve another torrent. */
  public TorrentOptions selection(PieceSelectionStrategy strategy) {
    TorrentOptions changed = new TorrentOptions(this);
    changed.selection = strategy;
    return changed;
  }

  /** This very instance decides whom to serve; it must not serve another torrent. */
  public TorrentOptions choking(ChokingStrategy strategy) {
    TorrentOptions changed = new TorrentOptions(this);
    changed.choking = strategy;
    return changed;
  }

  /** A tracker instead of the peer's or the metainfo's. It stays the caller's to close. */
  public TorrentOptions tracker(Tracker instead) {
    TorrentOptions changed = new TorrentOptions(this);
    changed.tracker = instead;
    changed.withoutTracker = false;
    return changed;
  }

  /** No tracker at all: only peers that connect or that {@link Torrent#connect} names. */
  public TorrentOptions withoutTracker() {
    TorrentOptions changed = new TorrentOptions(this);
    changed.tracker = null;
    changed.withoutTracker = true;
    return changed;
  }

  /** One priority per piece, 0 (unwanted) to 7 (most wanted). */
  public TorrentOptions priorities(int[] perPiece) {
    TorrentOptions changed = new TorrentOptions(this);
    changed.priorities = perPiece.clone();
    changed.filePriorities = null;
    return changed;
  }

  /** One priority per file, 0 (unwanted) to 7 (most wanted); a piece counts as the most wanted of its files. */
  public TorrentOptions filePriorities(List<Integer> perFile) {
    TorrentOptions changed = new TorrentOptions(this);
    changed.filePriorities = List.copyOf(perFile);
    changed.priorities = null;
    return changed;
  }

  /** Limits what this torrent sends, bytes per second. */
  public TorrentOptions uploadRate(long bytesPerSecond) {
    TorrentOptions changed = new TorrentOptions(this);
    changed.uploadRate = positive(bytesPerSecond);
    return changed;
  }

  /** Limits what this torrent receives, bytes per second. */
  public TorrentOptions downloadRate(long bytesPerSecond) {
    TorrentOptions changed = new TorrentOptions(this);
    changed.downloadRate = positive(bytesPerSecond);
    return changed;
  }

  /** Leaves the swarm by itself after seeding for this long. Default: seeds until it is told to leave. */
  public TorrentOptions seedFor(Duration duration) {
    TorrentOptions changed = new TorrentOptions(this);
    changed.seedFor = duration;
    return changed;
  }

  /**
   * Whether to seed so that hardly more than one copy has to be sent (BEP 16): for who is the first and only one to have
   * the content. Each peer sees one piece at a time, until every piece has reached two others; then it is seeding as
   * usual. It begins when the torrent is complete, from the start or by downloading. Where there are other seeds it only
   * slows down. Default: false.
   */
  public TorrentOptions superSeeding(boolean wanted) {
    TorrentOptions changed = new TorrentOptions(this);
    changed.superSeeding = wanted;
    return changed;
  }

  /**
   * Whether to begin {@linkplain Torrent#pause paused}: what is there is checked, and nobody is told of it and nothing
   * traded until {@link Torrent#resume}. For many peers that are to set out together. Default: false.
   */
  public TorrentOptions paused(boolean wanted) {
    TorrentOptions changed = new TorrentOptions(this);
    changed.paused = wanted;
    return changed;
  }

  /**
   * Where to remember which pieces are verified, so that joining again costs no hashing when nothing has changed: written
   * when everything was checked, while pieces come, when all are there, and when the torrent is left. A file belongs to
   * one torrent. Default: nothing is remembered, and joining verifies whatever the store claims to have.
   */
  public TorrentOptions resumeFile(ResumeFile file) {
    TorrentOptions changed = new TorrentOptions(this);
    changed.resumeFile = file;
    return changed;
  }

  /** One more listener, which misses nothing: {@link Torrent#addListener} may come after the first events. */
  public TorrentOptions listener(TorrentListener listener) {
    TorrentOptions changed = new TorrentOptions(this);
    List<TorrentListener> all = new ArrayList<>(listeners);
    all.add(listener);
    changed.listeners = List.copyOf(all);
    return changed;
  }

  public Optional<PieceSelectionStrategy> selection() {
    return Optional.ofNullable(selection);
  }

  public Optional<ChokingStrategy> choking() {
    return Optional.ofNullable(choking);
  }

  public Optional<Tracker> tracker() {
    return Optional.ofNullable(tracker);
  }

  public boolean isWithoutTracker() {
    return withoutTracker;
  }

  public Optional<int[]> priorities() {
    return Optional.ofNullable(priorities).map(int[]::clone);
  }

  public Optional<List<Integer>> filePriorities() {
    return Optional.ofNullable(filePriorities);
  }

  /** Bytes per second, {@link Long#MAX_VALUE} for no limit. */
  public long uploadRate() {
    return uploadRate;
  }

  /** Bytes per second, {@link Long#MAX_VALUE} for no limit. */
  public long downloadRate() {
    return downloadRate;
  }

  /** How long to seed; empty for as long as the torrent is joined. */
  public Optional<Duration> seedFor() {
    return Optional.ofNullable(seedFor);
  }

  public boolean superSeeding() {
    return superSeeding;
  }

  public boolean paused() {
    return paused;
  }

  /** Where verified pieces are remembered; empty for nowhere. */
  public Optional<ResumeFile> resumeFile() {
    return Optional.ofNullable(resumeFile);
  }

  /** In the order in which they were added. */
  public List<TorrentListener> listeners() {
    return listeners;
  }

  private static long positive(long bytesPerSecond) {
    if (bytesPerSecond <= 0) {
      throw new IllegalArgumentException("a rate of " + bytesPerSecond + " bytes/s is not positive");
    }
    return bytesPerSecond;
  }
}
