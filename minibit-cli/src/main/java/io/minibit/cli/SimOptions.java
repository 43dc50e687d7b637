package io.minibit.cli;

import io.minibit.sim.PeerGroup;
import io.minibit.sim.Scenario;
import io.minibit.sim.ScenarioException;
import io.minibit.sim.StrategyCatalog;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What to simulate: a scenario file or a usual swarm, altered by options. */
final class SimOptions {
  private static final Pattern PERCENT = Pattern.compile("(\\d{1,2}(?:\\.\\d{1,6})?)%");
  private static final String FREE_RIDERS = "free-riders";

  /** As an ordinary line into a house gives it. */
  private static final String USUAL =
      """
      [group seed]
      pieces = all
      upload = 2Mbit/s

      [group leechers]
      count = 50
      upload = 2Mbit/s
      download = 16Mbit/s
      """;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "SCENARIO_FILE",
      description = "A scenario in its text form, see --print-scenario; options alter what it says. Default: one seed and "
          + "50 leechers.")
  private @Nullable Path file;

  @Option(names = "--peers", paramLabel = "N", description = "Peers that come without everything; default: 50.")
  private @Nullable String peers;

  @Option(names = "--seeds", paramLabel = "N", description = "Peers that have everything from the start; default: 1.")
  private @Nullable String seeds;

  @Option(names = "--size", paramLabel = "SIZE", description = "Of the torrent; default: 100MiB.")
  private @Nullable String size;

  @Option(names = "--piece-size", paramLabel = "SIZE", description = "A multiple of 16KiB; default: 256KiB.")
  private @Nullable String pieceSize;

  @Option(
      names = "--up",
      paramLabel = "RATE",
      description = "Uplink of each leecher, such as 400kbit/s, 400Kibit/s (1024 bits) or unlimited; default: 2Mbit/s.")
  private @Nullable String up;

  @Option(names = "--down", paramLabel = "RATE", description = "Downlink of each leecher; default: 16Mbit/s.")
  private @Nullable String down;

  @Option(names = "--seed-up", paramLabel = "RATE", description = "Uplink of each seed; default: that of a leecher.")
  private @Nullable String seedUp;

  @Option(
      names = "--latency",
      paramLabel = "DURATION",
      description = "One way from any peer to the middle of the network; default: 25ms.")
  private @Nullable String latency;

  @Option(names = "--connections", paramLabel = "N", description = "The most of one peer; default: 50.")
  private @Nullable String connections;

  @Option(
      names = "--arrival",
      paramLabel = "WHEN",
      description = "When leechers come: 'at once', 'rate 100/s', 'poisson 2/s' or 'flash crowd 5m', each with 'from 10s' "
          + "if wanted; default: at once.")
  private @Nullable String arrival;

  @Option(
      names = "--leave",
      paramLabel = "WHEN",
      description = "When leechers go: 'never', 'on completion', 'after completion 5m', 'after 1h', 'seeds 0.005/s', "
          + "'aborts 0.001/s', or several of these; default: never.")
  private @Nullable String leave;

  @Option(
      names = "--selection",
      paramLabel = "STRATEGY",
      description = "Which piece to fetch next: rarest-first, random-piece, sequential, or a class such as com.acme.Mine; "
          + "default: rarest-first.")
  private @Nullable String selection;

  @Option(
      names = "--choking",
      paramLabel = "STRATEGY",
      description = "Whom to serve: tit-for-tat, tit-for-tat-by-rare-pieces, tit-for-tat-without-optimistic, "
          + "serve-everybody, serve-nobody, or a class; default: tit-for-tat.")
  private @Nullable String choking;

  @Option(
      names = "--class-path",
      paramLabel = "PATH",
      description = "Directories or jars with strategies of your own, besides the class path of this program.")
  private @Nullable String classPath;

  @Option(names = "--super-seed", description = "Seeds show each peer one piece at a time (BEP 16).")
  private boolean superSeed;

  @Option(
      names = "--free-riders",
      paramLabel = "SHARE",
      description = "So many of the leechers, such as 20%%, serve nobody; they are a group of their own.")
  private @Nullable String freeRiders;

  @Option(names = "--seed", paramLabel = "NUMBER", description = "The root of all that is random; default: 1.")
  private @Nullable String seed;

  @Option(names = "--limit", paramLabel = "DURATION", description = "End at this virtual time at the latest; default: 1d.")
  private @Nullable String limit;

  @Option(
      names = "--set",
      paramLabel = "[GROUP.]KEY=VALUE",
      description = "Alter any other value of the text form, for instance leechers.racks=4; may be repeated.")
  private List<String> assignments = new ArrayList<>();

  /** Where strategies of users are. */
  List<Path> classPath() {
    return classPath == null
        ? List.of()
        : Arrays.stream(classPath.split(Pattern.quote(File.pathSeparator))).map(Path::of).toList();
  }

  /**
   * What to simulate.
   *
   * @throws ScenarioException saying what of it is wrong
   */
  Scenario scenario(StrategyCatalog catalog) throws IOException {
    SimVariants keys = new SimVariants(catalog);
    Scenario scenario = file == null ? Scenario.parse(USUAL, catalog) : Scenario.read(file, catalog);
    if (peers != null) {
      scenario = set(keys, scenario, "--peers", only(scenario, "--peers", SimOptions::isContributor) + ".count", peers);
    }
    if (seeds != null) {
      scenario = set(keys, scenario, "--seeds", only(scenario, "--seeds", SimVariants::isSeed) + ".count", seeds);
    }
    scenario = set(keys, scenario, "--size", "torrent", size);
    scenario = set(keys, scenario, "--piece-size", "piece", pieceSize);
    for (PeerGroup group : scenario.groups()) {
      boolean isSeed = SimVariants.isSeed(group);
      String usualSeedUp = file == null ? up : null;
      scenario = set(keys, scenario, isSeed ? "--seed-up" : "--up", group.name() + ".upload",
          !isSeed ? up : seedUp != null ? seedUp : usualSeedUp);
      scenario = set(keys, scenario, "--down", group.name() + ".download", isSeed ? null : down);
      scenario = set(keys, scenario, "--super-seed", group.name() + ".super-seeding", isSeed && superSeed ? "yes" : null);
    }
    scenario = set(keys, scenario, "--latency", "latency", latency);
    scenario = set(keys, scenario, "--connections", "connections", connections);
    scenario = set(keys, scenario, "--arrival", "arrival", arrival);
    scenario = set(keys, scenario, "--leave", "departure", leave);
    scenario = set(keys, scenario, "--selection", "selection", selection);
    scenario = set(keys, scenario, "--choking", "choking", choking);
    scenario = set(keys, scenario, "--seed", "seed", seed);
    scenario = set(keys, scenario, "--limit", "limit", limit);
    if (freeRiders != null) {
      scenario = withFreeRiders(scenario, only(scenario, "--free-riders", SimOptions::isContributor), freeRiders, catalog);
    }
    for (String assignment : assignments) {
      scenario = keys.set(scenario, assignment);
    }
    return scenario;
  }

  private static boolean isContributor(PeerGroup group) {
    return !SimVariants.isSeed(group) && !SimVariants.isFreeRider(group);
  }

  /** The scenario with an option's value, if there is one; what is wrong is told of the option. */
  private static Scenario set(SimVariants keys, Scenario scenario, String option, String key, @Nullable String value) {
    try {
      return value == null ? scenario : keys.alter(scenario, key, value);
    } catch (ScenarioException e) {
      throw CommandException.misused(option + ": " + e.getMessage(), e);
    }
  }

  /** The name of the only group that an option can mean. */
  private static String only(Scenario scenario, String option, Predicate<PeerGroup> meant) {
    List<String> names = scenario.groups().stream().filter(meant).map(PeerGroup::name).toList();
    if (names.size() != 1) {
      throw CommandException.misused(option + ": the scenario has " + (names.isEmpty() ? "no such group" : "several such "
          + "groups, " + String.join(", ", names)) + "; say what you mean with --set GROUP.KEY=VALUE or in the file");
    }
    return names.get(0);
  }

  /** Some of a group as free riders. */
  private static Scenario withFreeRiders(Scenario scenario, String name, String share, StrategyCatalog catalog) {
    Matcher matcher = PERCENT.matcher(share);
    if (!matcher.matches()) {
      throw CommandException.misused("--free-riders: '" + share + "' is no share such as 20%");
    }
    PeerGroup group =
        scenario.groups().stream().filter(known -> known.name().equals(name)).findFirst().orElseThrow();
    int riders = (int) Math.round(group.count() * Double.parseDouble(matcher.group(1)) / 100);
    if (riders == 0) {
      return scenario;
    }
    if (scenario.groups().stream().anyMatch(known -> known.name().equals(FREE_RIDERS))) {
      throw CommandException.misused("--free-riders: the scenario has a group of that name already");
    }
    if (riders == group.count()) {
      throw CommandException.misused("--free-riders: " + share + " of " + Words.count(group.count(), "peer")
          + " leaves nobody who serves");
    }
    return scenario.toBuilder()
        .group(name, g -> g.count(group.count() - riders))
        .group(FREE_RIDERS, group, g -> g.count(riders).choking(catalog.choking("serve-nobody")))
        .build();
  }
}
