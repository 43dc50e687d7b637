package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.cli.SwarmSnapshot.Connection;
import io.minibit.cli.SwarmSnapshot.Member;
import io.minibit.model.TorrentState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class SwarmViewTest {
  private static final int PIECES = 80;

  private static Member member(int number, String held, int rate, Connection... connections) {
    BitSet pieces = new BitSet();
    for (int piece = 0; piece < held.length(); piece++) {
      pieces.set(piece, held.charAt(piece) == '#');
    }
    boolean complete = pieces.cardinality() == held.length();
    return new Member(
        number,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 6880 + number),
        complete ? TorrentState.SEEDING : TorrentState.DOWNLOADING,
        pieces,
        0,
        complete ? 0 : rate,
        rate,
        complete ? 0 : rate * 10L,
        rate * 20L,
        0,
        3,
        List.of(connections),
        complete ? "seeding to 2 of 2 interested peers, 2 peers connected" : "downloading from 1 of 2 peers connected");
  }

  private static Connection serving(int to, boolean optimistic) {
    return new Connection(to, to, true, optimistic, true, true, true, 0, 0);
  }

  private static Connection choking(int to) {
    return new Connection(to, to, false, false, true, true, false, 0, 0);
  }

  private static SwarmSnapshot snapshot(List<Member> members) {
    return new SwarmSnapshot(
        "photo.jpg",
        PIECES,
        80 << 10,
        Duration.ofMillis(12_345),
        members,
        new SwarmSnapshot.TrackerView(1, members.size() - 1, 0, 7));
  }

  private static SwarmSnapshot three() {
    return snapshot(
        List.of(
            member(1, "#".repeat(PIECES), 2048, serving(3, false), serving(2, true)),
            member(2, "#".repeat(30) + ".".repeat(50), 1024, choking(1), serving(3, false)),
            member(3, ".".repeat(20) + "#.".repeat(20) + "..###".repeat(4), 512, choking(1), choking(2))));
  }

  private static List<String> lines(SwarmSnapshot snapshot, int columns, int rows, boolean color, boolean unicode) {
    return SwarmView.lines(snapshot, new SwarmView.Canvas(columns, rows, color, unicode));
  }

  private static String picture(SwarmSnapshot snapshot, int columns, int rows, boolean unicode) {
    return String.join("\n", lines(snapshot, columns, rows, false, unicode)) + "\n";
  }

  private static SwarmSnapshot many(int peers) {
    List<Member> members = new ArrayList<>();
    for (int number = 1; number <= peers; number++) {
      int held = number == peers ? PIECES : PIECES / 2;
      List<Connection> served = new ArrayList<>();
      for (int to = 1; to <= peers; to++) {
        served.add(serving(to, to == 3));
      }
      members.add(
          member(number, "#".repeat(held) + ".".repeat(PIECES - held), 1, served.toArray(Connection[]::new)));
    }
    return snapshot(members);
  }

  @Test
  void eightyColumnsShowWhichPiecesEachHasAndWhomItServes() {
    assertEquals(
        """
        photo.jpg: 80.0 KiB in 80 pieces                                           12 s
        tracker: 3 peers, 1 seed and 2 leechers; 7 announces
        swarm:   1 of 3 complete; 1.50 KiB/s; copies: 1 at least, 1.8 on average

        peer  have  pieces                                     down/s      up/s  serves
           1  100%  ███████████████████████████████████████         -  2.00 KiB  3 2*
           2   37%  ███████████████························  1.00 KiB  1.00 KiB  3
           3   40%  ··········▄▄▄▄▄▄▄▄▄▅▄▄▄▄▄▄▄▄▄·▄█·█▄▄█·█     512 B     512 B
        copies      ▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▃▅▃▅▃▃▅▃▅

        · none ▁▂▃▄▅▆▇ some █ all of about 2 pieces   2* its optimistic choice
        """,
        picture(three(), 80, 24, true));
  }

  @Test
  void withoutBlockCharactersAsciiStandsIn() {
    assertEquals(
        """
        photo.jpg: 80.0 KiB in 80 pieces                                           12 s
        tracker: 3 peers, 1 seed and 2 leechers; 7 announces
        swarm:   1 of 3 complete; 1.50 KiB/s; copies: 1 at least, 1.8 on average

        peer  have  pieces                                     down/s      up/s  serves
           1  100%  #######################################         -  2.00 KiB  3 2*
           2   37%  ###############........................  1.00 KiB  1.00 KiB  3
           3   40%  ..........+++++++++*+++++++++.+#.#++#.#     512 B     512 B
        copies      222222222222222111111111111111121211212

        . none :-=+*%@ some # all of about 2 pieces   2* its optimistic choice
        """,
        picture(three(), 80, 24, false));
  }

  @Test
  void twoHundredColumnsAddTotalsAndWords() {
    assertEquals(
        """
        photo.jpg: 80.0 KiB in 80 pieces                                                                                                                                                                   12 s
        tracker: 3 peers, 1 seed and 2 leechers; 7 announces
        swarm:   1 of 3 complete; 1.50 KiB/s; copies: 1 at least, 1.8 on average

        peer  have  pieces                                                                                               down/s      up/s       got      gave  serves  does
           1  100%  ████████████████████████████████████████████████████████████████████████████████                          -  2.00 KiB         -  40.0 KiB  3 2*    seeding to 2 of 2 interested peers
           2   37%  ██████████████████████████████··················································                   1.00 KiB  1.00 KiB  10.0 KiB  20.0 KiB  3       downloading from 1 of 2 peers connected
           3   40%  ····················█·█·█·█·█·█·█·█·█·█·█·█·█·█·█·█·█·█·█·█···███··███··███··███                      512 B     512 B  5.00 KiB  10.0 KiB          downloading from 1 of 2 peers connected
        copies      ▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅▅█▅█▅█▅█▅█▅▅▃▅▃▅▃▅▃▅▃▅▃▅▃▅▃▅▃▅▃▅▃▅▃▅▃▅▃▅▃▃▃▅▅▅▃▃▅▅▅▃▃▅▅▅▃▃▅▅▅

        █ has it   · lacks it   2* its optimistic choice
        """,
        picture(three(), 200, 50, true));
  }

  @Test
  void aNarrowTerminalDoesWithout() {
    assertEquals(
        """
        photo.jpg: 80.0 KiB in 80 pieces   12 s
        tracker: 3 peers, 1 seed and 2 leechers
        swarm:   1 of 3 complete; 1.50 KiB/s; c

        peer  have  pieces
           1  100%  ███████████████████████████
           2   37%  ██████████▃················
           3   40%  ·······▅▃▅▃▅▃▅▃▅▃▅▃▅·█▃▅▅▃█
        copies      ▅▅▅▅▅▅▅▅▅▅▃▃▃▃▃▃▃▃▃▃▃▅▃▃▃▃▅

        · none ▁▂▃▄▅▆▇ some █ all of about 3 pi
        """,
        picture(three(), 40, 24, true));
  }

  @Test
  void morePeersThanRowsAreCountedAndManyServedAreCut() {
    assertEquals(
        """
        photo.jpg: 80.0 KiB in 80 pieces                                           12 s
        tracker: 20 peers, 1 seed and 19 leechers; 7 announces
        swarm:   1 of 20 complete; 19 B/s; copies: 1 at least, 10.5 on average

        peer  have  pieces                            down/s      up/s  serves
           1   50%  ███████████████···············       1 B       1 B  1 2 4 5 6 7 +14
           2   50%  ███████████████···············       1 B       1 B  1 2 4 5 6 7 +14
           3   50%  ███████████████···············       1 B       1 B  1 2 4 5 6 7 +14
           4   50%  ███████████████···············       1 B       1 B  1 2 4 5 6 7 +14
           5   50%  ███████████████···············       1 B       1 B  1 2 4 5 6 7 +14
           6   50%  ███████████████···············       1 B       1 B  1 2 4 5 6 7 +14
           …  and 14 more: 1 complete, 53% on average
        copies      ███████████████▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁

        · none ▁▂▃▄▅▆▇ some █ all of about 3 pieces   2* its optimistic choice
        """,
        picture(many(20), 80, 16, true));
  }

  @Test
  void noPictureIsLargerThanTheTerminal() {
    List<SwarmSnapshot> snapshots = List.of(three(), many(200));
    for (boolean unicode : new boolean[] {true, false}) {
      for (int columns = 20; columns <= 250; columns += 10) {
        for (int rows = 4; rows <= 60; rows += 8) {
          for (SwarmSnapshot snapshot : snapshots) {
            List<String> lines = lines(snapshot, columns, rows, false, unicode);
            assertTrue(lines.size() < rows, () -> String.join("\n", lines));
            for (String line : lines) {
              assertTrue(line.length() < columns, line);
            }
            assertTrue(String.join("", lines).contains("50%") || snapshot.members().size() == 3);
          }
        }
      }
    }
  }

  @Test
  void withoutColorThereIsNoEscapeSequenceAndWithColorTheSameText() {
    for (int columns : new int[] {20, 80, 200}) {
      List<String> plain = lines(three(), columns, 24, false, true);
      List<String> colored = lines(three(), columns, 24, true, true);

      assertFalse(String.join("", plain).contains("\u001b"));
      assertTrue(String.join("", colored).contains("\u001b[32m"));
      assertEquals(plain, colored.stream().map(line -> line.replaceAll("\u001b\\[\\d+m", "").stripTrailing()).toList());
    }
  }

  @Test
  void aNameCannotSteerTheTerminalNorPushTheTimeOut() {
    SwarmSnapshot three = three();
    SwarmSnapshot hostile =
        new SwarmSnapshot(
            "\u001b[2J" + "\u6f22".repeat(200), PIECES, 1, Duration.ofSeconds(61), three.members(), three.tracker());

    String title = lines(hostile, 80, 24, false, true).get(0);

    assertTrue(title.startsWith("\ufffd[2J\u6f22"), title);
    assertTrue(title.endsWith("  1 m 01 s"), title);
    assertEquals(79, AnsiLine.columnsOf(title));
  }
}
