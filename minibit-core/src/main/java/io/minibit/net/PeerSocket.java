package io.minibit.net;

import io.minibit.engine.UploadQueue;
import io.minibit.metainfo.InfoHash;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import io.minibit.store.PieceStore;
import io.minibit.wire.Bitfields;
import io.minibit.wire.ExtendedHandshake;
import io.minibit.wire.Handshake;
import io.minibit.wire.HandshakeReader;
import io.minibit.wire.MessageReader;
import io.minibit.wire.MessageType;
import io.minibit.wire.MessageWriter;
import io.minibit.wire.ProtocolException;
import java.io.IOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to a peer: from the dial or accept over the handshakes to messages, whose meaning it leaves to the engine.
 * Lives on the loop's thread. It holds one place of the budget from its making to its close.
 */
final class PeerSocket implements Loop.Ready, Loop.Flushable, BlockReads.Reader {
  private static final Logger LOG = LoggerFactory.getLogger(PeerSocket.class);

  /** Reads in one turn, so that one fast peer does not keep the others waiting. */
  private static final int READS_PER_TURN = 4;

  /** Bytes of messages that may wait for any peer: a turn may ask it for hundreds of blocks before anything is sent. */
  private static final long LEAST_UNREAD = 64 << 10;

  /** What one read may bring if the last brought no block: messages take their time, and others wait. */
  private static final int SMALL_READ = 16 << 10;

  /** What can be left over of one read: less than a header. */
  private static final int LEFTOVER = 64;

  private final NetPeer peer;
  private final Loop loop;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final PeerAddress address;
  private final boolean incoming;
  private final HandshakeReader handshake = new HandshakeReader();
  private final SendQueue out;
  private final byte[] leftover = new byte[LEFTOVER];
  private int leftoverCount;

  /** While shaking hands, for that; later set as long as something waits to be sent. */
  private Loop.@Nullable Timer timeout;

  /** When something that waited to be sent last moved. */
  private long movedAt;

  private @Nullable TorrentDriver torrent;
  private @Nullable MessageReader reader;
  private int mostUnread = Integer.MAX_VALUE;
  private int number = -1;
  private boolean open;
  private boolean closed;
  private boolean flushing;

  /** What it says besides blocks; null until it has shaken hands. */
  private @Nullable Chatter chatter;
  /** Set while it is not read because it said too much. */
  private Loop.@Nullable Timer resting;
  private boolean bulk;

  /** Where the payload being read goes; null to throw it away. */
  private @Nullable PieceMemory destination;
  private int destinationOffset;
  private int payloadLength;
  /** Of the read at hand: bytes of blocks that were wanted, of others, and messages. */
  private int wantedBytes;
  private int unwantedBytes;
  private int messages;

  /** Blocks to be read from the store, and all that is on its way to the network. */
  private final UploadQueue toRead = new UploadQueue();
  private boolean reading;
  private boolean wantsRead;
  private int payloadQueued;

  private PeerSocket(
      NetPeer peer, SocketChannel channel, PeerAddress address, boolean incoming, @Nullable TorrentDriver torrent)
      throws IOException {
    this.peer = peer;
    this.loop = peer.loop();
    this.channel = channel;
    this.address = address;
    this.incoming = incoming;
    this.torrent = torrent;
    out = new SendQueue(peer.reads(), peer.fresh());
    channel.configureBlocking(false);
    channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
    key = channel.register(loop.selector(), incoming ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
    peer.sockets().add(this);
  }

  /** An incoming connection. A place in the budget has been taken for it, which is given back whatever happens. */
  static void accepted(NetPeer peer, SocketChannel channel, PeerAddress address) throws IOException {
    PeerSocket socket = make(peer, channel, address, true, null);
    try {
      socket.expectWithin(peer.limits().handshakeTimeout().toNanos(), "no handshake");
    } catch (Throwable e) {
      socket.close();
      throw e;
    }
  }

  /**
   * Dials a peer for a torrent. A place in the budget has been taken for it, which is given back whatever happens. The
   * engine is told of a failure later.
   *
   * @throws IOException if there is no socket to be had
   */
  static void dial(NetPeer peer, TorrentDriver torrent, PeerAddress address) throws IOException {
    SocketChannel channel;
    try {
      channel = SocketChannel.open();
    } catch (Throwable e) {
      peer.budget().connectionClosed();
      throw e;
    }
    PeerSocket socket = make(peer, channel, address, false, torrent);
    try {
      socket.connect();
    } catch (Throwable e) {
      socket.close();
      throw e;
    }
  }

  /** From here on its close, and nothing else, gives the place in the budget back. */
  private static PeerSocket make(
      NetPeer peer, SocketChannel channel, PeerAddress address, boolean incoming, @Nullable TorrentDriver torrent)
      throws IOException {
    try {
      return new PeerSocket(peer, channel, address, incoming, torrent);
    } catch (Throwable e) {
      peer.budget().connectionClosed();
      channel.close();
      throw e;
    }
  }

  /** What fails at once is told like what fails later. */
  private void connect() {
    expectWithin(peer.limits().connectTimeout().toNanos(), "no answer");
    try {
      if (channel.connect(address.toSocketAddress())) {
        connected();
      }
    } catch (IOException | RuntimeException e) {
      loop.execute(() -> fail(Failures.describe(e)));
    }
  }

  private void expectWithin(long nanos, String otherwise) {
    cancelTimeout();
    timeout = loop.at(loop.now() + nanos, () -> fail(otherwise));
  }

  private void cancelTimeout() {
    if (timeout != null) {
      loop.cancel(timeout);
      timeout = null;
    }
  }

  @Nullable TorrentDriver torrent() {
    return torrent;
  }

  /** Whether it has shaken hands and so is known to an engine. */
  boolean isOpen() {
    return open;
  }

  int number() {
    return number;
  }

  // Reading.

  @Override
  public void ready(SelectionKey ready) {
    if (closed) {
      return;
    }
    try {
      if (ready.isConnectable() && channel.finishConnect()) {
        connected();
      }
      if (!closed && ready.isReadable()) {
        read();
      }
      if (!closed && ready.isWritable()) {
        write();
      }
    } catch (IOException e) {
      fail(Failures.describe(e));
    } catch (ProtocolException e) {
      fail(e.getMessage() == null ? "protocol error" : e.getMessage());
    } catch (Throwable e) {
      broken(e);
    }
  }

  /** A bug, or no memory: ends the torrent. */
  @Override
  public void broken(Throwable cause) {
    TorrentDriver failed = torrent;
    try {
      fail("internal error");
    } finally {
      if (failed != null) {
        failed.fail(cause);
      } else {
        LOG.error("A connection failed", cause);
      }
    }
  }

  private void connected() {
    key.interestOps(SelectionKey.OP_READ);
    expectWithin(peer.limits().handshakeTimeout().toNanos(), "no handshake");
    sendHandshake();
  }

  private void sendHandshake() {
    TorrentDriver t = torrent;
    if (t == null) {
      throw new IllegalStateException("no torrent to shake hands for");
    }
    Handshake.write(out.room(Handshake.LENGTH), t.infoHash().toBytes(), peer.id());
    out.written();
    markDirty();
  }

  private void read() throws IOException {
    for (int reads = 0; reads < READS_PER_TURN && !closed; reads++) {
      ByteBuffer in = loop.readBuffer().clear();
      in.put(leftover, 0, leftoverCount);
      in.limit(bulk ? in.capacity() : SMALL_READ);
      int asked = in.remaining();
      wantedBytes = 0;
      unwantedBytes = 0;
      messages = 0;
      long count = readInto(in);
      if (count < 0) {
        fail("closed by the peer");
        return;
      }
      if (count == 0) {
        return;
      }
      in.flip();
      process(in);
      if (closed) {
        return;
      }
      leftoverCount = in.remaining();
      in.get(leftover, 0, leftoverCount);
      if (mustRest(count) || count < asked) {
        return;
      }
    }
  }

  /** Counts what a read has brought; whether that was more talk than is read now. */
  private boolean mustRest(long count) {
    Chatter c = chatter;
    if (c == null) {
      return false;
    }
    bulk = wantedBytes > count / 2 || (bulk && wantedBytes > 0);
    c.said(messages, (int) count - wantedBytes - unwantedBytes);
    c.unwanted(unwantedBytes);
    c.traded(wantedBytes);
    long until = c.restUntil(loop.now());
    if (until <= loop.now()) {
      return false;
    }
    resting = loop.at(until, this::readOn);
    updateInterest();
    return true;
  }

  private void readOn() {
    resting = null;
    updateInterest();
  }

  /** Tells the selector what is waited for. */
  private void updateInterest() {
    int ops = (resting == null ? SelectionKey.OP_READ : 0) | (out.isEmpty() ? 0 : SelectionKey.OP_WRITE);
    if (key.interestOps() != ops) {
      key.interestOps(ops);
    }
  }

  /** In the middle of a wanted block, its rest goes straight into the piece's memory. */
  private long readInto(ByteBuffer in) throws IOException {
    MessageReader r = reader;
    PieceMemory memory = destination;
    if (r == null || memory == null || r.payloadRemaining() == 0 || leftoverCount > 0) {
      return channel.read(in);
    }
    ByteBuffer rest = memory.view(destinationOffset, r.payloadRemaining());
    long count = channel.read(new ByteBuffer[] {rest, in});
    destinationOffset += rest.position();
    wantedBytes += rest.position();
    r.payloadTaken(rest.position());
    return count;
  }

  private void process(ByteBuffer in) {
    if (!open) {
      shakeHands(in);
    }
    MessageReader r = reader;
    TorrentDriver t = torrent;
    if (!open || closed || r == null || t == null) {
      return;
    }
    if (payloadLength > 0 && !takePayload(r, t, in)) {
      return;
    }
    while (!closed) {
      int type = r.next(in);
      if (type == MessageType.NEED_MORE) {
        return;
      }
      messages++;
      if (type == MessageType.PIECE) {
        payloadLength = r.c();
        destinationOffset = r.b();
        boolean wanted = t.engine().onPieceHeader(loop.now(), number, r.a(), r.b(), r.c());
        destination = wanted ? t.memory(r.a()) : null;
        if (closed || (payloadLength > 0 && !takePayload(r, t, in))) {
          return;
        }
      } else if (type == MessageType.BITFIELD) {
        t.onBitfield(number, r.payload());
      } else if (type == MessageType.EXTENDED) {
        if (r.a() == ExtendedHandshake.ID) {
          ExtendedHandshake said = ExtendedHandshake.decode(r.payload());
          t.engine().onExtendedHandshake(loop.now(), number, said.requestQueue(), said.listenPort(), said.client());
        }
      } else {
        t.engine().onMessage(loop.now(), number, type, r.a(), r.b(), r.c());
      }
    }
  }

  /** Takes what there is of the block; whether that was all. */
  private boolean takePayload(MessageReader r, TorrentDriver t, ByteBuffer in) {
    int count = Math.min(in.remaining(), r.payloadRemaining());
    if (count > 0) {
      PieceMemory memory = destination;
      if (memory == null) {
        in.position(in.position() + count);
        unwantedBytes += count;
      } else {
        memory.put(destinationOffset, in, count);
        destinationOffset += count;
        wantedBytes += count;
      }
      r.payloadTaken(count);
    }
    if (r.payloadRemaining() > 0) {
      return false;
    }
    int length = payloadLength;
    payloadLength = 0;
    destination = null;
    t.engine().onBlock(loop.now(), number, length);
    return true;
  }

  private void shakeHands(ByteBuffer in) {
    boolean complete = handshake.read(in);
    if (torrent == null && handshake.hasInfoHash()) {
      TorrentDriver found = peer.trading(InfoHash.of(handshake.infoHash()));
      if (found == null) {
        fail("asks for a torrent that is not here");
        return;
      }
      torrent = found;
      sendHandshake();
      // Before the engine may close the connection: the other side should know who refused it, above all if it is us.
      write();
      if (closed) {
        return;
      }
    }
    TorrentDriver t = torrent;
    if (!complete || t == null) {
      return;
    }
    if (!t.infoHash().equals(InfoHash.of(handshake.infoHash()))) {
      fail("answered for another torrent");
      return;
    }
    cancelTimeout();
    open = true;
    Limits limits = peer.limits();
    int bitfield = Bitfields.byteLength(t.pieceCount());
    reader = new MessageReader(t.pieceCount(), handshake.fast(), limits.maxMessageBytes(), limits.maxExtendedBytes());
    chatter = new Chatter(limits.maxMessagesPerSecond(), bitfield, loop.now());
    long share = Math.max(LEAST_UNREAD, Runtime.getRuntime().maxMemory() / 4 / limits.maxConnections());
    mostUnread = bitfield + (int) Math.min(limits.maxUnreadBytes(), share);
    number = t.add(this);
    t.engine()
        .onConnected(
            loop.now(), number, address, handshake.peerId(), incoming, handshake.fast(), handshake.extended());
  }

  /** The rest of the block that is being read is not wanted any more. */
  void discardRest() {
    destination = null;
  }

  // Writing.

  void send(int type, int a, int b, int c) {
    out.message(type, MessageType.size(type), a, b, c);
    if (out.controlBytes() > mostUnread) {
      loop.execute(() -> fail("does not read what it is sent"));
    }
    markDirty();
  }

  void sendBitfield(long[] words, int pieces) {
    MessageWriter.bitfield(out.room(MessageWriter.bitfieldSize(pieces)), words, pieces);
    out.written();
    markDirty();
  }

  void sendExtendedHandshake(int requestQueue, int listenPort) {
    byte[] payload = ExtendedHandshake.ours(NetPeer.CLIENT, requestQueue, listenPort, address.withPort(0)).encode();
    MessageWriter.extended(out.room(MessageWriter.extendedSize(payload)), ExtendedHandshake.ID, payload);
    out.written();
    markDirty();
  }

  void sendBlock(int piece, int begin, int length) {
    payloadQueued += length;
    FreshPieces.Piece fresh = peer.fresh().find(readFor(), piece, begin, length);
    if (fresh == null) {
      toRead.add(piece, begin, length);
      readMore();
    } else {
      out.block(fresh, piece, begin, length);
      markDirty();
    }
  }

  private void readMore() {
    if (!reading && !toRead.isEmpty() && !closed) {
      // At the end of the turn, when all blocks that the engine hands over now are known.
      wantsRead = true;
      markDirty();
    }
  }

  @Override
  public UploadQueue blocks() {
    return toRead;
  }

  @Override
  public PieceStore store() {
    return readFor().store();
  }

  @Override
  public Executor readers() {
    return readFor().readers();
  }

  private TorrentDriver readFor() {
    TorrentDriver t = torrent;
    if (t == null) {
      throw new IllegalStateException("no torrent to read for");
    }
    return t;
  }

  @Override
  public void read(ByteBuffer frames) {
    if (closed || !frames.hasRemaining()) {
      peer.reads().release(frames);
    } else {
      out.blocks(frames);
      markDirty();
    }
  }

  @Override
  public void ended() {
    reading = false;
    TorrentDriver t = torrent;
    if (t != null) {
      t.jobs().ends();
    }
    readMore();
  }

  @Override
  public void failed(int piece, int begin, int length, String message) {
    TorrentDriver t = torrent;
    if (t != null && !closed) {
      payloadQueued -= length;
      t.readFailed(number, piece, begin, length, message);
      if (!closed) {
        t.guard(() -> t.engine().onSent(loop.now(), number, 0, payloadQueued));
      }
    } else if (t != null) {
      t.readFailed(-1, piece, begin, length, message);
    }
  }

  private void markDirty() {
    if (!flushing && !closed) {
      flushing = true;
      loop.flushLater(this);
    }
  }

  @Override
  public void flush() {
    flushing = false;
    try {
      write();
    } catch (Throwable e) {
      broken(e);
    }
  }

  /** Writes what waits; the selector says when the rest can go. */
  private void write() {
    TorrentDriver t = torrent;
    if (wantsRead && !closed && t != null) {
      reading = true;
      t.jobs().begins();
      peer.reads().start(this);
    }
    wantsRead = false;
    if (closed || out.isEmpty() || !channel.isConnected()) {
      return;
    }
    int payload;
    try {
      payload = out.writeTo(channel);
    } catch (IOException e) {
      fail(Failures.describe(e));
      return;
    }
    updateInterest();
    if (open) {
      watch(out.takeProgress());
    }
    if (payload > 0 && t != null) {
      payloadQueued -= payload;
      Chatter c = chatter;
      if (c != null) {
        c.traded(payload);
      }
      t.guard(() -> t.engine().onSent(loop.now(), number, payload, payloadQueued));
    }
  }

  /**
   * Takes care that what waits to be sent moves: a peer that does not read would hold buffers that others need, for as long
   * as it keeps sending something itself.
   */
  private void watch(boolean progress) {
    if (out.isEmpty()) {
      cancelTimeout();
    } else if (timeout == null) {
      movedAt = loop.now();
      timeout = loop.at(movedAt + silence(), this::onStuck);
    } else if (progress) {
      movedAt = loop.now();
    }
  }

  private void onStuck() {
    timeout = null;
    if (loop.now() - movedAt >= silence()) {
      fail("does not read what it is sent");
    } else {
      timeout = loop.at(movedAt + silence(), this::onStuck);
    }
  }

  /** Whether it was made from this IP. */
  boolean isFrom(PeerAddress host) {
    return incoming && address.sameHost(host);
  }

  private long silence() {
    return peer.limits().silenceTimeout().toNanos();
  }

  // The end.

  /** Something on this side of the engine went wrong, or the other side left: the engine is told. */
  private void fail(String reason) {
    if (closed) {
      return;
    }
    boolean wasOpen = open;
    TorrentDriver t = torrent;
    close();
    if (t == null) {
      LOG.debug("{}: {}", address, reason);
    } else if (wasOpen) {
      t.guard(() -> t.engine().onDisconnected(loop.now(), number, reason));
    } else if (!incoming) {
      t.guard(() -> t.engine().onDialFailed(loop.now(), address, reason));
    } else {
      LOG.debug("{}: {}", address, reason);
    }
  }

  /** Closes the connection without telling the engine. */
  void close() {
    if (closed) {
      return;
    }
    closed = true;
    cancelTimeout();
    if (resting != null) {
      loop.cancel(resting);
      resting = null;
    }
    out.close();
    if (reading && torrent != null && peer.reads().cancel(this)) {
      reading = false;
      torrent.jobs().ends();
    }
    peer.sockets().remove(this);
    if (open && torrent != null) {
      torrent.remove(this);
    }
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("Closing the connection to {} failed", address, e);
    }
    peer.budget().connectionClosed();
  }
}
