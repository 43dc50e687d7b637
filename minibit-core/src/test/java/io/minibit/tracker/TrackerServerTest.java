package io.minibit.tracker;

import static io.minibit.tracker.Announces.OTHER;
import static io.minibit.tracker.Announces.TORRENT;
import static io.minibit.tracker.Announces.announce;
import static io.minibit.tracker.Announces.await;
import static io.minibit.tracker.Announces.failure;
import static io.minibit.tracker.Announces.peers;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.metainfo.InfoHash;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class TrackerServerTest {
  private static final InetSocketAddress LOOPBACK = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  private static final String HASH = "%00".repeat(20);
  private static final String ANNOUNCE = "/announce?info_hash=" + HASH + "&peer_id=aaaaaaaaaaaaaaaaaaaa&port=7&left=1";

  private final MemoryTracker memory = MemoryTracker.builder().build();
  private TrackerServer server;

  @BeforeEach
  void start() throws IOException {
    server = TrackerServer.builder(memory).http(LOOPBACK).udp(LOOPBACK).build();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void clientsMeetOverHttpAndUdp() throws Exception {
    try (Tracker http = Tracker.at(httpUri(), Limits.defaults());
        Tracker udp = Tracker.at(udpUri(), Limits.defaults())) {
      await(http.announce(announce("0.0.0.0:1001", AnnounceEvent.STARTED, 0)));
      AnnounceResponse answer = await(udp.announce(announce("0.0.0.0:1002", AnnounceEvent.STARTED, 5)));
      assertEquals(List.of("127.0.0.1:1001"), peers(answer));
      assertEquals(1, answer.seeders());
      assertEquals(1, answer.leechers());
      assertEquals(Duration.ofMinutes(30), answer.interval());
      await(udp.announce(announce("0.0.0.0:1002", AnnounceEvent.COMPLETED, 0)));
      for (Tracker each : List.of(http, udp)) {
        assertEquals(
            new ScrapeResponse.Counts(2, 1, 0), await(each.scrape(List.of(OTHER, TORRENT))).counts().get(TORRENT));
      }
      await(http.announce(announce("0.0.0.0:1001", AnnounceEvent.STOPPED, 0)));
      assertEquals(1, memory.stats().peers());
    }
    assertTrue(server.stats().httpRequests() >= 3);
    assertTrue(server.stats().udpRequests() >= 3);
  }

  @Test
  void ipv6PeersAreServedOverBoth() throws Exception {
    InetSocketAddress ipv6 = Announces.address("[::1]:0").toSocketAddress();
    try (TrackerServer other = TrackerServer.builder(memory).http(ipv6).udp(ipv6).build();
        Tracker http =
            Tracker.at(URI.create("http://[::1]:" + other.httpAddress().getPort() + "/announce"), Limits.defaults());
        Tracker udp = Tracker.at(URI.create("udp://[::1]:" + other.udpAddress().getPort()), Limits.defaults())) {
      await(http.announce(announce("0.0.0.0:1001", AnnounceEvent.STARTED, 5)));
      assertEquals(
          List.of("[0:0:0:0:0:0:0:1]:1001"), peers(await(udp.announce(announce("0.0.0.0:1002", AnnounceEvent.STARTED, 5)))));
      assertEquals(
          List.of("[0:0:0:0:0:0:0:1]:1002"), peers(await(http.announce(announce("0.0.0.0:1001", AnnounceEvent.REGULAR, 5)))));
    }
  }

  @Test
  void theCompactAndTheListFormAreWritten() throws Exception {
    memory.announce(announce("1.2.3.4:258", AnnounceEvent.STARTED, 0)).join(); // peer-id -TS0001-1.2.3.4:258 and a NUL
    String torrent = HttpTracker.escape(TORRENT.toBytes());
    String asker = "/announce?info_hash=" + torrent + "&peer_id=aaaaaaaaaaaaaaaaaaaa&port=7&left=1";
    assertEquals(
        "d8:completei1e10:incompletei1e8:intervali1800e5:peers6:\1\2\3\4\1\2e", body(get(asker + "&compact=1")));
    assertEquals(
        "d8:completei1e10:incompletei1e8:intervali1800e"
            + "5:peersld2:ip7:1.2.3.47:peer id20:-TS0001-1.2.3.4:258\0" + "4:porti258eeee",
        body(get(asker)));
    assertEquals(
        "d8:completei1e10:incompletei1e8:intervali1800e5:peersld2:ip7:1.2.3.44:porti258eeee",
        body(get(asker + "&no_peer_id=1")));
  }

  @Test
  @Timeout(30)
  void aTrackerWithABugFailsTheRequestAndNotTheServer() throws Exception {
    Tracker buggy = new Tracker() {
      @Override
      public CompletableFuture<AnnounceResponse> announce(AnnounceRequest request) {
        throw new AssertionError("a bug in a tracker");
      }

      @Override
      public CompletableFuture<ScrapeResponse> scrape(List<InfoHash> torrents) {
        return CompletableFuture.failedFuture(new StackOverflowError());
      }
    };
    try (TrackerServer other = TrackerServer.builder(buggy).http(LOOPBACK).udp(LOOPBACK).build()) {
      String base = "http://127.0.0.1:" + other.httpAddress().getPort();
      for (int i = 0; i < 3; i++) {
        try (Tracker http = Tracker.at(URI.create(base + "/announce"), Limits.defaults())) {
          assertNotNull(failure(http.announce(announce("0.0.0.0:1001", AnnounceEvent.STARTED, 0))));
          assertTrue(failure(http.scrape(List.of(TORRENT))).contains("internal error"));
        }
      }
      // The answer is there a moment before the server has closed its side.
      while (other.stats().connections() > 0) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void onlyAnAskerOnThisMachineMayNameAnotherIp() throws Exception {
    get(ANNOUNCE + "&ip=9.8.7.6");
    assertEquals(
        List.of("9.8.7.6:7"),
        memory.announce(other("1.1.1.1:1")).join().peers().stream().map(p -> p.address().toString()).toList());
    HttpQuery query = query("info_hash=" + HASH + "&peer_id=aaaaaaaaaaaaaaaaaaaa&port=7&ip=9.8.7.6");
    assertEquals("5.5.5.5:7", query.announce(Announces.address("5.5.5.5:1")).address().toString());
  }

  @Test
  void aConnectionIsKeptForFurtherRequestsAndPipelinedOnesAreAnsweredInOrder() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "GET / HTTP/1.1\r\nHost: x\r\n\r\nGET /x HTTP/1.1\r\n\r\nGET /stats HTTP/1.1\nConnection: close\n\n");
      String all = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertEquals(3, all.split("HTTP/1.1 ", -1).length - 1, all);
      assertTrue(all.matches("(?s)HTTP/1.1 200 OK.*HTTP/1.1 404 Not Found.*HTTP/1.1 200 OK.*"), all);
    }
  }

  @Test
  void anHttp10ConnectionIsClosedUnlessItAsksToStay() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\nGET / HTTP/1.0\r\n\r\n");
      String all = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertEquals(2, all.split("HTTP/1.1 200", -1).length - 1, all);
      assertTrue(all.contains("swarms 0\npeers 0\n"), all);
    }
  }

  @Test
  void aRequestMayComeByteByByte() throws Exception {
    try (Socket socket = connect()) {
      socket.setTcpNoDelay(true);
      for (char c : ("GET " + ANNOUNCE + " HTTP/1.0\r\n\r\n").toCharArray()) {
        send(socket, String.valueOf(c));
      }
      assertTrue(new String(socket.getInputStream().readAllBytes(), ISO_8859_1).contains("8:interval"));
    }
  }

  @Test
  void malformedAnnouncesGetAFailureReasonThatNamesTheParameter() throws Exception {
    assertEquals("d14:failure reason20:info_hash is missinge", body(get("/announce")));
    for (String[] bad :
        new String[][] {
          {ANNOUNCE.replace("&port=7", ""), "port is missing"},
          {ANNOUNCE.replace("&port=7", "&port=65536"), "port is not"},
          {ANNOUNCE.replace("&port=7", "&port=x"), "port is not a number"},
          {ANNOUNCE.replace("&peer_id=a", "&peer_id="), "peer-id: 19 bytes"},
          {ANNOUNCE.replace("%00&", "&"), "info-hash: 19 bytes"},
          {ANNOUNCE.replace("%00&", "%0&"), "hexadecimal"},
          {ANNOUNCE + "&left=-9999999999999999999", "left is not a number"},
          {"/scrape", "info_hash is missing"},
        }) {
      String answer = get(bad[0]);
      assertTrue(answer.startsWith("HTTP/1.1 200 OK\r\n"), answer);
      assertTrue(body(answer).startsWith("d14:failure reason"), answer);
      assertTrue(body(answer).contains(bad[1]), answer);
    }
  }

  @Test
  void whatIsNoRequestGetsAnHttpErrorAndIsCutOff() throws Exception {
    for (String[] bad :
        new String[][] {
          {"\23BitTorrent protocol\r\n\r\n", "400"},
          {"GET /announce\r\n\r\n", "400"},
          {"POST /announce HTTP/1.1\r\n\r\n", "405"},
          {"GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde", "413"},
          {"GET /" + "x".repeat(20_000), "431"},
        }) {
      try (Socket socket = connect()) {
        send(socket, bad[0]);
        socket.shutdownOutput();
        String answer = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
        assertTrue(answer.startsWith("HTTP/1.1 " + bad[1]), answer);
      }
    }
  }

  @Test
  void aClientThatSendsNoRequestInTimeIsCutOff() throws Exception {
    try (TrackerServer strict =
            TrackerServer.builder(memory).http(LOOPBACK).timeout(Duration.ofMillis(50)).build();
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), strict.httpAddress().getPort())) {
      send(socket, "GET /ann");
      assertEquals(-1, socket.getInputStream().read());
    }
  }

  @Test
  void connectionsBeyondTheCapWaitUntilOneIsFree() throws Exception {
    try (TrackerServer small = TrackerServer.builder(memory).http(LOOPBACK).maxConnections(1).build()) {
      int port = small.httpAddress().getPort();
      try (Socket first = new Socket(InetAddress.getLoopbackAddress(), port);
          Socket second = new Socket(InetAddress.getLoopbackAddress(), port)) {
        send(second, "GET / HTTP/1.0\r\n\r\n");
        send(first, "GET / HTTP/1.0\r\n\r\n");
        assertTrue(new String(first.getInputStream().readAllBytes(), ISO_8859_1).contains("connections 1\n"));
        assertTrue(new String(second.getInputStream().readAllBytes(), ISO_8859_1).contains("connections 1\n"));
      }
    }
  }

  @Test
  void aTrackerThatAnswersLaterHoldsUpNobodyElse() throws Exception {
    CompletableFuture<AnnounceResponse> later = new CompletableFuture<>();
    CompletableFuture<Void> asked = new CompletableFuture<>();
    Tracker slow =
        new Tracker() {
          @Override
          public CompletableFuture<AnnounceResponse> announce(AnnounceRequest request) {
            asked.complete(null);
            return later;
          }

          @Override
          public CompletableFuture<ScrapeResponse> scrape(List<InfoHash> torrents) {
            return CompletableFuture.failedFuture(new TrackerException("no scrapes here"));
          }
        };
    try (TrackerServer behind = TrackerServer.builder(slow).http(LOOPBACK).udp(LOOPBACK).build();
        Tracker http = Tracker.at(uri("http", behind.httpAddress()), Limits.defaults());
        Tracker udp = Tracker.at(uri("udp", behind.udpAddress()), Limits.defaults())) {
      CompletableFuture<AnnounceResponse> overHttp = http.announce(announce("0.0.0.0:1", AnnounceEvent.STARTED, 1));
      CompletableFuture<AnnounceResponse> overUdp = udp.announce(announce("0.0.0.0:1", AnnounceEvent.STARTED, 1));
      await(asked);
      assertTrue(failure(http.scrape(List.of(OTHER))).endsWith("no scrapes here"));
      assertTrue(failure(udp.scrape(List.of(OTHER))).endsWith("no scrapes here"));
      later.complete(new AnnounceResponse(Duration.ofSeconds(77), null, 1, 2, List.of(), null));
      assertEquals(Duration.ofSeconds(77), await(overHttp).interval());
      assertEquals(Duration.ofSeconds(77), await(overUdp).interval());
    }
  }

  @Test
  void aPortInUseIsNamed() {
    BindException thrown =
        assertThrows(
            BindException.class, () -> TrackerServer.builder(memory).udp(LOOPBACK).http(server.httpAddress()).build());
    String address = "127.0.0.1:" + server.httpAddress().getPort();
    assertTrue(String.valueOf(thrown.getMessage()).contains(address), thrown.getMessage());
    assertThrows(BindException.class, () -> TrackerServer.builder(memory).udp(server.udpAddress()).build());
  }

  @Test
  void closingEndsTheThreadAndFreesThePorts() throws Exception {
    try (Socket socket = connect()) {
      send(socket, "GET /x HTTP/1.1\r\n\r\n");
      assertEquals('H', socket.getInputStream().read());
      server.close();
      server.close();
      assertTrue(new String(socket.getInputStream().readAllBytes(), ISO_8859_1).endsWith("are here\n"));
    }
    TrackerServer.builder(memory).http(server.httpAddress()).udp(server.udpAddress()).build().close();
    assertFalse(Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().equals("minibit-tracker-server")));
  }

  @Test
  void udpConnectionIdsBelongToAnIpAndLiveForTwoMinutesAtMost() {
    long[] now = {1_000_000_000_000L};
    UdpReplies replies = new UdpReplies(memory, null, new WrittenAnswer(Duration.ZERO), () -> now[0]);
    PeerAddress asker = Announces.address("1.2.3.4:5");
    ByteBuffer connected = reply(replies, ByteBuffer.allocate(16).putLong(0x41727101980L).putInt(0).putInt(9), asker);
    assertEquals(0, connected.getInt());
    assertEquals(9, connected.getInt());
    long id = connected.getLong();
    assertEquals(1, reply(replies, announcePacket(id), asker).getInt());
    assertEquals(1, reply(replies, announcePacket(id), Announces.address("1.2.3.4:6")).getInt());
    assertEquals(3, reply(replies, announcePacket(id), Announces.address("1.2.3.5:5")).getInt());
    assertEquals(3, reply(replies, announcePacket(id + 1), asker).getInt());
    now[0] += 60_000_000_000L;
    assertEquals(1, reply(replies, announcePacket(id), asker).getInt());
    now[0] += 60_000_000_000L;
    assertEquals(3, reply(replies, announcePacket(id), asker).getInt());
    assertNull(replies.reply(ByteBuffer.allocate(15), asker));
    assertNull(replies.reply(ByteBuffer.allocate(16), asker));
  }

  @Test
  void aServerWithATokenAnswersOnlyThoseWhoHaveIt() throws Exception {
    try (TrackerServer closed = TrackerServer.builder(memory).http(LOOPBACK).udp(LOOPBACK).token("s3cret").build()) {
      for (String server :
          List.of(
              "http://127.0.0.1:" + closed.httpAddress().getPort(), "udp://127.0.0.1:" + closed.udpAddress().getPort())) {
        for (String path : List.of("/announce", "/s3cre/announce", "/s3crets/announce", "/x/s3cret/announce", "/s3cret")) {
          try (Tracker stranger = Tracker.at(URI.create(server + path), Limits.defaults())) {
            String message = failure(stranger.announce(announce("0.0.0.0:1001", AnnounceEvent.STARTED, 5)));
            assertTrue(message.endsWith("needs the token in its announce URL"), message);
          }
        }
        assertEquals(0, memory.stats().peers());
        try (Tracker friend = Tracker.at(URI.create(server + "/s3cret/announce"), Limits.defaults())) {
          await(friend.announce(announce("0.0.0.0:1001", AnnounceEvent.STARTED, 5)));
          assertEquals(1, memory.stats().peers());
          if (server.startsWith("http")) {
            assertEquals(1, await(friend.scrape(List.of(TORRENT))).counts().size());
          } else {
            assertTrue(failure(friend.scrape(List.of(TORRENT))).contains("cannot carry"));
          }
          await(friend.announce(announce("0.0.0.0:1001", AnnounceEvent.STOPPED, 5)));
        }
      }
    }
    for (String unusable : List.of("", "a/b", "a b", "%41", "..", "x".repeat(65))) {
      assertThrows(IllegalArgumentException.class, () -> TrackerServer.builder(memory).token(unusable));
    }
  }

  @Test
  void aTorrentThatIsNotAllowedIsRefusedInWords() throws Exception {
    MemoryTracker choosy = MemoryTracker.builder().allow(TORRENT::equals).build();
    try (TrackerServer closed = TrackerServer.builder(choosy).http(LOOPBACK).udp(LOOPBACK).build()) {
      for (URI uri : List.of(uri("http", closed.httpAddress()), uri("udp", closed.udpAddress()))) {
        try (Tracker client = Tracker.at(uri, Limits.defaults())) {
          await(client.announce(announce("0.0.0.0:1001", AnnounceEvent.STARTED, 5)));
          assertTrue(failure(client.announce(other("0.0.0.0:1001"))).endsWith("does not serve that torrent"));
        }
      }
    }
    assertEquals(1, choosy.stats().swarms());
  }

  @Test
  void aRequestThatComesInTwoPartsOrWithThreeOthersIsAnsweredOnceEach() throws Exception {
    String request = "GET " + ANNOUNCE + "&compact=1 HTTP/1.1\r\nHost: x\r\n\r\n";
    try (Socket socket = connect()) {
      send(socket, request.repeat(3) + request.substring(0, 40));
      assertEquals('H', socket.getInputStream().read());
      send(socket, request.substring(40).replace("Host: x", "CONNECTION:close"));
      String all = new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
      assertEquals(5, all.split("8:intervali1800e", -1).length, all);
    }
  }

  /** Key and input of the authors' test vectors: bytes that count up; the result is OpenSSL's. */
  @Test
  void connectionIdsAreSipHash() {
    assertEquals(
        Long.reverseBytes(0x94AF49F6C650ADB8L),
        UdpConnectionIds.sipHash(
            0x0706050403020100L, 0x0f0e0d0c0b0a0908L,
            0x0706050403020100L, 0x0f0e0d0c0b0a0908L, 0x1716151413121110L));
  }

  @Test
  void aPlusInAQueryIsItself() {
    assertEquals(
        "2b".repeat(20), query("info_hash=" + "+".repeat(20)).torrents().get(0).toString());
    assertNotEquals(0, query("info_hash=" + HASH + "&peer_id=" + "+".repeat(20) + "&port=1&key=zz&event=paused")
        .announce(Announces.address("1.1.1.1:1")).key());
  }

  private static HttpQuery query(String text) {
    return HttpQuery.parse(text.getBytes(ISO_8859_1), 0, text.length());
  }

  private static ByteBuffer announcePacket(long id) {
    return ByteBuffer.allocate(98).putLong(id).putInt(1).putInt(8).position(98);
  }

  private static ByteBuffer reply(UdpReplies replies, ByteBuffer packet, PeerAddress asker) {
    CompletableFuture<ByteBuffer> reply = replies.reply(packet.flip(), asker);
    assertNotNull(reply);
    return reply.join();
  }

  private static AnnounceRequest other(String address) {
    AnnounceRequest request = announce(address, AnnounceEvent.REGULAR, 1);
    return new AnnounceRequest(OTHER, request.peerId(), request.address(), 0, 0, 1, AnnounceEvent.REGULAR, -1, 0, null);
  }

  private Socket connect() throws IOException {
    return new Socket(InetAddress.getLoopbackAddress(), server.httpAddress().getPort());
  }

  private String get(String target) throws IOException {
    try (Socket socket = connect()) {
      send(socket, "GET " + target + " HTTP/1.1\r\nConnection: close\r\n\r\n");
      return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
  }

  private static String body(String answer) {
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  private URI httpUri() {
    return uri("http", server.httpAddress());
  }

  private URI udpUri() {
    return uri("udp", server.udpAddress());
  }

  private static URI uri(String scheme, InetSocketAddress address) {
    return URI.create(scheme + "://127.0.0.1:" + address.getPort() + "/announce");
  }
}
