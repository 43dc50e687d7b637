package io.minibit.cli.interop;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.minibit.metainfo.InfoHash;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import io.minibit.model.SeededRandom;
import io.minibit.tracker.AnnounceRequest;
import io.minibit.tracker.HttpTracker;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;

/** A tracker that names strangers or sends its clients elsewhere, as a process of its own. */
final class OddTracker {
  static final int PORT = 8000;
  private static final int LIES = 2000;

  private OddTracker() {}

  /** {@code lies VICTIM}, or {@code sends TO...}: to each of these hosts, and tells what came of it. */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    HttpServer server = HttpServer.create(new InetSocketAddress(PORT), 0);
    byte[] nobody = "d8:intervali60e5:peers0:e".getBytes(StandardCharsets.US_ASCII);
    byte[] lies = arguments[0].equals("lies") ? lies(arguments[1]) : nobody;
    server.createContext("/announce", exchange -> answer(exchange, lies));
    server.createContext("/to/", OddTracker::redirect);
    server.start();
    System.out.println("listening");
    if (arguments[0].equals("sends")) {
      for (int i = 2; i < arguments.length; i++) {
        System.out.println(arguments[1] + " to " + arguments[i] + ": " + announce(arguments[1], arguments[i]));
      }
      server.stop(0);
    } else {
      Thread.sleep(Long.MAX_VALUE);
    }
  }

  private static byte[] lies(String victim) throws IOException {
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    answer.writeBytes(("d8:intervali1e5:peers" + 6 * LIES + ":").getBytes(StandardCharsets.US_ASCII));
    byte[] ip = InetAddress.getByName(victim).getAddress();
    for (int port = 1; port <= LIES; port++) {
      answer.writeBytes(ip);
      answer.write(port >> 8);
      answer.write(port);
    }
    answer.write('e');
    return answer.toByteArray();
  }

  private static void answer(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  /** {@code /to/HOST} leads to its tracker, {@code /to/HOST,NEXT} by way of another host. */
  private static void redirect(HttpExchange exchange) throws IOException {
    String[] way = exchange.getRequestURI().getPath().substring("/to/".length()).split(",", 2);
    exchange.getResponseHeaders().set(
        "Location", "http://" + way[0] + ":" + PORT + (way.length == 1 ? "/announce" : "/to/" + way[1]));
    exchange.sendResponseHeaders(302, -1);
    exchange.close();
  }

  private static String announce(String from, String to) throws InterruptedException {
    AnnounceRequest request =
        new AnnounceRequest(
            InfoHash.of(new byte[InfoHash.LENGTH]), PeerId.random(new SeededRandom(1)),
            PeerAddress.of(new byte[4], 6881), 0, 0, 1, AnnounceEvent.STARTED, 50, 1, null);
    String way = to.replace("[", "%5B").replace("]", "%5D");
    URI uri = URI.create("http://" + from + ":" + PORT + "/to/" + way);
    try (HttpTracker tracker = new HttpTracker(uri, Limits.defaults())) {
      return "answered " + tracker.announce(request).get().peers().size();
    } catch (ExecutionException e) {
      return "refused, " + e.getCause().getMessage();
    }
  }
}
