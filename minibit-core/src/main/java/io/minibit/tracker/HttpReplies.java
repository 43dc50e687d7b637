package io.minibit.tracker;

import io.minibit.metainfo.InfoHash;
import java.util.Arrays;
import java.util.Map;

/**
 * What a tracker says over HTTP, written byte by byte (BEP 3, 7, 23, 48). Uses its buffers again: a reply is valid until
 * the next one is asked for. Not thread-safe.
 */
final class HttpReplies {
  private final ReplyBuffer body = new ReplyBuffer();
  private final ReplyBuffer whole = new ReplyBuffer();

  ReplyBuffer announce(WrittenAnswer answer, boolean keepAlive) {
    body.clear().ascii("d");
    if (answer.seeders() >= 0) {
      body.key("complete").integer(answer.seeders());
    }
    if (answer.leechers() >= 0) {
      body.key("incomplete").integer(answer.leechers());
    }
    if (answer.intervalSeconds() != 0) {
      body.key("interval").integer(answer.intervalSeconds());
    }
    if (answer.minIntervalSeconds() != 0) {
      body.key("min interval").integer(answer.minIntervalSeconds());
    }
    body.key("peers");
    if (answer.isCompact()) {
      body.string(answer.peers());
      if (answer.peers6().length() > 0) {
        body.key("peers6").string(answer.peers6());
      }
    } else {
      body.ascii("l").raw(answer.peers()).ascii("e");
    }
    String warning = answer.warning();
    if (warning != null) {
      body.key("warning message").string(warning);
    }
    body.ascii("e");
    return ok(keepAlive);
  }

  ReplyBuffer scrape(ScrapeResponse answer, boolean keepAlive) {
    body.clear().ascii("d").key("files").ascii("d");
    InfoHash[] sorted = answer.counts().keySet().toArray(new InfoHash[0]);
    Arrays.sort(sorted);
    Map<InfoHash, ScrapeResponse.Counts> counts = answer.counts();
    for (InfoHash torrent : sorted) {
      ScrapeResponse.Counts of = counts.get(torrent);
      if (of != null) {
        body.string(torrent.toBytes()).ascii("d");
        body.key("complete").integer(Math.max(0, of.seeders()));
        body.key("downloaded").integer(Math.max(0, of.completed()));
        body.key("incomplete").integer(Math.max(0, of.leechers()));
        body.ascii("e");
      }
    }
    body.ascii("ee");
    return ok(keepAlive);
  }

  /** A refusal as trackers say it: with status 200, since many clients read the body of no other. */
  ReplyBuffer failure(String reason, boolean keepAlive) {
    body.clear().ascii("d").key("failure reason").string(reason).ascii("e");
    return ok(keepAlive);
  }

  /** Plain text, for people and for what is no tracker request. */
  ReplyBuffer text(String status, String text, boolean keepAlive) {
    body.clear().ascii(text);
    return reply(status, keepAlive);
  }

  private ReplyBuffer ok(boolean keepAlive) {
    return reply("200 OK", keepAlive);
  }

  private ReplyBuffer reply(String status, boolean keepAlive) {
    whole.clear().ascii("HTTP/1.1 ").ascii(status).ascii("\r\nContent-Type: text/plain\r\nContent-Length: ");
    whole.number(body.length()).ascii("\r\nConnection: ").ascii(keepAlive ? "keep-alive" : "close");
    return whole.ascii("\r\n\r\n").raw(body);
  }
}
