package io.minibit.cli;

import io.minibit.sim.CopyMap;
import io.minibit.sim.PeerOutcome;
import io.minibit.sim.Sample;
import io.minibit.sim.SimulationReport;
import io.minibit.sim.TrafficMatrix;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;

/**
 * Simulations as four tables for spreadsheets and statistics (RFC 4180, UTF-8). The first line of each names its
 * columns; {@code run} is what tells several simulations apart. Times are seconds from the start of the simulation,
 * empty for what did not happen.
 */
final class SimCsv {
  /** A row for each peer that came. */
  static final String PEERS =
      "run,peer,group,rack,arrived_s,first_piece_s,completed_s,left_s,pieces,uploaded_bytes,downloaded_bytes,"
          + "wasted_bytes,failure";

  /** A row for each moment; amounts are counted from the start. */
  static final String SAMPLES =
      "run,time_s,online,seeds,completed,uploaded_bytes,capacity_bytes,least_copies,mean_copies";

  /** A row for each pair, of peers in small swarms and of groups in large ones, that had to do with each other. */
  static final String TRAFFIC = "run,giver,taker,bytes,served_s";

  /** A row for each moment and piece, or the first of several neighbours, of which the rarest counts. */
  static final String COPIES = "run,time_s,piece,copies";

  private final Path directory;
  private final boolean replace;

  SimCsv(Path directory, boolean replace) {
    this.directory = directory;
    this.replace = replace;
  }

  /** That nothing would be lost; before anything was calculated. */
  void requireFree() throws IOException {
    if (Files.exists(directory)) {
      Directories.requireExisting(directory);
    }
    for (String name : List.of("peers", "samples", "traffic", "copies")) {
      requireFree(file(name), replace);
    }
  }

  /** That there is no such file, or that it may be replaced. */
  static void requireFree(Path file, boolean replace) {
    if (!replace && Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
      throw CommandException.failed(file + " exists already; --force replaces it");
    }
  }

  private Path file(String name) {
    return directory.resolve(name + ".csv");
  }

  /** Makes the directory if it is not there. */
  void write(List<SimRun> runs) throws IOException {
    Files.createDirectories(directory);
    write("peers", PEERS, runs, SimCsv::peers);
    write("samples", SAMPLES, runs, SimCsv::samples);
    write("traffic", TRAFFIC, runs, SimCsv::traffic);
    write("copies", COPIES, runs, SimCsv::copies);
  }

  /** Rows of one simulation, each of which begins with what it is called. */
  private interface Rows {
    void write(SimulationReport report, String label, BufferedWriter out) throws IOException;
  }

  private void write(String name, String heading, List<SimRun> runs, Rows rows) throws IOException {
    Path file = file(name);
    if (replace) {
      Files.deleteIfExists(file); // not written through, should it be a link
    }
    try (BufferedWriter out = Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      out.write(heading + "\n");
      for (SimRun run : runs) {
        rows.write(run.report(), text(run.label()), out);
      }
    }
  }

  private static void peers(SimulationReport report, String label, BufferedWriter out) throws IOException {
    for (PeerOutcome peer : report.peers()) {
      out.write(String.join(
          ",",
          label,
          Integer.toString(peer.index()),
          text(peer.group()),
          peer.rack() < 0 ? "" : Integer.toString(peer.rack()),
          seconds(peer.arrived()),
          seconds(peer.firstPiece()),
          seconds(peer.completed()),
          seconds(peer.left()),
          Integer.toString(peer.pieces()),
          Long.toString(peer.uploaded()),
          Long.toString(peer.downloaded()),
          Long.toString(peer.wasted()),
          text(peer.failure() == null ? "" : peer.failure())));
      out.write("\n");
    }
  }

  private static void samples(SimulationReport report, String label, BufferedWriter out) throws IOException {
    for (Sample sample : report.samples()) {
      out.write(String.join(
          ",",
          label,
          seconds(sample.nanos()),
          Integer.toString(sample.online()),
          Integer.toString(sample.seeds()),
          Integer.toString(sample.completed()),
          Long.toString(sample.uploaded()),
          String.format(Locale.ROOT, "%.0f", sample.capacity()),
          Integer.toString(sample.leastCopies()),
          String.format(Locale.ROOT, "%.3f", sample.meanCopies())));
      out.write("\n");
    }
  }

  private static void traffic(SimulationReport report, String label, BufferedWriter out) throws IOException {
    TrafficMatrix traffic = report.traffic();
    for (int giver = 0; giver < traffic.names().size(); giver++) {
      for (int taker = 0; taker < traffic.names().size(); taker++) {
        if (traffic.bytes(giver, taker) > 0 || traffic.servedNanos(giver, taker) > 0) {
          out.write(String.join(
              ",",
              label,
              text(traffic.names().get(giver)),
              text(traffic.names().get(taker)),
              Long.toString(traffic.bytes(giver, taker)),
              seconds(traffic.servedNanos(giver, taker))));
          out.write("\n");
        }
      }
    }
  }

  private static void copies(SimulationReport report, String label, BufferedWriter out) throws IOException {
    CopyMap copies = report.copies();
    for (int row = 0; row < copies.rows(); row++) {
      String start = label + "," + seconds(report.samples().get(row).nanos()) + ",";
      for (int column = 0; column < copies.columns(); column++) {
        long firstPiece = ((long) column * copies.pieces() + copies.columns() - 1) / copies.columns();
        out.write(start + firstPiece + "," + copies.copies(row, column) + "\n");
      }
    }
  }

  private static String seconds(long nanos) {
    return nanos < 0 ? "" : String.format(Locale.ROOT, "%.6f", nanos / 1e9);
  }

  /** In quotes where it needs them. */
  private static String text(String value) {
    return value.matches("[^,\"\r\n]*") ? value : '"' + value.replace("\"", "\"\"") + '"';
  }
}
