package io.minibit.fuzz;

import io.minibit.bencode.BencodeFuzz;
import io.minibit.engine.EngineFuzz;
import io.minibit.metainfo.MetainfoFuzz;
import io.minibit.metainfo.NamesFuzz;
import io.minibit.sim.ScenarioFuzz;
import io.minibit.store.ResumeDataFuzz;
import io.minibit.tracker.HttpAnswerFuzz;
import io.minibit.tracker.HttpRequestFuzz;
import io.minibit.tracker.UdpAnswerFuzz;
import io.minibit.tracker.UdpRequestFuzz;
import io.minibit.wire.ExtendedHandshakeFuzz;
import io.minibit.wire.HandshakeFuzz;
import io.minibit.wire.MessagesFuzz;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Everything that is fuzzed, by name, and the inputs that once were a problem. */
final class FuzzTargets {
  private static final Map<String, Supplier<FuzzTarget>> TARGETS = new LinkedHashMap<>();

  static {
    TARGETS.put("bencode", BencodeFuzz::new);
    TARGETS.put("metainfo", MetainfoFuzz::new);
    TARGETS.put("names", NamesFuzz::new);
    TARGETS.put("handshake", HandshakeFuzz::new);
    TARGETS.put("messages", MessagesFuzz::new);
    TARGETS.put("extended-handshake", ExtendedHandshakeFuzz::new);
    TARGETS.put("engine", EngineFuzz::new);
    TARGETS.put("http-answer", HttpAnswerFuzz::new);
    TARGETS.put("http-request", HttpRequestFuzz::new);
    TARGETS.put("udp-answer", UdpAnswerFuzz::new);
    TARGETS.put("udp-request", UdpRequestFuzz::new);
    TARGETS.put("resume-data", ResumeDataFuzz::new);
    TARGETS.put("scenario", ScenarioFuzz::new);
  }

  private FuzzTargets() {}

  static List<String> names() {
    return List.copyOf(TARGETS.keySet());
  }

  static FuzzTarget create(String name) {
    Supplier<FuzzTarget> target = TARGETS.get(name);
    if (target == null) {
      throw new IllegalArgumentException("no fuzz target is called '" + name + "'; there are " + TARGETS.keySet());
    }
    return target.get();
  }

  /** The files with inputs for a target that were found by fuzzing and kept: {@code src/test/resources/fuzz/NAME}. */
  static List<Path> found(String name) throws IOException {
    Path directory = Path.of("src/test/resources/fuzz", name);
    if (!Files.isDirectory(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    }
  }

  /** What a target begins with: its seeds, and what was found before. */
  static List<byte[]> beginnings(String name, FuzzTarget target) throws Exception {
    List<byte[]> inputs = new ArrayList<>(target.seeds());
    for (Path file : found(name)) {
      inputs.add(Files.readAllBytes(file));
    }
    return inputs;
  }
}
