package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Over plain sockets: a client library would not send what an attacker sends. */
class SwarmPageTest {
  private static final InetSocketAddress ANY_PORT = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  private SwarmPage page;
  private int port;

  @BeforeEach
  void open() throws IOException {
    page = SwarmPage.open(ANY_PORT, new PageState("photo.jpg"));
    port = URI.create(page.url()).getPort();
  }

  @AfterEach
  void close() {
    page.close();
  }

  /** One request, its lines without the last empty one, and the whole answer. */
  private String ask(String... lines) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(30_000);
      String request = String.join("\r\n", lines) + "\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private String get(String path) throws IOException {
    return ask("GET " + path + " HTTP/1.1", "Host: 127.0.0.1:" + port);
  }

  private static void assertStatus(int status, String answer) {
    assertTrue(answer.startsWith("HTTP/1.1 " + status + " "), answer);
  }

  private static void assertHeader(String line, String answer) {
    String head = answer.substring(0, answer.indexOf("\r\n\r\n"));
    assertTrue(head.lines().anyMatch(line::equalsIgnoreCase), line + " is missing in\n" + head);
  }

  @Test
  void thePageItsScriptAndItsStyleAreServed() throws IOException {
    assertTrue(get("/").contains("<h1 id=\"name\">"));
    assertHeader("Content-Type: text/html; charset=utf-8", get("/"));
    assertHeader("Content-Type: text/javascript; charset=utf-8", get("/app.js"));
    assertHeader("Content-Type: text/css; charset=utf-8", get("/style.css"));
    String state = get("/state.json?since=-1&columns=100");
    assertHeader("Content-Type: application/json", state);
    assertTrue(state.endsWith("\"report\":null}"), state);
  }

  @Test
  void everyAnswerForbidsWhatThePageDoesNotNeed() throws IOException {
    for (String answer : List.of(get("/"), get("/state.json"), get("/none"), ask("POST / HTTP/1.1", "Host: evil"))) {
      assertHeader("Cache-Control: no-store", answer);
      assertHeader("X-Content-Type-Options: nosniff", answer);
      assertHeader("Cross-Origin-Resource-Policy: same-origin", answer);
      assertTrue(answer.contains("\r\nContent-security-policy: default-src 'none'; script-src 'self'; "), answer);
      assertTrue(answer.contains("frame-ancestors 'none'"), answer);
    }
  }

  @Test
  void nothingElseIsThere() throws IOException {
    assertStatus(404, get("/version.txt"));
    assertStatus(404, get("/../version.txt"));
    assertStatus(404, get("/%2e%2e/version.txt"));
    assertStatus(404, get("/index.html"));
  }

  @Test
  void aQueryThatIsNoneOfThePageIsRefused() throws IOException {
    for (String query : List.of("since=1", "since=x&columns=1", "since=-2&columns=1", "since=1&columns=99999999", "")) {
      assertStatus(400, get("/state.json?" + query));
    }
    assertStatus(200, get("/state.json?since=0&columns=0"));
    assertStatus(200, get("/state.json?since=999999999999999&columns=999999"));
  }

  @Test
  void onlyTheNamesOfThisMachineAreAnswered() throws IOException {
    for (String host : List.of("localhost:", "LOCALHOST:", "127.0.0.1:", "[::1]:")) {
      assertStatus(200, ask("GET / HTTP/1.1", "Host: " + host + port));
    }
    for (String host :
        List.of("evil.example:" + port, "localhost", "localhost:1", "127.0.0.1", "localhost." + port, "", "0.0.0.0:" + port)) {
      assertStatus(403, ask("GET /state.json HTTP/1.1", "Host: " + host));
    }
    assertStatus(403, ask("GET / HTTP/1.1", "Host: localhost:" + port, "Host: evil.example"));
    assertStatus(403, ask("GET / HTTP/1.0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "PUT", "DELETE", "OPTIONS", "TRACE", "get", "X"})
  void nothingCanBeChanged(String method) throws IOException {
    String answer = ask(method + " / HTTP/1.1", "Host: localhost:" + port, "Content-Length: 0");

    assertStatus(405, answer);
    assertHeader("Allow: GET, HEAD", answer);
  }

  @Test
  void headIsGetWithoutTheBody() throws IOException {
    String get = get("/style.css");
    String head = ask("HEAD /style.css HTTP/1.1", "Host: localhost:" + port);

    assertStatus(200, head);
    assertTrue(head.endsWith("\r\n\r\n"), head);
    int length = get.substring(get.indexOf("\r\n\r\n") + 4).getBytes(StandardCharsets.UTF_8).length;
    assertHeader("Content-Length: " + length, head);
  }

  @Test
  void thereAreOnlySoManyConnections() throws IOException {
    byte[] request = ("GET /style.css HTTP/1.1\r\nHost: localhost:" + port + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    List<Socket> sockets = new ArrayList<>();
    try {
      for (int i = 0; i < SwarmPage.MOST_CONNECTIONS; i++) {
        assertEquals('H', firstByte(sockets, request), "connection " + i);
      }
      assertEquals(-1, firstByte(sockets, request));
    } finally {
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  /** Of the answer on a new connection, which stays open; -1 if there is none. */
  private int firstByte(List<Socket> sockets, byte[] request) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
    sockets.add(socket);
    socket.setSoTimeout(30_000);
    try {
      socket.getOutputStream().write(request);
      return socket.getInputStream().read();
    } catch (SocketException e) {
      return -1; // closed before the request was read
    }
  }

  @Test
  void aClosedPageIsGone() {
    page.close();
    page.close();

    assertThrows(ConnectException.class, () -> get("/"));
  }

  @Test
  void onlyThisMachineCanBeListenedOn() {
    assertThrows(
        IllegalArgumentException.class,
        () -> SwarmPage.open(new InetSocketAddress(0), new PageState("x")));
    assertEquals("127.0.0.1:80", Addresses.format(WebAddress.parse("80")));
    assertEquals("127.0.0.1:80", Addresses.format(WebAddress.parse("localhost:80")));
    assertEquals("127.0.0.1:80", Addresses.format(WebAddress.parse(":80")));
    assertEquals("[0:0:0:0:0:0:0:1]:80", Addresses.format(WebAddress.parse("[::1]:80")));
    for (String elsewhere : List.of("0.0.0.0:80", "[::]:80", "10.0.0.1:80", "example.org:80", "photo.jpg", "localhost")) {
      assertThrows(IllegalArgumentException.class, () -> WebAddress.parse(elsewhere), elsewhere);
    }
  }
}
