package io.minibit.engine;

/** A handful of pieces, unordered. */
final class FewPieces {
  /** A walk over so few costs less than searching the index or the bits of a large torrent. */
  static final int MOST = 64;

  private final int[] pieces;
  private int size;

  /** Room for {@link #MOST} pieces and one. */
  FewPieces() {
    this(MOST + 1);
  }

  FewPieces(int capacity) {
    pieces = new int[capacity];
  }

  int size() {
    return size;
  }

  int get(int i) {
    return pieces[i];
  }

  void add(int piece) {
    pieces[size++] = piece;
  }

  void clear() {
    size = 0;
  }

  void remove(int piece) {
    for (int i = 0; i < size; i++) {
      if (pieces[i] == piece) {
        pieces[i] = pieces[--size];
        return;
      }
    }
  }
}
