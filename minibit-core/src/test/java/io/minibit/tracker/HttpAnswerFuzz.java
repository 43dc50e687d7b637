package io.minibit.tracker;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.bencode.BencodeDictionary;
import io.minibit.fuzz.FuzzTarget;
import io.minibit.metainfo.InfoHash;
import io.minibit.model.Limits;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLSocketFactory;

/** What an HTTP server sends is an answer in range, a redirect, or an error that says so; it is never more than allowed. */
public final class HttpAnswerFuzz implements FuzzTarget {
  private static final Limits LIMITS = Limits.defaults().with(l -> {
    l.maxTrackerBytes = 10_000;
    l.maxKnownPeers = 30;
  });

  private static final InetAddress SERVER = InetAddress.getLoopbackAddress();

  private int lookups;
  private final HttpTracker tracker =
      new HttpTracker(
          URI.create("http://tracker.example/announce?k=v"),
          LIMITS,
          () -> (SSLSocketFactory) SSLSocketFactory.getDefault(),
          host -> {
            if (HttpTracker.isLiteral(host)) {
              return InetAddress.getByName(host);
            }
            lookups++;
            throw new UnknownHostException(host);
          });

  @Override
  public List<byte[]> seeds() throws IOException {
    String announce =
        "d8:completei3e10:incompletei4e8:intervali1800e12:min intervali60e5:peers12:\1\2\3\4\5\6\7\10\11\12\13\14"
            + "6:peers618:abcdefghijklmnopqr10:tracker id1:x15:warning message2:hie";
    String list =
        "d5:peersld2:ip7:1.2.3.47:peer id20:aaaaaaaaaaaaaaaaaaaa4:porti6881eed2:ip9:localhost4:porti1eed2:ip3:::14:porti80eeee";
    String scrape = "d5:filesd20:" + "h".repeat(20) + "d8:completei1e10:downloadedi2e10:incompletei3eeee";
    String chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nd8:in\r\n9;x=y\r\ntervali5e\r\n1\r\ne\r\n0\r\n\r\n";
    List<byte[]> seeds = new ArrayList<>();
    for (String body : List.of(announce, list, scrape, "d14:failure reason4:gonee", "<html>")) {
      seeds.add(ScriptedServer.ok(body));
    }
    seeds.add(chunked.getBytes(StandardCharsets.ISO_8859_1));
    seeds.add("HTTP/1.0 302 Found\r\nLocation: //other:8080/x?y\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    seeds.add("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 404 Not Found\nContent-Length: 2\n\nno".getBytes(StandardCharsets.ISO_8859_1));
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    zipped.writeBytes("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1));
    try (GZIPOutputStream gzip = new GZIPOutputStream(zipped)) {
      gzip.write(list.getBytes(StandardCharsets.ISO_8859_1));
    }
    seeds.add(zipped.toByteArray());
    return seeds;
  }

  @Override
  public void run(byte[] input) {
    HttpAnswer answer;
    try {
      answer = HttpAnswer.read(new ByteArrayInputStream(input), LIMITS.maxTrackerBytes(), SERVER);
    } catch (IOException e) {
      return;
    }
    assertTrue(answer.body().length <= LIMITS.maxTrackerBytes());
    requireShowable(answer.statusLine());
    redirect(answer.header("location"));
    try {
      lookups = 0;
      BencodeDictionary dictionary = tracker.read(answer);
      AnnounceResponse said = tracker.announced(dictionary, () -> false);
      assertTrue(said.peers().size() <= LIMITS.maxKnownPeers() && lookups <= 20);
      assertTrue(said.seeders() >= -1 && said.leechers() >= -1);
      assertTrue(said.interval() == null || (!said.interval().isNegative() && said.interval().toDays() <= 1));
      said.peers().forEach(peer -> assertNotEquals(0, peer.address().port()));
      if (said.warning() != null) {
        requireShowable(said.warning());
      }
      Map<InfoHash, ScrapeResponse.Counts> counts = new LinkedHashMap<>();
      tracker.scraped(dictionary, counts);
    } catch (TrackerException e) {
      requireShowable(e.getMessage());
    }
  }

  private void redirect(String location) {
    if (location != null) {
      try {
        TrackerUri to = tracker.redirected(TrackerUri.of(URI.create("http://a.example/b/c")), "/b/c?d", location);
        String request = to.authority() + to.path() + to.query();
        assertTrue(request.chars().allMatch(c -> c > ' ' && c < 0x7f), request);
      } catch (TrackerException e) {
        requireShowable(e.getMessage());
      }
    }
  }

  static void requireShowable(String text) {
    assertTrue(text.length() < 1500 && text.codePoints().noneMatch(Character::isISOControl), text);
  }
}
