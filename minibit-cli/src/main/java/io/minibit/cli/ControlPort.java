package io.minibit.cli;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where a process takes orders from this machine: one line for each connection, {@code TOKEN COMMAND}, and one line for
 * an answer, {@code OK …} or nothing at all for whoever does not know the token. One connection at a time, for two
 * seconds at most; all reads are bounded.
 */
final class ControlPort implements Closeable {
  /** Ends the process in order. */
  static final String STOP = "stop";

  /** Asks how far it is. */
  static final String STATUS = "status";

  private static final Logger LOG = LoggerFactory.getLogger(ControlPort.class);

  private static final int TOKEN_BYTES = 32;
  private static final int MOST_BYTES = 256;
  private static final int TIMEOUT_MILLIS = 2_000;
  private static final int BACKLOG = 10;
  private static final String OK = "OK";

  private final ServerSocket server;
  private final String token;
  private final Supplier<String> status;
  private final Runnable stop;

  private ControlPort(ServerSocket server, String token, Supplier<String> status, Runnable stop) {
    this.server = server;
    this.token = token;
    this.status = status;
    this.stop = stop;
  }

  /**
   * Opens a free port and takes orders on a thread of its own until it is closed.
   *
   * @param status one short line
   * @param stop called once or more; must not wait
   */
  static ControlPort open(Supplier<String> status, Runnable stop) throws IOException {
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    ServerSocket server = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    ControlPort port = new ControlPort(server, HexFormat.of().formatHex(random), status, stop);
    Thread thread = new Thread(port::serve, "minibit-control");
    thread.setDaemon(true);
    thread.start();
    return port;
  }

  int port() {
    return server.getLocalPort();
  }

  String token() {
    return token;
  }

  private void serve() {
    while (!server.isClosed()) {
      try (Socket client = server.accept()) {
        // A thread that waits in accept() keeps the port open for a moment after close(): whoever comes then is late.
        if (!server.isClosed()) {
          answer(client);
        }
      } catch (IOException e) {
        LOG.debug("Control port: {}", e.toString());
      }
    }
  }

  private void answer(Socket client) throws IOException {
    String line = readLine(client);
    int space = line.indexOf(' ');
    // In constant time, so that nobody finds the token out character by character.
    if (space < 0 || !MessageDigest.isEqual(bytes(line.substring(0, space)), bytes(token))) {
      LOG.warn("Somebody without the token tried the control port");
      return;
    }
    String command = line.substring(space + 1);
    switch (command) {
      case STOP -> {
        write(client, OK);
        LOG.info("Asked to stop");
        stop.run();
      }
      case STATUS -> write(client, OK + " " + status.get());
      default -> LOG.warn("Unknown order on the control port");
    }
  }

  /**
   * Sends an order to another process.
   *
   * @return what it says after OK; null if it cannot be reached, does not know the token or does not answer in time
   */
  static @Nullable String ask(ProcessEntry process, String command) {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), process.controlPort()), TIMEOUT_MILLIS);
      write(socket, process.token() + " " + command);
      String answer = readLine(socket);
      return answer.equals(OK) || answer.startsWith(OK + " ") ? answer.substring(OK.length()).strip() : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void write(Socket socket, String line) throws IOException {
    socket.getOutputStream().write(bytes(line + "\n"));
    socket.getOutputStream().flush();
  }

  /** Up to the end of the line or of the stream; never long, neither in bytes nor in time. */
  private static String readLine(Socket socket) throws IOException {
    long deadline = System.nanoTime() + TIMEOUT_MILLIS * 1_000_000L;
    byte[] line = new byte[MOST_BYTES];
    InputStream in = socket.getInputStream();
    for (int length = 0; length < line.length; length++) {
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (left <= 0) {
        throw new SocketTimeoutException("no whole line in time");
      }
      socket.setSoTimeout((int) left);
      int next = in.read();
      if (next < 0 || next == '\n') {
        return new String(line, 0, length, StandardCharsets.UTF_8);
      }
      line[length] = (byte) next;
    }
    throw new IOException("a line of more than " + MOST_BYTES + " bytes");
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
