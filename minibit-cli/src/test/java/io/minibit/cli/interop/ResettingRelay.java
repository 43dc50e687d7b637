package io.minibit.cli.interop;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * Passes connections on to a peer, as a process of its own, and resets the first of them on both sides, each at the moment
 * that it was told.
 */
final class ResettingRelay {
  static final int PORT = 7881;

  /** Instead of a number of a block. */
  static final String HANDSHAKE = "handshake";

  /** The same in the other direction. */
  static final String ANSWER = "answer";

  private static final int HANDSHAKE_BYTES = 68;
  private static final int MID_HANDSHAKE = 10;
  private static final int PIECE = 7;
  private static final int MID_BLOCK = 5000;

  /** For what was passed on to be read: a reset may take what is under way with it. */
  private static final long ARRIVAL_MILLIS = 200;

  private final Socket dialer;
  private final Socket peer;
  private final String moment;

  private ResettingRelay(Socket dialer, Socket peer, String moment) {
    this.dialer = dialer;
    this.peer = peer;
    this.moment = moment;
  }

  /** HOST PORT MOMENT...: {@link #HANDSHAKE}, {@link #ANSWER}, or in which block of those that the peer sends. */
  public static void main(String[] arguments) throws IOException {
    try (ServerSocket server = new ServerSocket(PORT)) {
      System.out.println("listening");
      for (int i = 2; ; i++) {
        Socket dialer = server.accept();
        Socket peer = new Socket(arguments[0], Integer.parseInt(arguments[1]));
        ResettingRelay relay = new ResettingRelay(dialer, peer, i < arguments.length ? arguments[i] : "never");
        new Thread(() -> relay.run(relay::passOn), "there").start();
        new Thread(() -> relay.run(relay::passBack), "back").start();
      }
    }
  }

  private interface Direction {
    void pass() throws IOException, InterruptedException;
  }

  private void run(Direction direction) {
    try (dialer;
        peer) {
      direction.pass();
    } catch (IOException | InterruptedException e) {
      // Over, by one side or by us.
    }
  }

  private void passOn() throws IOException, InterruptedException {
    if (moment.equals(HANDSHAKE)) {
      pass(dialer, peer, MID_HANDSHAKE);
      reset();
    }
    dialer.getInputStream().transferTo(peer.getOutputStream());
  }

  private void passBack() throws IOException, InterruptedException {
    if (moment.equals(ANSWER)) {
      pass(peer, dialer, MID_HANDSHAKE);
      reset();
    }
    pass(peer, dialer, HANDSHAKE_BYTES);
    DataInputStream in = new DataInputStream(peer.getInputStream());
    DataOutputStream out = new DataOutputStream(dialer.getOutputStream());
    int blocks = 0;
    while (true) {
      int length = in.readInt();
      out.writeInt(length);
      if (length == 0) {
        continue;
      }
      int id = in.readUnsignedByte();
      out.write(id);
      if (id == PIECE && moment.equals(Integer.toString(++blocks))) {
        pass(peer, dialer, MID_BLOCK);
        reset();
      }
      pass(peer, dialer, length - 1);
    }
  }

  private static void pass(Socket from, Socket to, int count) throws IOException {
    byte[] bytes = from.getInputStream().readNBytes(count);
    to.getOutputStream().write(bytes);
    if (bytes.length < count) {
      throw new EOFException();
    }
  }

  private void reset() throws IOException, InterruptedException {
    Thread.sleep(ARRIVAL_MILLIS);
    // Then closing does not say goodbye; both before, since the other direction ends, too, and closes both.
    dialer.setSoLinger(true, 0);
    peer.setSoLinger(true, 0);
    System.out.println("reset in " + moment);
    throw new EOFException();
  }
}
