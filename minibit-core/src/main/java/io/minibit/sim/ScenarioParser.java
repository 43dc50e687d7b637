package io.minibit.sim;

import io.minibit.model.Units;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the text form of a scenario, or one value of it. Whatever the text is, it gives a scenario or a {@link
 * ScenarioException} that names the line. For one text.
 */
final class ScenarioParser {
  private static final int MOST_LINES = 20_000;
  private static final int LONGEST_LINE = 1_000;

  private static final Pattern LINE_BREAK = Pattern.compile("\r?\n");
  private static final Pattern SPACE = Pattern.compile("\\s+");

  private final StrategyCatalog catalog;
  private final Scenario.Builder scenario;
  private final Map<String, Integer> groups = new LinkedHashMap<>();

  /** Of the line that is looked at, from 1; 0 if there are no lines. */
  private int number;

  /** Adds what is read to the scenario. */
  ScenarioParser(StrategyCatalog catalog, Scenario.Builder scenario) {
    this.catalog = catalog;
    this.scenario = scenario;
  }

  Scenario parse(String text) {
    if (text.length() > ScenarioText.LONGEST) {
      throw new ScenarioException("more than " + ScenarioText.LONGEST + " characters are too long for a scenario");
    }
    String[] lines = LINE_BREAK.split(text.startsWith("\ufeff") ? text.substring(1) : text, -1);
    Section section = new Whole();
    for (String raw : lines) {
      number++;
      if (number > MOST_LINES || raw.length() > LONGEST_LINE) {
        throw wrong("a scenario has at most " + MOST_LINES + " lines of " + LONGEST_LINE + " characters");
      }
      String line = raw.strip();
      if (line.startsWith("[")) {
        section.close();
        section = section(line);
      } else if (!line.isEmpty() && !line.startsWith("#")) {
        section.read(line);
      }
    }
    section.close();
    return build();
  }

  private Scenario build() {
    try {
      return scenario.build();
    } catch (ScenarioException e) {
      throw wrong(String.valueOf(e.getMessage()));
    }
  }

  /** Alters one value: of the whole, of one group ({@code GROUP.KEY}), or of every group. */
  Scenario alter(String key, String value, List<PeerGroup> known) {
    Whole whole = new Whole();
    if (whole.has(key)) {
      whole.set(key, value);
      whole.close();
      return build();
    }
    int dot = key.lastIndexOf('.');
    String name = key.substring(0, Math.max(0, dot));
    boolean found = false;
    for (PeerGroup group : known) {
      if (dot < 0 || group.name().equals(name)) {
        Group section = new Group(new PeerGroup.Builder(group));
        if (dot < 0 && !section.has(key)) {
          throw new ScenarioException("unknown key '" + Phrase.shown(key) + "'; a scenario has " + whole.keys()
              + "; a group has " + section.keys());
        }
        section.set(key.substring(dot + 1), value);
        section.close();
        found = true;
      }
    }
    if (!found) {
      throw new ScenarioException("no group is called '" + Phrase.shown(name) + "'; there are "
          + String.join(", ", known.stream().map(PeerGroup::name).toList()));
    }
    return build();
  }

  private Section section(String line) {
    String[] words = SPACE.split(line.substring(1, Math.max(1, line.length() - 1)).strip(), 2);
    if (line.endsWith("]") && words.length == 2 && words[0].equals("group")) {
      return new Group(described(words[1]));
    }
    if (line.endsWith("]") && words.length == 2 && words[0].equals("fault")) {
      return new Failure(words[1]);
    }
    throw wrong("'" + Phrase.shown(line) + "' is no section such as [group leechers] or [fault crash]");
  }

  private PeerGroup.Builder described(String name) {
    @Nullable Integer before = groups.put(name, number);
    if (before != null) {
      throw wrong("group '" + Phrase.shown(name) + "' was described already in line " + before);
    }
    if (groups.size() > Scenario.MOST_GROUPS) {
      throw wrong("more than " + Scenario.MOST_GROUPS + " groups");
    }
    return new PeerGroup.Builder(name);
  }

  private ScenarioException wrong(String problem) {
    return wrong(number, problem);
  }

  private static ScenarioException wrong(int line, String problem) {
    return new ScenarioException((line > 0 ? "line " + line + ": " : "") + Phrase.printable(problem));
  }

  /** Lines with a common subject: which keys it has, and which of them were said. */
  private abstract class Section {
    /** What each key does with its value. */
    private final Map<String, Consumer<String>> keys = new LinkedHashMap<>();

    private final Map<String, Integer> said = new LinkedHashMap<>();
    private final String title;
    final int line = number;

    Section(String title) {
      this.title = title;
    }

    /** Knows a key: how to read its value and what to do with it. */
    final <T> void key(String key, Function<String, T> meaning, Consumer<T> take) {
      keys.put(key, value -> take.accept(meaning.apply(value)));
    }

    final void read(String text) {
      int equals = text.indexOf('=');
      if (equals < 0) {
        throw wrong("'" + Phrase.shown(text) + "' is no 'key = value'");
      }
      set(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
    }

    final boolean has(String key) {
      return keys.containsKey(key);
    }

    final String keys() {
      return String.join(", ", keys.keySet());
    }

    final void set(String key, String value) {
      @Nullable Consumer<String> take = keys.get(key);
      if (take == null) {
        throw wrong("unknown key '" + Phrase.shown(key) + "'; " + title + " has " + keys());
      }
      @Nullable Integer before = said.put(key, number);
      if (before != null) {
        throw wrong("'" + key + "' was said already in line " + before);
      }
      try {
        take.accept(value);
      } catch (ScenarioException | IllegalArgumentException e) {
        throw wrong(key + ": " + e.getMessage());
      }
    }

    /** In which line a key was said; 0 if it was not. */
    final int said(String key) {
      return said.getOrDefault(key, 0);
    }

    final void require(String key) {
      if (said(key) == 0) {
        throw wrong(line, title + " needs '" + key + " = \u2026'");
      }
    }

    /** Adds what was read to the scenario. */
    void close() {}
  }

  private final class Whole extends Section {
    private long bytes = scenario.bytes();
    private int pieceLength = scenario.pieceLength();
    private Handout handout = scenario.handout();
    private Duration interval = handout.interval();

    Whole() {
      super("a scenario");
      key("name", Scenario::requireName, scenario::name);
      key("torrent", ScenarioParser::size, value -> bytes = value);
      key("piece", value -> Math.toIntExact(Math.min(size(value), Integer.MAX_VALUE)), value -> pieceLength = value);
      key("seed", ScenarioParser::seed, scenario::seed);
      key("handout", Handout::parse, value -> handout = value);
      key("interval", value -> handout.every(duration(value)).interval(), value -> interval = value);
      key("limit", value -> Scenario.requireLimit(duration(value)), scenario::limit);
      key("end", ScenarioParser::endsWhenComplete, scenario::endsWhenComplete);
    }

    @Override
    void close() {
      try {
        Scenario.requireTorrent(bytes, pieceLength);
      } catch (ScenarioException e) {
        throw wrong(Math.max(said("torrent"), said("piece")), String.valueOf(e.getMessage()));
      }
      scenario.torrent(bytes, pieceLength).handout(handout.every(interval));
    }
  }

  private final class Group extends Section {
    private final PeerGroup.Builder group;

    Group(PeerGroup.Builder group) {
      super("a group");
      this.group = group;
      key("count", ScenarioParser::count, group::count);
      key("pieces", InitialPieces::parse, group::pieces);
      key("upload", ScenarioParser::rate, group::upload);
      key("download", ScenarioParser::rate, group::download);
      key("upload-limit", ScenarioParser::rate, group::uploadLimit);
      key("latency", ScenarioParser::duration, group::latency);
      key("arrival", Arrival::parse, group::arrival);
      key("departure", Departure::parse, group::departure);
      key("selection", catalog::selection, group::selection);
      key("choking", catalog::choking, group::choking);
      key("connections", ScenarioParser::count, group::connections);
      key("dials", ScenarioParser::count, group::dials);
      key("racks", ScenarioParser::count, group::racks);
      key("super-seeding", ScenarioParser::yes, group::superSeeding);
      key("storing", ScenarioParser::duration, group::storing);
      key("piece-memory", ScenarioParser::size, group::pieceMemory);
    }

    @Override
    void close() {
      try {
        scenario.group(group.build());
      } catch (ScenarioException e) {
        throw wrong(line, String.valueOf(e.getMessage()));
      }
    }
  }

  private final class Failure extends Section {
    private final Fault.Kind kind;
    private String group = "";
    private double share = 1;
    private Duration start = Duration.ZERO;
    private Duration end = Duration.ZERO;
    private double strength = 1;

    Failure(String name) {
      super("a fault");
      kind = Arrays.stream(Fault.Kind.values())
          .filter(known -> ScenarioText.name(known).equals(name))
          .findFirst()
          .orElseThrow(() -> wrong("no fault is called '" + Phrase.shown(name) + "'; known: "
              + String.join(", ", Arrays.stream(Fault.Kind.values()).map(ScenarioText::name).toList())));
      key("group", ScenarioParser.this::group, value -> group = value);
      key("share", value -> phrase(value, "no share such as 20%", Phrase::share), value -> share = value);
      key("from", ScenarioParser::duration, value -> start = value);
      key("to", ScenarioParser::duration, value -> end = value);
      key("strength", value -> phrase(value, "no number such as 0.1", Phrase::number), value -> strength = value);
    }

    @Override
    void close() {
      require("to");
      try {
        scenario.fault(new Fault(kind, group, share, start, end, strength));
      } catch (ScenarioException e) {
        throw wrong(line, String.valueOf(e.getMessage()));
      }
    }
  }

  private String group(String name) {
    if (!groups.containsKey(name)) {
      throw new ScenarioException("no group is called '" + Phrase.shown(name) + "' above");
    }
    return name;
  }

  private static long size(String value) {
    return Units.parseSize(value);
  }

  private static long rate(String value) {
    return value.equals("unlimited") ? PeerGroup.UNLIMITED : Units.parseRate(value);
  }

  private static Duration duration(String value) {
    return Units.parseDuration(value);
  }

  private static int count(String value) {
    return phrase(value, "no whole number such as 50", Phrase::count);
  }

  private static long seed(String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new ScenarioException("'" + Phrase.shown(value) + "' is no whole number such as 7");
    }
  }

  private static boolean endsWhenComplete(String value) {
    return choice(value, "when complete", "at the limit");
  }

  private static boolean yes(String value) {
    return switch (value) {
      case "true" -> true;
      case "false" -> false;
      default -> choice(value, "yes", "no");
    };
  }

  /** Whether it is the first of two words that it may be. */
  private static boolean choice(String value, String first, String second) {
    if (!List.of(first, second).contains(value)) {
      throw new ScenarioException("'" + Phrase.shown(value) + "' is neither '" + first + "' nor '" + second + "'");
    }
    return value.equals(first);
  }

  private static <T> T phrase(String value, String expected, Function<Phrase, T> meaning) {
    Phrase phrase = new Phrase(value, expected);
    T read = meaning.apply(phrase);
    phrase.end();
    return read;
  }
}
