package io.minibit.net;

import java.nio.ByteBuffer;

/** The memory of one piece, mostly one that is being assembled: slabs of a large and a small size, one after the other. */
final class PieceMemory {
  private final ByteBuffer[] slabs;
  private final int largeSize;
  private final int largeCount;
  private final int smallSize;
  private final int length;

  PieceMemory(ByteBuffer[] slabs, int largeSize, int largeCount, int smallSize, int length) {
    this.slabs = slabs;
    this.largeSize = largeSize;
    this.largeCount = largeCount;
    this.smallSize = smallSize;
    this.length = length;
  }

  ByteBuffer[] slabs() {
    return slabs;
  }

  int length() {
    return length;
  }

  private int slabOf(int offset) {
    int inLarge = largeCount * largeSize;
    return offset < inLarge ? offset / largeSize : largeCount + (offset - inLarge) / smallSize;
  }

  private int startOf(int slab) {
    return slab <= largeCount ? slab * largeSize : largeCount * largeSize + (slab - largeCount) * smallSize;
  }

  /** Copies {@code count} bytes from the position of {@code source} on, which moves. They must lie in one block. */
  void put(int offset, ByteBuffer source, int count) {
    int slab = slabOf(offset);
    slabs[slab].put(offset - startOf(slab), source, source.position(), count);
    source.position(source.position() + count);
  }

  /** Whether these bytes lie in one slab, as those of a block do. */
  boolean isOneRun(int offset, int count) {
    return slabOf(offset) == slabOf(offset + count - 1);
  }

  /** A view of these bytes. They must lie in one slab. */
  ByteBuffer view(int offset, int count) {
    int slab = slabOf(offset);
    return slabs[slab].slice(offset - startOf(slab), count);
  }

  /** Views of the whole piece, to be read once and not to be written to: its blocks may be on their way to peers. */
  ByteBuffer[] content() {
    ByteBuffer[] views = new ByteBuffer[slabs.length];
    for (int i = 0; i < slabs.length; i++) {
      views[i] = slabs[i].slice(0, Math.min(slabs[i].capacity(), length - startOf(i))).asReadOnlyBuffer();
    }
    return views;
  }
}
