package io.minibit.engine;

import io.minibit.metainfo.PieceLayout;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import io.minibit.model.SeededRandom;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.strategy.RarestFirst;
import io.minibit.strategy.TitForTat;
import io.minibit.wire.MessageType;
import java.net.InetSocketAddress;

/**
 * An engine that downloads a torrent of 16 KiB pieces from peers that are all ready to serve, in a world that answers
 * nothing: for measuring what it costs to choose the next block to ask for. One block per piece is the worst case, because
 * every request begins a piece.
 */
public final class PickRig implements EnginePort, EngineListener {
  /** Requests of one {@link #request}; no more than the peer with the fewest pieces has. */
  public static final int BATCH = 10;

  /** So that pieces are not taken at random any more. */
  private static final int HELD = 4;

  private static final long NOW = 1_000_000_000L;

  private final SeededRandom random = new SeededRandom(7);
  private final PieceSelectionStrategy selection = new RarestFirst();
  private final TorrentEngine engine;
  private final Downloader downloader;
  private final ChoiceView choice;
  private int connected;
  private int next;
  private long requests;

  private PickRig(int pieces) {
    PieceLayout layout = new PieceLayout((long) pieces * PieceLayout.BLOCK_LENGTH, PieceLayout.BLOCK_LENGTH);
    EngineSettings settings = new EngineSettings(
        layout, id(0), address(0), Limits.defaults(), selection, new TitForTat(), new SeededRandom(1),
        Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE, false, false);
    engine = new TorrentEngine(settings, new PeerBudget(64 << 20, 1000, 30, NOW), this, this, NOW);
    downloader = engine.downloader();
    choice = new ChoiceView(engine.swarm());
    engine.start(NOW);
    PieceSet held = new PieceSet(pieces);
    for (int p = 0; p < HELD; p++) {
      held.set(p);
    }
    engine.onChecked(NOW, held);
  }

  /** So many peers that have everything. */
  public static PickRig seeds(int pieces, int peers) {
    PickRig rig = new PickRig(pieces);
    for (int i = 0; i < peers; i++) {
      rig.says(rig.connect(), MessageType.HAVE_ALL);
    }
    return rig.ready();
  }

  /** So many peers of which each has a random half of the pieces. */
  public static PickRig halves(int pieces, int peers) {
    PickRig rig = new PickRig(pieces);
    for (int i = 0; i < peers; i++) {
      long[] words = new long[(pieces + 63) / 64];
      for (int w = 0; w < words.length; w++) {
        words[w] = rig.random.nextLong();
      }
      words[words.length - 1] &= (pieces & 63) == 0 ? -1L : (1L << pieces) - 1;
      rig.engine.onBitfield(NOW, rig.connect(), PieceSet.of(pieces, words));
    }
    return rig.ready();
  }

  /** One peer that has so many pieces that we want, and no other. */
  public static PickRig few(int pieces, int wanted) {
    PickRig rig = new PickRig(pieces);
    PieceSet has = new PieceSet(pieces);
    while (has.count() < wanted) {
      has.set(HELD + rig.random.nextInt(pieces - HELD));
    }
    rig.engine.onBitfield(NOW, rig.connect(), has);
    return rig.ready();
  }

  private int connect() {
    int number = connected++;
    engine.onConnected(NOW, number, address(number + 1), id(number + 1), true, true, false);
    return number;
  }

  private void says(int connection, int type) {
    engine.onMessage(NOW, connection, type, 0, 0, 0);
  }

  private PickRig ready() {
    for (int i = 0; i < connected; i++) {
      says(i, MessageType.UNCHOKE);
    }
    undo();
    return this;
  }

  private Connection nextPeer() {
    next = next + 1 == connected ? 0 : next + 1;
    return engine.swarm().connections.get(next);
  }

  /** The strategy's choice for the next peer; nothing is asked for. */
  public int pick() {
    return selection.select(choice.of(nextPeer(), true));
  }

  /** Asks the next peer for {@link #BATCH} blocks, each of a new piece: choice, books and message. Requests so far. */
  public long request() {
    Connection peer = nextPeer();
    peer.pipeline = BATCH;
    downloader.fill(peer);
    return requests;
  }

  /** Takes everything back that was asked for. */
  public void undo() {
    downloader.stop();
    engine.swarm().stirred = false;
    engine.swarm().refill = false;
  }

  private static PeerId id(int n) {
    byte[] bytes = new byte[PeerId.LENGTH];
    bytes[19] = (byte) n;
    return PeerId.of(bytes);
  }

  private static PeerAddress address(int n) {
    return PeerAddress.of(new InetSocketAddress("10.0.0." + n, 6881));
  }

  // The port: nothing is there.

  @Override
  public void wakeAt(long time) {}

  @Override
  public void dial(PeerAddress address) {}

  @Override
  public void close(int connection, String reason) {}

  @Override
  public void send(int connection, int type, int a, int b, int c) {
    requests += type == MessageType.REQUEST ? 1 : 0;
  }

  @Override
  public void sendBitfield(int connection, PieceSet have) {}

  @Override
  public void sendExtendedHandshake(int connection, int requestQueue) {}

  @Override
  public void sendBlock(int connection, int piece, int begin, int length) {}

  @Override
  public void openPiece(int piece) {}

  @Override
  public void dropPiece(int piece) {}

  @Override
  public void discardRest(int connection) {}

  @Override
  public void verify(int piece, boolean suspect) {}

  @Override
  public void check() {}

  @Override
  public void announce(AnnounceEvent event, long uploaded, long downloaded, long left, int numWant) {}
}
