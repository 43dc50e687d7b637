package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.minibit.metainfo.PieceLayout;
import org.junit.jupiter.api.Test;

class WordsTest {
  @Test
  void oneIsNotMany() {
    assertEquals("1 piece", Words.count(1, "piece"));
    assertEquals("0 pieces", Words.count(0, "piece"));
  }

  @Test
  void sizesAreForPeopleAndExact() {
    assertEquals("1 byte", Words.size(1));
    assertEquals("1.50 KiB (1,536 bytes)", Words.size(1536));
  }

  @Test
  void piecesSayHowLongTheLastOneIsIfItDiffers() {
    assertEquals("2 of 1.00 KiB", Words.pieces(new PieceLayout(2048, 1024)));
    assertEquals("3 of 1.00 KiB, the last of 1 B", Words.pieces(new PieceLayout(2049, 1024)));
    assertEquals("1 of 7 B", Words.pieces(new PieceLayout(7, 1024)));
  }

  @Test
  void aTransferHasBytesSecondsAndRate() {
    assertEquals("2048 bytes in 2.00 s, 1.00 KiB/s", Words.transfer(2048, 2_000_000_000));
  }
}
