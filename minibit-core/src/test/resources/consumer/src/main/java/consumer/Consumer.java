package consumer;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.store.MemoryPieceStore;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Uses the library and says whether that happened on the module path. */
final class Consumer {
  private Consumer() {}

  public static void main(String[] args) throws Exception {
    byte[] content = new byte[100_000];
    Metainfo metainfo = MetainfoBuilder.ofBytes("zeros", content).build();
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (Peer seed = Peer.builder().listen(anyPort).build();
        Peer leech = Peer.builder().listen(anyPort).build()) {
      seed.join(metainfo, MemoryPieceStore.of(metainfo, content)).completion().join();
      Torrent torrent = leech.join(metainfo, MemoryPieceStore.empty(metainfo));
      torrent.connect(seed.address());
      torrent.completion().join();
      String path = Peer.class.getModule().isNamed() ? "module path: " : "class path: ";
      System.out.println(path + leech.id() + " fetched " + torrent.status().downloaded());
    }
  }
}
