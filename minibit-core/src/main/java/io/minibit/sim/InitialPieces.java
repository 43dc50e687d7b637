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

  /**
   * Reads {@code none}, {@code all} or a share such as {@code 30%}.
   *
   * @throws ScenarioException if it is none
   */
  public static InitialPieces parse(String text) {
    Phrase phrase = new Phrase(text, "no part of the pieces such as 'none', 'all' or '30%'");
    double share = phrase.accept("none") ? 0 : phrase.accept("all") ? 1 : phrase.share();
    phrase.end();
    return new InitialPieces(share);
  }

  /** The text form, which {@link #parse} reads. */
  public String toText() {
    return share == 0 ? "none" : share == 1 ? "all" : Phrase.percent(share);
  }
}
