package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.metainfo.PieceLayout;
import io.minibit.model.TorrentState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class PageStateTest {
  private static final int PIECES = 4;

  private static BitSet pieces(String held) {
    BitSet set = new BitSet();
    for (int i = 0; i < held.length(); i++) {
      set.set(i, held.charAt(i) == '1');
    }
    return set;
  }

  private static SwarmSnapshot.Member member(int number, String held, SwarmSnapshot.Connection... connections) {
    BitSet pieces = pieces(held);
    return new SwarmSnapshot.Member(
        number,
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 6880 + number),
        pieces.cardinality() == PIECES ? TorrentState.SEEDING : TorrentState.DOWNLOADING,
        pieces,
        1,
        100L * number,
        200L * number,
        10,
        20,
        3,
        7,
        List.of(connections),
        "says \"<b>\"");
  }

  private static SwarmSnapshot.Connection connection(int to, boolean served, boolean optimistic) {
    return new SwarmSnapshot.Connection(to, to, served, optimistic, true, true, false, 0, 55);
  }

  private static SwarmSnapshot swarm(int millis, SwarmSnapshot.Member... members) {
    return new SwarmSnapshot(
        "x",
        PIECES,
        4000,
        Duration.ofMillis(millis),
        List.of(members),
        new SwarmSnapshot.TrackerView(1, 2, 0, 9));
  }

  private static void assertContains(String part, String json) {
    assertTrue(json.contains(part), json);
  }

  @Test
  void aSwarmThatHasNotBegunIsPrepared() {
    String json = new PageState("photo.jpg").json(-1, 100);

    assertTrue(json.startsWith("{\"phase\":\"preparing\",\"name\":\"photo.jpg\","), json);
    assertContains("\"peers\":[],\"samples\":[],\"report\":null}", json);
  }

  @Test
  void aNameCannotLeaveItsStringNorReorderThePage() {
    String json = new PageState("</script>\"\\\n\u202egpj.\u2028\ud83d\ude00\ud800").json(-1, 100);

    assertContains("\"name\":\"</script>\\\"\\\\\\ufffd\\ufffdgpj.\\ufffd\\ud83d\\ude00\\ufffd\"", json);
    assertTrue(json.chars().allMatch(c -> c >= ' ' && c < 0x7f), json);
  }

  @Test
  void aPeerTellsWhatItHasWhomItServesAndWhy() {
    PageState state = new PageState("x");
    state.watch(swarm(0, member(1, "1010", connection(2, true, true), connection(3, false, false)), member(2, "1000")));

    String json = state.json(-1, 100);

    assertContains("\"phase\":\"trading\"", json);
    assertContains(
        "{\"number\":1,\"complete\":false,\"had\":1,\"held\":2,\"pieces\":\"9090\",\"down\":100,\"up\":200,"
            + "\"downloaded\":10,\"uploaded\":20,\"wasted\":3,\"rounds\":7,\"why\":\"says \\\"<b>\\\"\","
            + "\"serves\":[{\"to\":2,\"rate\":55,\"optimistic\":true}]}",
        json);
    assertContains("\"copies\":[20,0,10,0],\"rarest\":{\"copies\":0,\"pieces\":2}", json);
    assertContains("\"tracker\":{\"seeds\":1,\"leechers\":2,\"completed\":0,\"announces\":9}", json);
  }

  @Test
  void manyPiecesShareACellAndOnlyAFullCellIsFull() {
    assertEquals("905", PageState.levels(pieces("111000101"), 9, 3).replace('6', '5'));
    BitSet nearlyAll = new BitSet();
    nearlyAll.set(1, 1000);
    assertEquals("8", PageState.levels(nearlyAll, 1000, 1));
    BitSet one = new BitSet();
    one.set(999);
    assertEquals("1", PageState.levels(one, 1000, 1));

    PageState state = new PageState("x");
    state.watch(swarm(0, member(1, "1010"), member(2, "1000")));
    assertContains("\"copies\":[10,5],", state.json(-1, 2));
  }

  @Test
  void onlyRatesThatThePageDoesNotHaveAreSent() {
    PageState state = new PageState("x");
    state.watch(swarm(10, member(1, "1000"), member(2, "0111")));
    state.watch(swarm(20, member(1, "1000"), member(2, "0111")));

    assertContains("\"samples\":[[10,[200,400],[100,200]],[20,[200,400],[100,200]]]", state.json(-1, 100));
    assertContains("\"samples\":[[20,[200,400],[100,200]]]", state.json(10, 100));
    assertContains("\"samples\":[]", state.json(20, 100));
  }

  @Test
  void aLongSwarmHasCoarserRatesInsteadOfMore() {
    RateHistory history = new RateHistory();
    int longest = 0;
    for (int second = 0; second < 100_000; second++) {
      history.add(second * 1000L, List.of(1L), List.of(2L));
      if (second % 1000 == 0) {
        longest = Math.max(longest, samples(history, -1));
      }
    }

    assertTrue(longest <= RateHistory.MOST_SAMPLES && longest > RateHistory.MOST_SAMPLES / 4, longest + " samples");
    assertTrue(samples(history, 99_000_000) >= 1, "the end is there");
    assertTrue(samples(history, -1) > samples(history, 50_000_000), "so is the beginning");
  }

  private static int samples(RateHistory history, long since) {
    JsonText json = new JsonText();
    history.write(json, since);
    return json.toString().split("\\[1]", -1).length - 1;
  }

  @Test
  void theEndBringsTheReport() {
    PageState state = new PageState("x");
    state.watch(swarm(5, member(1, "1111"), member(2, "1111")));
    assertContains("\"phase\":\"comparing\"", state.json(-1, 100));

    SwarmReport.Row good = new SwarmReport.Row(1, 1, 3_000_000, 10, 20, 0, true);
    SwarmReport.Row bad = new SwarmReport.Row(2, 1, 4_000_000, 20, 10, 0, false);
    state.ended(new SwarmReport(new PieceLayout(4000, 1000), List.of(good, bad)));

    String json = state.json(-1, 100);
    assertContains("\"phase\":\"ended\"", json);
    assertContains("{\"millis\":4,\"downloaded\":20,\"uploaded\":10,\"wasted\":0,\"equal\":false}", json);
    assertFalse(json.contains("\"report\":null"), json);
  }
}
