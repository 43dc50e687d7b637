package io.minibit.net;

import io.minibit.metainfo.InfoHash;
import io.minibit.metainfo.PieceLayout;
import io.minibit.wire.MessageType;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** A remote end that says what a test tells it to, right or wrong. Blocking; every wait is bounded. */
final class RawPeer implements Closeable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final Socket socket;
  private final DataInputStream in;
  final byte[] id = ("-RAW-" + String.format("%015d", COUNT.incrementAndGet())).getBytes(StandardCharsets.US_ASCII);

  /** A port that accepts connections when it is told to. */
  static final class Port implements Closeable {
    private final ServerSocket server;

    Port() throws IOException {
      server = new ServerSocket();
      server.bind(Loopback.anyPort());
      server.setSoTimeout((int) Loopback.MOST_SECONDS * 1000);
    }

    InetSocketAddress address() {
      return (InetSocketAddress) server.getLocalSocketAddress();
    }

    RawPeer accept() throws IOException {
      return new RawPeer(server.accept());
    }

    @Override
    public void close() throws IOException {
      server.close();
    }
  }

  /** A message with its id, or a keep-alive with id -1. */
  static final class Message {
    private final int id;
    private final byte[] payload;

    private Message(int id, byte[] payload) {
      this.id = id;
      this.payload = payload;
    }

    int id() {
      return id;
    }

    byte[] payload() {
      return payload;
    }

    /** The four bytes at this place as a number. */
    int field(int index) {
      return ByteBuffer.wrap(payload).getInt(index * 4);
    }
  }

  private RawPeer(Socket socket) throws IOException {
    this.socket = socket;
    socket.setSoTimeout((int) Loopback.MOST_SECONDS * 1000);
    socket.setTcpNoDelay(true);
    in = new DataInputStream(socket.getInputStream());
  }

  static RawPeer dial(InetSocketAddress address) throws IOException {
    Socket socket = new Socket();
    socket.setReceiveBufferSize(64 << 10);
    socket.connect(address, 5000);
    return new RawPeer(socket);
  }

  byte[] handshake(InfoHash torrent) {
    return handshake(torrent, 0);
  }

  byte[] handshake(InfoHash torrent, long reserved) {
    return ByteBuffer.allocate(68)
        .put((byte) 19)
        .put("BitTorrent protocol".getBytes(StandardCharsets.US_ASCII))
        .putLong(reserved)
        .put(torrent.toBytes())
        .put(id)
        .array();
  }

  /** Exchanges handshakes, without any extension. */
  RawPeer shakeHands(InfoHash torrent) throws IOException {
    send(handshake(torrent));
    readHandshake();
    return this;
  }

  byte[] readHandshake() throws IOException {
    byte[] bytes = new byte[68];
    in.readFully(bytes);
    return bytes;
  }

  RawPeer send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
    socket.getOutputStream().flush();
    return this;
  }

  /** A message of an id and some ints. */
  static byte[] message(int id, int... fields) {
    ByteBuffer bytes = ByteBuffer.allocate(5 + 4 * fields.length).putInt(1 + 4 * fields.length).put((byte) id);
    for (int field : fields) {
      bytes.putInt(field);
    }
    return bytes.array();
  }

  /** A message of an id and some bytes. */
  static byte[] message(int id, byte[] payload) {
    return ByteBuffer.allocate(5 + payload.length).putInt(1 + payload.length).put((byte) id).put(payload).array();
  }

  static byte[] block(int piece, int begin, byte[] data) {
    return ByteBuffer.allocate(13 + data.length)
        .putInt(9 + data.length)
        .put((byte) MessageType.PIECE)
        .putInt(piece)
        .putInt(begin)
        .put(data)
        .array();
  }

  /** A bitfield that claims everything. */
  static byte[] everything(int pieces) {
    byte[] bits = new byte[(pieces + 7) / 8];
    Arrays.fill(bits, (byte) 0xff);
    int spare = bits.length * 8 - pieces;
    bits[bits.length - 1] = (byte) (0xff << spare);
    return message(MessageType.BITFIELD, bits);
  }

  Message read() throws IOException {
    int length = in.readInt();
    if (length == 0) {
      return new Message(-1, new byte[0]);
    }
    int type = in.read();
    byte[] payload = new byte[length - 1];
    in.readFully(payload);
    return new Message(type, payload);
  }

  /** Reads up to the next message of this id. */
  Message await(int id) throws IOException {
    Message message = read();
    while (message.id() != id) {
      message = read();
    }
    return message;
  }

  /** Answers requests until the connection ends. */
  void serve(PieceLayout layout, byte[] content) throws IOException {
    while (true) {
      Message message;
      try {
        message = read();
      } catch (SocketTimeoutException e) {
        throw e;
      } catch (IOException e) {
        return;
      }
      if (message.id() == MessageType.REQUEST) {
        int from = (int) layout.offset(message.field(0)) + message.field(1);
        try {
          send(block(message.field(0), message.field(1), Arrays.copyOfRange(content, from, from + message.field(2))));
        } catch (IOException e) {
          return;
        }
      }
    }
  }

  /** Reads on until the other side closes; fails if it does not. */
  void awaitClosed() throws IOException {
    byte[] said = new byte[8192];
    try {
      while (in.read(said) >= 0) {
        // What it says before it closes does not matter.
      }
    } catch (SocketTimeoutException e) {
      throw new IOException("the other side does not close the connection", e);
    } catch (EOFException e) {
      return;
    } catch (IOException e) {
      // A reset is an end, too.
    }
  }

  /** Ends the connection as a crash would. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
