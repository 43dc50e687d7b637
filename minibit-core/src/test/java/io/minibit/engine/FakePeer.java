package io.minibit.engine;

import io.minibit.wire.MessageType;
import java.util.ArrayList;
import java.util.List;

/** A remote peer that says what the test tells it to say, and remembers what it was asked for. */
final class FakePeer {
  final EngineRig rig;
  final String name;
  final int n;
  private final boolean fast;
  /** Blocks it was asked for and has not answered: piece and begin. */
  final List<int[]> asked = new ArrayList<>();

  int connection = -1;
  boolean open;
  /** Whether the payload that it is sending is kept. */
  boolean wanted;
  /** Bytes of blocks that the engine handed over for it and that have not left. */
  int queued;
  /** The last of them: piece, begin, length. */
  int[] lastBlock;
  private int[] sending = {};

  FakePeer(EngineRig rig, String name, int n, boolean fast) {
    this.rig = rig;
    this.name = name;
    this.n = n;
    this.fast = fast;
  }

  FakePeer connects(String address, boolean incoming) {
    return connects(address, incoming, n);
  }

  FakePeer connects(String address, boolean incoming, int id) {
    connection = rig.register(this);
    open = true;
    rig.does(() -> rig.engine.onConnected(
        rig.now, connection, EngineRig.address(address), EngineRig.id(id), incoming, fast, false));
    return this;
  }

  FakePeer says(int type, int a, int b, int c) {
    rig.does(() -> rig.engine.onMessage(rig.now, connection, type, a, b, c));
    return this;
  }

  FakePeer has(String picture) {
    rig.does(() -> rig.engine.onBitfield(rig.now, connection, EngineRig.pieces(rig.layout.pieceCount(), picture)));
    return this;
  }

  FakePeer hasAll() {
    return says(MessageType.HAVE_ALL, 0, 0, 0);
  }

  FakePeer gets(int piece) {
    return says(MessageType.HAVE, piece, 0, 0);
  }

  FakePeer unchokes() {
    return says(MessageType.UNCHOKE, 0, 0, 0);
  }

  FakePeer chokes() {
    if (!fast) {
      asked.clear();
    }
    return says(MessageType.CHOKE, 0, 0, 0);
  }

  FakePeer wants() {
    return says(MessageType.INTERESTED, 0, 0, 0);
  }

  FakePeer wantsNothing() {
    return says(MessageType.NOT_INTERESTED, 0, 0, 0);
  }

  FakePeer requests(int piece, int block) {
    return says(MessageType.REQUEST, piece, block * EngineRig.BLOCK, EngineRig.BLOCK);
  }

  FakePeer rejects() {
    int[] first = asked.remove(0);
    return says(MessageType.REJECT, first[0], first[1], rig.layout.blockLength(first[0], first[1] / EngineRig.BLOCK));
  }

  FakePeer leaves() {
    open = false;
    rig.placeIsFree();
    rig.does(() -> rig.engine.onDisconnected(rig.now, connection, "went away"));
    return this;
  }

  void hears(int type, int a, int b) {
    if (type == MessageType.REQUEST) {
      asked.add(new int[] {a, b});
    } else if (type == MessageType.CANCEL) {
      asked.removeIf(block -> block[0] == a && block[1] == b);
    }
  }

  /** Answers the oldest requests, as many as there are if need be. */
  FakePeer answers(int count) {
    for (int i = 0; i < count && open && !asked.isEmpty(); i++) {
      int[] first = asked.get(0);
      sends(first[0], first[1] / EngineRig.BLOCK);
    }
    return this;
  }

  /** Answers until nothing is asked. */
  FakePeer answersAll() {
    while (open && !asked.isEmpty()) {
      answers(1);
    }
    return this;
  }

  /** Sends a block, asked for or not. */
  FakePeer sends(int piece, int block) {
    return begins(piece, block).finishes(true);
  }

  FakePeer sendsRubbish() {
    int[] first = asked.get(0);
    return begins(first[0], first[1] / EngineRig.BLOCK).finishes(false);
  }

  /** Sends the header of a block. */
  FakePeer begins(int piece, int block) {
    int begin = block * EngineRig.BLOCK;
    int length = rig.layout.blockLength(piece, block);
    asked.removeIf(other -> other[0] == piece && other[1] == begin);
    sending = new int[] {piece, block, length};
    rig.does(() -> wanted = rig.engine.onPieceHeader(rig.now, connection, piece, begin, length));
    return this;
  }

  /** Sends the payload. */
  FakePeer finishes(boolean right) {
    if (wanted) {
      rig.wrote(this, sending[0], sending[1], right);
    }
    rig.does(() -> rig.engine.onBlock(rig.now, connection, sending[2]));
    return this;
  }

  /** The network takes so many bytes of what was queued for it. */
  FakePeer takes(int bytes) {
    int taken = Math.min(bytes, queued);
    queued -= taken;
    rig.does(() -> rig.engine.onSent(rig.now, connection, taken, queued));
    return this;
  }
}
