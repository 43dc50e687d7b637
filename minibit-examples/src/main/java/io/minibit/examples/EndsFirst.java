package io.minibit.examples;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.TorrentOptions;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.store.FilePieceStore;
import io.minibit.strategy.PieceChoice;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.strategy.RarestFirst;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Your own piece selection: the first and the last pieces of a file come before all others. A ZIP file has its
 * directory at the end and a film its index at either, so a program can show what is inside while the rest arrives.
 */
public final class EndsFirst implements PieceSelectionStrategy {
  private final int piecesOfEachEnd;

  // Only what is special needs a rule of its own. Otherwise a stock strategy knows what is good for the swarm.
  private final PieceSelectionStrategy otherwise = new RarestFirst();

  /** Takes so many pieces from the front, and as many from the back, before the others. */
  public EndsFirst(int piecesOfEachEnd) {
    this.piecesOfEachEnd = piecesOfEachEnd;
  }

  /** Called once for each request that is about to be sent to {@code choice.peer()}; so it should be quick. */
  @Override
  public int select(PieceChoice choice) {
    int last = choice.pieceCount() - 1;
    for (int i = 0; i < Math.min(piecesOfEachEnd, choice.pieceCount()); i++) {
      if (isOnOffer(choice, i)) {
        return i;
      }
      if (isOnOffer(choice, last - i)) {
        return last - i;
      }
    }
    return otherwise.select(choice);
  }

  /** A piece can be asked for if it is fresh (nobody has begun it), or begun and not yet wholly requested. */
  private static boolean isOnOffer(PieceChoice choice, int piece) {
    return choice.begun().contains(piece) || choice.fresh().contains(piece);
  }

  /** {@code EndsFirst FILE TARGET_DIRECTORY}: fetches the file from a second peer and tells the order. */
  public static void main(String[] args) throws IOException {
    if (args.length == 2) {
      System.out.println("pieces in the order in which they were begun: " + copy(Path.of(args[0]), Path.of(args[1])));
    } else {
      System.err.println("usage: EndsFirst FILE TARGET_DIRECTORY");
      System.exit(2);
    }
  }

  static List<Integer> copy(Path file, Path target) throws IOException {
    // A strategy is one method, so it is easily wrapped: this one writes down what the other decides. Strategies are
    // called on the engine's thread only and need no locks.
    EndsFirst endsFirst = new EndsFirst(2);
    List<Integer> order = new ArrayList<>();
    PieceSelectionStrategy recorded =
        choice -> {
          int piece = endsFirst.select(choice);
          if (piece != NONE && choice.fresh().contains(piece)) {
            order.add(piece);
          }
          return piece;
        };

    Metainfo metainfo = MetainfoBuilder.of(file).build();
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Peer seed = Peer.builder().listen(anyPort).build();
        Peer leech = Peer.builder().listen(anyPort).build()) {
      seed.join(metainfo, FilePieceStore.open(metainfo, file.resolveSibling("."))).completion().join();

      // Strategies keep state, so a torrent has its own instance: here by its options, for all torrents of a peer by
      // Peer.builder().selection(() -> new EndsFirst(2)).
      TorrentOptions options = TorrentOptions.defaults().selection(recorded);
      Torrent fetched = leech.join(metainfo, FilePieceStore.open(metainfo, target), options);
      fetched.connect(seed.address());
      fetched.completion().join();
    }
    // The peer is closed: nobody adds to the list any more.
    return order;
  }
}
