package io.minibit.net;

import io.minibit.metainfo.PieceLayout;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Direct memory for pieces and for blocks on their way out, in slabs of two sizes, used again and again, because direct
 * buffers are slow to make and go only with the garbage collector. All but {@link #give} on the loop's thread; how much may
 * be in use at a time is for those to bound who take it.
 */
final class Slabs {
  private static final int LARGE = 256 << 10;
  private static final int SMALL = PieceLayout.BLOCK_LENGTH;

  private final ArrayDeque<ByteBuffer> large = new ArrayDeque<>();
  private final ArrayDeque<ByteBuffer> small = new ArrayDeque<>();
  private long mostKept;
  private long kept;

  /**
   * Empty.
   *
   * @param mostKept bytes that are kept for another use
   */
  Slabs(long mostKept) {
    this.mostKept = mostKept;
  }

  /** More may be in use from now on, and so be kept. */
  synchronized void keep(long bytes) {
    mostKept = Math.max(mostKept, bytes);
  }

  /** Memory for this many bytes. Blocks never cross from one slab to the next. */
  PieceMemory take(int length) {
    if (length < SMALL) {
      // Tiny pieces come by the thousand; a slab for each would take many times what the budget granted.
      return new PieceMemory(new ByteBuffer[] {ByteBuffer.allocate(length)}, LARGE, 0, SMALL, length);
    }
    int largeCount = length / LARGE;
    int rest = length % LARGE;
    int smallCount = (rest + SMALL - 1) / SMALL;
    ByteBuffer[] slabs = new ByteBuffer[largeCount + smallCount];
    for (int i = 0; i < slabs.length; i++) {
      slabs[i] = i < largeCount ? one(large, LARGE) : one(small, SMALL);
    }
    return new PieceMemory(slabs, LARGE, largeCount, SMALL, length);
  }

  private synchronized ByteBuffer one(ArrayDeque<ByteBuffer> free, int size) {
    ByteBuffer slab = free.pollLast();
    if (slab == null) {
      return ByteBuffer.allocateDirect(size);
    }
    kept -= size;
    return slab.clear();
  }

  /** Takes memory back. Any thread; nobody may use it any more. */
  synchronized void give(PieceMemory memory) {
    for (ByteBuffer slab : memory.slabs()) {
      if (slab.isDirect() && kept + slab.capacity() <= mostKept) {
        kept += slab.capacity();
        (slab.capacity() == LARGE ? large : small).addLast(slab);
      }
    }
  }
}
