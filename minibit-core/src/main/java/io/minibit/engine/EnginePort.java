package io.minibit.engine;

import io.minibit.model.AnnounceEvent;
import io.minibit.model.PeerAddress;

/**
 * What an engine asks of the world. The nio driver and the simulator are its two implementations. Every call returns at
 * once; results come back later as {@link TorrentEngine} events, never from inside the call. Connections are named by
 * small numbers, given by the driver and unique among its open connections.
 */
public interface EnginePort {
  /**
   * Call {@link TorrentEngine#onWake} at this time, instead of the time asked for before; {@link Long#MAX_VALUE}:
   * never.
   */
  void wakeAt(long time);

  /**
   * Opens a connection and exchanges handshakes; answered by {@code onConnected} or {@code onDialFailed} within bounded
   * time. The budget has granted the connection; whoever ends it gives it back.
   */
  void dial(PeerAddress address);

  /** Closes a connection. No event of it follows. */
  void close(int connection, String reason);

  /**
   * Queues a message of fixed size: a {@link io.minibit.wire.MessageType} and up to three fields, as they stand on the
   * wire; what is not used is 0.
   */
  void send(int connection, int type, int a, int b, int c);

  /** Queues a bitfield message; the set is copied before the call returns. */
  void sendBitfield(int connection, PieceSet have);

  /** Queues our extended handshake (BEP 10). */
  void sendExtendedHandshake(int connection, int requestQueue);

  /**
   * Queues a block from the store. When it cannot be read, {@code onReadFailed} follows and the block counts as no
   * longer queued.
   */
  void sendBlock(int connection, int piece, int begin, int length);

  /** Provides memory for a whole piece; the budget has granted it. */
  void openPiece(int piece);

  /** Drops the memory of a piece that is given up. */
  void dropPiece(int piece);

  /** What still comes of the block that this connection is sending is to be thrown away. */
  void discardRest(int connection);

  /**
   * Hashes a complete piece and stores it if it is right; answered by {@code onPieceStored}, {@code onPieceCorrupt},
   * {@code onStoreFailed} or {@code onStoreChanged}, after which its memory is gone.
   *
   * @param suspect digests of the blocks are wanted also if the piece is right
   */
  void verify(int piece, boolean suspect);

  /**
   * Verifies everything that the store claims to have; answered by {@code onChecked} with all that is there then, so that a
   * piece that was reported stored meanwhile counts only if it still is, or by {@code onCheckFailed}.
   */
  void check();

  /** Asks the tracker; answered by {@code onAnnounced} or {@code onAnnounceFailed}, except for {@code STOPPED}. */
  void announce(AnnounceEvent event, long uploaded, long downloaded, long left, int numWant);
}
