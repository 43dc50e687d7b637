package io.minibit.engine;

/** A handful of pieces, unordered: what we want of a peer that has little that we want. */
final class FewPieces {
  /** A walk over so few costs less than searching the index or the bits of a large torrent. */
  static final int MOST = 64;

  private final int[] pieces = new int[MOST + 1];
  private int size;

  int size() {
    return size;
  }

  int get(int i) {
    return pieces[i];
  }

  void add(int piece) {
    pieces[size++] = piece;
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
