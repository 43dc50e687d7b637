package io.minibit.sim;

import io.minibit.model.SeededRandom;
import java.time.Duration;

/**
 * Small swarms in which anything may go wrong, drawn from a seed: for finding what nobody thought of. There is always a
 * seed that stays and that no misconduct meets, so that everybody else can finish once all has healed.
 */
public final class RandomScenario {
  private static final int[] BLOCKS = {1, 1, 2, 4, 4, 8, 16};
  private static final String[] SELECTIONS = {"rarest-first", "rarest-first", "rarest-first", "random-piece", "sequential"};
  private static final String[] CHOKINGS = {"tit-for-tat", "tit-for-tat", "tit-for-tat", "tit-for-tat-by-rare-pieces",
      "tit-for-tat-without-optimistic", "serve-everybody", "serve-nobody"};
  private static final int MOST_FAULTS = 4;
  private static final int PART = 100;
  /** Bytes per second. On slower links a block takes so long that every peer seems to have stalled. */
  private static final long SLOWEST = 20_000;

  private final SeededRandom random;

  private RandomScenario(SeededRandom random) {
    this.random = random;
  }

  /** The scenario of this seed; the same on every machine. */
  public static Scenario of(long seed) {
    return new RandomScenario(new SeededRandom(seed)).draw(seed);
  }

  private Scenario draw(long seed) {
    // Some with so many pieces that a bitfield of few is treated piece by piece.
    boolean small = random.nextInt(10) == 0;
    int pieceLength = (small ? 1 : BLOCKS[random.nextInt(BLOCKS.length)]) << 14;
    int pieces = small ? between(130, 200) : between(5, 60);
    long bytes = (long) (pieces - 1) * pieceLength + between(1, pieceLength);
    int leechers = between(2, 22);
    Scenario.Builder builder = Scenario.builder()
        .name("random " + seed)
        .seed(seed)
        .torrent(bytes, pieceLength)
        .limit(Duration.ofHours(3))
        .handout((random.nextInt(4) == 0 ? Handout.ownRack(between(5, 50), 2) : Handout.random(between(5, 50)))
            .every(Duration.ofSeconds(between(60, 200))));
    // The pace is such that the swarm lasts for a few minutes, whatever is shared.
    long pace = Math.max(SLOWEST, bytes / between(20, 150));
    int seconds = (int) (bytes / pace);
    builder.group("seed", g -> common(g, pace).seeds().upload(pace * between(2, 8)).connections(50));
    int second = random.nextInt(leechers);
    leechers(builder, "leechers", leechers - second, pace);
    if (second > 0) {
      leechers(builder, "others", second, pace);
    }
    if (random.nextInt(3) == 0) {
      builder.group("more seeds", g -> common(g, pace).count(between(1, 3)).seeds().departure(departure()));
    }
    int faults = random.nextInt(MOST_FAULTS + 1);
    for (int i = 0; i < faults; i++) {
      builder.fault(fault(second > 0, seconds));
    }
    return builder.build();
  }

  private PeerGroup.Builder common(PeerGroup.Builder group, long pace) {
    group.upload(rate(pace)).latency(Duration.ofMillis(between(1, 300))).racks(1);
    if (random.nextInt(3) == 0) {
      group.storing(Duration.ofMillis(between(0, 2000)));
    }
    if (random.nextInt(6) == 0) {
      group.uploadLimit(pace * between(1, 4));
    }
    return group;
  }

  private long rate(long pace) {
    return random.nextInt(8) == 0 ? PeerGroup.UNLIMITED : Math.max(SLOWEST, pace * between(1, 20) / 10);
  }

  private void leechers(Scenario.Builder builder, String name, int count, long pace) {
    String selection = SELECTIONS[random.nextInt(SELECTIONS.length)];
    String choking = CHOKINGS[random.nextInt(CHOKINGS.length)];
    builder.group(name, g -> {
      common(g, pace)
          .count(count)
          .download(random.nextInt(3) == 0 ? PeerGroup.UNLIMITED : pace * between(1, 8))
          .arrival(arrival())
          .departure(departure())
          .selection(StrategyCatalog.stock().selection(selection))
          .choking(StrategyCatalog.stock().choking(choking))
          .connections(between(10, 40));
      if (random.nextInt(5) == 0) {
        g.pieces(InitialPieces.random(random.nextDouble() / 2));
      }
      if (random.nextInt(4) == 0) {
        g.pieceMemory(1); // raised to two pieces
      }
    });
  }

  private Arrival arrival() {
    return switch (random.nextInt(4)) {
      case 0 -> Arrival.poisson(1.0 / between(1, 20));
      case 1 -> Arrival.flashCrowd(Duration.ofSeconds(between(1, 60)));
      case 2 -> Arrival.atOnce(Duration.ofSeconds(between(0, 60)));
      default -> Arrival.atOnce();
    };
  }

  private Departure departure() {
    return switch (random.nextInt(6)) {
      case 0 -> Departure.onCompletion();
      case 1 -> Departure.afterCompletion(Duration.ofSeconds(between(1, 120)));
      case 2 -> Departure.afterArrival(Duration.ofSeconds(between(20, 400)));
      case 3 -> Departure.atRate(1.0 / between(20, 400), 1.0 / between(100, 1000));
      default -> Departure.never();
    };
  }

  private Fault fault(boolean others, int seconds) {
    Fault.Kind[] kinds = Fault.Kind.values();
    Fault.Kind kind = kinds[random.nextInt(kinds.length)];
    Duration start = Duration.ofSeconds(between(0, seconds + 10));
    Duration end = start.plusSeconds(random.nextInt(3) == 0 ? between(1, 20) : between(20, 300));
    double share = random.nextInt(3) == 0 ? 1 : between(5, PART) / (double) PART;
    // The seed may fall, but it does not lie, so that there is always somebody to ask.
    String group = !kind.isMisconduct() && random.nextInt(3) == 0 ? "" : others && random.nextInt(2) == 0 ? "others" : "leechers";
    return new Fault(kind, group, share, start, end, strength(kind));
  }

  private double strength(Fault.Kind kind) {
    return switch (kind) {
      case CRASH, VANISH -> 1.0 / between(20, 200);
      case SLOW -> between(20, 80) / (double) PART;
      case SNUB, IDLE_INTEREST, CORRUPT_BLOCKS, TRACKER_FLAKY, TRACKER_LYING -> between(5, PART) / (double) PART;
      case TRACKER_INCITING -> between(1, 500);
      case DISK_SLOW -> between(1, 40);
      case DISK_ERRORS, DISK_LOSSES -> between(1, 10) / (double) PART;
      case LYING_HAVES, NONSENSE, REQUEST_FLOOD -> between(1, 50) / 10.0;
      case CHOKE_FLAPPING -> between(1, 30) / 10.0;
      case DUPLICATE_CONNECTIONS -> between(1, 20) / (double) PART;
      case PARTITION, ONE_WAY_PARTITION, TRACKER_DOWN, DISK_FULL -> 0;
    };
  }

  /** From the first to the last number, both included. */
  private int between(int first, int last) {
    return first + random.nextInt(last - first + 1);
  }
}
