package io.minibit.sim;

import io.minibit.metainfo.PieceLayout;
import io.minibit.model.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A swarm to be simulated: a torrent, groups of peers, a tracker, faults and an end. Immutable.
 *
 * <pre>{@code
 * Scenario scenario = Scenario.builder()
 *     .torrent(100L << 20, 256 << 10)
 *     .group("seed", g -> g.seeds().upload(50_000))
 *     .group("leechers", g -> g.count(100).upload(50_000).departure(Departure.onCompletion()))
 *     .build();
 * SimulationReport report = Simulation.run(scenario);
 * }</pre>
 *
 * @param name a line for people
 * @param bytes size of the torrent
 * @param pieceLength bytes
 * @param seed the root of all that is random
 * @param groups at least one, in the order in which they were named
 * @param handout what the tracker does
 * @param faults what goes wrong
 * @param limit the simulation ends at this time at the latest
 * @param endsWhenComplete whether it ends as soon as every peer that is not a seed from the start has everything or has
 *     gone
 */
public record Scenario(
    String name,
    long bytes,
    int pieceLength,
    long seed,
    List<PeerGroup> groups,
    Handout handout,
    List<Fault> faults,
    Duration limit,
    boolean endsWhenComplete) {

  /** The most peers of one scenario: more have no address in 10.0.0.0/8. */
  public static final int MOST_PEERS = 1_000_000;

  /** The most groups of one scenario: reports have a row and a column for each. */
  public static final int MOST_GROUPS = 1_000;

  public Scenario {
    groups = List.copyOf(groups);
    faults = List.copyOf(faults);
    requireName(name);
    requireTorrent(bytes, pieceLength);
    requireLimit(limit);
    if (groups.isEmpty()) {
      throw new ScenarioException("a scenario needs a group of peers");
    }
    if (groups.size() > MOST_GROUPS) {
      throw new ScenarioException(groups.size() + " groups are more than " + MOST_GROUPS);
    }
    Map<String, PeerGroup> names = new LinkedHashMap<>();
    long peers = 0;
    for (PeerGroup group : groups) {
      peers += group.count();
      if (names.put(group.name(), group) != null) {
        throw new ScenarioException("two groups are called '" + group.name() + "'");
      }
    }
    if (peers > MOST_PEERS) {
      throw new ScenarioException(peers + " peers are more than " + MOST_PEERS);
    }
    for (Fault fault : faults) {
      if (!fault.group().isEmpty() && !names.containsKey(fault.group())) {
        throw new ScenarioException("fault " + fault.kind() + " is for group '" + fault.group() + "', which is not there");
      }
    }
  }

  static String requireName(String name) {
    if (name.length() > 200 || !ScenarioText.isLine(name)) {
      throw new ScenarioException("'" + Phrase.shown(name) + "' is no name of one line for a scenario");
    }
    return name;
  }

  static void requireTorrent(long bytes, int pieceLength) {
    if (bytes <= 0 || pieceLength < PieceLayout.BLOCK_LENGTH || pieceLength % PieceLayout.BLOCK_LENGTH != 0) {
      throw new ScenarioException("a torrent of " + bytes + " bytes in pieces of " + pieceLength
          + " bytes: pieces must be a multiple of " + PieceLayout.BLOCK_LENGTH + " bytes");
    }
    if (bytes / pieceLength >= Limits.defaults().maxPieces()) {
      throw new ScenarioException(
          "a torrent of " + bytes + " bytes has more than " + Limits.defaults().maxPieces() + " pieces of "
              + pieceLength + " bytes");
    }
  }

  static Duration requireLimit(Duration limit) {
    if (limit.isNegative() || limit.isZero() || limit.toDays() > 3650) {
      throw new ScenarioException("a limit of " + limit + " is not between 0 and ten years");
    }
    return limit;
  }

  /** A scenario to be described: 100 MiB in pieces of 256 KiB, seed 1, at most a day. */
  public static Builder builder() {
    return new Builder();
  }

  /** A copy to be altered. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /**
   * Reads the text form with the stock strategies.
   *
   * @throws ScenarioException naming the line and what was expected there
   */
  public static Scenario parse(String text) {
    return parse(text, StrategyCatalog.stock());
  }

  /**
   * Reads the text form: lines {@code key = value} for the whole, then sections {@code [group NAME]} and {@code [fault
   * KIND]} with such lines. A line that begins with {@code #} is a comment. What is not said has the default of the
   * builder. {@link #toText} writes an example of everything.
   *
   * @throws ScenarioException naming the line and what was expected there
   */
  public static Scenario parse(String text, StrategyCatalog catalog) {
    return new ScenarioParser(catalog, builder()).parse(text);
  }

  /**
   * Reads a file in the text form, UTF-8, with the stock strategies.
   *
   * @throws ScenarioException naming the file, the line and what was expected there
   */
  public static Scenario read(Path file) throws IOException {
    return read(file, StrategyCatalog.stock());
  }

  /**
   * Reads a file in the text form, UTF-8.
   *
   * @throws ScenarioException naming the file, the line and what was expected there
   */
  public static Scenario read(Path file, StrategyCatalog catalog) throws IOException {
    return ScenarioText.read(file, catalog);
  }

  /** The text form: {@link #parse} makes an equal scenario of it. */
  public String toText() {
    return ScenarioText.of(this);
  }

  /** Writes the text form, UTF-8; replaces a file that is there. */
  public void write(Path file) throws IOException {
    Files.writeString(file, toText());
  }

  /**
   * The same with one value of the text form altered.
   *
   * @param key {@code KEY} of the whole, {@code GROUP.KEY} of one group, or {@code KEY} of groups for every group
   * @throws ScenarioException saying what was expected
   */
  public Scenario with(String key, String value, StrategyCatalog catalog) {
    return new ScenarioParser(catalog, toBuilder()).alter(key, value.strip(), groups);
  }

  /** The same with another seed. */
  public Scenario withSeed(long other) {
    return toBuilder().seed(other).build();
  }

  PieceLayout layout() {
    return new PieceLayout(bytes, pieceLength);
  }

  /** All peers of all groups. */
  public int peers() {
    return groups.stream().mapToInt(PeerGroup::count).sum();
  }

  /** Puts a scenario together. Not thread-safe. */
  public static final class Builder {
    private String name = "swarm";
    private long bytes = 100L << 20;
    private int pieceLength = 256 << 10;
    private long seed = 1;
    private final Map<String, PeerGroup> groups = new LinkedHashMap<>();
    private Handout handout = Handout.random(50);
    private final List<Fault> faults = new ArrayList<>();
    private Duration limit = Duration.ofDays(1);
    private boolean endsWhenComplete = true;

    private Builder() {}

    private Builder(Scenario scenario) {
      name = scenario.name;
      bytes = scenario.bytes;
      pieceLength = scenario.pieceLength;
      seed = scenario.seed;
      scenario.groups.forEach(group -> groups.put(group.name(), group));
      handout = scenario.handout;
      faults.addAll(scenario.faults);
      limit = scenario.limit;
      endsWhenComplete = scenario.endsWhenComplete;
    }

    /** A line for people. */
    public Builder name(String text) {
      name = text;
      return this;
    }

    /** What is shared. */
    public Builder torrent(long size, int pieceBytes) {
      bytes = size;
      pieceLength = pieceBytes;
      return this;
    }

    /** The root of all that is random. */
    public Builder seed(long root) {
      seed = root;
      return this;
    }

    /** Describes a group of peers; a second call for the same name alters it. */
    public Builder group(String groupName, Consumer<PeerGroup.Builder> describe) {
      PeerGroup known = groups.get(groupName);
      PeerGroup.Builder builder = known == null ? new PeerGroup.Builder(groupName) : new PeerGroup.Builder(known);
      describe.accept(builder);
      groups.put(groupName, builder.build());
      return this;
    }

    long bytes() {
      return bytes;
    }

    int pieceLength() {
      return pieceLength;
    }

    Handout handout() {
      return handout;
    }

    /** Describes a group of peers that are otherwise like those of another, whatever its scenario. */
    public Builder group(String groupName, PeerGroup like, Consumer<PeerGroup.Builder> describe) {
      PeerGroup.Builder builder = new PeerGroup.Builder(groupName, like);
      describe.accept(builder);
      return group(builder.build());
    }

    /** Adds a group as it is, or replaces the one of its name. */
    Builder group(PeerGroup group) {
      groups.put(group.name(), group);
      return this;
    }

    /** Alters every group there is. */
    public Builder eachGroup(Consumer<PeerGroup.Builder> alter) {
      List.copyOf(groups.keySet()).forEach(groupName -> group(groupName, alter));
      return this;
    }

    /** What the tracker does; random subsets of 50 peers unless it is called. */
    public Builder handout(Handout policy) {
      handout = policy;
      return this;
    }

    /** Adds something that goes wrong. */
    public Builder fault(Fault fault) {
      faults.add(fault);
      return this;
    }

    /** Adds something that goes wrong for all peers of a group (or of all, if it is empty). */
    public Builder fault(Fault.Kind kind, String group, Duration start, Duration end, double strength) {
      return fault(new Fault(kind, group, 1, start, end, strength));
    }

    /** The time at which the simulation ends at the latest; a day unless it is called. */
    public Builder limit(Duration time) {
      limit = time;
      return this;
    }

    /** Goes on to the limit also when everybody has everything. */
    public Builder toTheLimit() {
      endsWhenComplete = false;
      return this;
    }

    /** Whether it ends as soon as everybody who came without has everything, or goes on to the limit. */
    public Builder endsWhenComplete(boolean wanted) {
      endsWhenComplete = wanted;
      return this;
    }

    /**
     * The scenario.
     *
     * @throws ScenarioException saying which value is wrong
     */
    public Scenario build() {
      return new Scenario(
          name, bytes, pieceLength, seed, List.copyOf(groups.values()), handout, faults, limit, endsWhenComplete);
    }
  }
}
