package io.minibit.tracker;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.apache.commons.io.input.BoundedInputStream;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one HTTP GET, asked over a connection of its own. Written by hand because the JDK's clients leave
 * something open: {@code HttpClient} cannot be closed before JDK 21 and tries one address of a host only, {@code
 * HttpURLConnection} has no limit for a server that trickles, and neither tells which address a redirect leads to before
 * it connects.
 *
 * @param headers by lower-case name; of repeated ones the last
 * @param from the address that answered
 */
@SuppressWarnings("ArrayRecordComponent") // read once, never compared
record HttpAnswer(int status, String statusLine, Map<String, String> headers, byte[] body, InetAddress from) {
  private static final int MAX_HEADER_BYTES = 64 << 10;

  /**
   * Asks. Blocks until the answer is complete, or the call ends and its socket is closed.
   *
   * @param target path and query
   * @param allowed which of the host's addresses may be connected to
   * @param tls secures the connection where the URL says https
   */
  static HttpAnswer get(
      TrackerUri uri,
      String target,
      TrackerCalls.Call call,
      Predicate<InetAddress> allowed,
      Duration connectTimeout,
      int maxBytes,
      Supplier<SSLSocketFactory> tls)
      throws IOException {
    try (Socket connection = connect(uri, call, allowed, connectTimeout)) {
      Socket socket = uri.scheme().equals("https") ? secure(connection, uri, tls.get()) : connection;
      String request =
          "GET " + target + " HTTP/1.1\r\n"
              + "Host: " + uri.authority() + "\r\n"
              + "User-Agent: MiniBit/0.1\r\n"
              + "Accept-Encoding: gzip\r\n"
              + "Connection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      socket.getOutputStream().flush();
      return read(new BufferedInputStream(socket.getInputStream()), maxBytes, connection.getInetAddress());
    }
  }

  @Nullable String header(String lowerCaseName) {
    return headers.get(lowerCaseName);
  }

  private static Socket connect(
      TrackerUri uri, TrackerCalls.Call call, Predicate<InetAddress> allowed, Duration timeout) throws IOException {
    IOException failure = null;
    for (InetAddress address : uri.resolve()) {
      if (!allowed.test(address)) {
        continue;
      }
      Socket socket = new Socket();
      try {
        call.closeAtEnd(socket);
        socket.setTcpNoDelay(true);
        socket.connect(
            new InetSocketAddress(address, uri.port()), (int) Math.min(call.remainingMillis(), timeout.toMillis()));
        return socket;
      } catch (IOException e) {
        socket.close();
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
    throw new TrackerException(uri + ": redirected here from a public address, but this one is private");
  }

  private static SSLSocket secure(Socket connection, TrackerUri uri, SSLSocketFactory tls) throws IOException {
    // Closing is left to the connection: an orderly end of TLS could block.
    SSLSocket socket = (SSLSocket) tls.createSocket(connection, uri.host(), uri.port(), false);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the certificate must be for this host
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  /** Reads an answer: heads of at most 64 KiB in all, and a body of at most {@code maxBytes}. */
  static HttpAnswer read(InputStream in, int maxBytes, InetAddress from) throws IOException {
    InputStream head = bounded(in, MAX_HEADER_BYTES);
    String statusLine;
    int status;
    Map<String, String> headers;
    do {
      statusLine = line(head);
      status = status(statusLine);
      headers = headers(head);
    } while (status >= 100 && status < 200);

    long length = -1;
    InputStream body = in;
    if (headers.getOrDefault("transfer-encoding", "").toLowerCase(Locale.ROOT).contains("chunked")) {
      body = new ChunkedBody(in);
    } else {
      try {
        length = Long.parseLong(headers.getOrDefault("content-length", "-1"));
      } catch (NumberFormatException e) {
        length = -1; // until the end of the connection, then
      }
      if (length > maxBytes) {
        throw new IOException("the answer is longer than " + maxBytes + " bytes");
      }
      if (length >= 0) {
        body = bounded(in, length);
      }
    }
    String encoding = headers.getOrDefault("content-encoding", "identity").toLowerCase(Locale.ROOT);
    boolean compressed = encoding.equals("gzip") || encoding.equals("x-gzip");
    if (!compressed && !encoding.equals("identity") && !encoding.isEmpty()) {
      throw new IOException("the answer's encoding is not understood: " + encoding);
    }
    // Both sides of the decompression are bounded: empty gzip blocks make no output, a bomb makes too much.
    byte[] bytes =
        compressed && length != 0
            ? new GZIPInputStream(bounded(body, maxBytes)).readNBytes(maxBytes + 1)
            : body.readNBytes(maxBytes + 1);
    if (bytes.length > maxBytes) {
      throw new IOException("the answer is longer than " + maxBytes + " bytes");
    }
    if (!compressed && length > bytes.length) {
      throw new IOException("the answer ended after " + bytes.length + " of " + length + " bytes");
    }
    return new HttpAnswer(status, TrackerUri.clean(statusLine), headers, bytes, from);
  }

  private static int status(String statusLine) throws IOException {
    String[] parts = statusLine.split(" ", 3);
    try {
      if (parts.length >= 2 && parts[0].startsWith("HTTP/")) {
        return Integer.parseInt(parts[1]);
      }
    } catch (NumberFormatException e) {
      // Falls through to the same complaint.
    }
    throw new IOException("not an HTTP server (starts with '" + TrackerUri.clean(start(statusLine)) + "')");
  }

  private static Map<String, String> headers(InputStream head) throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (String line = line(head); !line.isEmpty(); line = line(head)) {
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(line.substring(0, colon).strip().toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    return headers;
  }

  /** A line without its end, which may be a bare line feed. */
  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException(
            line.length() == 0
                ? "the connection was closed without an answer"
                : "not an HTTP server (starts with '" + TrackerUri.clean(start(line.toString())) + "')");
      }
      line.append((char) c);
    }
    if (line.length() > 0 && line.charAt(line.length() - 1) == '\r') {
      line.setLength(line.length() - 1);
    }
    return line.toString();
  }

  private static String start(String text) {
    return text.substring(0, Math.min(40, text.length()));
  }

  private static InputStream bounded(InputStream in, long bytes) throws IOException {
    return BoundedInputStream.builder().setInputStream(in).setMaxCount(bytes).setPropagateClose(false).get();
  }

  /** The payload of chunked transfer encoding (RFC 9112, section 7.1). */
  private static final class ChunkedBody extends InputStream {
    private final InputStream in;
    private long left;
    private boolean first = true;
    private boolean ended;

    ChunkedBody(InputStream in) {
      this.in = in;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0) {
        return 0;
      }
      if (left == 0 && !ended) {
        nextChunk();
      }
      if (ended) {
        return -1;
      }
      int count = in.read(target, offset, (int) Math.min(length, left));
      if (count < 0) {
        throw new EOFException("the answer ended within a chunk");
      }
      left -= count;
      return count;
    }

    private void nextChunk() throws IOException {
      if (!first) {
        line(bounded(in, 2));
      }
      first = false;
      String size = line(bounded(in, 1024)).split(";", 2)[0].strip();
      try {
        left = Long.parseUnsignedLong(size, 16);
      } catch (NumberFormatException e) {
        left = -1;
      }
      if (left < 0) {
        throw new IOException("a chunk of the answer has no valid size");
      }
      ended = left == 0;
    }
  }
}
