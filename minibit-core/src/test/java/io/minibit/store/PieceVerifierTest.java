package io.minibit.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import io.minibit.model.SeededRandom;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PieceVerifierTest {
  private static final int PIECE_LENGTH = 1000;
  private static final int PIECES = 10;

  /** Never finds the time to help. */
  private static final Executor BUSY = task -> {};

  private final byte[] content = new byte[PIECES * PIECE_LENGTH - 1];
  private final Metainfo metainfo;

  PieceVerifierTest() throws IOException {
    new SeededRandom(1).nextBytes(content);
    metainfo = MetainfoBuilder.ofBytes("file", content).pieceLength(PIECE_LENGTH).build();
  }

  /** Holds {@link #content}, claims what it is told to, and counts who reads. */
  private class Store implements PieceStore {
    final Set<Integer> read = new ConcurrentSkipListSet<>();
    private final String claim;

    /** One character for each piece: {@code x} is claimed. */
    Store(String claim) {
      this.claim = claim;
    }

    @Override
    public BitSet claimed() {
      return bits(claim);
    }

    @Override
    public void read(int piece, int begin, ByteBuffer target) throws IOException {
      read.add(piece);
      target.put(content, piece * PIECE_LENGTH + begin, target.remaining());
    }

    @Override
    public void write(int piece, ByteBuffer[] data) {
      throw new AssertionError("a verifier writes nothing");
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

  private static BitSet bits(String picture) {
    BitSet bits = new BitSet();
    for (int i = 0; i < picture.length(); i++) {
      bits.set(i, picture.charAt(i) == 'x');
    }
    return bits;
  }

  private BitSet verify(PieceStore store, Executor executor) throws IOException {
    return new PieceVerifier(metainfo, store).verify(executor, 4, (piece, good) -> {}, () -> false);
  }

  @Test
  void whatMatchesIsFoundAndWhatDoesNotIsNot() throws IOException {
    Store store = new Store("xxxxxxxxxx");
    content[3 * PIECE_LENGTH] ^= 1;
    content[content.length - 1] ^= 1;

    assertEquals(bits("xxx xxxxx "), verify(store, BUSY));
  }

  @Test
  void whatIsNotClaimedIsNotRead() throws IOException {
    Store store = new Store("x  x     x");

    assertEquals(bits("x  x     x"), verify(store, BUSY));
    assertEquals(Set.of(0, 3, 9), store.read);
  }

  @Test
  void aClaimOfPiecesThatDoNotExistIsIgnored() throws IOException {
    assertEquals(bits("         x"), verify(new Store("         xxx"), BUSY));
  }

  @Test
  void aPieceThatCannotBeReadDoesNotCount() throws IOException {
    Store store =
        new Store("xxxxxxxxxx") {
          @Override
          public void read(int piece, int begin, ByteBuffer target) throws IOException {
            if (piece == 5) {
              throw new IOException("bad sector");
            }
            super.read(piece, begin, target);
          }
        };

    assertEquals(bits("xxxxx xxxx"), verify(store, BUSY));
  }

  @Test
  void severalThreadsDoTheWorkOnce() throws IOException {
    AtomicInteger reads = new AtomicInteger();
    Store store =
        new Store("xxxxxxxxxx") {
          @Override
          public void read(int piece, int begin, ByteBuffer target) throws IOException {
            reads.incrementAndGet();
            super.read(piece, begin, target);
          }
        };
    ExecutorService pool = Executors.newFixedThreadPool(3);
    try {
      assertEquals(bits("xxxxxxxxxx"), verify(store, pool));
    } finally {
      pool.shutdown();
    }
    assertEquals(PIECES, reads.get());
  }

  @Test
  void anExecutorThatRefusesOnlyMakesItSlower() throws IOException {
    Executor refusing =
        task -> {
          throw new RejectedExecutionException();
        };

    assertEquals(bits("xxxxxxxxxx"), verify(new Store("xxxxxxxxxx"), refusing));
  }

  @Test
  void progressIsToldOfEveryClaimedPiece() throws IOException {
    content[0] ^= 1;
    List<String> told = new ArrayList<>();

    new PieceVerifier(metainfo, new Store("x x"))
        .verify(BUSY, 1, (piece, good) -> told.add(piece + (good ? " good" : " bad")), () -> false);

    assertEquals(List.of("0 bad", "2 good"), told);
  }

  @Test
  void cancellingStopsAndKeepsWhatIsKnown() throws IOException {
    AtomicInteger checked = new AtomicInteger();
    Store store = new Store("xxxxxxxxxx");
    List<Runnable> late = new ArrayList<>();

    BitSet good =
        new PieceVerifier(metainfo, store)
            .verify(late::add, 2, (piece, isGood) -> checked.incrementAndGet(), () -> checked.get() == 3);
    late.forEach(Runnable::run);

    assertEquals(bits("xxx"), good);
    assertEquals(Set.of(0, 1, 2), store.read);
  }

  @Test
  void anInterruptedReadEndsItAll() {
    Store store =
        new Store("xx") {
          @Override
          public void read(int piece, int begin, ByteBuffer target) throws IOException {
            throw new InterruptedIOException("interrupted while using file");
          }
        };

    assertThrows(InterruptedIOException.class, () -> verify(store, BUSY));
  }

  @Test
  void aFailureOnAnyThreadReachesTheCaller() {
    RuntimeException bug = new IllegalStateException("bug");

    assertEquals(
        bug,
        assertThrows(
            IllegalStateException.class,
            () ->
                new PieceVerifier(metainfo, new Store("x"))
                    .verify(
                        BUSY,
                        1,
                        (piece, good) -> {
                          throw bug;
                        },
                        () -> false)));
  }

  @Test
  void anEmptyStoreHasNothing() throws IOException {
    assertTrue(verify(new Store(""), BUSY).isEmpty());
  }
}
