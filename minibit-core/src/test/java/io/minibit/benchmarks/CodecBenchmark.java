package io.minibit.benchmarks;

import io.minibit.wire.MessageReader;
import io.minibit.wire.MessageType;
import io.minibit.wire.MessageWriter;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Messages of the peer protocol to bytes and back, per message: what is sent and read for every block. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CodecBenchmark {
  private static final int MESSAGES = 1000;
  private static final int PIECES = 4000;
  private static final int BLOCK = 16 << 10;

  private final ByteBuffer small = ByteBuffer.allocateDirect(MESSAGES * MessageType.size(MessageType.REQUEST));
  private final ByteBuffer blocks = ByteBuffer.allocateDirect(MESSAGES * (MessageWriter.PIECE_HEADER + BLOCK));
  private final ByteBuffer bitfield = ByteBuffer.allocateDirect(MessageWriter.bitfieldSize(PIECES));
  private final ByteBuffer out = ByteBuffer.allocateDirect(small.capacity());
  private final long[] words = new long[(PIECES + 63) / 64];
  private final MessageReader reader = new MessageReader(PIECES, true, 1 << 20);

  @Setup
  public void begin() {
    for (int i = 0; i < MESSAGES; i++) {
      if (i % 2 == 0) {
        MessageWriter.write(small, MessageType.REQUEST, i, 0, BLOCK);
      } else {
        MessageWriter.write(small, MessageType.HAVE, i, 0, 0);
      }
      MessageWriter.pieceHeader(blocks, i, 0, BLOCK);
      blocks.position(blocks.position() + BLOCK);
    }
    small.flip();
    blocks.flip();
    MessageWriter.bitfield(bitfield, words, PIECES);
    bitfield.flip();
  }

  /** Requests and haves in turns. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public int writeSmall() {
    out.clear();
    for (int i = 0; i < MESSAGES; i += 2) {
      MessageWriter.write(out, MessageType.REQUEST, i, 0, BLOCK);
      MessageWriter.write(out, MessageType.HAVE, i, 0, 0);
    }
    return out.position();
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public int readSmall() {
    small.rewind();
    int sum = 0;
    while (reader.next(small) != MessageType.NEED_MORE) {
      sum += reader.a();
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public int writePieceHeader() {
    out.clear();
    for (int i = 0; i < MESSAGES; i++) {
      MessageWriter.pieceHeader(out, i, 0, BLOCK);
    }
    return out.position();
  }

  /** The header is read, the payload is skipped. */
  @Benchmark
  @OperationsPerInvocation(MESSAGES)
  public int readPieceHeader() {
    blocks.rewind();
    int sum = 0;
    while (reader.next(blocks) != MessageType.NEED_MORE) {
      sum += reader.a() + reader.discardPayload(blocks);
    }
    return sum;
  }

  /** One bitfield of 4000 pieces. */
  @Benchmark
  public int writeBitfield() {
    out.clear();
    MessageWriter.bitfield(out, words, PIECES);
    return out.position();
  }

  @Benchmark
  public byte[] readBitfield() {
    bitfield.rewind();
    reader.next(bitfield);
    return reader.payload();
  }
}
