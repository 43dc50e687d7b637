package io.minibit.cli;

import io.minibit.metainfo.PieceLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** How a {@link LocalSwarm} went. */
record SwarmReport(PieceLayout layout, List<Row> rows) {
  /**
   * One peer.
   *
   * @param had pieces at the beginning
   * @param nanos from the first connect of any peer until this one had everything
   * @param downloaded payload bytes, useful or not
   * @param uploaded payload bytes
   * @param wasted payload bytes that were of no use
   * @param equal whether its rebuilt file is the original
   */
  record Row(int number, int had, long nanos, long downloaded, long uploaded, long wasted, boolean equal) {}

  private static final String FORMAT = "%6s  %6s  %13s  %11s  %11s  %11s  %s";

  private boolean isSeed(Row row) {
    return row.had == layout.pieceCount();
  }

  /** A line for each peer under a heading, and their sum. */
  List<String> table() {
    List<String> lines = new ArrayList<>();
    lines.add("");
    lines.add(String.format(Locale.ROOT, FORMAT, "peer", "had", "complete in", "downloaded", "uploaded", "waste", "file"));
    long downloaded = 0;
    long uploaded = 0;
    long wasted = 0;
    for (Row row : rows) {
      lines.add(
          String.format(
              Locale.ROOT,
              FORMAT,
              row.number,
              Subsets.percent(row.had, layout.pieceCount()),
              isSeed(row) ? "-" : Words.seconds(row.nanos),
              Sizes.format(row.downloaded),
              Sizes.format(row.uploaded),
              Sizes.format(row.wasted),
              row.equal ? "equal" : "DIFFERENT"));
      downloaded += row.downloaded;
      uploaded += row.uploaded;
      wasted += row.wasted;
    }
    lines.add(
        String.format(
                Locale.ROOT,
                FORMAT,
                "all",
                "",
                "",
                Sizes.format(downloaded),
                Sizes.format(uploaded),
                Sizes.format(wasted),
                "")
            .stripTrailing());
    lines.add("");
    return lines;
  }

  /** Fails naming the peers whose files differ from the original. */
  void requireEqual() {
    List<String> different = rows.stream().filter(row -> !row.equal).map(row -> String.valueOf(row.number)).toList();
    if (!different.isEmpty()) {
      throw CommandException.failed("the rebuilt file differs from the original at peer " + String.join(", ", different));
    }
  }

  /** One line for people and benchmarks. */
  String summary() {
    long nanos = rows.stream().filter(row -> !isSeed(row)).mapToLong(Row::nanos).max().orElse(0);
    String summary =
        rows.size() + " peers complete in " + Words.seconds(nanos) + " from first connect to last completion";
    List<Row> seeds = rows.stream().filter(this::isSeed).toList();
    if (seeds.size() != 1) {
      return summary;
    }
    double copies = (double) seeds.get(0).uploaded / layout.totalLength();
    return summary + String.format(Locale.ROOT, "; the seed uploaded %.2f copies", copies);
  }
}
