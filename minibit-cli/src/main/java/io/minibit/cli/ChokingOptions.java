package io.minibit.cli;

import io.minibit.PeerBuilder;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.PeerRanking;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.TitForTat;
import io.minibit.strategy.UploadPlan;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Whom to serve. */
final class ChokingOptions {
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  enum Choking {
    TIT_FOR_TAT,
    TIT_FOR_TAT_RARE,
    SERVE_ALL;

    ChokingStrategy create(Duration interval) {
      return switch (this) {
        case TIT_FOR_TAT -> titForTat(interval, PeerRanking.byTransferRate());
        case TIT_FOR_TAT_RARE -> titForTat(interval, PeerRanking.byRarePieces());
        case SERVE_ALL -> new ServeAll(interval);
      };
    }

    private static ChokingStrategy titForTat(Duration interval, PeerRanking ranking) {
      return new TitForTat(TitForTat.DEFAULT_SLOTS, TitForTat.DEFAULT_OPTIMISTIC, interval, ranking);
    }
  }

  static final class Names extends OptionNames<Choking> {
    Names() {
      super(Choking.values());
    }
  }

  @Option(
      names = "--choking",
      paramLabel = "STRATEGY",
      defaultValue = "tit-for-tat",
      converter = Names.class,
      completionCandidates = Names.class,
      description =
          "Whom to serve: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}. The rare one serves those who have "
              + "what is rare instead of those who send most.")
  private Choking choking = Choking.TIT_FOR_TAT;

  @Option(
      names = "--choking-interval",
      paramLabel = "DURATION",
      defaultValue = "10s",
      converter = Durations.Converter.class,
      description = "How often to review whom to serve; default: ${DEFAULT-VALUE}.")
  private Duration interval = Duration.ofSeconds(10);

  /** The builder with this strategy. */
  PeerBuilder applyTo(PeerBuilder builder) {
    if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
      throw CommandException.misused("--choking-interval is at least " + SHORTEST_INTERVAL.toMillis() + "ms");
    }
    return builder.choking(() -> choking.create(interval));
  }

  /** Serves whoever is interested. */
  private record ServeAll(Duration interval) implements ChokingStrategy {
    @Override
    public UploadPlan review(ChokingRound round) {
      UploadPlan plan = new UploadPlan();
      round.peers().stream().filter(RemotePeer::interested).forEach(plan::serve);
      return plan;
    }
  }
}
