package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.cli.SimulatedRuns;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The report of simulations, opened as a file in a browser. */
@Timeout(180)
class SimulationPageIT {
  private Testbed testbed;

  @BeforeEach
  void open() throws IOException {
    Requirements.program("chromium");
    testbed = Testbed.onLoopback();
  }

  @AfterEach
  void close() {
    if (testbed != null) {
      testbed.close();
    }
  }

  @Test
  void aReportShowsEveryPlotAndNothingOfItRuns() throws Exception {
    Path page = testbed.newDirectory("report").resolve("report.html");
    SimulatedRuns.writePage(page);
    try (Browser browser = Browser.open(testbed, page.toUri().toString())) {
      assertEquals("12", browser.evaluate("document.querySelectorAll('section svg[role=img]').length"));
      assertEquals(
          "", // sections whose lines have no extent
          browser.evaluate(
              "[...document.querySelectorAll('section')].filter((s) => [...s.querySelectorAll('svg[role=img] .line')].some((line) =>"
                  + " line.getBoundingClientRect().width < 50)).map((s) => s.id).join()"));
      browser.await("[...document.querySelectorAll('image')].every((i) => i.getBoundingClientRect().width > 100)");
      assertEquals("6", browser.evaluate("document.querySelectorAll('image').length"));
      assertEquals(
          "rgb(0, 105, 180)", browser.evaluate("getComputedStyle(document.querySelector('#completion path.r0')).stroke"));

      assertEquals("undefined", browser.evaluate("window.hit"));
      assertEquals("0", browser.evaluate("document.querySelectorAll('img, script').length"));
      assertTrue(browser.evaluate("document.title").startsWith("</style></script><img"));
      assertEquals(
          "false", browser.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"));
      assertEquals(List.of(), browser.problems());
    }
  }
}
