package io.minibit.sim;

import java.util.function.Supplier;

/**
 * A kind of strategy by the name under which scenario files and reports know it.
 *
 * @param make a new instance for each peer
 */
public record Named<T>(String name, Supplier<? extends T> make) {
  public Named {
    if (name.isBlank() || name.length() > 200 || !name.equals(name.strip())) {
      throw new ScenarioException("'" + name + "' is no name for a strategy");
    }
  }
}
