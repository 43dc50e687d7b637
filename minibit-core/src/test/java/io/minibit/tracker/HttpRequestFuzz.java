package io.minibit.tracker;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.fuzz.FuzzInput;
import io.minibit.fuzz.FuzzTarget;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;

/** Whatever a client sends to a tracker over HTTP, in two parts: every whole request is answered, and orderly so. */
public final class HttpRequestFuzz implements FuzzTarget {
  private static final Pattern END_OF_HEAD = Pattern.compile("\n\r?\n");
  private static final int SILENT_MILLIS = 10_000;

  private final TrackerServer server;

  public HttpRequestFuzz() {
    try {
      server = TrackerServer.builder(MemoryTracker.builder().maxSwarms(50).build())
          .http(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
          .build();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public List<byte[]> seeds() {
    String announce = "GET /announce?info_hash=" + "%00".repeat(20) + "&peer_id=aaaaaaaaaaaaaaaaaaaa&port=7&left=1";
    List<byte[]> seeds = new ArrayList<>();
    for (String request : List.of(
        announce + "&compact=1&event=started&numwant=5&key=1234abcd HTTP/1.1\r\nHost: a\r\n\r\n",
        announce + "&ip=1.2.3.4&group=g&no_peer_id=1&uploaded=1&downloaded=2 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        announce + "&event=stopped HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET /scrape?info_hash=" + "%00".repeat(20) + "&info_hash=" + "%41".repeat(20) + " HTTP/1.1\r\n\r\n",
        "GET / HTTP/1.1\r\n\r\nGET /stats HTTP/1.1\r\n\r\nGET /x HTTP/1.1\n\n",
        "POST /announce HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc",
        "GET /announce HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n")) {
      seeds.add(("\30" + request).getBytes(StandardCharsets.ISO_8859_1));
    }
    return seeds;
  }

  @Override
  public void run(byte[] input) throws IOException {
    FuzzInput in = new FuzzInput(input);
    int first = in.next();
    byte[] request = in.rest();
    String reply;
    try (Socket socket = new Socket()) {
      socket.connect(server.httpAddress());
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(SILENT_MILLIS);
      socket.setSoLinger(true, 0); // leaves nothing behind, however many follow
      reply = exchange(socket, request, Math.min(first, request.length));
    }
    if (reply == null) {
      return;
    }
    if (END_OF_HEAD.matcher(new String(request, StandardCharsets.ISO_8859_1)).find()) {
      assertTrue(reply.startsWith("HTTP/1."), reply);
    }
    assertFalse(reply.contains("internal error"), reply);
    assertTrue(reply.isEmpty() || reply.contains("\r\n\r\n"), reply);
  }

  /** What comes back until the server hangs up; null if it did so in the middle of what we say. */
  private static String exchange(Socket socket, byte[] request, int first) throws IOException {
    try {
      socket.getOutputStream().write(request, 0, first);
      socket.getOutputStream().write(Arrays.copyOfRange(request, first, request.length));
      socket.shutdownOutput();
    } catch (SocketException e) {
      return null;
    }
    try {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    } catch (SocketException e) {
      return null; // it refused and hung up before it had read everything
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
