package io.minibit.fuzz;

/** Where Jazzer comes in: it is told the name of a target, then hands over one input after the other. */
public final class JazzerEntry {
  private static FuzzTarget target;

  private JazzerEntry() {}

  public static void fuzzerInitialize(String[] args) {
    target = FuzzTargets.create(args[0]);
  }

  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    target.run(input);
  }
}
