package io.minibit.examples;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.store.FilePieceStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/** Shares a file with one peer and fetches it with another: the whole library in twenty lines. */
public final class ShareAndFetch {
  private ShareAndFetch() {}

  /** {@code ShareAndFetch FILE TARGET_DIRECTORY}. */
  public static void main(String[] args) throws IOException {
    if (args.length == 2) {
      copy(Path.of(args[0]), Path.of(args[1]));
    } else {
      System.err.println("usage: ShareAndFetch FILE TARGET_DIRECTORY");
      System.exit(2);
    }
  }

  static void copy(Path file, Path target) throws IOException {
    // What the file is called, how long it is, and the hash of each of its pieces.
    Metainfo metainfo = MetainfoBuilder.of(file).build();

    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Peer seed = Peer.builder().listen(anyPort).build();
        Peer leech = Peer.builder().listen(anyPort).build()) {
      // The store says where pieces are kept, here beside the file; what is there already is verified first.
      Torrent shared = seed.join(metainfo, FilePieceStore.open(metainfo, file.resolveSibling(".")));
      shared.completion().join();

      // Without a tracker, peers must be named.
      Torrent fetched = leech.join(metainfo, FilePieceStore.open(metainfo, target));
      fetched.connect(seed.address());
      fetched.completion().join();
      System.out.println(fetched.status().downloaded() + " bytes fetched from port " + seed.address().getPort());
    }
  }
}
