package io.minibit.tracker;

import io.minibit.metainfo.InfoHash;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What a tracker says over HTTP, written byte by byte (BEP 3, 7, 23, 48). Not thread-safe: it uses its buffers again. */
final class HttpReplies {
  private final ReplyBuffer body = new ReplyBuffer();
  private final ReplyBuffer whole = new ReplyBuffer();

  byte[] announce(AnnounceResponse answer, boolean compact, boolean withoutPeerId, boolean keepAlive) {
    body.clear().ascii("d");
    if (answer.seeders() >= 0) {
      body.key("complete").integer(answer.seeders());
    }
    if (answer.leechers() >= 0) {
      body.key("incomplete").integer(answer.leechers());
    }
    if (answer.interval() != null) {
      body.key("interval").integer(answer.interval().toSeconds());
    }
    if (answer.minInterval() != null) {
      body.key("min interval").integer(answer.minInterval().toSeconds());
    }
    if (compact) {
      compactPeers(answer.peers());
    } else {
      peerList(answer.peers(), withoutPeerId);
    }
    if (answer.warning() != null) {
      body.key("warning message").string(answer.warning());
    }
    body.ascii("e");
    return ok(keepAlive);
  }

  byte[] scrape(ScrapeResponse answer, boolean keepAlive) {
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
  byte[] failure(String reason, boolean keepAlive) {
    body.clear().ascii("d").key("failure reason").string(reason).ascii("e");
    return ok(keepAlive);
  }

  /** Plain text, for people and for what is no tracker request. */
  byte[] text(String status, String text, boolean keepAlive) {
    body.clear().ascii(text);
    return reply(status, keepAlive);
  }

  private void compactPeers(List<AnnounceResponse.Contact> peers) {
    int ipv6 = 0;
    for (AnnounceResponse.Contact peer : peers) {
      ipv6 += peer.address().isIpv6() ? 1 : 0;
    }
    body.key("peers").number((long) (peers.size() - ipv6) * PeerAddress.COMPACT_IPV4).ascii(":");
    endpoints(peers, false);
    if (ipv6 > 0) {
      body.key("peers6").number((long) ipv6 * PeerAddress.COMPACT_IPV6).ascii(":");
      endpoints(peers, true);
    }
  }

  private void endpoints(List<AnnounceResponse.Contact> peers, boolean ipv6) {
    for (AnnounceResponse.Contact peer : peers) {
      if (peer.address().isIpv6() == ipv6) {
        body.endpoint(peer.address());
      }
    }
  }

  private void peerList(List<AnnounceResponse.Contact> peers, boolean withoutPeerId) {
    body.key("peers").ascii("l");
    for (AnnounceResponse.Contact peer : peers) {
      body.ascii("d").key("ip").string(peer.address().toSocketAddress().getAddress().getHostAddress());
      PeerId id = peer.id();
      if (id != null && !withoutPeerId) {
        body.key("peer id").string(id.toBytes());
      }
      body.key("port").integer(peer.address().port()).ascii("e");
    }
    body.ascii("e");
  }

  private byte[] ok(boolean keepAlive) {
    return reply("200 OK", keepAlive);
  }

  private byte[] reply(String status, boolean keepAlive) {
    whole.clear().ascii("HTTP/1.1 ").ascii(status).ascii("\r\nContent-Type: text/plain\r\nContent-Length: ");
    whole.number(body.length()).ascii("\r\nConnection: ").ascii(keepAlive ? "keep-alive" : "close");
    return whole.ascii("\r\n\r\n").raw(body).toBytes();
  }
}
