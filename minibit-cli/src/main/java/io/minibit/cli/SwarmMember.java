package io.minibit.cli;

import io.minibit.Peer;
import io.minibit.PeerStatus;
import io.minibit.Torrent;
import io.minibit.TorrentListener;
import io.minibit.TorrentOptions;
import io.minibit.TorrentStatus;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.PeerId;
import io.minibit.model.TorrentState;
import io.minibit.store.BlockFilePieceStore;
import io.minibit.store.FilePieceStore;
import io.minibit.store.PieceStore;
import io.minibit.strategy.ChokingRound;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** One peer of a {@link LocalSwarm} and what is measured of it. */
final class SwarmMember implements AutoCloseable {
  final int number;

  /** What it has before trading begins. */
  final BitSet initial;

  private final Metainfo metainfo;
  private final boolean asFile;
  private final Path directory;

  private @Nullable PieceStore store;
  private @Nullable Peer peer;
  private @Nullable Torrent torrent;

  private final CompletableFuture<Void> ready = new CompletableFuture<>();

  /** Of the monotonic clock; 0 until it happens. Set on a callback thread. */
  private volatile long connectedAt;

  private volatile long completedAt;

  private volatile long chokingRounds;

  SwarmMember(int number, Metainfo metainfo, Path directory, boolean asFile, BitSet initial) {
    this.number = number;
    this.metainfo = metainfo;
    this.directory = directory;
    this.asFile = asFile;
    this.initial = initial;
  }

  private Path blocks() {
    return directory.resolve("blocks");
  }

  /** Where the whole file is in the end. */
  Path rebuilt() {
    return directory.resolve("reconstructed").resolve(metainfo.name());
  }

  boolean isSeed() {
    return initial.cardinality() == metainfo.layout().pieceCount();
  }

  /** Opens its store, in which the initial pieces are to be put. */
  PieceStore open() throws IOException {
    PieceStore opened =
        asFile
            ? FilePieceStore.open(metainfo, directory.resolve("reconstructed"))
            : BlockFilePieceStore.open(metainfo, blocks());
    store = opened;
    return opened;
  }

  /** Joins the swarm, paused; the peer is its own from now on. */
  void join(Peer newPeer, TorrentOptions options) {
    PieceStore opened = store;
    if (opened == null) {
      throw new IllegalStateException("not open");
    }
    peer = newPeer;
    TorrentListener listener =
        new TorrentListener() {
          @Override
          public void onState(Torrent source, TorrentState state) {
            if (state == TorrentState.PAUSED) {
              ready.complete(null);
            }
          }

          @Override
          public void onPeerConnected(Torrent source, PeerStatus remote) {
            if (connectedAt == 0) {
              connectedAt = System.nanoTime();
            }
          }

          @Override
          public void onChokingRound(
              Torrent source, long number, ChokingRound.Trigger trigger, List<PeerStatus> served) {
            chokingRounds = number;
          }
        };
    Torrent joined = newPeer.join(metainfo, opened, options.paused(true).listener(listener));
    store = null; // the torrent's
    torrent = joined;
  }

  /** Completes when it knows what it has and waits for {@link #begin}. */
  CompletableFuture<Void> ready() {
    return ready;
  }

  /** Sets out to trade. */
  void begin() {
    torrent().resume();
  }

  /** Completes when it has everything. */
  CompletableFuture<Void> completion() {
    return torrent().completion().thenRun(() -> completedAt = System.nanoTime());
  }

  TorrentStatus status() {
    return torrent().status();
  }

  PeerId id() {
    return joinedPeer().id();
  }

  /** Where it accepts connections. */
  InetSocketAddress address() {
    return joinedPeer().address();
  }

  /** Periodic reviews of whom to serve so far. */
  long chokingRounds() {
    return chokingRounds;
  }

  long connectedAt() {
    return connectedAt;
  }

  long completedAt() {
    return completedAt;
  }

  private Peer joinedPeer() {
    Peer joined = peer;
    if (joined == null) {
      throw new IllegalStateException("not joined");
    }
    return joined;
  }

  private Torrent torrent() {
    Torrent joined = torrent;
    if (joined == null) {
      throw new IllegalStateException("not joined");
    }
    return joined;
  }

  /** After {@link #close()}: makes the file of the blocks, if that is how it keeps them. */
  void rebuild() throws IOException {
    if (!asFile) {
      Files.createDirectories(directory.resolve("reconstructed"));
      try (BlockFilePieceStore blocks = BlockFilePieceStore.open(metainfo, blocks())) {
        blocks.assemble(rebuilt());
      }
    }
  }

  /** Leaves the swarm. Twice is harmless. */
  @Override
  public void close() {
    if (peer != null) {
      peer.close();
    }
    if (store != null) {
      try {
        store.close();
      } catch (IOException e) {
        // Nothing of value is in it: the swarm never began.
      }
      store = null;
    }
  }
}
