package io.minibit.benchmarks;

import io.minibit.engine.PickRig;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What it costs to choose the next block: 50 seeds, 50 peers with a random half each, one peer with 10 wanted pieces; the
 * same in a torrent of 1,000 and of 1,000,000 pieces.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class PiecePickBenchmark {
  private static final int PEERS = 50;

  @Param({"seeds", "halves", "few"})
  public String swarm;

  @Param({"1000", "1000000"})
  public int pieces;

  private PickRig rig;

  @Setup
  public void begin() {
    rig = switch (swarm) {
      case "seeds" -> PickRig.seeds(pieces, PEERS);
      case "halves" -> PickRig.halves(pieces, PEERS);
      default -> PickRig.few(pieces, PickRig.BATCH);
    };
  }

  /** The strategy's choice for one peer after the other. */
  @Benchmark
  public int pick() {
    return rig.pick();
  }

  /** The requests of one benchmark are taken back before the next, outside of the time that is measured. */
  @State(Scope.Thread)
  public static class Undone {
    @Setup(Level.Invocation)
    public void undo(PiecePickBenchmark benchmark) {
      benchmark.rig.undo();
    }
  }

  /** The engine's whole way to a request of a piece that nobody has begun: choice, books, message. */
  @Benchmark
  @OperationsPerInvocation(PickRig.BATCH)
  public long request(Undone undone) {
    return rig.request();
  }
}
