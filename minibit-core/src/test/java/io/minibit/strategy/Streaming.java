package io.minibit.strategy;

/**
 * For content that is played while it arrives: pieces that are due within the window are fetched in the order of their
 * deadlines, urgent ones only from peers that are quick enough; everything else rarest first, so that the swarm trades
 * well. Pieces behind the play-head are past their use and come last.
 */
final class Streaming implements PieceSelectionStrategy {
  private final long playedFrom;
  private final long nanosPerPiece;
  private final int window;
  private final RarestFirst otherwise = new RarestFirst();

  Streaming(long playedFrom, long nanosPerPiece, int window) {
    this.playedFrom = playedFrom;
    this.nanosPerPiece = nanosPerPiece;
    this.window = window;
  }

  /** When a piece is played, in nanoseconds of {@code now()}. */
  long deadline(int piece) {
    return playedFrom + piece * nanosPerPiece;
  }

  @Override
  public int select(PieceChoice choice) {
    int playHead = (int) Math.max(0, (choice.now() - playedFrom) / nanosPerPiece);
    for (int piece = playHead; piece < Math.min(playHead + window, choice.pieceCount()); piece++) {
      if (choice.begun().contains(piece) || (choice.fresh().contains(piece) && isQuickEnough(choice, piece))) {
        return piece;
      }
    }
    return otherwise.select(choice);
  }

  /** A peer that has more outstanding than it can send before the deadline would only hold the piece up. */
  private boolean isQuickEnough(PieceChoice choice, int piece) {
    long rate = choice.peer().downloadRate();
    long bytes = choice.peer().outstanding() * 16384L;
    return rate == 0 || bytes * 1_000_000_000.0 / rate < Math.max(deadline(piece) - choice.now(), nanosPerPiece);
  }
}
