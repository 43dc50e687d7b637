package io.minibit.sim;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * What happened in a simulation. Immutable; equal scenarios give equal reports.
 *
 * @param scenario what was simulated
 * @param complete whether every peer that came without everything had it at the end, or went before on purpose
 * @param nanos virtual time at the end
 * @param events handled on the way
 * @param traceHash a digest of every message that arrived anywhere; the same for the same scenario on every machine
 * @param peers those who came, by their numbers
 * @param samples the swarm from its start to its end, at most 600 moments at equal distances
 * @param copies which piece had how many copies at those moments
 * @param traffic who gave what to whom
 * @param seedUploaded what the peers that had everything from the start sent, bytes
 * @param independentAfter what those had sent when for the first time every piece was also somewhere else: from then on
 *     the swarm could live without them; -1 if it never could
 * @param independentAt when that was, nanoseconds; -1 if never
 * @param ownRackBytes payload that stayed in a rack
 * @param otherRackBytes payload that did not
 */
public record SimulationReport(
    Scenario scenario,
    boolean complete,
    long nanos,
    long events,
    long traceHash,
    List<PeerOutcome> peers,
    List<Sample> samples,
    CopyMap copies,
    TrafficMatrix traffic,
    long seedUploaded,
    long independentAfter,
    long independentAt,
    long ownRackBytes,
    long otherRackBytes) {

  public SimulationReport {
    peers = List.copyOf(peers);
    samples = List.copyOf(samples);
  }

  /** Those of one group, by their numbers. */
  public List<PeerOutcome> group(String name) {
    return peers.stream().filter(peer -> peer.group().equals(name)).toList();
  }

  /** Peers that came without everything. */
  public List<PeerOutcome> leechers() {
    return peers.stream().filter(peer -> !isSeed(peer)).toList();
  }

  private boolean isSeed(PeerOutcome peer) {
    return scenario.groups().stream().anyMatch(group -> group.name().equals(peer.group()) && group.isSeeding());
  }

  /** Seconds from arrival to completion of a group's peers that completed, from the quickest to the slowest. */
  public double[] downloadSeconds(String group) {
    return downloadSeconds(group(group));
  }

  private static double[] downloadSeconds(List<PeerOutcome> peers) {
    double[] seconds =
        peers.stream().filter(PeerOutcome::isComplete).mapToDouble(PeerOutcome::downloadSeconds).toArray();
    Arrays.sort(seconds);
    return seconds;
  }

  /** The mean of {@link #downloadSeconds}; NaN if nobody completed. */
  public double meanDownloadSeconds(String group) {
    return Arrays.stream(downloadSeconds(group)).average().orElse(Double.NaN);
  }

  /** The median of {@link #downloadSeconds}; NaN if nobody completed. */
  public double medianDownloadSeconds(String group) {
    return quantile(downloadSeconds(group), 0.5);
  }

  /**
   * How many times as long as the other group's median peer this group's takes to download: above 1 it is the slower
   * one. NaN if in one of them nobody completed.
   */
  public double slowdown(String group, String other) {
    return medianDownloadSeconds(group) / medianDownloadSeconds(other);
  }

  /** Payload that the peers of one group received from those of another, or of the same, bytes. */
  public long given(String giver, String taker) {
    List<String> groups = groupsOfRows();
    long bytes = 0;
    for (int from = 0; from < groups.size(); from++) {
      for (int to = 0; to < groups.size(); to++) {
        if (groups.get(from).equals(giver) && groups.get(to).equals(taker)) {
          bytes += traffic.bytes(from, to);
        }
      }
    }
    return bytes;
  }

  /** The groups to which the rows of the traffic matrix belong. */
  private List<String> groupsOfRows() {
    boolean byPeer = scenario.peers() <= TrafficMatrix.MOST_PEERS;
    return scenario.groups().stream()
        .flatMap(group -> Collections.nCopies(byPeer ? group.count() : 1, group.name()).stream())
        .toList();
  }

  /** The median time from arrival to completion of all peers that came without everything, seconds. */
  public double medianDownloadSeconds() {
    return quantile(downloadSeconds(leechers()), 0.5);
  }

  private static double quantile(double[] sorted, double part) {
    return sorted.length == 0 ? Double.NaN : sorted[(int) Math.min(sorted.length - 1, part * sorted.length)];
  }

  /** When the last of those who came without everything had it, seconds since the start; NaN if nobody had. */
  public double lastCompletionSeconds() {
    return leechers().stream()
        .filter(PeerOutcome::isComplete)
        .mapToDouble(peer -> peer.completed() / 1e9)
        .max()
        .orElse(Double.NaN);
  }

  /** How often the seeds sent the torrent, as a multiple of its size. */
  public double seedCopies() {
    return (double) seedUploaded / scenario.bytes();
  }

  /** {@link #independentAfter} as a multiple of the torrent's size; NaN if the swarm always needed its seeds. */
  public double copiesUntilIndependent() {
    return independentAfter < 0 ? Double.NaN : (double) independentAfter / scenario.bytes();
  }

  /** The part of the payload received that was of no use, 0 to 1. */
  public double waste() {
    long downloaded = peers.stream().mapToLong(PeerOutcome::downloaded).sum();
    long wasted = peers.stream().mapToLong(PeerOutcome::wasted).sum();
    return downloaded == 0 ? 0 : (double) wasted / downloaded;
  }

  /** What was sent as a part of what the uplinks could have sent, over the whole time, 0 to 1; NaN without limits. */
  public double uploadUtilization() {
    Sample last = samples.get(samples.size() - 1);
    return last.capacity() == 0 ? Double.NaN : last.uploaded() / last.capacity();
  }

  /**
   * The least time in which anybody could give the torrent to all of these peers if they all came at the start and
   * pieces were infinitely small, seconds: the seeds must send it once, the slowest must receive it, and all together
   * must send what all together receive (Kumar and Ross, "Peer-Assisted File Distribution: The Minimum Distribution
   * Time", 2006).
   */
  public double fluidBoundSeconds() {
    double seedUp = 0;
    double up = 0;
    double slowest = Double.POSITIVE_INFINITY;
    long takers = 0;
    for (PeerGroup group : scenario.groups()) {
      double rate = group.count() * (double) Math.min(group.upload(), group.uploadLimit());
      up += rate;
      if (group.isSeeding()) {
        seedUp += rate;
      } else {
        takers += group.count();
        slowest = Math.min(slowest, (double) group.download());
      }
    }
    double bytes = (double) scenario.bytes();
    return Math.max(bytes / seedUp, Math.max(bytes / slowest, takers * bytes / up));
  }
}
