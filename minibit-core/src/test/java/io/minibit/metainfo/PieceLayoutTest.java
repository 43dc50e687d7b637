package io.minibit.metainfo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.minibit.model.MiniBitException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PieceLayoutTest {
  @ParameterizedTest
  @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
      total               | piece     | pieces     | last piece | its offset          | its blocks | last block | bitfield
      1                   | 1         | 1          | 1          | 0                   | 1          | 1          | 1
      1                   | 16384     | 1          | 1          | 0                   | 1          | 1          | 1
      16384               | 16384     | 1          | 16384      | 0                   | 1          | 16384      | 1
      16385               | 16384     | 2          | 1          | 16384               | 1          | 1          | 1
      32768               | 16384     | 2          | 16384      | 16384               | 1          | 16384      | 1
      8                   | 1         | 8          | 1          | 7                   | 1          | 1          | 1
      9                   | 1         | 9          | 1          | 8                   | 1          | 1          | 2
      100000              | 32768     | 4          | 1696       | 98304               | 1          | 1696       | 1
      100000              | 50001     | 2          | 49999      | 50001               | 4          | 847        | 1
      425                 | 536854528 | 1          | 425        | 0                   | 1          | 425        | 1
      1073741824          | 536870912 | 2          | 536870912  | 536870912           | 32768      | 16384      | 1
      2147483647          | 1         | 2147483647 | 1          | 2147483646          | 1          | 1          | 268435456
      4611686016279904256 | 2147483647| 2147483648 |            |                     |            |            |
      4611686014132420609 | 2147483647| 2147483647 | 2147483647 | 4611686011984936962 | 131072     | 16383      | 268435456
      """)
  void aTotalIsDividedIntoPiecesAndBlocks(
      long total,
      int piece,
      long pieces,
      Integer lastLength,
      Long offset,
      Integer blocks,
      Integer lastBlock,
      Integer bits) {
    if (pieces > Integer.MAX_VALUE) {
      assertThrows(MiniBitException.class, () -> new PieceLayout(total, piece));
      return;
    }
    PieceLayout layout = new PieceLayout(total, piece);
    int last = layout.pieceCount() - 1;
    assertEquals(pieces, layout.pieceCount());
    assertEquals(lastLength, layout.length(last));
    assertEquals(offset, layout.offset(last));
    assertEquals(blocks, layout.blockCount(last));
    assertEquals(lastBlock, layout.blockLength(last, layout.blockCount(last) - 1));
    assertEquals(bits, layout.bitfieldLength());
    assertEquals(last, layout.pieceAt(total - 1));
    assertEquals(last, layout.pieceAt(layout.offset(last)));
    assertEquals(0, layout.pieceAt(0));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', useHeadersInDisplayName = true, textBlock = """
      piece       | begin       | length      | range | block
      0           | 0           | 16384       | true  | true
      0           | 16384       | 16384       | true  | true
      0           | 16384       | 1           | true  | false
      0           | 1           | 16384       | true  | false
      0           | 0           | 32768       | true  | false
      0           | 32768       | 1           | false | false
      0           | 16385       | 16384       | false | false
      0           | 0           | 0           | false | false
      0           | 0           | -1          | false | false
      0           | -16384      | 16384       | false | false
      0           | 2147483647  | 2147483647  | false | false
      0           | -2147483648 | -2147483648 | false | false
      -1          | 0           | 16384       | false | false
      2147483647  | 0           | 1           | false | false
      2           | 0           | 1           | true  | true
      2           | 0           | 2           | false | false
      3           | 0           | 1           | false | false
      """)
  void onlyRangesInsideAPieceMayBeNamed(int piece, int begin, int length, boolean range, boolean block) {
    PieceLayout layout = new PieceLayout(65537, 32768);
    assertEquals(range, layout.isRange(piece, begin, length));
    assertEquals(block, layout.isBlock(piece, begin, length));
  }

  @Test
  void whatDoesNotExistIsRefused() {
    PieceLayout layout = new PieceLayout(10, 4);
    assertThrows(IndexOutOfBoundsException.class, () -> layout.length(3));
    assertThrows(IndexOutOfBoundsException.class, () -> layout.offset(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> layout.pieceAt(10));
    assertThrows(IndexOutOfBoundsException.class, () -> layout.pieceAt(-1));
    assertThrows(IndexOutOfBoundsException.class, () -> layout.blockLength(0, 1));
    assertThrows(IndexOutOfBoundsException.class, () -> layout.blockLength(0, -1));
    assertThrows(MiniBitException.class, () -> new PieceLayout(0, 4));
    assertThrows(MiniBitException.class, () -> new PieceLayout(-1, 4));
    assertThrows(MiniBitException.class, () -> new PieceLayout(1, 0));
    assertThrows(MiniBitException.class, () -> new PieceLayout(1L << 31, 1));
  }
}
