package io.minibit.tracker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP server that does what a test says, however wrong. Serves one connection after the other. */
final class ScriptedServer implements AutoCloseable {
  /** What to send when a request has come. */
  interface Script {
    void run(String request, OutputStream out) throws Exception;
  }

  final List<String> requests = new CopyOnWriteArrayList<>();
  private final ServerSocket listener;
  private final Script script;
  private final Thread thread;
  private volatile Socket client = new Socket();

  ScriptedServer(Script script) throws IOException {
    this(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
  }

  ScriptedServer(ServerSocket listener, Script script) {
    this.listener = listener;
    this.script = script;
    thread = new Thread(this::serve, "scripted-server");
    thread.start();
  }

  static ScriptedServer answering(String body) throws IOException {
    return new ScriptedServer((request, out) -> out.write(ok(body)));
  }

  static byte[] ok(String body) {
    return ("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body).getBytes(ISO_8859_1);
  }

  URI uri(String pathAndQuery) {
    return URI.create("http://127.0.0.1:" + listener.getLocalPort() + pathAndQuery);
  }

  private void serve() {
    while (!listener.isClosed()) {
      try (Socket accepted = listener.accept()) {
        client = accepted;
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
          int b = accepted.getInputStream().read();
          if (b < 0) {
            throw new IOException("no request");
          }
          head.write(b);
        }
        requests.add(head.toString(ISO_8859_1));
        script.run(head.toString(ISO_8859_1), accepted.getOutputStream());
      } catch (Exception e) {
        // The client hung up, or the test is over: both are what these tests are about.
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    client.close();
    join(thread);
  }

  static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
