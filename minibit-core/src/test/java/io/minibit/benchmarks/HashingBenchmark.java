package io.minibit.benchmarks;

import io.minibit.net.SlabHashing;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The SHA-1 of a block and of a piece: as the driver takes it of its slabs, and plain, of an array. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class HashingBenchmark {
  @Param({"16384", "262144"})
  public int bytes;

  private SlabHashing slabs;
  private byte[] array;
  private MessageDigest digest;

  @Setup
  public void begin() throws NoSuchAlgorithmException {
    slabs = new SlabHashing(bytes);
    array = new byte[bytes];
    digest = MessageDigest.getInstance("SHA-1");
  }

  @Benchmark
  public byte[] slabs() {
    return slabs.sha1();
  }

  @Benchmark
  public byte[] plain() {
    return digest.digest(array);
  }
}
