package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One page in a Chromium without a window, driven through its DevTools protocol. Use from one thread. */
final class Browser implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final long POLL_MILLIS = 50;

  private final Program program;
  private final WebSocket devTools;
  private final Messages messages = new Messages();
  private int commands;

  private Browser(Program program, String url) throws IOException, InterruptedException {
    this.program = program;
    HttpClient client = HttpClient.newHttpClient();
    String port = program.await("DevTools listening on ws://127\\.0\\.0\\.1:(\\d+)/", PATIENCE).group(1);
    HttpRequest newPage =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/json/new?about:blank"))
            .method("PUT", HttpRequest.BodyPublishers.noBody())
            .build();
    String page = client.send(newPage, BodyHandlers.ofString()).body();
    devTools = client.newWebSocketBuilder().buildAsync(URI.create(value(page, "webSocketDebuggerUrl")), messages).join();
    call("Runtime.enable", "");
    call("Log.enable", ""); // what breaks the page's own policy is told there
    call("Page.navigate", "\"url\":\"" + url + "\"");
    await("location.href !== 'about:blank' && document.readyState === 'complete'");
  }

  /** Opens a page in a browser that knows nothing yet. */
  static Browser open(Testbed testbed, String url) throws IOException, InterruptedException {
    Path home = testbed.newDirectory("chromium");
    List<String> command =
        List.of(
            Requirements.program("chromium"),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--disable-dev-shm-usage",
            "--remote-debugging-port=0",
            "--user-data-dir=" + home.resolve("profile"));
    return new Browser(testbed.start("chromium", Host.LOOPBACK, home, command), url);
  }

  /** What a JavaScript expression is in the page, as text. */
  String evaluate(String expression) throws InterruptedException {
    String script = "encodeURIComponent(String(" + expression + "))"; // nothing is left to unescape
    String answer = call("Runtime.evaluate", "\"expression\":\"" + script.replace("\"", "\\\"") + "\"");
    if (answer.contains("\"exceptionDetails\"")) {
      fail(expression + " fails in the page: " + answer);
    }
    return URLDecoder.decode(value(answer, "value"), StandardCharsets.UTF_8);
  }

  /** Waits until a JavaScript expression is true in the page. */
  void await(String expression) throws InterruptedException {
    long start = System.nanoTime();
    while (!evaluate("Boolean(" + expression + ")").equals("true")) {
      if (System.nanoTime() - start > PATIENCE.toNanos()) {
        fail("the page never comes to " + expression + "; it says:\n" + evaluate("document.body.innerText") + problems());
      }
      Thread.sleep(POLL_MILLIS);
    }
  }

  /** Errors in the page so far: thrown, logged, or forbidden by its policy. */
  List<String> problems() {
    return messages.events().stream()
        .filter(
            event ->
                event.contains("\"method\":\"Runtime.exceptionThrown\"")
                    || (event.contains("\"method\":\"Log.entryAdded\"") && event.contains("\"level\":\"error\""))
                    || (event.contains("\"method\":\"Runtime.consoleAPICalled\"") && event.contains("\"type\":\"error\"")))
        .toList();
  }

  /** What a person with a screen of this size sees, dark or light, as a PNG; as high as the page if {@code height} is 0. */
  void screenshot(Path png, int width, int height, boolean dark) throws IOException, InterruptedException {
    call(
        "Emulation.setEmulatedMedia",
        "\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"" + (dark ? "dark" : "light") + "\"}]");
    resize(width, height == 0 ? 900 : height);
    if (height == 0) {
      resize(width, Integer.parseInt(evaluate("document.documentElement.scrollHeight")));
    }
    evaluate("draw()");
    String answer = call("Page.captureScreenshot", "");
    Files.write(png, Base64.getDecoder().decode(value(answer, "data")));
  }

  private void resize(int width, int height) throws InterruptedException {
    call(
        "Emulation.setDeviceMetricsOverride",
        "\"width\":" + width + ",\"height\":" + height + ",\"deviceScaleFactor\":1,\"mobile\":false");
  }

  private String call(String method, String parameters) throws InterruptedException {
    int id = ++commands;
    CompletableFuture<String> answer = messages.expect(id);
    devTools.sendText("{\"id\":" + id + ",\"method\":\"" + method + "\",\"params\":{" + parameters + "}}", true).join();
    try {
      return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      return fail("no answer to " + method + "\n" + program.lastLines(), e);
    }
  }

  /** A string in JSON, if there is nothing escaped in it. */
  private static String value(String json, String name) {
    Matcher matcher = Pattern.compile("\"" + name + "\": ?\"([^\"\\\\]*)\"").matcher(json);
    return matcher.find() ? matcher.group(1) : fail("no " + name + " in " + json);
  }

  /** Ends the browser in order, so that none of its processes writes any more. */
  @Override
  public void close() {
    devTools.sendText("{\"id\":" + ++commands + ",\"method\":\"Browser.close\"}", true).join();
    try {
      program.awaitEnd(PATIENCE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sorts what comes from the browser into answers and events. */
  private static final class Messages implements WebSocket.Listener {
    private static final Pattern ANSWER = Pattern.compile("^\\{\"id\":(\\d+),");

    private final Map<Integer, CompletableFuture<String>> answers = new ConcurrentHashMap<>();
    private final List<String> events = new ArrayList<>();
    private final StringBuilder begun = new StringBuilder();

    CompletableFuture<String> expect(int id) {
      return answers.computeIfAbsent(id, any -> new CompletableFuture<>());
    }

    synchronized List<String> events() {
      return List.copyOf(events);
    }

    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence part, boolean last) {
      begun.append(part);
      if (last) {
        take(begun.toString());
        begun.setLength(0);
      }
      socket.request(1);
      return CompletableFuture.completedFuture(null);
    }

    private synchronized void take(String message) {
      Matcher answer = ANSWER.matcher(message);
      if (answer.find()) {
        expect(Integer.parseInt(answer.group(1))).complete(message);
      } else {
        events.add(message);
      }
    }
  }
}
