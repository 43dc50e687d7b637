package io.minibit.net;

import io.minibit.model.PeerAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Accepts connections on the peer's port, as long as the budget has places. Loop's thread, but for its making. */
final class Acceptor implements Loop.Ready {
  private static final Logger LOG = LoggerFactory.getLogger(Acceptor.class);

  /** How long not to accept when the process has no file descriptors left; trying at once would only spin. */
  private static final long PAUSE = 1_000_000_000L;

  /** Connections taken in one turn, so that whoever connects without end does not keep the others waiting. */
  private static final int ACCEPTS_PER_TURN = 64;

  /** Connections that may wait to be accepted: where a flood fills this, others wait for seconds to try again. */
  private static final int BACKLOG = 1024;

  private final NetPeer peer;
  private final ServerSocketChannel channel;
  private final InetSocketAddress address;

  Acceptor(NetPeer peer, ServerSocketChannel channel) throws IOException {
    this.peer = peer;
    this.channel = channel;
    this.address = (InetSocketAddress) channel.getLocalAddress();
  }

  /** Opens the port; the error names the address. */
  static ServerSocketChannel bind(InetSocketAddress listen) throws IOException {
    if (listen.isUnresolved()) {
      throw new BindException("cannot listen on " + listen.getHostString() + ": unknown host");
    }
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.bind(listen, BACKLOG);
      channel.configureBlocking(false);
      return channel;
    } catch (SocketException e) {
      channel.close();
      BindException named =
          new BindException("cannot listen on " + PeerAddress.of(listen) + ": " + e.getMessage());
      named.initCause(e);
      throw named;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  InetSocketAddress address() {
    return address;
  }

  void register() throws IOException {
    channel.register(peer.loop().selector(), SelectionKey.OP_ACCEPT, this);
  }

  @Override
  public void ready(SelectionKey key) {
    try {
      for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        SocketChannel accepted = channel.accept();
        if (accepted == null) {
          return;
        }
        admit(accepted);
      }
    } catch (IOException | RuntimeException | Error e) {
      LOG.warn("Accepting connections failed: {}; trying again in a second", Failures.describe(e));
      key.interestOps(0);
      peer.loop().at(peer.loop().now() + PAUSE, () -> resume(key));
    }
  }

  private static void resume(SelectionKey key) {
    if (key.isValid()) {
      key.interestOps(SelectionKey.OP_ACCEPT);
    }
  }

  private void admit(SocketChannel accepted) throws IOException {
    if (!(accepted.getRemoteAddress() instanceof InetSocketAddress from)) {
      // It is gone already.
      accepted.close();
      return;
    }
    PeerAddress guest = PeerAddress.of(from);
    if (hasTooMany(guest)) {
      accepted.close();
      return;
    }
    if (!peer.budget().tryConnection()) {
      LOG.debug("A connection is refused: all {} are in use", peer.limits().maxConnections());
      accepted.close();
      return;
    }
    try {
      PeerSocket.accepted(peer, accepted, guest);
    } catch (IOException | RuntimeException | Error e) {
      // It was gone before it was looked at; others are not concerned.
      LOG.debug("An accepted connection failed at once", e);
    }
  }

  private boolean hasTooMany(PeerAddress guest) {
    if (guest.isLoopback()) {
      return false;
    }
    long present = peer.sockets().stream().filter(socket -> socket.isFrom(guest)).count();
    if (present >= peer.limits().maxConnectionsPerIp()) {
      LOG.debug("A connection is refused: {} others are from {}", present, guest);
      return true;
    }
    return false;
  }

  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.warn("Closing the port failed", e);
    }
  }
}
