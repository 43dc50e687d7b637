package io.minibit.cli;

import io.minibit.cli.AnsiLine.Style;
import io.minibit.model.TorrentState;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A picture of a swarm in characters: a row for each peer with a bar of its pieces, what it sends and gets, and whom it
 * serves; above them what the tracker and the swarm know, below them how many copies of each piece there are. Pure: the
 * same snapshot and canvas give the same lines.
 */
final class SwarmView {
  /**
   * What to draw on.
   *
   * @param columns of the terminal; the last one stays free, since many terminals wrap when it is written
   * @param rows of the terminal; the last one stays free for the cursor
   * @param color whether it shows colours
   * @param unicode whether it shows block characters; ASCII stands in for them otherwise
   */
  record Canvas(int columns, int rows, boolean color, boolean unicode) {}

  /** Nothing, then from one eighth to the full height of a line, which is everything. */
  private static final String UNICODE_LEVELS = "\u00b7\u2581\u2582\u2583\u2584\u2585\u2586\u2587\u2588";

  private static final String ASCII_LEVELS = ".:-=+*%@#";
  private static final int FULL = 8;

  // Where columns begin and how wide they are.
  private static final int BAR_AT = 12;
  private static final int RATE = 10; // two spaces and 1023 KiB

  /** Narrower terminals do without, in this order: totals, words, whom a peer serves, rates. */
  private static final int WIDE = 120;

  private static final int VERY_WIDE = 170;
  private static final int NARROW = 58;
  private static final int VERY_NARROW = 45;

  private static final int WORDS = 40; // downloading from 12 of 19 peers connected

  private final SwarmSnapshot snapshot;
  private final Canvas canvas;
  private final int room;
  private final int serves;
  private final int bar;

  /** Of the bar, those that stand for pieces: with fewer pieces than columns, each gets equally many. */
  private final int cells;

  private SwarmView(SwarmSnapshot snapshot, Canvas canvas) {
    this.snapshot = snapshot;
    this.canvas = canvas;
    room = canvas.columns - 1;
    serves = canvas.columns < NARROW ? 0 : servesColumns();
    int others = BAR_AT + (serves == 0 ? 0 : serves + 2);
    others += canvas.columns < VERY_NARROW ? 0 : 2 * RATE;
    others += canvas.columns < WIDE ? 0 : 2 * RATE;
    others += canvas.columns < VERY_WIDE ? 0 : WORDS + 2;
    bar = Math.max(1, room - others);
    cells = bar < snapshot.pieceCount() ? bar : bar - bar % snapshot.pieceCount();
  }

  /** The picture, of at most as many lines as the canvas has rows but one. */
  static List<String> lines(SwarmSnapshot snapshot, Canvas canvas) {
    return new SwarmView(snapshot, canvas).lines();
  }

  private List<String> lines() {
    List<AnsiLine> head = new ArrayList<>(List.of(title(), tracker(), swarm(), line(), heading()));
    List<AnsiLine> foot = new ArrayList<>(List.of(copies(), line(), legend()));
    int most = Math.max(1, canvas.rows - 1);
    int peers = snapshot.members().size();
    // Peers are what one wants to see; on a very low terminal the rest gives way.
    int fewest = Math.min(peers, 5);
    while (!foot.isEmpty() && head.size() + foot.size() + fewest > most) {
      foot.remove(foot.size() - 1);
    }
    while (head.size() > 1 && head.size() + foot.size() + fewest > most) {
      head.remove(head.size() > 2 ? head.size() - 2 : 0);
    }
    int place = Math.max(1, most - head.size() - foot.size());
    int shown = peers <= place ? peers : place - 1;
    List<AnsiLine> all = new ArrayList<>(head);
    snapshot.members().subList(0, shown).forEach(member -> all.add(row(member)));
    if (shown < peers) {
      all.add(more(snapshot.members().subList(shown, peers)));
    }
    all.addAll(foot);
    return all.stream().limit(most).map(AnsiLine::toString).toList();
  }

  private AnsiLine line() {
    return new AnsiLine(room, canvas.color);
  }

  // Above the peers

  private AnsiLine title() {
    long seconds = snapshot.elapsed().toSeconds();
    String time = seconds < 60 ? seconds + " s" : Durations.format(Duration.ofSeconds(seconds));
    String size = ": " + Sizes.format(snapshot.totalLength()) + " in " + Words.count(snapshot.pieceCount(), "piece");
    int forName = Math.max(3, room - size.length() - time.length() - 2);
    return line().add(Style.BOLD, shortened(snapshot.name(), forName)).add(size).right(Style.BOLD, time);
  }

  private AnsiLine tracker() {
    SwarmSnapshot.TrackerView tracker = snapshot.tracker();
    return line()
        .add(Style.DIM, "tracker: ")
        .add(
            Words.count(tracker.size(), "peer") + ", " + Words.count(tracker.seeds(), "seed") + " and "
                + Words.count(tracker.leechers(), "leecher") + "; " + Words.count(tracker.announces(), "announce"));
  }

  private AnsiLine swarm() {
    int[] copies = snapshot.availability();
    int fewest = Arrays.stream(copies).min().orElse(0);
    long rate = snapshot.members().stream().mapToLong(SwarmSnapshot.Member::downloadRate).sum();
    AnsiLine line = line().add(Style.DIM, "swarm:   ");
    line.add(snapshot.completeCount() + " of " + snapshot.members().size() + " complete; ");
    line.add(Sizes.formatRate((double) rate) + "; ");
    if (fewest == snapshot.members().size()) {
      return line.add("everybody has every piece");
    }
    double mean = Arrays.stream(copies).average().orElse(0);
    return line.add(String.format(Locale.ROOT, "copies: %d at least, %.1f on average", fewest, mean));
  }

  private AnsiLine heading() {
    StringBuilder text = new StringBuilder("peer  have  pieces");
    text.append(" ".repeat(Math.max(0, BAR_AT + bar - text.length())));
    if (canvas.columns >= VERY_NARROW) {
      text.append(String.format(Locale.ROOT, "%" + RATE + "s%" + RATE + "s", "down/s", "up/s"));
    }
    if (canvas.columns >= WIDE) {
      text.append(String.format(Locale.ROOT, "%" + RATE + "s%" + RATE + "s", "got", "gave"));
    }
    if (serves > 0) {
      text.append("  ").append(String.format(Locale.ROOT, "%-" + serves + "s", "serves"));
    }
    if (canvas.columns >= VERY_WIDE) {
      text.append("  ").append("does");
    }
    return line().add(Style.DIM, text.toString());
  }

  // The peers

  private AnsiLine row(SwarmSnapshot.Member member) {
    AnsiLine line = line().add(String.format(Locale.ROOT, "%4d  ", member.number()));
    boolean broken = member.state() == TorrentState.STORE_TROUBLE || member.state() == TorrentState.FAILED;
    Style style = broken ? Style.RED : member.isComplete() ? Style.GREEN : Style.PLAIN;
    line.add(style, String.format(Locale.ROOT, "%4s", Subsets.percent(member.heldCount(), snapshot.pieceCount())));
    line.add("  ");
    addBar(line, member);
    if (canvas.columns >= VERY_NARROW) {
      line.add(number(member.downloadRate())).add(number(member.uploadRate()));
    }
    if (canvas.columns >= WIDE) {
      line.add(number(member.downloaded())).add(number(member.uploaded()));
    }
    if (serves > 0) {
      line.add("  ");
      addServed(line, member.served());
    }
    if (canvas.columns >= VERY_WIDE) {
      line.tab(room - WORDS).add(broken ? Style.RED : Style.DIM, shortened(explanation(member), WORDS));
    }
    return line;
  }

  /** Without the number of connections, where somebody is served. */
  private static String explanation(SwarmSnapshot.Member member) {
    String sentence = member.explanation();
    int comma = sentence.indexOf(", ");
    return member.isComplete() && comma > 0 ? sentence.substring(0, comma) : sentence;
  }

  private static String number(long bytes) {
    return String.format(Locale.ROOT, "%" + RATE + "s", bytes == 0 ? "-" : Sizes.format(bytes));
  }

  private void addBar(AnsiLine line, SwarmSnapshot.Member member) {
    Style style = member.isComplete() ? Style.GREEN : Style.CYAN;
    StringBuilder run = new StringBuilder();
    boolean runIsNothing = false;
    for (int cell = 0; cell < cells; cell++) {
      int from = firstPiece(cell);
      int to = endPiece(cell);
      int level = level(member.heldCount(from, to), to - from);
      if (runIsNothing != (level == 0)) {
        line.add(runIsNothing ? Style.DIM : style, run.toString());
        run.setLength(0);
        runIsNothing = level == 0;
      }
      run.append(levels().charAt(level));
    }
    line.add(runIsNothing ? Style.DIM : style, run.toString()).add(" ".repeat(bar - cells));
  }

  /** 0 for nothing, {@link #FULL} for everything and nothing less. */
  private static int level(int held, int pieces) {
    if (held == 0) {
      return 0;
    }
    return held == pieces ? FULL : 1 + held * (FULL - 1) / pieces;
  }

  private String levels() {
    return canvas.unicode ? UNICODE_LEVELS : ASCII_LEVELS;
  }

  private int firstPiece(int cell) {
    return (int) ((long) cell * snapshot.pieceCount() / cells);
  }

  /** With fewer pieces than cells, neighbours show the same one. */
  private int endPiece(int cell) {
    return Math.max(firstPiece(cell) + 1, firstPiece(cell + 1));
  }

  /** Regular choices by number, then optimistic ones with a star. */
  private void addServed(AnsiLine line, List<SwarmSnapshot.Connection> served) {
    List<SwarmSnapshot.Connection> sorted =
        served.stream()
            .sorted(
                (a, b) ->
                    a.optimistic() == b.optimistic()
                        ? Integer.compare(a.to(), b.to())
                        : Boolean.compare(a.optimistic(), b.optimistic()))
            .toList();
    int used = 0;
    for (int i = 0; i < sorted.size(); i++) {
      SwarmSnapshot.Connection connection = sorted.get(i);
      String name = connection.to() + (connection.optimistic() ? "*" : "");
      String rest = "+" + (sorted.size() - i);
      boolean last = i == sorted.size() - 1;
      if (used + name.length() + (last ? 0 : 1 + rest.length()) > serves) {
        line.add(Style.DIM, rest);
        used += rest.length();
        break;
      }
      line.add(connection.optimistic() ? Style.YELLOW : Style.PLAIN, name).add(last ? "" : " ");
      used += name.length() + (last ? 0 : 1);
    }
    line.add(" ".repeat(Math.max(0, serves - used)));
  }

  /** Tit for tat serves five; in wide terminals there is place for more. */
  private int servesColumns() {
    int digits = String.valueOf(snapshot.members().size()).length();
    int others = snapshot.members().size() - 1;
    int usual = Math.max(5, canvas.columns / 25);
    return Math.max("serves".length(), Math.min(others, usual) * (digits + 1));
  }

  private AnsiLine more(List<SwarmSnapshot.Member> hidden) {
    long complete = hidden.stream().filter(SwarmSnapshot.Member::isComplete).count();
    long held = hidden.stream().mapToLong(SwarmSnapshot.Member::heldCount).sum();
    long mean = held * 100 / hidden.size() / snapshot.pieceCount();
    String text = hidden.size() + " more: " + complete + " complete, " + mean + "% on average";
    return line().add(Style.DIM, (canvas.unicode ? "   \u2026  and " : "   ...and ") + text);
  }

  // Below the peers

  private AnsiLine copies() {
    int[] copies = snapshot.availability();
    int peers = snapshot.members().size();
    AnsiLine line = line().add(Style.DIM, "copies").tab(BAR_AT);
    for (int cell = 0; cell < cells; cell++) {
      int fewest = peers;
      for (int piece = firstPiece(cell); piece < endPiece(cell); piece++) {
        fewest = Math.min(fewest, copies[piece]);
      }
      line.add(fewest <= 1 ? Style.RED : fewest == peers ? Style.GREEN : Style.YELLOW, height(fewest, peers));
    }
    return line;
  }

  /** The part of the peers, or in ASCII a number. */
  private String height(int copies, int peers) {
    if (canvas.unicode) {
      int level = level(copies, peers);
      return UNICODE_LEVELS.substring(level, level + 1);
    }
    return copies < 10 ? String.valueOf(copies) : "+";
  }

  private AnsiLine legend() {
    String levels = levels();
    String legend;
    if (snapshot.pieceCount() <= bar) {
      legend = levels.charAt(FULL) + " has it   " + levels.charAt(0) + " lacks it";
    } else {
      long pieces = Math.round((double) snapshot.pieceCount() / bar);
      legend =
          levels.charAt(0) + " none " + levels.substring(1, FULL) + " some " + levels.charAt(FULL) + " all of "
              + (pieces < 2 ? "1 or 2" : snapshot.pieceCount() % bar == 0 ? pieces : "about " + pieces) + " pieces";
    }
    String star = serves == 0 ? "" : "   2* its optimistic choice";
    return line().add(Style.DIM, legend + star);
  }

  private String shortened(String untrusted, int most) {
    String safe = SafeText.of(untrusted, most);
    for (int letters = most - 1; AnsiLine.columnsOf(safe) > most && letters >= 3; letters--) {
      safe = SafeText.of(untrusted, letters);
    }
    return canvas.unicode ? safe : safe.replace("\u2026", "~");
  }
}
