package io.minibit.engine;

import java.util.ArrayList;
import java.util.List;

/** What one peer has been shown while we super-seed, and what has become of it; see {@link SuperSeeding}. */
final class Disclosure {
  /** Pieces that we said we have. */
  final PieceSet told;
  /** Pieces that the peer has: it said so, or all of it was sent. */
  final PieceSet owned;
  /** Pieces in either set. */
  int known;
  /** What was shown and is not both sent and spread, the oldest first. */
  final List<Shown> shown = new ArrayList<>();
  /** When something was last shown. */
  long shownAt;
  /** Pieces to show next if the peer wants none of what it sees: it may be after a few files only. */
  int batch = 1;
  /** The next piece to be told of when nothing is hidden any more; negative before. */
  int cursor = -1;

  /** A piece that was shown. */
  static final class Shown {
    final int piece;
    final long at;
    final int length;
    /** Bytes that have not been sent; 0 once the peer has it. */
    int left;
    /** Somebody else has it too. */
    boolean spread;

    Shown(int piece, int length, boolean spread, long at) {
      this.piece = piece;
      this.length = length;
      this.left = length;
      this.spread = spread;
      this.at = at;
    }
  }

  Disclosure(int pieces, long now) {
    told = new PieceSet(pieces);
    owned = new PieceSet(pieces);
    shownAt = now;
  }

  boolean knows(int piece) {
    return told.get(piece) || owned.get(piece);
  }

  /** Whether there is nothing left that we could show. */
  boolean knowsAll() {
    return known == told.size();
  }

  /** Bytes of what was shown that have not been sent. */
  long open() {
    long bytes = 0;
    for (Shown s : shown) {
      bytes += s.left;
    }
    return bytes;
  }

  /** Pieces that it was shown and that nobody else has got. */
  int unspread() {
    int count = 0;
    for (Shown s : shown) {
      count += s.spread ? 0 : 1;
    }
    return count;
  }

  /** So many bytes of a piece were sent; whether that was the last of it. */
  boolean sent(int piece, int bytes) {
    for (Shown s : shown) {
      if (s.piece == piece && s.left > 0) {
        s.left = Math.max(0, s.left - bytes);
        return s.left == 0;
      }
    }
    return false;
  }

  /** The peer has the piece. */
  void received(int piece) {
    for (Shown s : shown) {
      s.left = s.piece == piece ? 0 : s.left;
    }
    shown.removeIf(s -> s.spread && s.left == 0);
  }

  /** Another peer has the piece. */
  void spread(int piece) {
    boolean news = false;
    for (Shown s : shown) {
      news |= s.piece == piece;
      s.spread |= s.piece == piece;
    }
    if (news) {
      shown.removeIf(s -> s.spread && s.left == 0);
    }
  }

  /** Forgets what the peer was shown up to that time and has not begun to fetch. */
  void dropIgnored(long until) {
    shown.removeIf(s -> s.left == s.length && s.at <= until);
  }
}
