package io.minibit.sim;

import io.minibit.strategy.ChokingStrategy;
import io.minibit.strategy.PeerRanking;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.strategy.RandomPiece;
import io.minibit.strategy.RarestFirst;
import io.minibit.strategy.Sequential;
import io.minibit.strategy.TitForTat;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Strategies by name, for scenario files and command lines. Immutable; add your own with {@link #withSelection} and
 * {@link #withChoking}.
 */
public final class StrategyCatalog {
  private static final StrategyCatalog STOCK = new StrategyCatalog(new LinkedHashMap<>(), new LinkedHashMap<>(), null)
      .withSelection("rarest-first", RarestFirst::new)
      .withSelection("random-piece", RandomPiece::new)
      .withSelection("sequential", Sequential::new)
      .withChoking("tit-for-tat", TitForTat::new)
      .withChoking("tit-for-tat-by-rare-pieces", () -> new TitForTat(PeerRanking.byRarePieces()))
      .withChoking("tit-for-tat-without-optimistic",
          () -> new TitForTat(5, 0, Duration.ofSeconds(10), PeerRanking.byTransferRate()))
      .withChoking("serve-everybody", ServeEverybody::new)
      .withChoking("serve-nobody", ServeNobody::new);

  private final Map<String, Named<PieceSelectionStrategy>> selections;
  private final Map<String, Named<ChokingStrategy>> chokings;
  private final @Nullable ClassLoader classes;

  private StrategyCatalog(
      Map<String, Named<PieceSelectionStrategy>> selections,
      Map<String, Named<ChokingStrategy>> chokings,
      @Nullable ClassLoader classes) {
    this.selections = selections;
    this.chokings = chokings;
    this.classes = classes;
  }

  /**
   * What comes with MiniBit: {@code rarest-first}, {@code random-piece}, {@code sequential}; {@code tit-for-tat} and two
   * variants, {@code serve-everybody} (every interested peer at once) and {@code serve-nobody} (a free rider).
   */
  public static StrategyCatalog stock() {
    return STOCK;
  }

  /** A copy that knows one more selection strategy. */
  public StrategyCatalog withSelection(String name, Supplier<? extends PieceSelectionStrategy> make) {
    Map<String, Named<PieceSelectionStrategy>> more = new LinkedHashMap<>(selections);
    more.put(name, new Named<>(name, make));
    return new StrategyCatalog(more, chokings, classes);
  }

  /** A copy that knows one more choking strategy. */
  public StrategyCatalog withChoking(String name, Supplier<? extends ChokingStrategy> make) {
    Map<String, Named<ChokingStrategy>> more = new LinkedHashMap<>(chokings);
    more.put(name, new Named<>(name, make));
    return new StrategyCatalog(selections, more, classes);
  }

  /**
   * A copy that also knows strategies by the full names of their classes, which need a public constructor without
   * parameters: {@code com.acme.Mine}.
   */
  public StrategyCatalog withClasses(ClassLoader loader) {
    return new StrategyCatalog(selections, chokings, loader);
  }

  /**
   * The selection strategy of this name.
   *
   * @throws ScenarioException naming those there are, if there is none
   */
  public Named<PieceSelectionStrategy> selection(String name) {
    return find("selection", name, selections, PieceSelectionStrategy.class);
  }

  /**
   * The choking strategy of this name.
   *
   * @throws ScenarioException naming those there are, if there is none
   */
  public Named<ChokingStrategy> choking(String name) {
    return find("choking", name, chokings, ChokingStrategy.class);
  }

  /** Whether this is one of its own strategies, not only one of the same name. */
  boolean has(Named<?> strategy) {
    return strategy.equals(selections.get(strategy.name())) || strategy.equals(chokings.get(strategy.name()));
  }

  private <T> Named<T> find(String kind, String name, Map<String, Named<T>> known, Class<T> type) {
    @Nullable Named<T> found = known.get(name);
    if (found != null) {
      return found;
    }
    if (classes != null && StrategyClass.isClassName(name)) {
      return new Named<>(name, StrategyClass.find(kind, name, type, classes));
    }
    throw new ScenarioException("no " + kind + " strategy is called '" + Phrase.shown(name) + "'; known: "
        + String.join(", ", known.keySet()) + (classes == null ? "" : ", and classes such as com.acme.Mine"));
  }

  /** In the order in which they were added. */
  public Set<String> selections() {
    return selections.keySet();
  }

  /** In the order in which they were added. */
  public Set<String> chokings() {
    return chokings.keySet();
  }
}
