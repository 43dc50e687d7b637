package io.minibit.examples;

import io.minibit.Peer;
import io.minibit.PeerStatus;
import io.minibit.Torrent;
import io.minibit.TorrentListener;
import io.minibit.TorrentOptions;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.TorrentState;
import io.minibit.store.FilePieceStore;
import io.minibit.strategy.ChokingRound;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Watching a swarm through events: a listener that tells the story of a torrent, line by line. */
public final class WatchSwarm implements TorrentListener {
  private final String name;
  private final Consumer<String> lines;
  private int pieces;

  // A peer calls its listeners one event at a time and in order, so a listener of one torrent needs no locks. It may
  // call back into the library, even close the peer; but while it is slow, later events wait.

  WatchSwarm(String name, Consumer<String> lines) {
    this.name = name;
    this.lines = lines;
  }

  @Override
  public void onState(Torrent torrent, TorrentState state) {
    tell("is " + state.name().toLowerCase(Locale.ROOT));
  }

  @Override
  public void onPeerConnected(Torrent torrent, PeerStatus peer) {
    tell("meets " + peer.address());
  }

  @Override
  public void onChokingRound(Torrent torrent, long number, ChokingRound.Trigger trigger, List<PeerStatus> served) {
    tell("serves " + served.stream().map(PeerStatus::address).toList() + " (" + trigger + ")");
  }

  @Override
  public void onPiece(Torrent torrent, int piece) {
    pieces++;
    tell("has piece " + piece + ", " + pieces + " of " + torrent.metainfo().layout().pieceCount());
  }

  @Override
  public void onCorruptPiece(Torrent torrent, int piece) {
    tell("was sent a bad piece " + piece);
  }

  @Override
  public void onCompleted(Torrent torrent) {
    tell("has everything");
  }

  @Override
  public void onPeerLeft(Torrent torrent, PeerStatus peer, String reason) {
    tell("parts from " + peer.address() + " (" + reason + "), got " + peer.downloaded() + ", gave " + peer.uploaded());
  }

  private void tell(String what) {
    lines.accept(name + " " + what);
  }

  /** {@code WatchSwarm FILE TARGET_DIRECTORY}: fetches the file from a second peer and prints what both see. */
  public static void main(String[] args) throws IOException {
    if (args.length == 2) {
      copy(Path.of(args[0]), Path.of(args[1]), System.out::println);
    } else {
      System.err.println("usage: WatchSwarm FILE TARGET_DIRECTORY");
      System.exit(2);
    }
  }

  /** The lines of one peer come in order; those of two peers are told by two threads. */
  static void copy(Path file, Path target, Consumer<String> lines) throws IOException {
    Metainfo metainfo = MetainfoBuilder.of(file).build();
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Peer seed = Peer.builder().listen(anyPort).build();
        Peer leech = Peer.builder().listen(anyPort).build()) {
      // As an option the listener misses nothing; torrent.addListener(…) begins to listen at any later time.
      TorrentOptions watchSeed = TorrentOptions.defaults().listener(new WatchSwarm("seed", lines));
      Torrent shared = seed.join(metainfo, FilePieceStore.open(metainfo, file.resolveSibling(".")), watchSeed);
      shared.completion().join();

      TorrentOptions watchLeech = TorrentOptions.defaults().listener(new WatchSwarm("leech", lines));
      Torrent fetched = leech.join(metainfo, FilePieceStore.open(metainfo, target), watchLeech);
      fetched.connect(seed.address());
      fetched.completion().join();
      // Events that are under way are told before a future completes, so after this nothing is missing.
      fetched.leave().join();
      shared.leave().join();
    }
  }
}
