package io.minibit.net;

/** The driver's hashing of pieces that lie in its direct slabs, for measuring it. */
public final class SlabHashing {
  private final PieceMemory memory;

  /** Of a piece of so many bytes, all zero. */
  public SlabHashing(int length) {
    memory = new Slabs(0).take(length);
  }

  /** The SHA-1 of the piece. */
  public byte[] sha1() {
    return Hashing.sha1(memory.content());
  }
}
