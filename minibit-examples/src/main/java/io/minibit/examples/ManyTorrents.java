package io.minibit.examples;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.store.FilePieceStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/**
 * Many torrents in one peer: they share its port, its threads, its memory for pieces and its rates, fairly. A program
 * needs one {@link Peer}, however many torrents it has.
 */
public final class ManyTorrents {
  private ManyTorrents() {}

  /** {@code ManyTorrents DIRECTORY TARGET_DIRECTORY}: a torrent for each file of the directory. */
  public static void main(String[] args) throws IOException {
    if (args.length == 2) {
      System.out.println(copyEach(Path.of(args[0]), Path.of(args[1])) + " torrents fetched through one port");
    } else {
      System.err.println("usage: ManyTorrents DIRECTORY TARGET_DIRECTORY");
      System.exit(2);
    }
  }

  static int copyEach(Path directory, Path target) throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(directory)) {
      files = entries.filter(Files::isRegularFile).sorted().toList();
    }
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    // Rates given to the peer hold for all its torrents together; TorrentOptions has rates for one of them.
    try (Peer seed = Peer.builder().listen(anyPort).uploadRate(50_000_000).build();
        Peer leech = Peer.builder().listen(anyPort).build()) {
      for (Path file : files) {
        Metainfo metainfo = MetainfoBuilder.of(file).build();
        seed.join(metainfo, FilePieceStore.open(metainfo, directory));
        leech.join(metainfo, FilePieceStore.open(metainfo, target)).connect(seed.address());
      }
      List<CompletableFuture<Void>> completions = new ArrayList<>();
      for (Torrent torrent : leech.torrents()) {
        completions.add(torrent.completion());
      }
      CompletableFuture.allOf(completions.toArray(CompletableFuture<?>[]::new)).join();

      // Torrents come and go while the peer stays.
      leech.torrents().get(0).leave().join();
      System.out.println(leech.torrents().size() + " torrents are still seeded");
    }
    return files.size();
  }
}
