package io.minibit.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.minibit.engine.UploadQueue;
import io.minibit.store.MemoryPieceStore;
import io.minibit.store.PieceStore;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class BlockReadsTest {
  private final byte[] content = Loopback.content(100_000);
  private Loop loop;

  /** Writes down what becomes of its block. */
  private final class OneBlock implements BlockReads.Reader {
    private final UploadQueue blocks = new UploadQueue();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final CompletableFuture<List<String>> end = new CompletableFuture<>();
    private final BlockReads reads;
    private final Executor readers;

    OneBlock(BlockReads reads) {
      this(reads, Runnable::run);
    }

    OneBlock(BlockReads reads, Executor readers) {
      this.reads = reads;
      this.readers = readers;
      blocks.add(0, 0, 16384);
      loop.execute(() -> reads.start(this));
    }

    @Override
    public UploadQueue blocks() {
      return blocks;
    }

    @Override
    public PieceStore store() {
      return MemoryPieceStore.of(Loopback.torrent(content, 32768), content);
    }

    @Override
    public Executor readers() {
      return readers;
    }

    @Override
    public void read(ByteBuffer frames) {
      told.add("read " + frames.remaining());
      reads.release(frames);
    }

    @Override
    public void failed(int piece, int begin, int length, String message) {
      told.add("failed: " + message);
    }

    @Override
    public void broken(Throwable cause) {
      told.add("broken: " + cause.getMessage());
    }

    @Override
    public void ended() {
      end.complete(told);
    }

    List<String> toTheEnd() throws Exception {
      return end.get(20, TimeUnit.SECONDS);
    }
  }

  @BeforeEach
  void start() throws Exception {
    loop = new Loop("block-reads");
    loop.start();
  }

  @AfterEach
  void stop() throws Exception {
    loop.stop();
    loop.join();
  }

  private BlockReads reads(IntFunction<ByteBuffer> allocation) {
    return new BlockReads(loop, allocation, 1 << 20, 16384);
  }

  private static ByteBuffer nothing(int size) {
    throw new OutOfMemoryError("no direct memory");
  }

  @Test
  void withoutMemoryForASingleBufferTheReaderIsToldAndTheReadEnds() throws Exception {
    assertEquals(List.of("broken: no direct memory"), new OneBlock(reads(BlockReadsTest::nothing)).toTheEnd());
  }

  @Test
  void withMemoryForOneBufferReadersTakeTurns() throws Exception {
    int[] made = {0};
    BlockReads reads = reads(size -> made[0]++ == 0 ? ByteBuffer.allocate(size) : nothing(size));
    OneBlock one = new OneBlock(reads);
    OneBlock two = new OneBlock(reads);
    OneBlock three = new OneBlock(reads);
    for (OneBlock each : List.of(one, two, three)) {
      assertEquals(List.of("read 16397"), each.toTheEnd());
    }
  }

  @Test
  void aReadForWhichNoThreadIsToBeHadEndsAndItsBufferIsUsedAgain() throws Exception {
    int[] made = {0};
    BlockReads reads = reads(size -> made[0]++ == 0 ? ByteBuffer.allocate(size) : nothing(size));
    Executor none =
        task -> {
          throw new OutOfMemoryError("no thread");
        };
    assertEquals(List.of("broken: no thread"), new OneBlock(reads, none).toTheEnd());
    assertEquals(List.of("broken: no thread"), new OneBlock(reads, none).toTheEnd());
  }
}
