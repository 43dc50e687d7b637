package io.minibit.net;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.metainfo.PieceLayout;
import io.minibit.model.SeededRandom;
import io.minibit.store.PieceStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;

/** A GiB that needs neither disk nor memory: it is made up as it is read, and counted as it is written. */
final class GibibyteStore implements PieceStore {
  static final long LENGTH = 1L << 30;

  /** The content repeats itself after this many bytes, from another offset in each of a few kinds of pieces. */
  private static final int PATTERN = 1 << 20;

  private static final int KINDS = 4;

  private final PieceLayout layout;
  private final boolean full;
  private final byte[] pattern = pattern();
  final AtomicInteger written = new AtomicInteger();

  GibibyteStore(Metainfo metainfo, boolean full) {
    layout = metainfo.layout();
    this.full = full;
  }

  static Metainfo metainfo(int pieceLength) throws Exception {
    byte[] pattern = pattern();
    byte[][] kinds = new byte[KINDS][];
    for (int kind = 0; kind < KINDS; kind++) {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      ByteBuffer chunk = ByteBuffer.allocate(16384);
      for (int begin = 0; begin < pieceLength; begin += chunk.capacity()) {
        fill(pattern, kind, begin, chunk.clear());
        sha1.update(chunk.flip());
      }
      kinds[kind] = sha1.digest();
    }
    ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    for (int piece = 0; piece < LENGTH / pieceLength; piece++) {
      hashes.writeBytes(kinds[piece % KINDS]);
    }
    return MetainfoBuilder.ofHashes("gibibyte", LENGTH, pieceLength, hashes.toByteArray()).build();
  }

  private static byte[] pattern() {
    byte[] pattern = new byte[PATTERN];
    new SeededRandom(7).nextBytes(pattern);
    return pattern;
  }

  private static void fill(byte[] pattern, int piece, int begin, ByteBuffer target) {
    int at = (begin + piece % KINDS * 12_345) % PATTERN;
    while (target.hasRemaining()) {
      int count = Math.min(target.remaining(), PATTERN - at);
      target.put(pattern, at, count);
      at = 0;
    }
  }

  @Override
  public BitSet claimed() {
    BitSet claimed = new BitSet();
    claimed.set(0, full ? layout.pieceCount() : 0);
    return claimed;
  }

  @Override
  public void write(int piece, ByteBuffer[] data) {
    written.incrementAndGet();
  }

  @Override
  public void read(int piece, int begin, ByteBuffer target) throws IOException {
    if (!full) {
      throw new IOException("what was written is not kept");
    }
    fill(pattern, piece, begin, target);
  }

  @Override
  public String fingerprint() {
    return "";
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
