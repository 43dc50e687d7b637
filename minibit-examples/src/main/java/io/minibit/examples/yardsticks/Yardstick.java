package io.minibit.examples.yardsticks;

import java.io.IOException;

/** A result from the literature and how to measure the same in a simulation. */
interface Yardstick {
  /** For the command line and the table. */
  String name();

  /** Runs its scenarios and adds what they gave to the table. */
  void measure(Bench bench) throws IOException;
}
