package io.minibit.cli;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Shows a swarm in browsers on this machine: a page, its style, its script and {@code /state.json}, which the page asks for
 * again and again. Nothing can be changed through it. Only loopback addresses are listened on, and only requests that name
 * one as their host are answered, so that no page from elsewhere reads along by letting its name point here (DNS
 * rebinding). Thread-safe.
 */
final class SwarmPage implements AutoCloseable {
  /** Some tabs of a browser, which opens up to six connections to a host. */
  static final int MOST_CONNECTIONS = 32;

  private static final int THREADS = 3;

  private static final int MOST_SECONDS_PER_MESSAGE = 10;

  static {
    // The JDK's server reads these once per JVM; what the user has set counts more.
    setDefault("jdk.httpserver.maxConnections", MOST_CONNECTIONS);
    setDefault("sun.net.httpserver.maxIdleConnections", MOST_CONNECTIONS);
    setDefault("sun.net.httpserver.maxReqTime", MOST_SECONDS_PER_MESSAGE);
    setDefault("sun.net.httpserver.maxRspTime", MOST_SECONDS_PER_MESSAGE);
  }

  /** Only what this server sends is loaded, run or asked; nobody may frame the page. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
          + "form-action 'none'; frame-ancestors 'none'";

  /** What a browser may know. {@code columns} is how many cells a row of the heat map has room for. */
  private static final Pattern STATE_QUERY = Pattern.compile("since=(-1|\\d{1,15})&columns=(\\d{1,6})");

  private record Content(String type, String text) {}

  private final PageState state;
  private final HttpServer server;
  private final ExecutorService threads;
  private final Set<String> hosts;
  private final Map<String, Content> files;

  private SwarmPage(PageState state, HttpServer server) throws IOException {
    this.state = state;
    this.server = server;
    files =
        Map.of(
            "/", file("text/html", WebFile.read("index.html")),
            "/app.js", file("text/javascript", WebFile.read("app.js")),
            "/style.css", file("text/css", WebFile.style("style.css")));
    int port = server.getAddress().getPort();
    String own = host(server.getAddress()); // may be 127.0.0.2
    hosts = Set.copyOf(List.of("localhost:" + port, "127.0.0.1:" + port, "[::1]:" + port, own));
    threads =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            0,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(2 * MOST_CONNECTIONS), // a connection has one request at a time
            task -> {
              Thread thread = new Thread(task, "minibit-page");
              thread.setDaemon(true);
              return thread;
            });
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  /**
   * Serves from now on.
   *
   * @param address a loopback address; port 0 for any free one
   * @throws IOException if it cannot listen there
   */
  static SwarmPage open(InetSocketAddress address, PageState state) throws IOException {
    if (!address.getAddress().isLoopbackAddress()) {
      throw new IllegalArgumentException(address + " is not of this machine only");
    }
    HttpServer server;
    try {
      server = HttpServer.create(address, MOST_CONNECTIONS);
    } catch (IOException e) {
      throw new IOException("cannot show a page on " + Addresses.format(address) + ": " + e.getMessage(), e);
    }
    return new SwarmPage(state, server);
  }

  /** What to type into a browser. */
  String url() {
    return "http://" + host(server.getAddress()) + "/";
  }

  /** Ends all connections and threads. Twice is harmless. */
  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  private static void setDefault(String property, int value) {
    if (System.getProperty(property) == null) {
      System.setProperty(property, Integer.toString(value));
    }
  }

  private static String host(InetSocketAddress address) {
    return Addresses.format(address).toLowerCase(Locale.ROOT);
  }

  private static Content file(String type, String text) {
    return new Content(type + "; charset=utf-8", text);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Headers headers = exchange.getResponseHeaders();
      headers.set("Cache-Control", "no-store");
      headers.set("Content-Security-Policy", POLICY);
      headers.set("Cross-Origin-Resource-Policy", "same-origin");
      headers.set("Referrer-Policy", "no-referrer");
      headers.set("X-Content-Type-Options", "nosniff");
      String method = exchange.getRequestMethod();
      if (!isForUs(exchange.getRequestHeaders().get("Host"))) {
        send(exchange, 403, text("This page answers to the names of this machine only."));
      } else if (!method.equals("GET") && !method.equals("HEAD")) {
        headers.set("Allow", "GET, HEAD");
        send(exchange, 405, text("Nothing can be changed here."));
      } else {
        answer(exchange);
      }
    }
  }

  private boolean isForUs(@Nullable List<String> host) {
    return host != null && host.size() == 1 && hosts.contains(host.get(0).toLowerCase(Locale.ROOT));
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getRawPath();
    String query = exchange.getRequestURI().getRawQuery();
    Content file = files.get(path);
    if (file != null) {
      send(exchange, 200, file);
    } else if ("/state.json".equals(path)) {
      Matcher asked = STATE_QUERY.matcher(query == null ? "since=-1&columns=" + PageState.MOST_COLUMNS : query);
      if (asked.matches()) {
        int columns = Math.max(1, Math.min(PageState.MOST_COLUMNS, Integer.parseInt(asked.group(2))));
        String json = state.json(Long.parseLong(asked.group(1)), columns);
        send(exchange, 200, new Content("application/json", json));
      } else {
        send(exchange, 400, text("Ask for /state.json?since=MILLIS&columns=NUMBER."));
      }
    } else {
      send(exchange, 404, text("There is nothing here."));
    }
  }

  private static Content text(String line) {
    return new Content("text/plain; charset=utf-8", line + "\n");
  }

  private static void send(HttpExchange exchange, int status, Content content) throws IOException {
    byte[] bytes = content.text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", content.type);
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }
}
