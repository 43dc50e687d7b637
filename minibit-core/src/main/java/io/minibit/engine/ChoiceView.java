package io.minibit.engine;

import io.minibit.model.SeededRandom;
import io.minibit.strategy.PieceChoice;
import io.minibit.strategy.PieceSelectionStrategy;
import io.minibit.strategy.RemotePeer;
import org.jspecify.annotations.Nullable;

/** The view of one engine's pieces that a selection strategy gets; one object, pointed at one peer after the other. */
final class ChoiceView implements PieceChoice {
  private static final int NONE = PieceSelectionStrategy.NONE;
  /** The rarest of so many is among the rarest 5 % nearly always. */
  private static final int SAMPLE = 64;

  private final Swarm swarm;
  private final PieceBook book;
  private final Fresh fresh = new Fresh();
  private final Begun begun = new Begun();
  private @Nullable Connection current;
  private boolean freshAllowed;

  ChoiceView(Swarm swarm) {
    this.swarm = swarm;
    this.book = swarm.book;
  }

  /** Points the view at a peer. Without memory for another piece, nothing is shown as fresh. */
  ChoiceView of(Connection peer, boolean memoryForAnother) {
    current = peer;
    freshAllowed = memoryForAnother;
    return this;
  }

  private Connection peerInView() {
    Connection p = current;
    if (p == null) {
      throw new IllegalStateException("the view is valid during select() only");
    }
    return p;
  }

  @Override
  public RemotePeer peer() {
    return peerInView();
  }

  @Override
  public long now() {
    return swarm.now;
  }

  @Override
  public SeededRandom random() {
    return swarm.random;
  }

  @Override
  public int pieceCount() {
    return swarm.layout.pieceCount();
  }

  @Override
  public int piecesHeld() {
    return book.held().count();
  }

  @Override
  public boolean holds(int piece) {
    return book.held().get(piece);
  }

  @Override
  public int availability(int piece) {
    return book.index().availability(piece);
  }

  @Override
  public int priority(int piece) {
    return book.priority(piece);
  }

  @Override
  public int suggested() {
    for (int piece : peerInView().suggestions) {
      if (fresh.contains(piece)) {
        return piece;
      }
    }
    return NONE;
  }

  @Override
  public Candidates fresh() {
    return fresh;
  }

  @Override
  public BegunPieces begun() {
    return begun;
  }

  private final class Fresh implements Candidates, Walk {
    private int level;
    private int at;
    private int end;
    /** Position of the last piece given, when walking the few pieces that the peer could give. */
    private int lastRank;
    /** The first piece given, if it was the rarest of a sample. */
    private int sampled;

    @Override
    public boolean contains(int piece) {
      return freshAllowed
          && piece >= 0
          && piece < pieceCount()
          && book.fresh().get(piece)
          && peerInView().has(piece);
    }

    @Override
    public int next(int from) {
      Connection p = peerInView();
      if (!freshAllowed || p.wanted == 0) {
        return NONE;
      }
      FewPieces few = p.few;
      if (few == null) {
        return book.fresh().next(Math.max(from, 0), p.pieceSet());
      }
      int lowest = NONE;
      for (int i = 0; i < few.size(); i++) {
        int piece = few.get(i);
        if (piece >= from && (lowest == NONE || piece < lowest) && book.fresh().get(piece)) {
          lowest = piece;
        }
      }
      return lowest;
    }

    @Override
    public Walk rarestFirst() {
      level = -1;
      at = 0;
      end = 0;
      lastRank = -1;
      sampled = NONE;
      return this;
    }

    @Override
    public int next() {
      Connection p = peerInView();
      if (!freshAllowed || p.wanted == 0) {
        return NONE;
      }
      if (p.few != null) {
        return nextOfFew(p.few);
      }
      if (level < 0 && sampled == NONE && book.index().isWorthWaiting()) {
        sampled = rarestOfSample(p);
        return sampled;
      }
      int piece = nextInIndex(p);
      return piece == NONE || piece != sampled ? piece : nextInIndex(p);
    }

    /** Nearly the rarest, found without the index. */
    private int rarestOfSample(Connection p) {
      int best = NONE;
      for (int i = 0; i < SAMPLE; i++) {
        int ahead = book.fresh().next(swarm.random.nextInt(pieceCount()), p.pieceSet());
        int piece = ahead == NONE ? book.fresh().next(0, p.pieceSet()) : ahead;
        if (piece == NONE) {
          return NONE;
        }
        boolean same = best != NONE && priority(piece) == priority(best);
        if (best == NONE || (same ? availability(piece) < availability(best) : priority(piece) > priority(best))) {
          best = piece;
        }
      }
      return best;
    }

    private int nextInIndex(Connection p) {
      RarityIndex index = book.index();
      while (true) {
        while (at < end) {
          int piece = index.pieceAt(at++);
          if (p.has(piece)) {
            return piece;
          }
        }
        if (++level >= index.levels()) {
          level = index.levels();
          return NONE;
        }
        at = index.walkStart(level, p.seed());
        end = index.walkEnd(level);
      }
    }

    private int nextOfFew(FewPieces few) {
      RarityIndex index = book.index();
      int best = NONE;
      int bestRank = Integer.MAX_VALUE;
      for (int i = 0; i < few.size(); i++) {
        int piece = few.get(i);
        if (book.fresh().get(piece)) {
          int rank = index.rank(piece);
          if (rank > lastRank && rank < bestRank) {
            best = piece;
            bestRank = rank;
          }
        }
      }
      lastRank = bestRank;
      return best;
    }
  }

  private final class Begun implements BegunPieces, Walk {
    private int walked = NONE;

    private boolean isCandidate(BegunPiece piece) {
      Connection p = peerInView();
      return p.has(piece.piece) && (piece.exclusive == null || piece.exclusive == p);
    }

    @Override
    public boolean contains(int piece) {
      if (piece < 0 || piece >= pieceCount()) {
        return false;
      }
      BegunPiece b = book.begun(piece);
      return b != null && b.missing() > 0 && isCandidate(b);
    }

    @Override
    public int next(int from) {
      int lowest = NONE;
      for (BegunPiece b : book.open()) {
        if (b.piece >= from && (lowest == NONE || b.piece < lowest) && isCandidate(b)) {
          lowest = b.piece;
        }
      }
      return lowest;
    }

    @Override
    public Walk rarestFirst() {
      walked = NONE;
      return this;
    }

    /** Few pieces are open at a time, so that looking through all of them for the next costs less than an index. */
    @Override
    public int next() {
      int best = NONE;
      for (BegunPiece b : book.open()) {
        boolean ahead = walked == NONE || isBefore(walked, b.piece);
        if (ahead && (best == NONE || isBefore(b.piece, best)) && isCandidate(b)) {
          best = b.piece;
        }
      }
      walked = best == NONE ? walked : best;
      return best;
    }

    /** Higher priority, then rarer, then lower index. */
    private boolean isBefore(int a, int b) {
      if (priority(a) != priority(b)) {
        return priority(a) > priority(b);
      }
      int rarer = Integer.compare(availability(a), availability(b));
      return rarer != 0 ? rarer < 0 : a < b;
    }

    @Override
    public int missingBlocks(int piece) {
      BegunPiece b = book.begun(piece);
      return b == null ? 0 : b.missing();
    }

    @Override
    public int sources(int piece) {
      BegunPiece b = book.begun(piece);
      return b == null ? 0 : b.sources();
    }

    @Override
    public long age(int piece) {
      BegunPiece b = book.begun(piece);
      return b == null ? 0 : swarm.now - b.begunAt;
    }
  }
}
