package io.minibit.strategy;

/** What makes a peer useful to {@link TitForTat}: a higher score is served first. */
@FunctionalInterface
public interface PeerRanking {
  /** How useful a peer is; only compared with the scores of other peers in the same round, and asked once in each. */
  double score(RemotePeer peer);

  /** What the peer gave us lately, in bytes per second: tit for tat as BitTorrent has it. */
  static PeerRanking byTransferRate() {
    return RemotePeer::downloadRate;
  }

  /** Who has most of the rare pieces that we lack: the rule of the classroom. */
  static PeerRanking byRarePieces() {
    return RemotePeer::rarity;
  }
}
