package io.minibit.model;

/** What a torrent is doing. */
public enum TorrentState {
  /** What the store claims to have is being verified; nothing is traded yet. */
  CHECKING,
  /** Some wanted piece is missing. */
  DOWNLOADING,
  /** Every wanted piece is here; it is served to others. */
  SEEDING,
  /** Stopped by the user until resumed; no connections. */
  PAUSED,
  /** The store refused to work (a full disk, a vanished file); tried again from time to time. */
  STORE_TROUBLE,
  /** Ended by an error inside, for example in a strategy; nothing happens any more. */
  FAILED,
  /** The torrent was left, or its peer closed. */
  LEFT
}
