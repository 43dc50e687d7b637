package io.minibit.benchmarks;

import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import io.minibit.model.SeededRandom;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.TitForTat;
import io.minibit.strategy.UploadPlan;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
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

/** One periodic review of {@link TitForTat}, all peers interested: while downloading and while seeding. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ChokerBenchmark {
  @Param({"50", "1000"})
  public int peers;

  private final TitForTat choking = new TitForTat();
  private ChokingRound downloading;
  private ChokingRound seeding;

  @Setup
  public void begin() {
    SeededRandom random = new SeededRandom(3);
    List<RemotePeer> connected = new ArrayList<>();
    for (int i = 0; i < peers; i++) {
      connected.add(new Interested(i, random.nextInt(1 << 20), random.nextInt(1 << 20)));
    }
    downloading = new Round(connected, false, random);
    seeding = new Round(connected, true, random);
  }

  @Benchmark
  public UploadPlan downloading() {
    return choking.review(downloading);
  }

  @Benchmark
  public UploadPlan seeding() {
    return choking.review(seeding);
  }

  private record Round(List<RemotePeer> peers, boolean seeding, SeededRandom random) implements ChokingRound {
    @Override
    public long uploadCapacity() {
      return 1 << 20;
    }

    @Override
    public long number() {
      return 1;
    }

    @Override
    public long now() {
      return 1L << 40;
    }

    @Override
    public Trigger trigger() {
      return Trigger.PERIODIC;
    }
  }

  /** A peer that gave at this rate and wants something; the first five are served. */
  private record Interested(long key, long downloadRate, long servedSince) implements RemotePeer {
    private static final PeerId ID = PeerId.of(new byte[PeerId.LENGTH]);
    private static final PeerAddress ADDRESS = PeerAddress.of(new InetSocketAddress("10.0.0.1", 6881));

    @Override
    public PeerId id() {
      return ID;
    }

    @Override
    public PeerAddress address() {
      return ADDRESS;
    }

    @Override
    public boolean interested() {
      return true;
    }

    @Override
    public boolean interesting() {
      return true;
    }

    @Override
    public boolean unchokesUs() {
      return true;
    }

    @Override
    public boolean served() {
      return key < 5;
    }

    @Override
    public boolean servedOptimistically() {
      return key == 4;
    }

    @Override
    public long uploadRate() {
      return 0;
    }

    @Override
    public long downloaded() {
      return downloadRate;
    }

    @Override
    public long uploaded() {
      return 0;
    }

    @Override
    public int outstanding() {
      return 1;
    }

    @Override
    public boolean snubbing() {
      return false;
    }

    @Override
    public boolean seed() {
      return false;
    }

    @Override
    public int pieces() {
      return 1;
    }

    @Override
    public int wantedPieces() {
      return 1;
    }

    @Override
    public double rarity() {
      return 1;
    }

    @Override
    public long connectedFor() {
      return 1L << 40;
    }

    @Override
    public long servesUsSince() {
      return 0;
    }
  }
}
