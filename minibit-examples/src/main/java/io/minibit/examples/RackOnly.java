package io.minibit.examples;

import io.minibit.Peer;
import io.minibit.PeerStatus;
import io.minibit.Torrent;
import io.minibit.TorrentListener;
import io.minibit.TorrentOptions;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.PeerAddress;
import io.minibit.store.FilePieceStore;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;

/**
 * Your own choking: serve only the peers of one rack, because traffic between racks is dear. A rack is the machines
 * whose addresses begin with the same three numbers.
 */
public final class RackOnly implements ChokingStrategy {
  private static final int RACK_BYTES = 3;

  private final byte[] rack;

  /** Serves the rack of the machine with this IPv4 address. */
  public RackOnly(InetAddress own) {
    rack = Arrays.copyOf(own.getAddress(), RACK_BYTES);
  }

  /** A round shows all connected peers at once. Whoever the plan does not name is choked: it cannot fetch from us. */
  @Override
  public UploadPlan review(ChokingRound round) {
    UploadPlan plan = new UploadPlan();
    for (RemotePeer peer : round.peers()) {
      if (peer.interested() && isInRack(peer.address())) {
        plan.serve(peer);
      }
    }
    return plan;
  }

  private boolean isInRack(PeerAddress address) {
    return Arrays.equals(rack, Arrays.copyOf(address.ip(), RACK_BYTES));
  }

  /** {@code RackOnly FILE TARGET_DIRECTORY}: two racks on this machine, one seed in each. */
  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length == 2) {
      System.out.println("sent by the seed of rack 1: " + supply(Path.of(args[0]), Path.of(args[1])));
    } else {
      System.err.println("usage: RackOnly FILE TARGET_DIRECTORY");
      System.exit(2);
    }
  }

  /** Gives the bytes that the first rack's seed sent to each peer it was connected to. */
  static Map<PeerAddress, Long> supply(Path file, Path target) throws IOException, InterruptedException {
    Metainfo metainfo = MetainfoBuilder.of(file).build();
    Map<PeerAddress, Long> sent = new TreeMap<>();
    CountDownLatch bothConnected = new CountDownLatch(2);
    TorrentListener ledger =
        new TorrentListener() {
          @Override
          public void onPeerConnected(Torrent torrent, PeerStatus peer) {
            bothConnected.countDown();
          }

          @Override
          public void onPeerLeft(Torrent torrent, PeerStatus peer, String reason) {
            sent.merge(peer.address(), peer.uploaded(), Long::sum);
          }
        };
    // All of 127.0.0.0/8 is this machine (macOS: only 127.0.0.1, until `ifconfig lo0 alias 127.0.1.1` and so on).
    try (Peer seed1 = peer("127.0.1.1");
        Peer leech1 = peer("127.0.1.2");
        Peer seed2 = peer("127.0.2.1");
        Peer leech2 = peer("127.0.2.2")) {
      Path source = file.resolveSibling(".");
      TorrentOptions options = TorrentOptions.defaults().listener(ledger);
      Torrent supply1 = seed1.join(metainfo, FilePieceStore.open(metainfo, source), options);
      Torrent fetch1 = leech1.join(metainfo, FilePieceStore.open(metainfo, target.resolve("rack1")));
      Torrent fetch2 = leech2.join(metainfo, FilePieceStore.open(metainfo, target.resolve("rack2")));
      supply1.connect(leech1.address());
      supply1.connect(leech2.address());
      fetch1.completion().join();
      bothConnected.await();
      System.out.println("rack 1 has the file; rack 2: " + fetch2.status().explanation());

      // The other rack needs a seed of its own.
      Torrent supply2 = seed2.join(metainfo, FilePieceStore.open(metainfo, source));
      supply2.connect(leech2.address());
      fetch2.completion().join();
      // Events come in order: when this is over, the ledger has been told of every peer.
      supply1.leave().join();
    }
    return sent;
  }

  private static Peer peer(String host) throws IOException {
    InetAddress own = InetAddress.getByName(host);
    return Peer.builder().listen(new InetSocketAddress(own, 0)).choking(() -> new RackOnly(own)).build();
  }
}
