package io.minibit;

import io.minibit.model.Limits;
import io.minibit.model.SeededRandom;
import io.minibit.net.NetPeer;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.strategy.RarestFirst;
import io.minibit.strategy.TitForTat;
import io.minibit.tracker.Tracker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Makes a {@link Peer}. Every value has a default. Not thread-safe. */
public final class PeerBuilder {
  private InetSocketAddress listen = new InetSocketAddress(0);
  private Supplier<? extends PieceSelectionStrategy> selection = RarestFirst::new;
  private Supplier<? extends ChokingStrategy> choking = TitForTat::new;
  private @Nullable Tracker tracker;
  private @Nullable String group;
  private long uploadRate = Long.MAX_VALUE;
  private long downloadRate = Long.MAX_VALUE;
  private Limits limits = Limits.defaults();
  private @Nullable Executor callbackExecutor;
  private @Nullable Long seed;

  PeerBuilder() {}

  /** Where to accept connections; port 0 lets the system choose. Default: any port on all interfaces. */
  public PeerBuilder listen(InetSocketAddress address) {
    listen = address;
    return this;
  }

  /** Which piece to fetch next: a supplier, because each torrent has an instance of its own. Default: rarest first. */
  public PeerBuilder selection(Supplier<? extends PieceSelectionStrategy> strategy) {
    selection = strategy;
    return this;
  }

  /** Whom to serve: a supplier, because each torrent has an instance of its own. Default: tit for tat. */
  public PeerBuilder choking(Supplier<? extends ChokingStrategy> strategy) {
    choking = strategy;
    return this;
  }

  /**
   * The tracker of every torrent, instead of those that its metainfo names; a private torrent that names some keeps to
   * them (BEP 27). It stays the caller's to close.
   */
  public PeerBuilder tracker(Tracker instead) {
    tracker = instead;
    return this;
  }

  /** The group (a rack, a site) that is named to trackers, some of which prefer peers of one's own. Default: none. */
  public PeerBuilder group(String name) {
    group = name;
    return this;
  }

  /** Limits what all torrents together send, bytes per second. Default: no limit. */
  public PeerBuilder uploadRate(long bytesPerSecond) {
    uploadRate = positive(bytesPerSecond);
    return this;
  }

  /** Limits what all torrents together receive, bytes per second. Default: no limit. */
  public PeerBuilder downloadRate(long bytesPerSecond) {
    downloadRate = positive(bytesPerSecond);
    return this;
  }

  public PeerBuilder limits(Limits bounds) {
    limits = bounds;
    return this;
  }

  /**
   * Where listeners and the dependents of futures run, one at a time and in order. Default: a thread of the peer's own,
   * which ends with it.
   */
  public PeerBuilder callbackExecutor(Executor executor) {
    callbackExecutor = executor;
    return this;
  }

  /** Seeds the random decisions of this peer, for runs that can be compared. Default: a secure random seed. */
  public PeerBuilder seed(long value) {
    seed = value;
    return this;
  }

  /**
   * Opens the port and starts the peer.
   *
   * @throws IOException if the address cannot be listened on; the message names it
   */
  public Peer build() throws IOException {
    SeededRandom random = new SeededRandom(seed == null ? new SecureRandom().nextLong() : seed);
    return NetPeer.open(
        new NetPeer.Settings(
            listen, selection, choking, tracker, group, uploadRate, downloadRate, limits, callbackExecutor, random));
  }

  private static long positive(long bytesPerSecond) {
    if (bytesPerSecond <= 0) {
      throw new IllegalArgumentException("a rate of " + bytesPerSecond + " bytes/s is not positive");
    }
    return bytesPerSecond;
  }
}
