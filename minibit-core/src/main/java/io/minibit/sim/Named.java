package io.minibit.sim;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A kind of strategy by the name under which scenario files and reports know it. Two of the same name are equal,
 * whatever makes them: what a scenario says is the name.
 *
 * @param make a new instance for each peer
 */
public record Named<T>(String name, Supplier<? extends T> make) {
  public Named {
    if (name.length() > 200 || !ScenarioText.isLine(name)) {
      throw new ScenarioException("'" + Phrase.shown(name) + "' is no name for a strategy");
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Named<?> named && named.name.equals(name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }
}
