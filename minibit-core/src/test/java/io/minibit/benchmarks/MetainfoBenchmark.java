package io.minibit.benchmarks;

import io.minibit.metainfo.Metainfo;
import io.minibit.metainfo.MetainfoBuilder;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
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

/** Reading a .torrent that is in memory: of 1,000 pieces, of 1,000,000 pieces, of 10,000 files. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class MetainfoBenchmark {
  private static final int PIECE = 16 << 10;

  @Param({"1000 pieces", "1000000 pieces", "10000 files"})
  public String torrent;

  private byte[] bytes;

  @Setup
  public void begin() throws IOException {
    int count = Integer.parseInt(torrent.substring(0, torrent.indexOf(' ')));
    MetainfoBuilder builder;
    if (torrent.endsWith("files")) {
      Map<String, byte[]> files = new LinkedHashMap<>();
      for (int i = 0; i < count; i++) {
        files.put("directory-" + i / 100 + "/file-" + i, new byte[100]);
      }
      builder = MetainfoBuilder.ofFiles("files", files).pieceLength(PIECE);
    } else {
      builder = MetainfoBuilder.ofHashes("pieces", (long) count * PIECE, PIECE, new byte[count * Metainfo.HASH_LENGTH]);
    }
    bytes = builder.encode();
  }

  @Benchmark
  public Metainfo parse() {
    return Metainfo.parse(bytes);
  }
}
