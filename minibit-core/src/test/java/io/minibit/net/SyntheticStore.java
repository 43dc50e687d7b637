package io.minibit.net;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.SeededRandom;
import io.minibit.store.PieceStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.BitSet;

/** Any amount of content that needs neither disk nor memory: made up as it is read, and compared as it is written. */
final class SyntheticStore implements PieceStore {
  /** The content repeats itself after this many bytes, from another offset in each of a few kinds of pieces. */
  private static final ByteBuffer PATTERN = pattern();

  private static final int KINDS = 4;

  /** Those that are there. Also the lock for them. */
  private final BitSet pieces = new BitSet();

  SyntheticStore(Metainfo metainfo, boolean full) {
    pieces.set(0, full ? metainfo.layout().pieceCount() : 0);
  }

  /** The length is a multiple of the piece length. Torrents with different names have the same content. */
  static Metainfo metainfo(String name, long length, int pieceLength) {
    byte[][] kinds = new byte[KINDS][];
    for (int kind = 0; kind < KINDS; kind++) {
      MessageDigest sha1 = sha1();
      for (int begin = 0; begin < pieceLength; ) {
        ByteBuffer part = content(kind, begin, pieceLength - begin);
        begin += part.remaining();
        sha1.update(part);
      }
      kinds[kind] = sha1.digest();
    }
    ByteArrayOutputStream hashes = new ByteArrayOutputStream();
    for (int piece = 0; piece < length / pieceLength; piece++) {
      hashes.writeBytes(kinds[piece % KINDS]);
    }
    try {
      return MetainfoBuilder.ofHashes(name, length, pieceLength, hashes.toByteArray()).build();
    } catch (IOException e) {
      throw new AssertionError("nothing is read", e);
    }
  }

  private static MessageDigest sha1() {
    try {
      return MessageDigest.getInstance("SHA-1");
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-1", e);
    }
  }

  private static ByteBuffer pattern() {
    byte[] pattern = new byte[1 << 20];
    new SeededRandom(7).nextBytes(pattern);
    return ByteBuffer.wrap(pattern).asReadOnlyBuffer();
  }

  /** What is there from this place on: so many bytes, or as far as the pattern goes. */
  private static ByteBuffer content(int piece, int begin, int length) {
    int at = (begin + piece % KINDS * 12_345) % PATTERN.capacity();
    return PATTERN.slice(at, Math.min(length, PATTERN.capacity() - at));
  }

  @Override
  public BitSet claimed() {
    synchronized (pieces) {
      return (BitSet) pieces.clone();
    }
  }

  @Override
  public void write(int piece, ByteBuffer[] data) throws IOException {
    int begin = 0;
    for (ByteBuffer buffer : data) {
      while (buffer.hasRemaining()) {
        ByteBuffer expected = content(piece, begin, buffer.remaining());
        if (!expected.equals(buffer.slice(buffer.position(), expected.remaining()))) {
          throw new IOException("not the content of piece " + piece);
        }
        begin += expected.remaining();
        buffer.position(buffer.position() + expected.remaining());
      }
    }
    synchronized (pieces) {
      pieces.set(piece);
    }
  }

  @Override
  public void read(int piece, int begin, ByteBuffer target) throws IOException {
    synchronized (pieces) {
      if (!pieces.get(piece)) {
        throw new IOException("piece " + piece + " is not there");
      }
    }
    while (target.hasRemaining()) {
      ByteBuffer part = content(piece, begin, target.remaining());
      begin += part.remaining();
      target.put(part);
    }
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
