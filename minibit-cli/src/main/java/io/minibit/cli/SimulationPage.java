package io.minibit.cli;

import io.minibit.sim.SimulationReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Simulations as a page for a browser: so far their names and when they ended. */
final class SimulationPage {
  /**
   * A simulation and what to call it among others.
   *
   * @param label need not be safe
   */
  record Run(String label, SimulationReport report) {}

  private SimulationPage() {}

  /**
   * Writes the page, over one that is there.
   *
   * @param runs at least one
   */
  static void write(Path file, List<Run> runs) throws IOException {
    StringBuilder page = new StringBuilder("<!DOCTYPE html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Simulation</title>\n");
    for (Run run : runs) {
      String label = run.label().replace("&", "&amp;").replace("<", "&lt;");
      page.append("<p>").append(label).append(": ").append(run.report().lastCompletionSeconds()).append(" s</p>\n");
    }
    Files.writeString(file, page.append("</html>\n"));
  }
}
