package io.minibit;

import io.minibit.metainfo.Metainfo;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** One torrent in one peer. Thread-safe. Made by {@link Peer#join}. */
public interface Torrent {
  Metainfo metainfo();

  /** What is going on now. After the torrent was left: what was going on last. */
  TorrentStatus status();

  /**
   * Completes when every piece that is wanted now is verified and stored; already complete if that is so. Each call gives a
   * future of its own, so that cancelling one harms nobody. It fails when the torrent is left, its peer is closed, or a
   * strategy, a store or MiniBit itself has a bug, with what was thrown; a full disk is a state, not a failure. Dependents
   * run on the callback executor.
   */
  CompletableFuture<Void> completion();

  /**
   * Connects to a peer, besides those that trackers name; tried again for as long as the torrent trades. An unresolved
   * address is looked up, also again and again.
   *
   * @throws io.minibit.model.MiniBitException if the port is 0
   */
  void connect(InetSocketAddress address);

  /** Events from now on, on the callback executor; {@link TorrentOptions#listener} gets the very first ones, too. */
  void addListener(TorrentListener listener);

  void removeListener(TorrentListener listener);

  /** Stops trading and closes all connections until {@link #resume}; what is verified stays. */
  void pause();

  void resume();

  /**
   * Says how much each piece is wanted.
   *
   * @param priorities one per piece, 0 (unwanted) to 7 (most wanted)
   */
  void priorities(int[] priorities);

  /**
   * Says how much each file is wanted; a piece counts as the most wanted of its files.
   *
   * @param priorities one per file of {@link Metainfo#files()}, 0 (unwanted) to 7 (most wanted)
   */
  void filePriorities(List<Integer> priorities);

  /** Limits this torrent's rates in bytes per second; {@link Long#MAX_VALUE} for no limit. */
  void rates(long upload, long download);

  /**
   * Leaves the swarm: closes connections, says goodbye to the tracker (within five seconds) and closes the store. The future
   * completes when that is done. Twice is harmless.
   */
  CompletableFuture<Void> leave();

  /**
   * Runs a task on the engine's thread, where strategies run, so that it may share their state without locks. It must not
   * block. After the torrent was left it is not run.
   */
  void execute(Runnable task);
}
