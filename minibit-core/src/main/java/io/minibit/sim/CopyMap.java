package io.minibit.sim;

import java.util.List;

/**
 * How many peers had which piece when: a row for each {@link Sample} of the report, a column for each piece or, of many
 * pieces, for several neighbours, of which the rarest counts. Immutable.
 */
public final class CopyMap {
  private final int pieces;
  private final List<int[]> rows;

  /** Takes over the rows. */
  CopyMap(int pieces, List<int[]> rows) {
    this.pieces = pieces;
    this.rows = List.copyOf(rows);
  }

  /** Pieces of the torrent. */
  public int pieces() {
    return pieces;
  }

  public int rows() {
    return rows.size();
  }

  public int columns() {
    return rows.get(0).length;
  }

  /** Peers that had the rarest piece of a column at the moment of a row. */
  public int copies(int row, int column) {
    return rows.get(row)[column];
  }
}
