package io.minibit.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.sim.Arrival;
import io.minibit.sim.Departure;
import io.minibit.sim.Scenario;
import io.minibit.sim.Simulation;
import io.minibit.sim.SimulationReport;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

class SimulationPageTest {
  private static final int MEGABYTE = 1_000_000;

  @TempDir Path directory;

  private String page(List<SimulationPage.Run> runs) throws IOException {
    Path file = directory.resolve("report.html");
    SimulationPage.write(file, runs);
    return Files.readString(file);
  }

  private String page(Scenario scenario) throws IOException {
    return page(List.of(new SimulationPage.Run("run", Simulation.run(scenario))));
  }

  private static Document parse(String page) throws Exception {
    return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(page)));
  }

  private static int count(Document document, String element) {
    return document.getElementsByTagName(element).getLength();
  }

  private static Element section(Document document, String id) {
    NodeList sections = document.getElementsByTagName("section");
    for (int i = 0; i < sections.getLength(); i++) {
      if (sections.item(i) instanceof Element section && section.getAttribute("id").equals(id)) {
        return section;
      }
    }
    throw new AssertionError("no section " + id);
  }

  @Test
  void aPageIsWellFormedAndNamesAreOnlyText() throws Exception {
    String page = page(SimulatedRuns.two());
    Document document = parse(page);

    assertEquals(0, count(document, "img"));
    assertEquals(0, count(document, "script"));
    assertEquals(1, count(document, "style"));
    String safe = SafeText.of(SimulatedRuns.HOSTILE);
    assertEquals(safe, document.getElementsByTagName("h1").item(0).getTextContent());
    assertTrue(document.getElementsByTagName("title").item(0).getTextContent().startsWith(safe));
    assertFalse(page.contains("\u202e"), "what reorders text is gone");
  }

  @Test
  void aPageNeedsNothingElse() throws Exception {
    String page = page(SimulatedRuns.two());

    assertTrue(page.contains("default-src &#39;none&#39;"), "and may load nothing");
    assertFalse(page.contains("http:") || page.contains("https:") || page.contains("@import") || page.contains("url("));
  }

  @Test
  void everyRunIsInEveryPlot() throws Exception {
    Document document = parse(page(SimulatedRuns.two()));

    for (String id : List.of("figures", "completion", "rates", "population", "rarest", "availability", "uploads",
        "downloads", "traffic", "scenario")) {
      String text = section(document, id).getTextContent();
      assertTrue(text.contains("the first "), id);
      assertTrue(text.contains("the second"), id);
    }
    for (String id : List.of("completion", "rates", "population", "rarest", "uploads", "downloads")) {
      NodeList paths = section(document, id).getElementsByTagName("path");
      for (String run : List.of("r0", "r1")) {
        boolean drawn = false;
        for (int i = 0; i < paths.getLength(); i++) {
          Element path = (Element) paths.item(i);
          drawn |= path.getAttribute("class").contains("line") && path.getAttribute("class").contains(run)
              && path.getAttribute("d").length() > 20;
        }
        assertTrue(drawn, run + " in " + id);
      }
    }
    assertEquals(2, section(document, "availability").getElementsByTagName("image").getLength());
    assertEquals(4, section(document, "traffic").getElementsByTagName("image").getLength());
  }

  @Test
  void groupsAreDescribedAndDifferencesShownPerRun() throws Exception {
    Element scenario = section(parse(page(SimulatedRuns.two())), "scenario");

    String text = scenario.getTextContent();
    assertTrue(text.contains("free riders"), text);
    assertTrue(text.contains("serve-nobody"), text);
    assertTrue(text.contains("400 kbit/s"), text);
    assertTrue(text.contains("rarest-first" + SafeText.of(SimulatedRuns.HOSTILE)), "both selections: " + text);
    assertFalse(text.contains("super-seeding"), "what nobody does is left out");
  }

  @Test
  void tenThousandPeersTakeNoMoreRoomThanAHundred() throws Exception {
    SimulationReport report = SimulatedRuns.large(10_000);
    assertTrue(report.samples().size() > 550, report.samples().size() + " samples");
    assertEquals(200, report.copies().columns());
    assertEquals(64, report.traffic().names().size());

    String page =
        page(List.of(new SimulationPage.Run("one", report), new SimulationPage.Run("two", report)));

    parse(page);
    assertTrue(page.length() < MEGABYTE, page.length() + " characters");
  }

  @Test
  void theBoundsOfTheoryAreDrawnWhereTheyHold() throws Exception {
    Scenario equal = Scenario.builder()
        .torrent(1 << 20, 64 << 10)
        .group("seed", g -> g.seeds().upload(65_536))
        .group("leechers", g -> g.count(10).upload(65_536))
        .build();
    String both = page(equal);
    assertTrue(both.contains("fluid bound 16 s"), both); // 16 s for one copy, and all uplinks carry ten copies in 14.5 s
    assertTrue(both.contains("piece bound 19 s"), both); // 16 pieces and 3 doublings of one second each

    String unequal = page(equal.toBuilder().group("leechers", g -> g.upload(70_000)).build());
    assertTrue(unequal.contains("fluid bound 16 s"));
    assertFalse(unequal.contains("piece bound"));

    String later = page(equal.toBuilder().group("leechers", g -> g.arrival(Arrival.atRate(1))).build());
    assertFalse(later.contains("fluid bound"));
    assertTrue(later.contains("because not all peers come at the start"));

    String unlimited = page(equal.toBuilder().group("leechers", g -> g.upload(Long.MAX_VALUE)).build());
    assertTrue(unlimited.contains("because some uplinks have no limit"));
  }

  @Test
  void piecesThatDieOutAreMarked() throws Exception {
    Scenario lost = Scenario.builder()
        .torrent(1 << 20, 64 << 10)
        .group("seed", g -> g.seeds().upload(65_536).departure(
            Departure.afterArrival(Duration.ofSeconds(10))))
        .group("leechers", g -> g.count(4).upload(65_536))
        .limit(Duration.ofHours(1))
        .build();
    Document document = parse(page(lost));

    assertTrue(section(document, "figures").getTextContent().contains("0 of 4"));
    assertTrue(section(document, "figures").getTextContent().contains("time with a piece that nobody had"));
    assertTrue(section(document, "availability").getTextContent().contains("A red bar"));
    assertTrue(section(document, "completion").getTextContent().contains("nothing happens there"));
  }

  @Test
  void aSwarmOfSeedsOnlyHasAPageToo() throws Exception {
    Document document = parse(page(Scenario.builder()
        .group("seeds", g -> g.count(3).seeds())
        .limit(Duration.ofSeconds(20))
        .toTheLimit()
        .build()));

    assertTrue(section(document, "completion").getTextContent().contains("because there is no leecher"));
  }

  @Test
  void manyRunsOfManyGroupsHaveAPageToo() throws Exception {
    Scenario.Builder many = Scenario.builder().torrent(1 << 20, 64 << 10).group("seed", g -> g.seeds().upload(100_000));
    for (int i = 0; i < 70; i++) {
      many.group("group " + i, g -> g.upload(100_000));
    }
    SimulationReport report = Simulation.run(many.build());

    String page = page(Collections.nCopies(12, new SimulationPage.Run("run", report)));

    Document document = parse(page);
    assertTrue(section(document, "groups").getTextContent().contains("And 11 more groups."));
    assertTrue(section(document, "groups").getTextContent().contains("leave out 62 groups"));
    assertTrue(page.length() < 3 * MEGABYTE, page.length() + " characters");
  }

  @Test
  void thereIsAlwaysARun() {
    assertThrows(IllegalArgumentException.class, () -> page(List.of()));
  }

  @Test
  void axesHaveRoundTicksInUnitsThatSuit() {
    assertEquals("t (s): 0 20 40 60 80 100 120", words(Axis.time("t", 120)));
    assertEquals("t (min): 0 10 20 30", words(Axis.time("t", 34 * 60)));
    assertEquals("t (h): 0 5 10 15 20", words(Axis.time("t", 24 * 3600)));
    assertEquals("r (KiB/s): 0 200 400 600", words(Axis.rate("r", 600_000)));
    assertEquals("r (MiB/s): 0 0.5 1 1.5", words(Axis.rate("r", 1_500_000)));
    assertEquals("n: 0 1 2 3", words(Axis.amount("n", 3, 1)));
    assertEquals("n: 0 1", words(Axis.amount("n", 0, 1)));
    assertEquals("c: 0 1 2 5 10 20", words(Axis.copies("c", 31)));
    assertEquals(0, Axis.copies("c", 31).position(0));
    assertEquals(1, Axis.copies("c", 31).position(31));
  }

  private static String words(Axis axis) {
    StringBuilder words = new StringBuilder(axis.name()).append(':');
    axis.ticks().forEach(tick -> words.append(' ').append(tick.label()));
    return words.toString();
  }

  @Test
  void aPictureIsAPngWithChecksums() {
    PalettePng png = new PalettePng(3, 2);
    png.set(2, 1, 1);
    String uri = png.dataUri(new int[] {0, 0xff112233});

    assertTrue(uri.startsWith("data:image/png;base64,"));
    byte[] bytes = Base64.getDecoder().decode(uri.substring(uri.indexOf(',') + 1));
    assertEquals("PNG", new String(bytes, 1, 3, StandardCharsets.US_ASCII));
    CRC32 header = new CRC32();
    header.update(bytes, 12, 17);
    assertEquals((int) header.getValue(), ByteBuffer.wrap(bytes).getInt(29));
  }
}
