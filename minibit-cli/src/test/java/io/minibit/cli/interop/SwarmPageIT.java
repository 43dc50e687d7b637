package io.minibit.cli.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.minibit.model.SeededRandom;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code minibit swarm FILE --web}, looked at in a browser. */
@Timeout(180)
class SwarmPageIT {
  /** Would run if it were taken for markup. */
  private static final String HOSTILE = "<img src=x onerror=window.hit=1>.bin";

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

  private Program swarm(String name, int bytes, Object... options) throws IOException {
    byte[] content = new byte[bytes];
    new SeededRandom(7).nextBytes(content);
    Path file = Files.write(testbed.newDirectory("content").resolve(name), content);
    Object[] arguments = new Object[options.length + 3];
    arguments[0] = "swarm";
    arguments[1] = "--web"; // the file after it is not taken for its address
    arguments[2] = file;
    System.arraycopy(options, 0, arguments, 3, options.length);
    return new MiniBit(testbed).start(Host.LOOPBACK, arguments);
  }

  private Browser watch(Program swarm) throws IOException, InterruptedException {
    return Browser.open(testbed, swarm.await("watch it at (http://127\\.0\\.0\\.1:\\d+/)", MiniBit.SOON).group(1));
  }

  @Test
  void aSwarmIsWatchedFromItsBeginningToItsEnd() throws Exception {
    Program swarm = swarm(HOSTILE, 600_000, "--peers", 5, "--upload-rate", "60KiB/s");
    try (Browser browser = watch(swarm)) {
      browser.await("document.querySelectorAll('#heat .peer').length === 5");
      browser.await("document.querySelectorAll('#graph .arrow').length > 0");
      assertEquals("trading", browser.evaluate("document.body.dataset.phase"));
      assertEquals("5", browser.evaluate("document.querySelectorAll('#graph .node').length"));
      assertEquals("5", browser.evaluate("document.querySelectorAll('#table tr').length"));

      assertEquals(HOSTILE, browser.evaluate("document.getElementById('name').textContent"));
      assertTrue(browser.evaluate("document.title").startsWith(HOSTILE), browser.evaluate("document.title"));
      assertEquals("0", browser.evaluate("document.querySelectorAll('img').length"));
      assertEquals("undefined", browser.evaluate("window.hit"));

      browser.await("document.body.dataset.phase === 'ended'");
      assertEquals("5", browser.evaluate("document.querySelectorAll('#table .equal').length"));
      assertEquals(
          "100 % 100 % 100 % 100 % 100 %",
          browser.evaluate("[...document.querySelectorAll('#heat .peer .share')].map((s) => s.textContent).join(' ')"));
      assertEquals("every peer has every piece", browser.evaluate("document.getElementById('rarest').textContent"));
      assertEquals(List.of(), browser.problems());
    }
    swarm.interrupt();
    assertEquals(0, swarm.awaitEnd(MiniBit.SOON), swarm::lastLines);
  }

  @Test
  void aPageThatIsOpenedAfterTheEndShowsAllOfALargeSwarm() throws Exception {
    Program swarm = swarm("photo.jpg", 300_000, "--peers", 30, "--web-for", "2m");
    swarm.await("30 peers complete in", Duration.ofMinutes(1));
    try (Browser browser = watch(swarm)) {
      browser.await("document.body.dataset.phase === 'ended'");
      assertEquals("30", browser.evaluate("document.querySelectorAll('#heat .peer').length"));
      assertEquals("30", browser.evaluate("document.querySelectorAll('#table .equal').length"));
      assertTrue(Integer.parseInt(browser.evaluate("samples.length")) > 0, "the rates since the beginning are there");
      assertEquals(
          "false", browser.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"));
      assertEquals(List.of(), browser.problems());
    }
  }
}
