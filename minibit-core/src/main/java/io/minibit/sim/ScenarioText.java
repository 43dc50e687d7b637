package io.minibit.sim;

import io.minibit.model.Units;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** The text form of a scenario, as {@link ScenarioParser} reads it. */
final class ScenarioText {
  /** Bytes of a file and characters of a text: a thousand groups need less. */
  static final int LONGEST = 1 << 20;

  private final StringBuilder text = new StringBuilder();

  private ScenarioText() {}

  static Scenario read(Path file, StrategyCatalog catalog) throws IOException {
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(LONGEST + 1);
    }
    try {
      if (bytes.length > LONGEST) {
        throw new ScenarioException("more than " + LONGEST + " bytes are too long for a scenario");
      }
      return Scenario.parse(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString(), catalog);
    } catch (CharacterCodingException e) {
      throw new ScenarioException(file + ": not text in UTF-8");
    } catch (ScenarioException e) {
      throw new ScenarioException(file + ": " + e.getMessage());
    }
  }

  /** Whether a value can stand in a line of its own and be read from there. */
  static boolean isLine(String value) {
    return !value.isEmpty()
        && value.equals(value.strip())
        && value.codePoints().noneMatch(c -> switch (Character.getType(c)) {
          case Character.CONTROL, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR, Character.SURROGATE -> true;
          default -> false;
        });
  }

  static String of(Scenario scenario) {
    ScenarioText text = new ScenarioText();
    text.line("name", scenario.name());
    text.line("torrent", Units.size(scenario.bytes()));
    text.line("piece", Units.size(scenario.pieceLength()));
    text.line("seed", Long.toString(scenario.seed()));
    text.line("handout", scenario.handout().toText());
    text.line("interval", Units.duration(scenario.handout().interval()));
    text.line("limit", Units.duration(scenario.limit()));
    text.line("end", scenario.endsWhenComplete() ? "when complete" : "at the limit");
    scenario.groups().forEach(text::add);
    scenario.faults().forEach(text::add);
    return text.text.toString();
  }

  /** What few scenarios alter is written only where it is altered. */
  private void add(PeerGroup group) {
    PeerGroup usual = new PeerGroup.Builder(group.name()).build();
    text.append("\n[group ").append(group.name()).append("]\n");
    line("count", Integer.toString(group.count()));
    line("pieces", group.pieces().toText());
    line("upload", rate(group.upload()));
    line("download", rate(group.download()));
    if (group.uploadLimit() != usual.uploadLimit()) {
      line("upload-limit", rate(group.uploadLimit()));
    }
    line("latency", Units.duration(group.latency()));
    line("arrival", group.arrival().toText());
    line("departure", group.departure().toText());
    line("selection", group.selection().name());
    line("choking", group.choking().name());
    line("connections", Integer.toString(group.connections()));
    if (group.dials() != PeerGroup.usualDials(group.connections())) {
      line("dials", Integer.toString(group.dials()));
    }
    if (group.racks() != usual.racks()) {
      line("racks", Integer.toString(group.racks()));
    }
    if (group.superSeeding() != usual.superSeeding()) {
      line("super-seeding", group.superSeeding() ? "yes" : "no");
    }
    if (!group.storing().equals(usual.storing())) {
      line("storing", Units.duration(group.storing()));
    }
    if (group.pieceMemory() != usual.pieceMemory()) {
      line("piece-memory", Units.size(group.pieceMemory()));
    }
  }

  private static String rate(long bytesPerSecond) {
    return bytesPerSecond == PeerGroup.UNLIMITED ? "unlimited" : Units.rate(bytesPerSecond);
  }

  private void add(Fault fault) {
    text.append("\n[fault ").append(name(fault.kind())).append("]\n");
    if (!fault.group().isEmpty()) {
      line("group", fault.group());
    }
    line("share", Phrase.percent(fault.share()));
    line("from", Units.duration(fault.start()));
    line("to", Units.duration(fault.end()));
    line("strength", Phrase.text(fault.strength()));
  }

  /** {@code tracker-down}. */
  static String name(Fault.Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private void line(String key, String value) {
    text.append(key).append(" = ").append(value).append('\n');
  }
}
