package io.minibit.tracker;

import static io.minibit.tracker.Announces.OTHER;
import static io.minibit.tracker.Announces.TORRENT;
import static io.minibit.tracker.Announces.announce;
import static io.minibit.tracker.Announces.await;
import static io.minibit.tracker.Announces.failure;
import static io.minibit.tracker.Announces.peers;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.AnnounceEvent;
import io.minibit.model.Limits;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class UdpTrackerTest {
  private static final AnnounceRequest STARTED = announce("0.0.0.0:6881", AnnounceEvent.STARTED, 33);
  private static final byte[] NOBODY = reply(1, 900, 4, 3);

  /** Replies of a test tracker; connects are answered by the fixture. */
  private interface Script {
    byte @Nullable [] reply(ByteBuffer question, int attempt) throws Exception;
  }

  @Test
  void theAnnounceHasNinetyEightBytesInTheProtocolsOrder() throws Exception {
    try (Fixture server = new Fixture((question, attempt) -> NOBODY)) {
      await(server.tracker("/announce").announce(announce("0.0.0.0:65000", AnnounceEvent.STOPPED, 33)));
      ByteBuffer question = server.questions.get(0);
      assertEquals(98, question.remaining());
      assertEquals(0x0102030405060708L, question.getLong());
      assertEquals(1, question.getInt());
      question.getInt();
      byte[] torrent = new byte[20];
      question.get(torrent);
      assertArrayEquals(TORRENT.toBytes(), torrent);
      question.position(56);
      assertEquals(22, question.getLong()); // downloaded
      assertEquals(33, question.getLong()); // left
      assertEquals(11, question.getLong()); // uploaded
      assertEquals(3, question.getInt()); // stopped
      assertEquals(0, question.getInt());
      assertEquals(0x1234abcd, question.getInt());
      assertEquals(-1, question.getInt());
      assertEquals(65000, Short.toUnsignedInt(question.getShort()));
    }
  }

  @Test
  void leechersComeBeforeSeedersInTheReply() throws Exception {
    byte[] two = ByteBuffer.allocate(32).put(NOBODY).putInt(0x01020304).putShort((short) 5)
        .putInt(0x01020305).putShort((short) 0xffff).array();
    try (Fixture server = new Fixture((question, attempt) -> two)) {
      AnnounceResponse answer = await(server.tracker("").announce(STARTED));
      assertEquals(4, answer.leechers());
      assertEquals(3, answer.seeders());
      assertEquals(Duration.ofMinutes(15), answer.interval());
      assertEquals(List.of("1.2.3.4:5", "1.2.3.5:65535"), peers(answer));
    }
  }

  @Test
  void aPasskeyInTheUrlIsSentAsAnOption() throws Exception {
    try (Fixture server = new Fixture((question, attempt) -> NOBODY)) {
      String path = "/" + "k".repeat(300) + "/announce?a=b";
      await(server.tracker(path).announce(STARTED));
      ByteBuffer question = server.questions.get(0).position(98);
      StringBuilder sent = new StringBuilder();
      while (question.get() == 2) {
        byte[] part = new byte[question.get() & 0xff];
        question.get(part);
        sent.append(new String(part, US_ASCII));
      }
      assertEquals(path, sent.toString());
    }
  }

  @Test
  void itAsksAgainWhenAnAnswerIsLost() throws Exception {
    try (Fixture server = new Fixture((question, attempt) -> attempt < 2 ? null : NOBODY)) {
      await(server.tracker("").announce(STARTED));
      assertTrue(server.questions.size() >= 3); // more if the machine is slow
    }
  }

  @Test
  void repliesToOtherTransactionsOrActionsAreIgnored() throws Exception {
    try (Fixture server =
        new Fixture(
            (question, attempt) ->
                switch (attempt) {
                  case 0 -> ByteBuffer.allocate(20).putInt(1).putInt(question.getInt(12) + 1).array();
                  case 1 -> reply(2, 0, 0, 0);
                  case 2 -> new byte[3];
                  case 3 -> reply(1, 5); // too short
                  default -> NOBODY;
                })) {
      assertEquals(3, await(server.tracker("").announce(STARTED)).seeders());
      assertTrue(server.questions.size() >= 5);
    }
  }

  @Test
  void anErrorIsPassedOnCleaned() throws Exception {
    byte[] error = ByteBuffer.allocate(16).putInt(3).putInt(0).put("not\u001byou!".getBytes(US_ASCII)).array();
    try (Fixture server = new Fixture((question, attempt) -> error)) {
      String message = failure(server.tracker("/x").announce(STARTED));
      assertTrue(message.matches("udp://127.0.0.1:\\d+/x: not you!"), message);
    }
  }

  @Test
  void aScrapeOfManyIsSplitAndKeepsTheOrder() throws Exception {
    try (Fixture server =
        new Fixture(
            (question, attempt) -> {
              int count = (question.remaining() - 16) / 20;
              ByteBuffer reply = ByteBuffer.allocate(8 + 12 * count).putInt(2).putInt(0);
              for (int i = 0; i < count; i++) {
                reply.putInt(1).putInt(2).putInt(3);
              }
              return reply.array();
            })) {
      assertEquals(
          List.of(new ScrapeResponse.Counts(1, 2, 3), new ScrapeResponse.Counts(1, 2, 3)),
          List.copyOf(await(server.tracker("").scrape(List.of(TORRENT, OTHER))).counts().values()));
      await(server.tracker("").scrape(Collections.nCopies(80, TORRENT)));
      assertEquals(16 + 74 * 20, server.questions.get(1).remaining());
      assertEquals(16 + 6 * 20, server.questions.get(2).remaining());
    }
  }

  @Test
  void aSilentTrackerIsGivenUpInTime() throws Exception {
    Limits impatient =
        Limits.defaults()
            .with(
                limits -> {
                  limits.trackerTimeout = Duration.ofMillis(300);
                  limits.stoppedTimeout = Duration.ofMillis(100);
                });
    try (Fixture server = new Fixture((question, attempt) -> null)) {
      Tracker tracker = new UdpTracker(server.uri(""), impatient);
      assertTrue(failure(tracker.announce(STARTED)).endsWith(": no answer within 1 s"));
      assertTrue(failure(tracker.announce(announce("0.0.0.0:1", AnnounceEvent.STOPPED, 0))).contains("no answer"));
    }
  }

  @Test
  void aPortWhereNobodyListensRefuses() throws Exception {
    URI uri;
    try (Fixture gone = new Fixture((question, attempt) -> null)) {
      uri = gone.uri("/announce");
    }
    assertEquals(uri + ": connection refused", failure(new UdpTracker(uri, Limits.defaults()).announce(STARTED)));
  }

  @Test
  void closingFailsWhatIsUnderWay() throws Exception {
    try (Fixture server = new Fixture((question, attempt) -> null)) {
      Tracker tracker = server.tracker("");
      var answer = tracker.announce(STARTED);
      tracker.close();
      assertTrue(failure(answer).endsWith(": closed"));
    }
  }

  /** A reply whose transaction the fixture fills in. */
  private static byte[] reply(int action, int... numbers) {
    ByteBuffer reply = ByteBuffer.allocate(8 + 4 * numbers.length).putInt(action).putInt(0);
    Arrays.stream(numbers).forEach(reply::putInt);
    return reply.array();
  }

  private static final class Fixture implements AutoCloseable {
    final List<ByteBuffer> questions = new CopyOnWriteArrayList<>();
    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final Script script;
    private final Thread thread = new Thread(this::serve, "scripted-udp");

    Fixture(Script script) throws SocketException {
      this.script = script;
      thread.start();
    }

    URI uri(String path) {
      return URI.create("udp://127.0.0.1:" + socket.getLocalPort() + path);
    }

    Tracker tracker(String path) {
      return new UdpTracker(uri(path), Limits.defaults(), Duration.ofMillis(50));
    }

    private void serve() {
      try {
        while (true) {
          DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
          socket.receive(packet);
          ByteBuffer question = ByteBuffer.wrap(Arrays.copyOf(packet.getData(), packet.getLength()));
          byte @Nullable [] answer;
          if (question.getInt(8) == 0) {
            answer = ByteBuffer.allocate(16).putLong(0).putLong(0x0102030405060708L).array();
          } else {
            questions.add(question);
            byte[] scripted = script.reply(question, questions.size() - 1);
            answer = scripted == null ? null : scripted.clone();
          }
          if (answer == null) {
            continue;
          }
          if (answer.length >= 8 && ByteBuffer.wrap(answer).getInt(4) == 0) {
            ByteBuffer.wrap(answer).putInt(4, question.getInt(12));
          }
          socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (Exception e) {
        // The test is over.
      }
    }

    @Override
    public void close() {
      socket.close();
      ScriptedServer.join(thread);
    }
  }
}
