package io.minibit.sim;

import io.minibit.engine.EnginePort;
import io.minibit.engine.PieceSet;
import io.minibit.metainfo.PieceLayout;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.PeerAddress;
import io.minibit.model.SeededRandom;
import io.minibit.wire.MessageType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a simulated peer departs from what its engine decides, while faults meet it: it stands between the engine and the
 * network. Peers that no fault meets have none.
 */
final class Conduct implements EnginePort {
  private static final long READ_NANOS = World.SECOND / 500;
  private static final long CHECK_NANOS = 2 * World.SECOND;
  /** Numbers at the edges of what fields can hold. */
  private static final int[] EDGES = {0, 1, 16_383, 16_384, 16_385, 131_072, 131_073, Integer.MAX_VALUE, -1,
      Integer.MIN_VALUE};

  /** The probability that a block is not sent. */
  double snub;
  /** The probability that a request is not sent. */
  double idle;
  /** The probability that a block is altered. */
  double corrupt;
  /** The probability that a block cannot be read. */
  double readErrors;
  /** The probability that a piece is gone when a block of it is to be read, or another when one is to be stored. */
  double losses;
  boolean diskFull;
  long storingNanos;
  /** Whether it claims pieces that it lacks, and may say nothing when it is asked for them. */
  boolean lies;

  private final Node node;
  private final World world;
  private final Region region;
  private final SeededRandom random;

  Conduct(Node node, World world, SeededRandom random) {
    this.node = node;
    this.world = world;
    region = node.region;
    this.random = random;
  }

  // What it does of itself.

  /** Claims a piece that it lacks, to everybody. */
  void lie() {
    int piece = random.nextInt(world.layout.pieceCount());
    if (!node.disk.get(piece)) {
      node.ends().forEach(end -> region.send(end, MessageType.HAVE, piece, 0, 0));
    }
  }

  /** Whether what came is not even handed to the engine. */
  boolean ignores(int type, int piece) {
    return lies
        && type == MessageType.REQUEST
        && piece >= 0
        && piece < node.disk.size()
        && !node.disk.get(piece)
        && (piece & 1) == 0; // the others are refused
  }

  /** Chokes somebody, or the opposite. */
  void flap() {
    End end = anyEnd();
    if (end != null) {
      region.send(end, random.nextInt(2) == 0 ? MessageType.CHOKE : MessageType.UNCHOKE, 0, 0, 0);
    }
  }

  /** Tells everybody whether they are served in earnest. */
  void stopFlapping() {
    node.ends().forEach(
        end -> region.send(end, end.servingSince >= 0 ? MessageType.UNCHOKE : MessageType.CHOKE, 0, 0, 0));
  }

  /** Asks somebody for a block that exists. */
  void flood() {
    End end = anyEnd();
    if (end != null) {
      PieceLayout layout = world.layout;
      int piece = random.nextInt(layout.pieceCount());
      int block = random.nextInt(layout.blockCount(piece));
      region.send(end, MessageType.REQUEST, piece, block * PieceLayout.BLOCK_LENGTH, layout.blockLength(piece, block));
    }
  }

  /** Says something that makes no sense. */
  void talkNonsense() {
    End end = anyEnd();
    if (end == null) {
      return;
    }
    PieceLayout layout = world.layout;
    int piece = random.nextInt(layout.pieceCount());
    int block = random.nextInt(layout.blockCount(piece));
    int begin = block * PieceLayout.BLOCK_LENGTH;
    int length = layout.blockLength(piece, block);
    switch (random.nextInt(16)) {
      case 0 -> raw(end, MessageType.HAVE, edge(layout.pieceCount()), 0, 0);
      case 1 -> raw(end, MessageType.REQUEST, edge(layout.pieceCount()), begin, length);
      case 2 -> raw(end, MessageType.REQUEST, piece, edge(layout.length(piece)), length);
      case 3 -> raw(end, MessageType.REQUEST, piece, begin, edge(layout.length(piece)));
      case 4 -> raw(end, MessageType.CANCEL, piece, begin, length);
      case 5 -> raw(end, MessageType.CANCEL, edge(layout.pieceCount()), edge(length), edge(length));
      case 6 -> raw(end, MessageType.REJECT, piece, begin, length);
      case 7 -> raw(end, MessageType.REJECT, edge(layout.pieceCount()), edge(length), edge(length));
      case 8 -> rawBlock(end, piece, begin, length);
      case 9 -> rawBlock(end, edge(layout.pieceCount()), edge(layout.length(piece)), 1 + random.nextInt(1 << 17));
      case 10 -> {
        raw(end, MessageType.HAVE_ALL, 0, 0, 0);
        raw(end, MessageType.HAVE, piece, 0, 0);
      }
      case 11 -> raw(end, MessageType.HAVE_NONE, 0, 0, 0);
      case 12 -> {
        region.sendBitfield(end, anyPieces());
        region.sendBitfield(end, anyPieces());
      }
      case 13 -> {
        raw(end, MessageType.UNCHOKE, 0, 0, 0);
        raw(end, MessageType.UNCHOKE, 0, 0, 0);
        raw(end, MessageType.CHOKE, 0, 0, 0);
      }
      case 14 -> {
        raw(end, MessageType.INTERESTED, 0, 0, 0);
        raw(end, MessageType.NOT_INTERESTED, 0, 0, 0);
      }
      default -> {
        raw(end, MessageType.SUGGEST, edge(layout.pieceCount()), 0, 0);
        raw(end, MessageType.PORT, random.nextInt(1 << 16), 0, 0);
        region.send(end, MessageType.EXTENDED, random.nextInt(3), random.nextInt(1 << 16), 0);
      }
    }
  }

  private int edge(int size) {
    return switch (random.nextInt(4)) {
      case 0 -> size;
      case 1 -> size - 1;
      case 2 -> EDGES[random.nextInt(EDGES.length)];
      default -> (int) random.nextLong();
    };
  }

  private PieceSet anyPieces() {
    PieceSet pieces = new PieceSet(world.layout.pieceCount());
    for (int p = 0; p < pieces.size(); p++) {
      if (random.nextInt(2) == 0) {
        pieces.set(p);
      }
    }
    return pieces;
  }

  private void raw(End end, int type, int a, int b, int c) {
    region.send(end, type | World.RAW, a, b, c);
  }

  private void rawBlock(End end, int piece, int begin, int length) {
    raw(end, World.BLOCK_BEGINS, piece, begin, length);
    region.send(end, MessageType.PIECE | (random.nextInt(2) == 0 ? World.CORRUPT : 0), piece, begin, length);
  }

  /** Connects once more to somebody it is connected to, or has both dial each other at the same time. */
  void connectAgain() {
    End end = anyEnd();
    if (end == null || !end.announced) {
      return;
    }
    Node other = end.other().owner;
    int how = random.nextInt(3);
    if (how < 2) {
      node.connectGhost(other, how == 0);
    } else {
      long together = region.now + end.latency;
      region.reset(end);
      region.reset(end.other());
      node.later(together, engine -> engine.onPeersFound(region.now, List.of(other.address), true));
      if (other.isOnline()) {
        other.later(together, engine -> engine.onPeersFound(region.now, List.of(node.address), true));
      }
    }
  }

  private @Nullable End anyEnd() {
    List<End> ends = node.ends();
    return ends.isEmpty() ? null : ends.get(random.nextInt(ends.size()));
  }

  // Between the engine and the network.

  @Override
  public void sendBlock(int connection, int piece, int begin, int length) {
    boolean lost = losses > 0 && random.nextDouble() < losses && mayLose(piece);
    if (lost || (readErrors > 0 && random.nextDouble() < readErrors)) {
      End end = node.end(connection);
      end.queuedBytes += length;
      node.later(region.now + READ_NANOS, engine -> {
        int number = end.open ? connection : -1;
        if (lost && mayLose(piece)) {
          node.lose(piece);
        }
        end.queuedBytes -= length;
        if (node.watch != null) {
          node.watch.unread(end, piece, begin);
        }
        engine.onReadFailed(region.now, number, piece, begin, length, "input/output error");
        if (end.open) {
          engine.onSent(region.now, connection, 0, end.queuedBytes);
        }
      });
    } else if (snub > 0 && random.nextDouble() < snub) {
      node.swallowBlock(connection, length);
    } else {
      boolean altered = corrupt > 0 && random.nextDouble() < corrupt;
      node.sendBlock(connection, piece, begin, length, altered ? World.CORRUPT : 0);
    }
  }

  /** It takes a while, and fails at times. */
  @Override
  public void check() {
    long time = region.now + (storingNanos > 0 || readErrors > 0 || losses > 0 ? CHECK_NANOS : 0);
    node.later(time, engine -> {
      if (losses > 0 && random.nextInt(4) == 0) {
        engine.onCheckFailed(region.now, "no such directory");
      } else {
        engine.onChecked(region.now, PieceSet.of(node.disk.size(), node.disk.toWords()));
      }
    });
  }

  /** Whether storing a piece fails because another one is gone. */
  boolean losesAnother() {
    if (losses == 0 || random.nextDouble() >= losses) {
      return false;
    }
    int piece = random.nextInt(world.layout.pieceCount());
    if (!mayLose(piece)) {
      return false;
    }
    node.lose(piece);
    return true;
  }

  private boolean mayLose(int piece) {
    return !node.group.isSeeding() && node.disk.get(piece);
  }

  @Override
  public void wakeAt(long time) {
    node.wakeAt(time);
  }

  @Override
  public void dial(PeerAddress address) {
    node.dial(address);
  }

  @Override
  public void close(int connection, String reason) {
    node.close(connection, reason);
  }

  @Override
  public void send(int connection, int type, int a, int b, int c) {
    if (type == MessageType.REQUEST && idle > 0 && random.nextDouble() < idle) {
      return;
    }
    node.send(connection, type, a, b, c);
  }

  @Override
  public void sendBitfield(int connection, PieceSet have) {
    node.sendBitfield(connection, have);
  }

  @Override
  public void sendExtendedHandshake(int connection, int requestQueue) {
    node.sendExtendedHandshake(connection, requestQueue);
  }

  @Override
  public void openPiece(int piece) {
    node.openPiece(piece);
  }

  @Override
  public void dropPiece(int piece) {
    node.dropPiece(piece);
  }

  @Override
  public void discardRest(int connection) {
    node.discardRest(connection);
  }

  @Override
  public void verify(int piece, boolean suspect) {
    node.verify(piece, suspect);
  }

  @Override
  public void announce(AnnounceEvent event, long uploaded, long downloaded, long left, int numWant) {
    node.announce(event, uploaded, downloaded, left, numWant);
  }
}
