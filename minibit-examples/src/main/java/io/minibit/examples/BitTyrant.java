package io.minibit.examples;

import io.minibit.Peer;
import io.minibit.PeerBuilder;
import io.minibit.Torrent;
import io.minibit.TorrentStatus;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.store.FilePieceStore;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Your own choking, with memory and money: a peer that bargains (Piatek and others, "Do incentives build robustness in
 * BitTorrent?", 2007). For each peer it learns what the peer gives and the least for which it does so, and spends its
 * upload capacity where a byte buys most.
 */
public final class BitTyrant implements ChokingStrategy {
  // The paper's constants: a peer that gave for three rounds is offered a tenth less, one that does not a fifth more.
  private static final double LESS = 0.9;
  private static final double MORE = 1.2;
  private static final int ROUNDS = 3;
  private static final double FIRST_OFFER = 15 << 10;

  /** What one peer costs and gives, bytes per second. */
  private static final class Bargain {
    double offer = FIRST_OFFER;
    double gain = FIRST_OFFER;
    int roundsItGave;
  }

  // A RemotePeer is valid during a round only; its key is how to remember it.
  private final Map<Long, Bargain> bargains = new HashMap<>();

  @Override
  public UploadPlan review(ChokingRound round) {
    // When somebody comes or goes there are more reviews, but only a whole interval teaches something.
    if (round.trigger() == ChokingRound.Trigger.PERIODIC) {
      round.peers().forEach(this::learn);
    }
    bargains.keySet().retainAll(round.peers().stream().map(RemotePeer::key).toList());

    UploadPlan plan = new UploadPlan();
    double left = Math.max((double) round.uploadCapacity(), FIRST_OFFER);
    for (RemotePeer peer : bestBuysFirst(round.peers())) {
      double offer = bargain(peer).offer;
      if (offer <= left) {
        plan.serve(peer, (long) offer, 1); // never more than was offered
        left -= offer;
      }
    }
    return plan;
  }

  private List<RemotePeer> bestBuysFirst(List<RemotePeer> peers) {
    return peers.stream()
        .filter(RemotePeer::interested)
        .sorted(Comparator.comparingDouble((RemotePeer peer) -> -bargain(peer).gain / bargain(peer).offer))
        .toList();
  }

  private void learn(RemotePeer peer) {
    Bargain bargain = bargain(peer);
    bargain.roundsItGave = peer.unchokesUs() ? bargain.roundsItGave + 1 : 0;
    if (peer.unchokesUs()) {
      bargain.gain = Math.max(1, peer.downloadRate());
    }
    if (peer.served() && bargain.roundsItGave == 0) {
      bargain.offer *= MORE;
    } else if (peer.served() && bargain.roundsItGave >= ROUNDS) {
      bargain.offer *= LESS;
    }
  }

  private Bargain bargain(RemotePeer peer) {
    return bargains.computeIfAbsent(peer.key(), key -> new Bargain());
  }

  /** {@code BitTyrant FILE TARGET_DIRECTORY}: one seed, one tyrant (peer1), three that play tit for tat. */
  public static void main(String[] args) throws IOException {
    if (args.length == 2) {
      TorrentStatus tyrant = fetch(Path.of(args[0]), Path.of(args[1]), BitTyrant::new);
      System.out.println("the tyrant got " + tyrant.downloaded() + " bytes and gave " + tyrant.uploaded());
    } else {
      System.err.println("usage: BitTyrant FILE TARGET_DIRECTORY");
      System.exit(2);
    }
  }

  static TorrentStatus fetch(Path file, Path target, Supplier<ChokingStrategy> tyranny) throws IOException {
    Metainfo metainfo = MetainfoBuilder.of(file).build();
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    // A builder may build several peers.
    PeerBuilder ordinary = Peer.builder().listen(anyPort).uploadRate(200 << 10);
    try (Peer seed = ordinary.build(); Peer a = ordinary.build(); Peer b = ordinary.build(); Peer c = ordinary.build();
        Peer tyrant = ordinary.choking(tyranny).build()) {
      seed.join(metainfo, FilePieceStore.open(metainfo, file.resolveSibling("."))).completion().join();
      List<Peer> swarm = List.of(seed, tyrant, a, b, c);
      for (int i = 1; i < swarm.size(); i++) {
        Path own = target.resolve("peer" + i);
        Torrent torrent = swarm.get(i).join(metainfo, FilePieceStore.open(metainfo, own));
        swarm.subList(0, i).forEach(other -> torrent.connect(other.address()));
      }
      swarm.forEach(peer -> peer.torrents().get(0).completion().join());
      return tyrant.torrents().get(0).status();
    }
  }
}
