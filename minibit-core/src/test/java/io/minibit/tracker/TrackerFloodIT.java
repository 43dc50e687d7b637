package io.minibit.tracker;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.metainfo.InfoHash;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import io.minibit.model.SeededRandom;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A tracker in a JVM of 48 MiB is flooded: it keeps within its memory and answers others meanwhile. */
@Timeout(180)
class TrackerFloodIT {
  private static final int FLOODERS = 4;

  /** Each of the flooders does it so often, or until it cannot; enough that all of it together would not fit. */
  private static final int TIMES = 60_000;

  /** The side that is flooded, in a JVM of its own. */
  static final class Victim {
    private Victim() {}

    public static void main(String[] args) throws Exception {
      InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      MemoryTracker tracker = MemoryTracker.builder().build();
      try (TrackerServer server = TrackerServer.builder(tracker).http(any).udp(any).build()) {
        System.out.println(server.httpAddress().getPort());
        System.out.println(server.udpAddress().getPort());
        System.in.transferTo(OutputStream.nullOutputStream());
      }
    }
  }

  private enum Flood {
    TORRENTS_OVER_HTTP,
    PEERS_OVER_HTTP,
    TORRENTS_OVER_UDP,
    GARBAGE_OVER_UDP,
    REQUESTS_THAT_DO_NOT_END;

    private void run(int http, int udp, int flooder, List<Socket> kept) throws IOException {
      SeededRandom random = new SeededRandom(flooder);
      switch (this) {
        case TORRENTS_OVER_HTTP, PEERS_OVER_HTTP -> overHttp(http, random);
        case TORRENTS_OVER_UDP, GARBAGE_OVER_UDP -> overUdp(udp, random);
        case REQUESTS_THAT_DO_NOT_END -> {
          for (int i = 0; i < 500; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), http);
            synchronized (kept) {
              kept.add(socket);
            }
            socket.getOutputStream().write(("GET /announce?" + "x".repeat(8000)).getBytes(ISO_8859_1));
          }
        }
      }
    }

    /** Many requests on one connection, whose answers are read and thrown away. */
    private void overHttp(int port, SeededRandom random) throws IOException {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        InputStream answers = socket.getInputStream();
        Thread reader = new Thread(() -> drain(answers), "answers");
        reader.setDaemon(true);
        reader.start();
        for (int i = 0; i < TIMES; i++) {
          String torrent = this == TORRENTS_OVER_HTTP ? hash(random) : "%00".repeat(20);
          String ip = this == TORRENTS_OVER_HTTP ? "" : "&ip=" + (1 + random.nextInt(200)) + "." + random.nextInt(256) + ".3.4";
          String request =
              "GET /announce?info_hash=" + torrent + "&peer_id=" + "a".repeat(20) + ip
                  + "&port=" + (1 + random.nextInt(65535)) + "&left=1&numwant=0 HTTP/1.1\r\n\r\n";
          socket.getOutputStream().write(request.getBytes(ISO_8859_1));
        }
      }
    }

    private static void drain(InputStream answers) {
      try {
        answers.transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        // The flood is over.
      }
    }

    private static String hash(SeededRandom random) {
      byte[] bytes = new byte[20];
      random.nextBytes(bytes);
      StringBuilder escaped = new StringBuilder();
      for (byte b : bytes) {
        escaped.append(String.format("%%%02x", b));
      }
      return escaped.toString();
    }

    private void overUdp(int port, SeededRandom random) throws IOException {
      try (DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
        socket.connect(InetAddress.getLoopbackAddress(), port);
        socket.setSoTimeout(5000);
        byte[] connect = ByteBuffer.allocate(16).putLong(0x41727101980L).putInt(0).putInt(1).array();
        socket.send(new DatagramPacket(connect, connect.length));
        DatagramPacket answer = new DatagramPacket(new byte[100], 100);
        socket.receive(answer);
        long id = ByteBuffer.wrap(answer.getData()).getLong(8);
        byte[] packet = new byte[98];
        for (int i = 0; i < TIMES; i++) {
          random.nextBytes(packet);
          if (this == TORRENTS_OVER_UDP) {
            ByteBuffer.wrap(packet).putLong(0, id).putInt(8, 1).putInt(80, 0).putInt(92, 0);
          }
          socket.send(new DatagramPacket(packet, packet.length));
        }
      }
    }
  }

  private static AnnounceResponse announce(URI uri, InfoHash torrent) throws Exception {
    AnnounceRequest request =
        new AnnounceRequest(
            torrent, PeerId.random(new SeededRandom(5)), PeerAddress.of(new byte[] {127, 0, 0, 1}, 999), 0, 0, 1,
            AnnounceEvent.STARTED, 10, 0, null);
    ExecutionException refused = null;
    // A datagram may be lost in the flood: asked again, as every client does.
    for (int i = 0; i < 5; i++) {
      try (Tracker client = Tracker.at(uri, Limits.defaults())) {
        return client.announce(request).get(60, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        refused = e;
      } catch (TimeoutException e) {
        throw new AssertionError("no answer from " + uri, e);
      }
    }
    throw new AssertionError("refused by " + uri, refused);
  }

  @ParameterizedTest
  @EnumSource
  void aFloodTakesNeitherTheMemoryNorTheTimeOfOthers(Flood flood) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx48m", "-XX:+ExitOnOutOfMemoryError", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp"));
    command.add(System.getProperty("java.class.path"));
    command.add(Victim.class.getName());
    Process victim = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    List<Socket> kept = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(victim.getInputStream(), StandardCharsets.UTF_8))) {
      int http = Integer.parseInt(said.readLine());
      int udp = Integer.parseInt(said.readLine());
      InfoHash known = InfoHash.of(new byte[20]);
      announce(URI.create("http://127.0.0.1:" + http + "/announce"), known);
      for (int i = 0; i < FLOODERS; i++) {
        int flooder = i;
        Thread thread = new Thread(() -> flood(flood, http, udp, flooder, kept), "flooder-" + i);
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
      }
      for (int round = 0; round < 2; round++) {
        // During the flood, and after it.
        assertTrue(announce(URI.create("http://127.0.0.1:" + http + "/announce"), known).leechers() > 0);
        assertTrue(announce(URI.create("udp://127.0.0.1:" + udp + "/announce"), known).leechers() > 0);
        for (Thread thread : threads) {
          thread.join();
        }
      }
      victim.getOutputStream().close();
      assertTrue(victim.waitFor(20, TimeUnit.SECONDS));
      assertEquals(0, victim.exitValue());
    } finally {
      victim.destroyForcibly();
      for (Socket socket : kept) {
        socket.close();
      }
    }
  }

  private static void flood(Flood flood, int http, int udp, int flooder, List<Socket> kept) {
    try {
      flood.run(http, udp, flooder, kept);
    } catch (IOException e) {
      // The tracker has had enough of it.
    }
  }
}
