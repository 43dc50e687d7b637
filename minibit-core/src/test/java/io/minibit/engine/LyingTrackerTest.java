package io.minibit.engine;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.PeerAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Whoever names endpoints cannot have a stranger dialed without end. */
class LyingTrackerTest {
  private static final int NAMED = 2000;

  /** Seconds until a machine that says nothing is given up. */
  private static final int TIMEOUT = 15;

  /** A peer that believes what it is told, and how often it dials. */
  private static final class Believer {
    final EngineRig rig;
    final List<Integer> dialsPerMinute = new ArrayList<>();
    private final IntFunction<PeerAddress> lies;
    private final List<Long> dialedAt = new ArrayList<>();

    Believer(IntFunction<PeerAddress> lies) {
      this.lies = lies;
      rig = EngineRig.started(s -> s.tracker = true);
      rig.countsConnections = true;
    }

    /** The tracker names others in every answer; dials are refused at once, or get no answer. */
    Believer runs(int minutes, boolean refused) {
      int told = 0;
      for (int minute = 0; minute < minutes; minute++) {
        int dials = 0;
        for (int tenths = 0; tenths < 600; tenths++) {
          if (rig.count("announce ") > 0 || told == 0) {
            int first = told;
            told += NAMED;
            List<PeerAddress> named = IntStream.range(first, first + NAMED).mapToObj(lies).toList();
            rig.does(() -> rig.engine.onAnnounced(rig.now, 60 * EngineRig.SECOND, -1, named));
          }
          rig.forget();
          rig.pass(Duration.ofMillis(100));
          for (int under = dialedAt.size(); under < rig.dials.size(); under++) {
            dialedAt.add(rig.now);
            dials++;
          }
          while (!rig.dials.isEmpty() && (refused || rig.now - dialedAt.get(0) >= TIMEOUT * EngineRig.SECOND)) {
            dialedAt.remove(0);
            PeerAddress address = rig.dials.poll();
            rig.placeIsFree();
            rig.does(() -> rig.engine.onDialFailed(rig.now, address, "refused"));
            for (int under = dialedAt.size(); under < rig.dials.size(); under++) {
              dialedAt.add(rig.now);
              dials++;
            }
          }
        }
        dialsPerMinute.add(dials);
      }
      new EngineAudit(rig.engine).check(false);
      return this;
    }

    int total() {
      return dialsPerMinute.stream().mapToInt(Integer::intValue).sum();
    }
  }

  private static IntFunction<PeerAddress> portsOf(String host) {
    return i -> EngineRig.address(host + ":" + (1 + i % 65_535));
  }

  @Test
  void oneMachineIsDialedAFewTimesWhateverPortsOfItAreNamed() {
    for (String host : List.of("203.0.113.5", "127.0.0.1", "2001:db8::5", "silent 203.0.113.5")) {
      Believer believer = new Believer(portsOf(host.replace("silent ", ""))).runs(15, !host.startsWith("silent"));
      assertTrue(believer.dialsPerMinute.get(0) <= 20, host + ": " + believer.dialsPerMinute);
      assertTrue(believer.total() <= 25, host + ": " + believer.dialsPerMinute);
    }
  }

  @Test
  void oneNetworkIsDialedSlowly() {
    List<IntFunction<PeerAddress>> networks =
        List.of(
            i -> EngineRig.address("203.0.113." + i % 256 + ":" + (1 + i % 65_535)),
            i -> PeerAddress.of(0x20010db8_00010000L | i % 65_536, 5L * i, 6881));
    for (IntFunction<PeerAddress> network : networks) {
      Believer believer = new Believer(network).runs(10, true);
      assertTrue(believer.dialsPerMinute.get(0) <= 72, believer.dialsPerMinute::toString);
      assertTrue(believer.total() <= 90, believer.dialsPerMinute::toString);
    }
  }

  @Test
  void dialsThatAllComeToNothingGoOnSlowly() {
    IntFunction<PeerAddress> anywhere = i -> PeerAddress.of(new byte[] {20, (byte) i, (byte) (i >> 8), 1}, 6881);
    Believer believer = new Believer(anywhere).runs(5, true);
    assertTrue(believer.dialsPerMinute.get(0) <= 600, believer.dialsPerMinute::toString);
    assertTrue(believer.dialsPerMinute.get(4) <= 61, believer.dialsPerMinute::toString);
  }
}
