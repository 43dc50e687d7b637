package io.minibit.sim;

/**
 * What a peer has when it comes.
 *
 * @param share the part of the pieces, 0 (none) to 1 (all); in between each piece is there with this probability
 */
public record InitialPieces(double share) {
  public InitialPieces {
    if (!(share >= 0 && share <= 1)) {
      throw new ScenarioException("initial pieces: " + share + " is not between 0 and 1");
    }
  }

  public static InitialPieces none() {
    return new InitialPieces(0);
  }

  /** It is a seed. */
  public static InitialPieces all() {
    return new InitialPieces(1);
  }

  /** A random subset. */
  public static InitialPieces random(double share) {
    return new InitialPieces(share);
  }
}
