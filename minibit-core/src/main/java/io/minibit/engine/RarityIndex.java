package io.minibit.engine;

import io.minibit.model.SeededRandom;

/**
 * The pieces that may be begun, ordered by priority and then by how few connected peers have them, ready to be walked
 * from the rarest up.
 *
 * <p>All pieces stand in one array, {@code order}, grouped into buckets of equal key; {@code start[k]} is where bucket
 * k begins and {@code state} holds the inverse of {@code order}. Bucket 0 holds what is not pickable. A {@code have}
 * moves one piece across one bucket boundary, which costs a swap; a random swap inside the bucket breaks ties. Peers
 * that have everything are one counter. A whole bitfield only marks the index dirty, and the next walk rebuilds it; in a
 * large torrent some choices make do without a walk before that, see {@link #isWorthWaiting}.
 *
 * <p>Invariants while not dirty: {@code order[position(p)] == p}; {@code start[k] <= position(p) < start[k + 1]}
 * exactly if {@code key(p) == k}.
 */
final class RarityIndex {
  private static final int MOST_ANNOUNCED = 32;

  /**
   * A choice without the index is made for every so many pieces before the next rebuild, which takes some 50 ms for a
   * million: when fifty peers join one after the other, it must not take place fifty times.
   */
  private static final int PIECES_PER_WAIT = 1 << 14;

  private static final int POSITION = 32;
  private static final int LEVEL = 24;
  private static final long UNPICKABLE = 0xffL << LEVEL;
  /** Far more than one torrent has connections. */
  private static final int MOST_COPIES = (1 << LEVEL) - 1;

  private final SeededRandom random;
  private final int[] order;
  /**
   * All that is known of a piece, in one word, because in a large torrent every array that is looked at costs a wait for
   * memory: its position in the upper half; then a byte for its level, 0 for the highest priority in use and -1 while it is
   * not pickable; then the connected peers that have it, seeds not counted.
   */
  private final long[] state;
  /** One more than the highest count of copies that has a bucket of its own; grows when needed. */
  private int stride = 16;
  private int levels = 1;
  private int[] start = {};
  private int seeds;
  private boolean dirty = true;
  /** Choices made without the index since it was last rebuilt. */
  private int waited;
  /**
   * Pieces that peers got since the index was last looked at: many come between two picks, and to move them together
   * costs less memory traffic than one by one.
   */
  private final int[] announced = new int[MOST_ANNOUNCED];
  private int announcedCount;

  /**
   * An index of pieces that nobody has.
   *
   * @param random its own: when it catches up depends on when it is looked at, and must change nothing elsewhere
   */
  RarityIndex(int pieces, SeededRandom random) {
    this.random = random;
    order = new int[pieces];
    state = new long[pieces];
    for (int i = 0; i < pieces; i++) {
      order[i] = i;
      state[i] = UNPICKABLE;
    }
  }

  private int position(int piece) {
    return (int) (state[piece] >>> POSITION);
  }

  private void setPosition(int piece, int position) {
    state[piece] = ((long) position << POSITION) | (state[piece] & ~(-1L << POSITION));
  }

  private int level(int piece) {
    return (byte) (state[piece] >> LEVEL);
  }

  private void setLevel(int piece, int level) {
    state[piece] = (state[piece] & ~UNPICKABLE) | ((level & 0xffL) << LEVEL);
  }

  private int copies(int piece) {
    return (int) state[piece] & MOST_COPIES;
  }

  /** Connected peers that have the piece. */
  int availability(int piece) {
    catchUp();
    return copies(piece) + seeds;
  }

  void seedJoined() {
    seeds++;
  }

  void seedLeft() {
    seeds--;
  }

  /** A peer that is not a seed got this piece. */
  void copyAdded(int piece) {
    if (announcedCount == MOST_ANNOUNCED) {
      catchUp();
    }
    announced[announcedCount++] = piece;
  }

  private void catchUp() {
    if (announcedCount > 0) {
      int count = announcedCount;
      announcedCount = 0;
      for (int i = 0; i < count; i++) {
        addCopy(announced[i]);
      }
    }
  }

  private void addCopy(int piece) {
    state[piece]++;
    int count = copies(piece);
    if (dirty || level(piece) < 0) {
      return;
    }
    if (count >= stride) {
      dirty = true;
      return;
    }
    moveUp(piece, key(piece) - 1);
    mix(piece);
  }

  private void copyRemoved(int piece) {
    state[piece]--;
    if (dirty || level(piece) < 0) {
      return;
    }
    moveDown(piece, key(piece) + 1);
    mix(piece);
  }

  /** A peer with these pieces joined; few pieces are moved one by one, many make the index dirty. */
  void copiesAdded(PieceSet pieces) {
    catchUp();
    dirty |= pieces.count() > order.length / 64;
    for (int p = pieces.next(0); p >= 0; p = pieces.next(p + 1)) {
      addCopy(p);
    }
  }

  void copiesRemoved(PieceSet pieces) {
    catchUp();
    dirty |= pieces.count() > order.length / 64;
    for (int p = pieces.next(0); p >= 0; p = pieces.next(p + 1)) {
      copyRemoved(p);
    }
  }

  /** Many pieces are about to be placed anew: the next walk rebuilds the index instead of moving each. */
  void expectManyChanges() {
    catchUp();
    dirty = true;
  }

  /** Makes a piece pickable at this level (0 is the highest priority), or not pickable (-1). */
  void place(int piece, int newLevel) {
    if (level(piece) == newLevel) {
      return;
    }
    catchUp();
    if (newLevel >= levels) {
      levels = newLevel + 1;
      dirty = true;
    }
    int from = key(piece);
    setLevel(piece, newLevel);
    if (newLevel >= 0 && copies(piece) >= stride) {
      dirty = true;
    }
    if (dirty) {
      return;
    }
    int to = key(piece);
    for (int k = from; k < to; k++) {
      moveUp(piece, k);
    }
    for (int k = from; k > to; k--) {
      moveDown(piece, k);
    }
    if (to > 0) {
      mix(piece);
    }
  }

  /** Whether the choice at hand should do without a walk because the index would have to be rebuilt for it; counted. */
  boolean isWorthWaiting() {
    catchUp();
    if (!dirty || waited >= order.length / PIECES_PER_WAIT) {
      return false;
    }
    waited++;
    return true;
  }

  /** Where the walk of a level begins; a peer that is no seed cannot have what has no copies. */
  int walkStart(int walkLevel, boolean seed) {
    rebuildIfDirty();
    return start[1 + walkLevel * stride + (seed ? 0 : 1)];
  }

  /** Connected peers that have the rarest of the most wanted pieces; 0 if nothing is pickable. */
  int rarest() {
    int first = walkStart(0, true);
    return first < order.length ? availability(order[first]) : 0;
  }

  int walkEnd(int walkLevel) {
    return start[1 + (walkLevel + 1) * stride];
  }

  int levels() {
    return levels;
  }

  int pieceAt(int index) {
    return order[index];
  }

  /** A number that is smaller the earlier the piece comes in a walk. */
  int rank(int piece) {
    rebuildIfDirty();
    return position(piece);
  }

  /** Pickable pieces that at least one connected peer has. */
  int pickableOnOffer() {
    rebuildIfDirty();
    int total = order.length - start[1];
    for (int l = 0; seeds == 0 && l < levels; l++) {
      int first = 1 + l * stride;
      total -= start[first + 1] - start[first];
    }
    return total;
  }

  boolean isPickable(int piece) {
    return level(piece) >= 0;
  }

  /** Throws if an invariant does not hold. */
  void audit() {
    for (int p = 0; !dirty && p < order.length; p++) {
      int at = position(p);
      int k = key(p);
      if (order[at] != p || at < start[k] || at >= start[k + 1]) {
        throw new IllegalStateException("rarity index: piece " + p + " stands at " + at + ", outside of bucket " + k);
      }
    }
  }

  private int key(int piece) {
    return level(piece) < 0 ? 0 : 1 + level(piece) * stride + copies(piece);
  }

  /** From bucket k into bucket k + 1. */
  private void moveUp(int piece, int k) {
    swap(position(piece), --start[k + 1]);
  }

  /** From bucket k into bucket k - 1. */
  private void moveDown(int piece, int k) {
    swap(position(piece), start[k]++);
  }

  private void mix(int piece) {
    int k = key(piece);
    swap(position(piece), start[k] + random.nextInt(start[k + 1] - start[k]));
  }

  private void swap(int i, int j) {
    int p = order[i];
    int q = order[j];
    order[i] = q;
    order[j] = p;
    setPosition(q, i);
    setPosition(p, j);
  }

  private void rebuildIfDirty() {
    catchUp();
    if (!dirty) {
      return;
    }
    int most = 0;
    for (int p = 0; p < order.length; p++) {
      most = level(p) < 0 ? most : Math.max(most, copies(p));
    }
    while (stride <= most + 1) {
      stride *= 2;
    }
    int buckets = 1 + levels * stride;
    start = new int[buckets + 1];
    for (int p = 0; p < order.length; p++) {
      start[key(p) + 1]++;
    }
    for (int k = 0; k < buckets; k++) {
      start[k + 1] += start[k];
    }
    int[] next = start.clone();
    random.shuffle(order, order.length);
    for (int p : order.clone()) {
      int at = next[key(p)]++;
      setPosition(p, at);
    }
    for (int p = 0; p < order.length; p++) {
      order[position(p)] = p;
    }
    dirty = false;
    waited = 0;
  }
}
