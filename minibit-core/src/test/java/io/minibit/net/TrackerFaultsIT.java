package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.Peer;
import io.minibit.Torrent;
import io.minibit.TorrentOptions;
import io.minibit.metainfo.InfoHash;
import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import io.minibit.store.MemoryPieceStore;
import io.minibit.tracker.AnnounceRequest;
import io.minibit.tracker.AnnounceResponse;
import io.minibit.tracker.MemoryTracker;
import io.minibit.tracker.ScrapeResponse;
import io.minibit.tracker.Tracker;
import io.minibit.tracker.TrackerServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A tracker that is of no use is named in the status; peers that are known otherwise are traded with all the same. */
@Timeout(60)
class TrackerFaultsIT {
  private final byte[] content = Loopback.content(100_000);

  private enum Fault {
    REFUSES("connection refused"),
    ANSWERS_HTML("tracker"),
    ANSWERS_2_MIB("longer than 1048576 bytes"),
    NEVER_ANSWERS("no answer"),
    UNKNOWN_HOST("unknown host");

    final String told;

    Fault(String told) {
      this.told = told;
    }

    void answer(Socket asker) throws IOException {
      OutputStream out = asker.getOutputStream();
      if (this == ANSWERS_HTML) {
        byte[] page = "<html><body>Not here</body></html>".getBytes(StandardCharsets.US_ASCII);
        out.write(head(page.length));
        out.write(page);
        asker.close();
      } else if (this == ANSWERS_2_MIB) {
        out.write(head(2 << 20));
        out.write(new byte[2 << 20]);
        asker.close();
      }
    }

    private static byte[] head(int length) {
      return ("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aTrackerOfNoUseIsExplainedAndHoldsNothingUp(Fault fault) throws Exception {
    try (ServerSocket server = new ServerSocket()) {
      server.bind(Loopback.anyPort());
      int port = fault == Fault.REFUSES ? portOfNobody() : server.getLocalPort();
      Thread answering = new Thread(() -> serve(server, fault), "scripted tracker");
      answering.setDaemon(true);
      answering.start();
      String host = fault == Fault.UNKNOWN_HOST ? "nowhere.invalid" : "127.0.0.1";
      String url = "http://" + host + ":" + port + "/announce";
      Metainfo metainfo =
          MetainfoBuilder.ofBytes("file.bin", content).pieceLength(16384).trackers(List.of(List.of(url))).build();
      goesOnWithout(metainfo, fault.told, TorrentOptions.defaults());
    }
  }

  private static int portOfNobody() throws IOException {
    try (ServerSocket server = new ServerSocket()) {
      server.bind(Loopback.anyPort());
      return server.getLocalPort();
    }
  }

  private static void serve(ServerSocket server, Fault fault) {
    try {
      while (true) {
        fault.answer(server.accept());
      }
    } catch (IOException e) {
      // The test is over.
    }
  }

  private void goesOnWithout(Metainfo metainfo, String told, TorrentOptions options) throws Exception {
    long closing;
    try (Peer seed = Loopback.peer().build()) {
      Peer leech = Loopback.peer().limits(Loopback.IMPATIENT).build();
      try (leech) {
        Loopback.seed(seed, metainfo, content);
        MemoryPieceStore store = MemoryPieceStore.empty(metainfo);
        Torrent torrent = leech.join(metainfo, store, options);
        Loopback.await("an answer", () -> !torrent.status().explanation().matches("(checking|asking) .*"));
        Loopback.await(
            told + " in: " + torrent.status().explanation(),
            () -> torrent.status().explanation().toLowerCase(Locale.ROOT).contains(told));
        String explanation = torrent.status().explanation();
        assertTrue(explanation.startsWith("no peers known, no tracker answered: "), explanation);
        assertTrue(explanation.indexOf("no tracker") == explanation.lastIndexOf("no tracker"), explanation);
        torrent.connect(seed.address());
        Loopback.complete(torrent);
        assertArrayEquals(content, store.content());
        closing = System.nanoTime();
      }
    }
    long seconds = (System.nanoTime() - closing) / 1_000_000_000;
    assertTrue(seconds < 5, "closing took " + seconds + " s");
  }

  /** A user's own tracker, with bad manners. */
  private record OwnTracker(CompletableFuture<AnnounceResponse> answer) implements Tracker {
    @Override
    public CompletableFuture<AnnounceResponse> announce(AnnounceRequest request) {
      if (answer == null) {
        throw new IllegalStateException("out of order");
      }
      return answer;
    }

    @Override
    public CompletableFuture<ScrapeResponse> scrape(List<InfoHash> torrents) {
      return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }
  }

  @Test
  void aPrivateTorrentIsAnnouncedToItsOwnTrackersOnly() throws Exception {
    MemoryTracker own = MemoryTracker.builder().build();
    MemoryTracker ofEveryTorrent = MemoryTracker.builder().build();
    try (TrackerServer server = TrackerServer.builder(own).http(Loopback.anyPort()).build();
        Peer peer = Loopback.peer().tracker(ofEveryTorrent).build()) {
      String url = "http://127.0.0.1:" + server.httpAddress().getPort() + "/announce";
      MetainfoBuilder torrent = MetainfoBuilder.ofBytes("file.bin", content).tracker(url);
      Metainfo open = torrent.build();
      Metainfo secret = torrent.privateTorrent(true).build();
      peer.join(open, MemoryPieceStore.empty(open));
      peer.join(secret, MemoryPieceStore.empty(secret));
      Loopback.await("both announces", () -> own.stats().announces() > 0 && ofEveryTorrent.stats().announces() > 0);
      assertEquals(1, own.scrape(List.of(secret.infoHash())).join().counts().size());
      assertEquals(0, ofEveryTorrent.scrape(List.of(secret.infoHash())).join().counts().size());
      assertEquals(1, ofEveryTorrent.scrape(List.of(open.infoHash())).join().counts().size());
    }
  }

  @Test
  void aTrackerThatThrowsIsLikeOneThatRefuses() throws Exception {
    Tracker own = new OwnTracker(null);
    goesOnWithout(Loopback.torrent(content, 16384), "out of order", TorrentOptions.defaults().tracker(own));
  }

  @Test
  void aTrackerWhoseFutureNeverCompletesIsGivenUp() throws Exception {
    CompletableFuture<AnnounceResponse> never = new CompletableFuture<>();
    Tracker own = new OwnTracker(never);
    goesOnWithout(Loopback.torrent(content, 16384), "no answer", TorrentOptions.defaults().tracker(own));
    assertTrue(!never.isDone(), "the future is its maker's");
  }

  /** A tracker that lets nobody go. */
  private static final class Clingy implements Tracker {
    final CountDownLatch greeted = new CountDownLatch(1);
    final CountDownLatch left = new CountDownLatch(1);

    @Override
    public CompletableFuture<AnnounceResponse> announce(AnnounceRequest request) {
      if (request.event() == AnnounceEvent.STOPPED) {
        left.countDown();
        return new CompletableFuture<>();
      }
      greeted.countDown();
      return CompletableFuture.completedFuture(
          new AnnounceResponse(Duration.ofMinutes(30), null, 0, 1, List.of(), null));
    }

    @Override
    public CompletableFuture<ScrapeResponse> scrape(List<InfoHash> torrents) {
      return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"own", "http", "udp"})
  void aTrackerThatDoesNotAnswerTheLastAnnounceHoldsUpALeaveForItsTimeOnly(String scheme) throws Exception {
    Limits limits =
        Limits.defaults()
            .with(
                draft -> {
                  draft.trackerTimeout = Duration.ofMinutes(10);
                  draft.trackerRequestTimeout = Duration.ofMinutes(10);
                  draft.stoppedTimeout = Duration.ofMillis(300);
                });
    Clingy tracker = new Clingy();
    try (TrackerServer server =
            TrackerServer.builder(tracker)
                .limits(limits)
                .http(Loopback.anyPort())
                .udp(Loopback.anyPort())
                .build();
        Peer peer = Loopback.peer().limits(limits).build()) {
      MetainfoBuilder builder = MetainfoBuilder.ofBytes("file.bin", content).pieceLength(16384);
      TorrentOptions options = TorrentOptions.defaults();
      switch (scheme) {
        case "http" -> builder.tracker("http://127.0.0.1:" + server.httpAddress().getPort() + "/announce");
        case "udp" -> builder.tracker("udp://127.0.0.1:" + server.udpAddress().getPort() + "/announce");
        default -> options = options.tracker(tracker);
      }
      Metainfo metainfo = builder.build();
      Torrent torrent = peer.join(metainfo, MemoryPieceStore.empty(metainfo), options);
      assertTrue(tracker.greeted.await(Loopback.MOST_SECONDS, TimeUnit.SECONDS));

      long leaving = System.nanoTime();
      torrent.leave().get(20, TimeUnit.SECONDS);

      // It was told, and given its time.
      assertTrue(tracker.left.await(Loopback.MOST_SECONDS, TimeUnit.SECONDS));
      assertTrue(System.nanoTime() - leaving >= 250_000_000L);
    }
  }

  @Test
  void aPeerIsClosedWithoutAnAnswerToItsLastAnnounces() throws Exception {
    Limits limits = Limits.defaults().with(draft -> draft.stoppedTimeout = Duration.ofMillis(300));
    Clingy tracker = new Clingy();
    Peer peer = Loopback.peer().limits(limits).tracker(tracker).build();
    for (int i = 1; i <= 3; i++) {
      Metainfo metainfo = Loopback.torrent(Loopback.content(i), 16384);
      peer.join(metainfo, MemoryPieceStore.empty(metainfo));
    }
    assertTrue(tracker.greeted.await(Loopback.MOST_SECONDS, TimeUnit.SECONDS));
    CompletableFuture.runAsync(peer::close).get(20, TimeUnit.SECONDS);
    assertEquals(0, tracker.left.getCount());
  }
}
