package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;

class FreshPiecesTest {
  private static final int LENGTH = 32768;

  private final Slabs slabs = new Slabs(1 << 20);
  private final FreshPieces fresh = new FreshPieces(slabs, 2 * LENGTH);
  private final Object torrent = "torrent";

  private void keep(int piece) {
    PieceMemory memory = slabs.take(LENGTH);
    memory.put(16384, ByteBuffer.wrap(new byte[] {(byte) piece}), 1);
    fresh.keep(torrent, piece, memory);
  }

  private static void fill(PieceMemory memory, int value) {
    for (int block = 0; block < LENGTH; block += 16384) {
      memory.put(block, ByteBuffer.wrap(new byte[] {(byte) value}), 1);
    }
  }

  private FreshPieces.Piece find(int piece) {
    FreshPieces.Piece found = fresh.find(torrent, piece, 0, 16384);
    assertNotNull(found);
    return found;
  }

  @Test
  void whatIsKeptCanBeSent() {
    keep(7);
    assertEquals(7, fresh.send(find(7), 16384, 16384).get(0));
    assertNull(fresh.find(torrent, 8, 0, 16384));
    assertNull(fresh.find("another torrent", 7, 0, 16384));
  }

  @Test
  void blocksThatCrossSlabsAreNotFound() {
    keep(0);
    assertNull(fresh.find(torrent, 0, 1, 16384));
    assertNull(fresh.find(torrent, 0, 0, 16385));
  }

  @Test
  void blocksOfLessThanUsualLengthAreNotFound() {
    keep(0);
    assertNull(fresh.find(torrent, 0, 0, 16383));
    assertNull(fresh.find(torrent, 0, 16384, 1));
  }

  @Test
  void piecesOfLessThanABlockAreNotKept() {
    fresh.keep(torrent, 0, slabs.take(16383));
    assertNull(fresh.find(torrent, 0, 0, 16384));
  }

  @Test
  void theOldestGoesFirst() {
    keep(0);
    keep(1);
    keep(2);
    assertNull(fresh.find(torrent, 0, 0, 16384));
    assertEquals(1, fresh.send(find(1), 16384, 1).get());
    assertEquals(2, fresh.send(find(2), 16384, 1).get());
  }

  @Test
  void whatIsOnItsWayStaysAndIsNotWrittenOver() {
    keep(0);
    FreshPieces.Piece sending = find(0);
    ByteBuffer block = fresh.send(sending, 16384, 1);
    for (int piece = 1; piece < 9; piece++) {
      keep(piece);
    }
    assertSame(sending, find(0));
    assertEquals(0, block.get(0));
    fresh.sent(sending);
    keep(9);
    keep(10);
    assertNull(fresh.find(torrent, 0, 0, 16384));
  }

  @Test
  void withEverythingOnItsWayNothingIsKept() {
    for (int piece = 0; piece < 2; piece++) {
      keep(piece);
      ByteBuffer unused = fresh.send(find(piece), 0, 1);
    }
    keep(2);
    assertNull(fresh.find(torrent, 2, 0, 16384));
  }

  @Test
  void memoryIsUsedAgainWhenItsPieceHasGone() {
    keep(0);
    FreshPieces.Piece sending = find(0);
    ByteBuffer block = fresh.send(sending, 16384, 1);
    fresh.forget(torrent);
    assertNull(fresh.find(torrent, 0, 0, 16384));
    fill(slabs.take(LENGTH), 99);
    assertEquals(0, block.get(0));
    fresh.sent(sending);
    fill(slabs.take(LENGTH), 88);
    assertEquals(88, block.get(0));
  }

  @Test
  void aPieceThatIsStoredAgainReplacesItself() {
    keep(0);
    FreshPieces.Piece before = find(0);
    keep(0);
    assertNotSame(before, find(0));
    keep(1);
    assertNotNull(fresh.find(torrent, 0, 0, 16384));
  }

  @Test
  void aPieceLargerThanAllTheRoomLeavesTheOthersAlone() {
    keep(0);
    fresh.keep(torrent, 1, slabs.take(3 * LENGTH));
    assertNotNull(fresh.find(torrent, 0, 0, 16384));
    assertNull(fresh.find(torrent, 1, 0, 16384));
  }
}
