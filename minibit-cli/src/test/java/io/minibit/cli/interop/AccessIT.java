package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tracker that is closed: by the torrents that it serves, and by a word in its announce URL. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class AccessIT {
  private static final Duration SOON = Duration.ofSeconds(40);
  private static final int PIECE_LENGTH = 65_536;

  private Testbed testbed;
  private MiniBit miniBit;
  private Content content;
  private Path full;

  @BeforeEach
  void writeContent() throws Exception {
    testbed = Testbed.onLoopback();
    miniBit = new MiniBit(testbed);
    full = testbed.newDirectory("full");
    content = Content.of("500003").writeTo(full);
  }

  @AfterEach
  void close() {
    testbed.close();
  }

  private Path torrent(Content of, String tracker) throws Exception {
    return miniBit.create(full.resolve(of.name()), PIECE_LENGTH, tracker);
  }

  private String announceUrl(String scheme, Object... options) throws Exception {
    Object[] arguments = new Object[options.length + 3];
    arguments[0] = "tracker";
    arguments[1] = "--" + scheme;
    arguments[2] = Host.LOOPBACK.endpoint(0);
    System.arraycopy(options, 0, arguments, 3, options.length);
    Program tracker = miniBit.start(Host.LOOPBACK, arguments);
    return tracker.await("tracker on (" + scheme + "://\\S+/announce)", SOON).group(1);
  }

  private Program get(Path torrent) throws Exception {
    return miniBit.get(Host.LOOPBACK, torrent, testbed.newDirectory("refused"), "--timeout", "3s");
  }

  private static void refused(Program get, String reason) throws Exception {
    assertEquals(1, get.awaitEnd(SOON), get::lastLines);
    assertTrue(get.output().contains("nothing has come for 3.0 s: "), get::lastLines);
    assertTrue(get.output().contains(reason), get::lastLines);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "udp"})
  void aClosedTrackerServesWhomItShouldAndNobodyElse(String scheme) throws Exception {
    // The info-hash is the same whatever trackers the torrent names.
    Path listed = torrent(content, "http://127.0.0.1:9/announce");
    String url = announceUrl(scheme, "--allow", listed, "--token", "s3cret");
    assertTrue(url.endsWith("/s3cret/announce"), url);
    Path torrent = torrent(content, url);
    Path fetched = testbed.newDirectory("fetched");

    miniBit.seed(Host.LOOPBACK, torrent, full);
    Program allowed = miniBit.get(Host.LOOPBACK, torrent, fetched);
    Program withoutToken = get(torrent(content, url.replace("/s3cret", "")));
    Program withAnother = get(torrent(content, url.replace("s3cret", "s3creT")));
    Content other = Content.of("500004").writeTo(full);
    Program ofAnother = get(torrent(other, url));

    allowed.awaitSuccess(SOON);
    testbed.awaitSame(content, full, fetched, SOON);
    refused(withoutToken, "this tracker needs the token in its announce URL");
    refused(withAnother, "this tracker needs the token in its announce URL");
    refused(ofAnother, "this tracker does not serve that torrent");
  }

  @Test
  void whoeverDoesNotKnowTheTokenLearnsNothing() throws Exception {
    Path torrent = torrent(content, announceUrl("http", "--token", "s3cret"));
    String url = miniBit.run("inspect", torrent).lines().filter(line -> line.startsWith("tracker")).findFirst()
        .orElseThrow().replaceFirst("tracker +", "");
    miniBit.seed(Host.LOOPBACK, torrent, full);
    String hash = miniBit.infoHash(torrent).replaceAll("..", "%$0");
    String base = url.replace("/s3cret/announce", "");

    for (String path : new String[] {"/", "/announce", "/scrape", "/s3cret", "/s3cretx/scrape", "/../s3cret/scrape", "/stats"}) {
      String answer = answer(base + path + "?info_hash=" + hash + "&peer_id=" + "x".repeat(20) + "&port=1&left=1");
      assertFalse(answer.contains("5:peers") || answer.contains("8:complete"), path + ": " + answer);
    }
    assertTrue(answer(base + "/s3cret/scrape?info_hash=" + hash).contains("8:completei1e"));
  }

  private static String answer(String url) throws Exception {
    HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
    try (var in = connection.getResponseCode() < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      return in == null ? "" : new String(in.readAllBytes(), StandardCharsets.ISO_8859_1);
    } finally {
      connection.disconnect();
    }
  }
}
