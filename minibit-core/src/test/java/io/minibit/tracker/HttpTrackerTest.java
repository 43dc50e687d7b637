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
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class HttpTrackerTest {
  private static final Limits IMPATIENT =
      Limits.defaults()
          .with(
              limits -> {
                limits.trackerTimeout = Duration.ofMillis(300);
                limits.stoppedTimeout = Duration.ofMillis(100);
              });
  private static final AnnounceRequest STARTED = announce("0.0.0.0:6881", AnnounceEvent.STARTED, 33);
  private static final String EMPTY = "d8:intervali900e5:peers0:e";

  // What is asked

  @Test
  void bytesAreEscapedAndASpaceIsNeverAPlus() throws Exception {
    String request = requestTo("/announce", STARTED);
    assertTrue(request.startsWith("GET /announce?info_hash=%00%20%25%26%2B%2F%3F%3D%23%FF~._-aZ09%0A%0D&"), request);
    assertTrue(request.contains("&port=6881&uploaded=11&downloaded=22&left=33&compact=1"), request);
    assertTrue(request.contains("&key=1234ABCD&event=started HTTP/1.1\r\n"), request);
    assertFalse(request.contains("numwant"), request);
  }

  @Test
  void anAnnounceUrlWithAQueryKeepsItAndAPasskeyStaysInThePath() throws Exception {
    String request = requestTo("/p%20k/announce?key=a%2fb", STARTED);
    assertTrue(request.startsWith("GET /p%20k/announce?key=a%2fb&info_hash="), request);
  }

  @Test
  void aRegularAnnounceSendsNoEventAndTheGroupWhenThereIsOne() throws Exception {
    String request = requestTo("/announce", announce("0.0.0.0:1", AnnounceEvent.REGULAR, 0, 30, "rack 1"));
    assertFalse(request.contains("event="), request);
    assertTrue(request.contains("&numwant=30&group=rack%201 "), request);
  }

  @Test
  void theTrackerIdIsEchoedUntilStopped() throws Exception {
    try (ScriptedServer server = ScriptedServer.answering("d8:intervali1e5:peers0:10:tracker id3:a be");
        Tracker tracker = new HttpTracker(server.uri("/announce"), Limits.defaults())) {
      await(tracker.announce(STARTED));
      await(tracker.announce(announce("0.0.0.0:6881", AnnounceEvent.STOPPED, 0)));
      await(tracker.announce(STARTED));
      assertFalse(server.requests.get(0).contains("trackerid"));
      assertTrue(server.requests.get(1).contains("&trackerid=a%20b"));
      assertFalse(server.requests.get(2).contains("trackerid"));
    }
  }

  // What is understood

  @Test
  void compactPeersOfBothFamiliesAreRead() throws Exception {
    AnnounceResponse answer =
        answerTo(
            "d8:completei3e10:incompletei4e8:intervali900e12:min intervali60e"
                + "5:peers12:\1\2\3\4\0\5\1\2\3\5\u00ff\u00ff6:peers618: \1\0\0\0\0\0\0\0\0\0\0\0\0\0\1\0\7"
                + "15:warning message5:a\u001b[Hbe");
    assertEquals(List.of("1.2.3.4:5", "1.2.3.5:65535", "[2001:0:0:0:0:0:0:1]:7"), peers(answer));
    assertEquals(3, answer.seeders());
    assertEquals(4, answer.leechers());
    assertEquals(Duration.ofMinutes(15), answer.interval());
    assertEquals(Duration.ofMinutes(1), answer.minInterval());
    assertEquals("a [Hb", answer.warning());
  }

  @Test
  void aListOfPeersIsReadWithNamesAndWithoutWhatIsMalformed() throws Exception {
    AnnounceResponse answer =
        answerTo(
            "d5:peersl"
                + "d2:ip7:1.2.3.47:peer id20:aaaaaaaaaaaaaaaaaaaa4:porti5ee"
                + "d2:ip9:localhost4:porti6ee"
                + "d2:ip3:::14:porti7ee"
                + "d2:ip7:1.2.3.44:porti65536ee"
                + "d2:ip7:1.2.3.4e"
                + "d2:ip16:no-such.invalid.4:porti6ee"
                + "i1e"
                + "ee");
    assertEquals(List.of("1.2.3.4:5", "127.0.0.1:6", "[0:0:0:0:0:0:0:1]:7"), peers(answer));
    assertNull(answer.interval());
    assertEquals(-1, answer.seeders());
  }

  @Test
  void unsortedKeysAndBytesAfterTheAnswerAreForgiven() throws Exception {
    assertEquals(List.of("1.2.3.4:5"), peers(answerTo("d5:peers6:\1\2\3\4\0\0058:intervali9ee\n")));
  }

  @Test
  void chunkedAndCompressedAnswersAreRead() throws Exception {
    byte[] zipped = gzip(EMPTY.getBytes(ISO_8859_1));
    try (ScriptedServer server =
            new ScriptedServer(
                (request, out) -> {
                  out.write(
                      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n".getBytes(ISO_8859_1));
                  for (byte b : zipped) {
                    out.write(("1;x=y\r\n" + (char) (b & 0xff) + "\r\n").getBytes(ISO_8859_1));
                  }
                  out.write("0\r\n\r\n".getBytes(ISO_8859_1));
                });
        Tracker tracker = new HttpTracker(server.uri("/announce"), Limits.defaults())) {
      assertEquals(Duration.ofMinutes(15), await(tracker.announce(STARTED)).interval());
    }
  }

  @Test
  void anAnswerWithoutALengthEndsWithTheConnection() throws Exception {
    assertEquals(
        Duration.ofMinutes(15), await(scripted("HTTP/1.0 200 OK\r\n\r\n" + EMPTY, Limits.defaults())).interval());
  }

  @Test
  void redirectsAreFollowed() throws Exception {
    try (ScriptedServer target = ScriptedServer.answering(EMPTY);
        ScriptedServer server = redirecting(target.uri("/elsewhere?x=1").toString());
        Tracker tracker = new HttpTracker(server.uri("/announce"), Limits.defaults())) {
      await(tracker.announce(STARTED));
      assertTrue(target.requests.get(0).startsWith("GET /elsewhere?x=1 "), target.requests.get(0));
    }
  }

  @Test
  void aScrapeAsksForSeveralTorrentsInThePlaceOfAnnounce() throws Exception {
    String zeros = "\0".repeat(20);
    try (ScriptedServer server =
            ScriptedServer.answering(
                "d5:filesd20:" + zeros + "d8:completei1e10:downloadedi2e10:incompletei3eee5:flagsdee");
        Tracker tracker = new HttpTracker(server.uri("/announce/announce.php?k=v"), Limits.defaults())) {
      ScrapeResponse answer = await(tracker.scrape(List.of(TORRENT, OTHER)));
      assertEquals(new ScrapeResponse.Counts(1, 2, 3), answer.counts().get(OTHER));
      assertEquals(1, answer.counts().size());
      assertTrue(
          server.requests.get(0).startsWith("GET /announce/scrape.php?k=v&info_hash=%00%20%25"),
          server.requests.get(0));
      assertTrue(server.requests.get(0).contains("&info_hash=%00%00"), server.requests.get(0));
    }
  }

  // What goes wrong

  @Test
  void aTrackerWithoutAnnounceInItsLastPathElementCannotBeScraped() {
    Tracker tracker = new HttpTracker(URI.create("http://127.0.0.1/announce/x"), Limits.defaults());
    assertTrue(failure(tracker.scrape(List.of(TORRENT))).contains("cannot be scraped"));
  }

  @Test
  void aFailureReasonMayComeAloneAndIsCleaned() throws Exception {
    String message = messageFor(new String(ScriptedServer.ok("d14:failure reason8:not\u001b\u0007 yoe"), ISO_8859_1));
    assertTrue(message.matches("http://127.0.0.1:\\d+/announce: not   yo"), message);
  }

  @Test
  void aRefusedConnectionSaysSo() throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    Tracker tracker = new HttpTracker(URI.create("http://127.0.0.1:" + port + "/announce?key=secret"), Limits.defaults());
    assertEquals("http://127.0.0.1:" + port + "/announce: connection refused", failure(tracker.announce(STARTED)));
  }

  @Test
  void anUnknownHostSaysSo() {
    Tracker tracker = new HttpTracker(URI.create("http://no_such-tracker.invalid/announce"), Limits.defaults());
    assertEquals(
        "http://no_such-tracker.invalid/announce: unknown host", failure(tracker.announce(STARTED)));
  }

  @Test
  void anAnswerInHtmlSaysHowItStarts() throws Exception {
    String message = messageFor("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>\n<body>");
    assertTrue(message.endsWith(": not a tracker's answer (text/html, starts with '<html> <body>')"), message);
  }

  @Test
  void anHttpErrorGivesItsStatusLine() throws Exception {
    String message = messageFor("HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nno");
    assertTrue(message.endsWith("/announce: HTTP/1.1 404 Not Found"), message);
  }

  @Test
  void aServerThatSpeaksSomethingElseSaysSo() throws Exception {
    assertTrue(messageFor("220 smtp ready\r\n").contains("not an HTTP server (starts with '220 smtp ready')"));
    assertTrue(messageFor("").contains("closed without an answer"));
  }

  @Test
  void aTruncatedAnswerIsNoAnswer() throws Exception {
    assertTrue(messageFor("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nd8:in").contains("5 of 50 bytes"));
  }

  @Test
  void peersOfAWrongLengthAreRefused() throws Exception {
    assertTrue(
        messageFor(new String(ScriptedServer.ok("d5:peers7:1234567e"), ISO_8859_1)).contains("not a multiple of 6"));
  }

  @Test
  void twoMebibytesAreTooMuchHoweverTheyCome() throws Exception {
    String body = "x".repeat(2 << 20);
    assertTrue(messageFor("HTTP/1.1 200 OK\r\nContent-Length: 2097152\r\n\r\n" + body).contains("longer than"));
    assertTrue(messageFor("HTTP/1.1 200 OK\r\n\r\n" + body).contains("longer than"));
    assertTrue(
        messageFor("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + new String(gzip(body.getBytes(ISO_8859_1)), ISO_8859_1))
            .contains("longer than"));
  }

  @Test
  void endlessHeadersAreGivenUp() throws Exception {
    assertTrue(messageFor("HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000)).contains("http://127.0.0.1"));
  }

  @Test
  void aServerThatNeverAnswersIsGivenUpInTime() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer server = new ScriptedServer((request, out) -> over.await());
        Tracker tracker = new HttpTracker(server.uri("/announce"), IMPATIENT)) {
      assertTrue(failure(tracker.announce(STARTED)).contains("no answer within 1 s"));
      assertTrue(failure(tracker.announce(announce("0.0.0.0:1", AnnounceEvent.STOPPED, 0))).contains("no answer"));
      over.countDown();
    }
  }

  @Test
  void aServerThatTricklesIsGivenUpInTimeAndItsConnectionClosed() throws Exception {
    CompletableFuture<String> hungUp = new CompletableFuture<>();
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer server =
            new ScriptedServer(
                (request, out) -> {
                  out.write("HTTP/1.1 200 OK\r\n\r\nd".getBytes(ISO_8859_1));
                  try {
                    while (true) {
                      out.write('8');
                      out.flush();
                      if (over.await(10, TimeUnit.MILLISECONDS)) {
                        return;
                      }
                    }
                  } catch (IOException e) {
                    hungUp.complete("yes");
                  }
                });
        Tracker tracker = new HttpTracker(server.uri("/announce"), IMPATIENT)) {
      assertTrue(failure(tracker.announce(STARTED)).contains("no answer"));
      assertEquals("yes", await(hungUp));
      over.countDown();
    }
  }

  @Test
  void closingFailsWhatIsUnderWay() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch over = new CountDownLatch(1);
    try (ScriptedServer server =
        new ScriptedServer(
            (request, out) -> {
              asked.countDown();
              over.await();
            })) {
      Tracker tracker = new HttpTracker(server.uri("/announce"), Limits.defaults());
      CompletableFuture<AnnounceResponse> answer = tracker.announce(STARTED);
      asked.await();
      tracker.close();
      assertTrue(failure(answer).endsWith(": closed"));
      assertTrue(failure(tracker.announce(STARTED)).endsWith(": closed"));
      tracker.close();
      over.countDown();
    }
  }

  @Test
  void aRedirectLoopEnds() throws Exception {
    try (ScriptedServer server = redirecting("/announce");
        Tracker tracker = new HttpTracker(server.uri("/announce"), Limits.defaults())) {
      assertTrue(failure(tracker.announce(STARTED)).contains("more than 5 redirects"));
      assertEquals(6, server.requests.size());
    }
  }

  @Test
  void aRedirectToAFileOrToNothingIsRefused() throws Exception {
    for (String location : List.of("file:///etc/passwd", "gopher://x/", "http://", "h t t p", "udp://1.2.3.4:5")) {
      try (ScriptedServer server = redirecting(location);
          Tracker tracker = new HttpTracker(server.uri("/announce"), Limits.defaults())) {
        String message = failure(tracker.announce(STARTED));
        assertTrue(message.contains("redirected to '" + location + "'"), message);
      }
    }
  }

  @Test
  void privateAddressesAreKnown() throws Exception {
    for (String ip : List.of("127.0.0.1", "10.1.1.1", "172.16.0.1", "192.168.1.1", "169.254.1.1", "100.64.0.1", "0.0.0.1",
        "::1", "::", "fe80::1", "fd00::1", "::ffff:127.0.0.1", "::10.0.0.1", "64:ff9b::192.168.0.1", "2002:7f00:1::",
        "64:ff9b:1:2::a00:1", "::ffff:169.254.169.254")) {
      assertTrue(HttpTracker.isPrivate(InetAddress.getByName(ip)), ip);
    }
    for (String ip : List.of("1.1.1.1", "172.32.0.1", "100.128.0.1", "2001:4860::8888",
        "64:ff9b::1.1.1.1", "2002:101:101::")) {
      assertFalse(HttpTracker.isPrivate(InetAddress.getByName(ip)), ip);
    }
  }

  @Test
  void otherSchemesAndAddressesWithoutAHostAreRefused() {
    for (String uri : List.of("wss://x/announce", "http:///announce", "announce", "http://x:99999/", "udp://x/a", "udp://:1")) {
      assertThrows(TrackerException.class, () -> Tracker.at(URI.create(uri), Limits.defaults()), uri);
    }
  }

  @Test
  void httpsChecksTheCertificateAndTheHost(@TempDir Path directory) throws Exception {
    Path keys = directory.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair", "-alias", "t", "-keyalg", "EC", "-dname", "CN=localhost", "-ext", "san=dns:localhost",
                "-storetype", "PKCS12", "-storepass", "secret", "-keystore", keys.toString())
            .redirectErrorStream(true)
            .start();
    assertEquals(0, keytool.waitFor(), () -> String.valueOf(keytool));
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(keys)) {
      store.load(in, "secret".toCharArray());
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(store, "secret".toCharArray());
    TrustManagerFactory trusted = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trusted.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    ServerSocket listener =
        context.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getLoopbackAddress());
    try (ScriptedServer server = new ScriptedServer(listener, (request, out) -> out.write(ScriptedServer.ok(EMPTY)))) {
      String url = "https://localhost:" + listener.getLocalPort() + "/announce";
      SSLSocketFactory trusting = context.getSocketFactory();
      await(new HttpTracker(URI.create(url), Limits.defaults(), () -> trusting).announce(STARTED));
      String unknown = failure(new HttpTracker(URI.create(url), Limits.defaults()).announce(STARTED));
      assertTrue(unknown.startsWith(url + ": no secure connection: "), unknown);
      URI otherName = server.uri("/announce");
      String wrongHost =
          failure(
              new HttpTracker(URI.create("https" + otherName.toString().substring(4)), Limits.defaults(), () -> trusting)
                  .announce(STARTED));
      assertTrue(wrongHost.contains(": no secure connection: "), wrongHost);
    }
  }

  private static String requestTo(String pathAndQuery, AnnounceRequest request) throws Exception {
    try (ScriptedServer server = ScriptedServer.answering(EMPTY);
        Tracker tracker = new HttpTracker(server.uri(pathAndQuery), Limits.defaults())) {
      await(tracker.announce(request));
      return server.requests.get(0);
    }
  }

  private static AnnounceResponse answerTo(String body) throws Exception {
    return await(scripted(new String(ScriptedServer.ok(body), ISO_8859_1), Limits.defaults()));
  }

  private static String messageFor(String reply) throws Exception {
    return failure(scripted(reply, Limits.defaults()));
  }

  private static CompletableFuture<AnnounceResponse> scripted(String reply, Limits limits) throws Exception {
    try (ScriptedServer server = new ScriptedServer((request, out) -> out.write(reply.getBytes(ISO_8859_1)));
        Tracker tracker = new HttpTracker(server.uri("/announce"), limits)) {
      CompletableFuture<AnnounceResponse> answer = tracker.announce(STARTED);
      answer.handle((given, failure) -> null).get(60, TimeUnit.SECONDS);
      return answer;
    }
  }

  private static ScriptedServer redirecting(String location) throws Exception {
    return new ScriptedServer(
        (request, out) ->
            out.write(
                ("HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n").getBytes(ISO_8859_1)));
  }

  private static byte[] gzip(byte[] bytes) throws Exception {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(bytes);
    }
    return zipped.toByteArray();
  }
}
