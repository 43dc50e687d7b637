package io.minibit.cli;

import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the page of a {@link SwarmPage} shows, as JSON: the last picture of the swarm, the rates so far and in the end the
 * report. Thread-safe: the swarm tells it what happens, threads of the server ask it.
 */
final class PageState implements SwarmWatcher {
  /** As often as the page asks. */
  private static final Duration INTERVAL = Duration.ofMillis(250);

  /** Cells of a row of the heat map; more than a wide screen has pixels would be sent for nobody. */
  static final int MOST_COLUMNS = 2048;

  /** Levels of a cell: 0 for none of its pieces, 9 for all of them. */
  private static final int ALL = 9;

  private final String name;
  private final RateHistory rates = new RateHistory();

  private volatile @Nullable SwarmSnapshot snapshot;
  private volatile @Nullable SwarmReport report;

  /**
   * Of a swarm that has not begun.
   *
   * @param name what to call it until there is a picture; need not be safe
   */
  PageState(String name) {
    this.name = name;
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public void watch(SwarmSnapshot picture) {
    rates.add(
        picture.elapsed().toMillis(),
        picture.members().stream().map(SwarmSnapshot.Member::uploadRate).toList(),
        picture.members().stream().map(SwarmSnapshot.Member::downloadRate).toList());
    snapshot = picture;
  }

  /** The files have been compared; nothing changes any more. */
  void ended(SwarmReport finalReport) {
    report = finalReport;
  }

  boolean hasEnded() {
    return report != null;
  }

  /**
   * Everything that the page needs to draw.
   *
   * @param since milliseconds of the last sample of the rates that the page has, or -1
   * @param columns cells of a row of the heat map, if there are more pieces than that; 1 to {@link #MOST_COLUMNS}
   */
  String json(long since, int columns) {
    SwarmReport result = report; // before the picture, which is then the last one
    SwarmSnapshot picture = snapshot;
    JsonText json = new JsonText();
    json.openObject();
    json.field("phase").string(phase(picture, result));
    json.field("name").string(SafeText.of(picture == null ? name : picture.name()));
    json.field("length").number(picture == null ? 0 : picture.totalLength());
    json.field("pieceCount").number(picture == null ? 0 : picture.pieceCount());
    json.field("millis").number(picture == null ? 0 : picture.elapsed().toMillis());
    if (picture != null) {
      int cells = Math.min(columns, picture.pieceCount());
      copies(json, picture.availability(), cells);
      tracker(json, picture.tracker());
      json.field("peers").openArray();
      picture.members().forEach(member -> peer(json, member, picture.pieceCount(), cells));
    } else {
      json.field("peers").openArray();
    }
    json.closeArray();
    json.field("samples");
    rates.write(json, since);
    json.field("report");
    if (result == null) {
      json.string(null);
    } else {
      report(json, result);
    }
    json.closeObject();
    return json.toString();
  }

  private static String phase(@Nullable SwarmSnapshot picture, @Nullable SwarmReport result) {
    if (result != null) {
      return "ended";
    }
    if (picture == null) {
      return "preparing";
    }
    return picture.completeCount() == picture.members().size() ? "comparing" : "trading";
  }

  /** How many peers have a piece, in tenths: a cell of several pieces has their mean. */
  private static void copies(JsonText json, int[] availability, int cells) {
    json.field("copies").openArray();
    for (int cell = 0; cell < cells; cell++) {
      int from = edge(cell, cells, availability.length);
      int to = edge(cell + 1, cells, availability.length);
      long sum = 0;
      for (int piece = from; piece < to; piece++) {
        sum += availability[piece];
      }
      json.number(sum * 10 / (to - from));
    }
    json.closeArray();
    int fewest = Integer.MAX_VALUE;
    int pieces = 0;
    for (int copies : availability) {
      if (copies < fewest) {
        fewest = copies;
        pieces = 0;
      }
      if (copies == fewest) {
        pieces++;
      }
    }
    json.field("rarest").openObject();
    json.field("copies").number(fewest);
    json.field("pieces").number(pieces);
    json.closeObject();
  }

  private static void tracker(JsonText json, SwarmSnapshot.TrackerView tracker) {
    json.field("tracker").openObject();
    json.field("seeds").number(tracker.seeds());
    json.field("leechers").number(tracker.leechers());
    json.field("completed").number(tracker.completed());
    json.field("announces").number(tracker.announces());
    json.closeObject();
  }

  private static void peer(JsonText json, SwarmSnapshot.Member member, int pieceCount, int cells) {
    BitSet held = member.held();
    json.openObject();
    json.field("number").number(member.number());
    json.field("complete").bool(member.isComplete());
    json.field("had").number(member.had());
    json.field("held").number(held.cardinality());
    json.field("pieces").string(levels(held, pieceCount, cells));
    json.field("down").number(member.downloadRate());
    json.field("up").number(member.uploadRate());
    json.field("downloaded").number(member.downloaded());
    json.field("uploaded").number(member.uploaded());
    json.field("wasted").number(member.wasted());
    json.field("rounds").number(member.chokingRounds());
    json.field("why").string(SafeText.of(member.explanation()));
    json.field("serves").openArray();
    for (SwarmSnapshot.Connection connection : member.served()) {
      json.openObject();
      json.field("to").number(connection.to());
      json.field("rate").number(connection.uploadRate());
      json.field("optimistic").bool(connection.optimistic());
      json.closeObject();
    }
    json.closeArray();
    json.closeObject();
  }

  /** A digit for each cell: how much of it is there. Only an empty cell is 0 and only a full one is 9. */
  static String levels(BitSet held, int pieceCount, int cells) {
    StringBuilder levels = new StringBuilder(cells);
    int next = held.nextSetBit(0);
    for (int cell = 0; cell < cells; cell++) {
      int from = edge(cell, cells, pieceCount);
      int to = edge(cell + 1, cells, pieceCount);
      int count = 0;
      for (; next >= 0 && next < to; next = held.nextSetBit(next + 1)) {
        count++;
      }
      int size = to - from;
      int level = count == 0 ? 0 : count == size ? ALL : Math.max(1, (int) ((long) count * ALL / size));
      levels.append((char) ('0' + level));
    }
    return levels.toString();
  }

  /** The first piece of a cell. */
  private static int edge(int cell, int cells, int pieceCount) {
    return (int) ((long) cell * pieceCount / cells);
  }

  private static void report(JsonText json, SwarmReport report) {
    json.openObject();
    json.field("summary").string(report.summary());
    json.field("rows").openArray();
    List<SwarmReport.Row> rows = report.rows();
    for (SwarmReport.Row row : rows) {
      json.openObject();
      json.field("millis").number(Duration.ofNanos(row.nanos()).toMillis());
      json.field("downloaded").number(row.downloaded());
      json.field("uploaded").number(row.uploaded());
      json.field("wasted").number(row.wasted());
      json.field("equal").bool(row.equal());
      json.closeObject();
    }
    json.closeArray();
    json.closeObject();
  }
}
