package io.minibit.benchmarks;

import io.minibit.bencode.Bencode;
import io.minibit.bencode.BencodeBytes;
import io.minibit.bencode.BencodeDictionary;
import io.minibit.bencode.BencodeList;
import io.minibit.bencode.BencodeValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Bencode there and back: a tracker's answer that names 50 peers, each in a dictionary of its own. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class BencodeBenchmark {
  private static final int PEERS = 50;

  private BencodeValue value;
  private byte[] bytes;

  @Setup
  public void begin() {
    List<BencodeDictionary> peers = new ArrayList<>();
    for (int i = 0; i < PEERS; i++) {
      peers.add(BencodeDictionary.of(Map.of(
          "ip", BencodeValue.of("10.0.0." + i),
          "peer id", BencodeValue.of("-MB0100-123456789012"),
          "port", BencodeValue.of(6881))));
    }
    value = BencodeDictionary.of(Map.of("interval", BencodeValue.of(1800), "peers", BencodeList.of(peers)));
    bytes = Bencode.encode(value);
  }

  @Benchmark
  public byte[] encode() {
    return Bencode.encode(value);
  }

  /** Checks all of it and builds nothing but the first value; the rest is built when it is walked. */
  @Benchmark
  public BencodeValue decode() {
    return Bencode.decode(bytes);
  }

  @Benchmark
  public long decodeAndWalk() {
    long sum = 0;
    if (Bencode.decode(bytes) instanceof BencodeDictionary answer) {
      BencodeList peers = answer.getList("peers");
      for (BencodeValue entry : peers == null ? BencodeList.of(List.of()) : peers) {
        if (entry instanceof BencodeDictionary peer) {
          Long port = peer.getLong("port");
          BencodeBytes ip = peer.getBytes("ip");
          sum += (port == null ? 0 : port) + (ip == null ? 0 : ip.toString().length());
        }
      }
    }
    return sum;
  }
}
