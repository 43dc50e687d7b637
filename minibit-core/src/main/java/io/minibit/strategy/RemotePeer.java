package io.minibit.strategy;

import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;

/**
 * A connected peer as strategies see it: a read-only view, valid during the call in which it was given. To remember a
 * peer between calls, keep its {@link #key()}. Rates are bytes of payload per second over the last seconds.
 */
public interface RemotePeer {
  /** Names this connection for its whole life; never used again for another. */
  long key();

  PeerId id();

  PeerAddress address();

  /** Whether it wants something that we have. */
  boolean interested();

  /** Whether we want something that it has. */
  boolean interesting();

  /** Whether it lets us fetch. */
  boolean unchokesUs();

  /** Whether we let it fetch, by the last plan. */
  boolean served();

  /** Whether we let it fetch as an optimistic choice. */
  boolean servedOptimistically();

  /**
   * Whether we serve it and have sent it a good part of a piece, a quarter or more, but not all of it. Whoever is choked in the middle of a piece
   * that nobody else has can neither finish it nor pass it on.
   */
  default boolean servedInPart() {
    return false;
  }

  /**
   * Whether it has asked for nothing for some seconds though we serve it. Of a peer that we do not serve, whether its last
   * turn ended so.
   */
  default boolean asksForNothing() {
    return false;
  }

  /** What it sends us, bytes per second. */
  long downloadRate();

  /** What we send it, bytes per second. */
  long uploadRate();

  /** Payload received from it since it connected, bytes. */
  long downloaded();

  /** Payload sent to it since it connected, bytes. */
  long uploaded();

  /** Blocks we have asked it for and that have not come. */
  int outstanding();

  /** Whether it has had requests of ours for a minute and sent nothing. */
  boolean snubbing();

  /** Whether it has every piece. */
  boolean seed();

  /** Pieces it has. */
  int pieces();

  /** Pieces it has that we want and lack. */
  int wantedPieces();

  /**
   * How rare the pieces are that it has and we lack: the sum, over these pieces, of 1 / (peers that have the piece). It
   * costs a walk over the missing pieces.
   */
  double rarity();

  /** Nanoseconds since it connected. */
  long connectedFor();

  /**
   * When we began to serve it, in nanoseconds of {@code now()}, if {@link #served()}; otherwise when we last stopped,
   * or when it connected.
   */
  long servedSince();

  /** When it last began to serve us or stopped, in nanoseconds of {@code now()}; when it connected if it never did. */
  long servesUsSince();
}
