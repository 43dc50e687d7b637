package io.minibit.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.minibit.model.SeededRandom;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class BitfieldsTest {
  private static byte[] wire(long[] words, int pieceCount) {
    ByteBuffer out = ByteBuffer.allocate(Bitfields.byteLength(pieceCount));
    Bitfields.write(out, words, pieceCount);
    return out.array();
  }

  @Test
  void eachPieceHasItsBitInBothForms() {
    for (int pieceCount : new int[] {1, 7, 8, 9, 63, 64, 65, 71, 72, 128, 200}) {
      for (int piece = 0; piece < pieceCount; piece++) {
        long[] words = new long[Bitfields.wordLength(pieceCount)];
        words[piece >> 6] |= 1L << (piece & 63);
        byte[] expected = new byte[Bitfields.byteLength(pieceCount)];
        expected[piece >> 3] = (byte) (0x80 >> (piece & 7));

        assertArrayEquals(expected, wire(words, pieceCount), "piece " + piece + " of " + pieceCount);
        assertArrayEquals(words, Bitfields.toWords(expected, pieceCount), "piece " + piece + " of " + pieceCount);
      }
    }
  }

  @Test
  void thereAndBackIsTheSame() {
    SeededRandom random = new SeededRandom(2);
    for (int pieceCount = 1; pieceCount < 300; pieceCount++) {
      long[] words = new long[Bitfields.wordLength(pieceCount)];
      for (int piece = 0; piece < pieceCount; piece++) {
        words[piece >> 6] |= (long) random.nextInt(2) << (piece & 63);
      }
      assertArrayEquals(words, Bitfields.toWords(wire(words, pieceCount), pieceCount));
    }
  }

  @Test
  void spareBitsAreWrittenAsZerosAndRefusedWhenRead() {
    assertArrayEquals(new byte[] {(byte) 0xff, (byte) 0xc0}, wire(new long[] {-1}, 10));
    assertThrows(IllegalArgumentException.class, () -> Bitfields.toWords(new byte[] {0, 0x20}, 10));
    assertThrows(IllegalArgumentException.class, () -> Bitfields.toWords(new byte[3], 10));
  }

  @Test
  void lengthsAreRoundedUp() {
    assertEquals(1, Bitfields.byteLength(8));
    assertEquals(2, Bitfields.byteLength(9));
    assertEquals(1 << 28, Bitfields.byteLength(Integer.MAX_VALUE));
    assertEquals(1, Bitfields.wordLength(64));
    assertEquals(2, Bitfields.wordLength(65));
  }
}
