package io.minibit.cli;

import io.minibit.PeerBuilder;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.PeerRanking;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.strategy.RandomPiece;
import io.minibit.strategy.RarestFirst;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.Sequential;
import io.minibit.strategy.TitForTat;
import io.minibit.strategy.UploadPlan;
import java.time.Duration;
import picocli.CommandLine.Option;

/** Which piece to fetch next and whom to serve. */
final class StrategyOptions {
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(100);

  enum Selection {
    RAREST_FIRST,
    RANDOM_PIECE,
    SEQUENTIAL;

    PieceSelectionStrategy create() {
      return switch (this) {
        case RAREST_FIRST -> new RarestFirst();
        case RANDOM_PIECE -> new RandomPiece();
        case SEQUENTIAL -> new Sequential();
      };
    }
  }

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

  @Option(
      names = "--selection",
      paramLabel = "STRATEGY",
      defaultValue = "rarest-first",
      converter = SelectionNames.class,
      completionCandidates = SelectionNames.class,
      description = "Which piece to fetch next: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
  private Selection selection = Selection.RAREST_FIRST;

  @Option(
      names = "--choking",
      paramLabel = "STRATEGY",
      defaultValue = "tit-for-tat",
      converter = ChokingNames.class,
      completionCandidates = ChokingNames.class,
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

  /** The builder with these strategies. */
  PeerBuilder applyTo(PeerBuilder builder) {
    if (interval.compareTo(SHORTEST_INTERVAL) < 0) {
      throw CommandException.misused("--choking-interval is at least " + SHORTEST_INTERVAL.toMillis() + "ms");
    }
    return builder.selection(selection::create).choking(() -> choking.create(interval));
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

  static final class SelectionNames extends OptionNames<Selection> {
    SelectionNames() {
      super(Selection.values());
    }
  }

  static final class ChokingNames extends OptionNames<Choking> {
    ChokingNames() {
      super(Choking.values());
    }
  }
}
