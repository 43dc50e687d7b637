package io.minibit;

import io.minibit.metainfo.Metainfo;
import io.minibit.model.PeerId;
import io.minibit.store.PieceStore;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * This program's participant in swarms: one listening port, any number of torrents. Make one with {@link #builder()};
 * close it to leave all swarms. Thread-safe.
 */
public interface Peer extends AutoCloseable {
  /** A builder with defaults that fit most programs. */
  static PeerBuilder builder() {
    return new PeerBuilder();
  }

  /** How this peer names itself. */
  PeerId id();

  /** Where it accepts connections; with the real port if it was asked to listen on port 0. */
  InetSocketAddress address();

  /** Joins a swarm with this peer's defaults; see {@link #join(Metainfo, PieceStore, TorrentOptions)}. */
  default Torrent join(Metainfo metainfo, PieceStore store) {
    return join(metainfo, store, TorrentOptions.defaults());
  }

  /**
   * Joins a swarm: verifies what the store already has, in the background, then fetches what is missing and serves the
   * rest. Returns at once. The store belongs to the torrent from now on and is closed with it.
   *
   * @throws io.minibit.model.MiniBitException if the torrent is joined already, its pieces are too large for this JVM's
   *     heap, or an option does not fit the torrent; the store is left open then
   * @throws IllegalStateException if the peer is closed
   */
  Torrent join(Metainfo metainfo, PieceStore store, TorrentOptions options);

  /** The torrents that are joined now, in the order in which they were joined. */
  List<Torrent> torrents();

  /** Limits what all torrents together send, in bytes per second; {@link Long#MAX_VALUE} for no limit. */
  void uploadRate(long bytesPerSecond);

  /** Limits what all torrents together receive, in bytes per second; {@link Long#MAX_VALUE} for no limit. */
  void downloadRate(long bytesPerSecond);

  /**
   * Leaves all torrents and waits until everything is over: trackers told (within five seconds), pieces stored, sockets,
   * files and threads closed. Twice is harmless. May be called from a callback, which then does not wait for itself.
   */
  @Override
  void close();
}
