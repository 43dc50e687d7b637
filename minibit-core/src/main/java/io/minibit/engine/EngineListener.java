package io.minibit.engine;

import io.minibit.model.TorrentState;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;

/**
 * Told what an engine did, while it is doing it: for logs, users' listeners, tests and the simulator's records. Must
 * not call the engine.
 */
public interface EngineListener {
  default void stateChanged(TorrentState state) {}

  default void peerConnected(RemotePeer peer) {}

  default void peerLeft(RemotePeer peer, String reason) {}

  /** A piece was verified and stored. */
  default void pieceStored(int piece) {}

  /** A piece did not match its hash. */
  default void pieceCorrupt(int piece) {}

  default void peerBanned(RemotePeer peer, String reason) {}

  /** Every piece that is wanted now is verified and stored. */
  default void completed() {}

  /** A review has been carried out. */
  default void choked(ChokingRound round, UploadPlan plan) {}

  /** A strategy's answer was not usable and was ignored. */
  default void strategyIgnored(String what) {}

  /** What the user asked for cannot be done now. */
  default void wishDropped(String why) {}

  /** The torrent ended because of this; no event follows. */
  default void failed(Throwable cause) {}

  /** It has seeded for as long as it was asked to. */
  default void seedTimeOver() {}

  /** Something that only a close look needs. */
  default void detail(String what) {}
}
