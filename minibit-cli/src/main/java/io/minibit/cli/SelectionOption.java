package io.minibit.cli;

import io.minibit.PeerBuilder;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.strategy.RandomPiece;
import io.minibit.strategy.RarestFirst;
import io.minibit.strategy.Sequential;
import picocli.CommandLine.Option;

/** Which piece to fetch next. */
final class SelectionOption {
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

  static final class Names extends OptionNames<Selection> {
    Names() {
      super(Selection.values());
    }
  }

  @Option(
      names = "--selection",
      paramLabel = "STRATEGY",
      defaultValue = "rarest-first",
      converter = Names.class,
      completionCandidates = Names.class,
      description = "Which piece to fetch next: ${COMPLETION-CANDIDATES}; default: ${DEFAULT-VALUE}.")
  private Selection selection = Selection.RAREST_FIRST;

  /** The builder with this strategy. */
  PeerBuilder applyTo(PeerBuilder builder) {
    return builder.selection(selection::create);
  }
}
