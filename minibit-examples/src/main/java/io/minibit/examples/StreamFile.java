package io.minibit.examples;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.TorrentOptions;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.store.FilePieceStore;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;

/**
 * Streaming a file while it arrives: {@link DeadlineFirst} decides what to fetch, {@link ArrivingStream} is what a
 * player reads, and {@link Torrent#execute} is how the reader tells the selection where it is.
 */
public final class StreamFile {
  private StreamFile() {}

  /** {@code StreamFile FILE TARGET_DIRECTORY}: fetches the file from a second peer and prints it while it arrives. */
  public static void main(String[] args) throws IOException {
    if (args.length == 2) {
      play(Path.of(args[0]), Path.of(args[1]), new DeadlineFirst(8), stream -> stream.transferTo(System.out));
    } else {
      System.err.println("usage: StreamFile FILE TARGET_DIRECTORY");
      System.exit(2);
    }
  }

  static void play(Path file, Path target, DeadlineFirst selection, Player player) throws IOException {
    Metainfo metainfo = MetainfoBuilder.of(file).build();
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Peer seed = Peer.builder().listen(anyPort).build();
        Peer viewer = Peer.builder().listen(anyPort).build()) {
      seed.join(metainfo, FilePieceStore.open(metainfo, file.resolveSibling("."))).completion().join();
      TorrentOptions options = TorrentOptions.defaults().selection(selection);
      Torrent torrent = viewer.join(metainfo, FilePieceStore.open(metainfo, target), options);
      try (ArrivingStream stream = new ArrivingStream(torrent, selection, target.resolve(metainfo.name()))) {
        torrent.connect(seed.address());
        player.play(stream);
      }
    }
  }

  /** Whoever reads: it may begin before the first byte has come. */
  interface Player {
    void play(ArrivingStream stream) throws IOException;
  }
}
