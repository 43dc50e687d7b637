package io.minibit.cli;

import io.minibit.PeerStatus;
import io.minibit.TorrentStatus;
import io.minibit.metainfo.Metainfo;
import io.minibit.model.PeerId;
import io.minibit.tracker.MemoryTracker;
import io.minibit.tracker.ScrapeResponse;
import io.minibit.tracker.TrackerServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes pictures of a {@link LocalSwarm}: asks each peer and the tracker in this process. Use from one thread. */
final class SwarmSampler {
  private final Metainfo metainfo;
  private final List<SwarmMember> members;
  private final MemoryTracker tracker;
  private final TrackerServer server;
  private final long startedAt = System.nanoTime();
  private final Map<PeerId, Integer> numbers = new HashMap<>();

  /**
   * Of a swarm that begins to trade now.
   *
   * @param members all have joined
   * @param server of the tracker; nobody else uses it
   */
  SwarmSampler(Metainfo metainfo, List<SwarmMember> members, MemoryTracker tracker, TrackerServer server) {
    this.metainfo = metainfo;
    this.members = members;
    this.tracker = tracker;
    this.server = server;
    members.forEach(member -> numbers.put(member.id(), member.number));
  }

  /** The swarm now. */
  SwarmSnapshot sample() {
    return new SwarmSnapshot(
        metainfo.name(),
        metainfo.layout().pieceCount(),
        metainfo.layout().totalLength(),
        Duration.ofNanos(System.nanoTime() - startedAt),
        members.stream().map(this::sample).toList(),
        sampleTracker());
  }

  private SwarmSnapshot.Member sample(SwarmMember member) {
    TorrentStatus status = member.status();
    List<SwarmSnapshot.Connection> connections = new ArrayList<>();
    for (PeerStatus remote : status.peers()) {
      Integer number = numbers.get(remote.id());
      if (number != null) { // a stranger may have found the tracker
        connections.add(
            new SwarmSnapshot.Connection(
                remote.key(),
                number,
                remote.served(),
                remote.optimistic(),
                remote.interested(),
                remote.interesting(),
                remote.unchokesUs(),
                remote.downloadRate(),
                remote.uploadRate()));
      }
    }
    return new SwarmSnapshot.Member(
        member.number,
        member.address(),
        status.state(),
        status.held(),
        member.initial.cardinality(),
        status.downloadRate(),
        status.uploadRate(),
        status.downloaded(),
        status.uploaded(),
        status.wasted(),
        member.chokingRounds(),
        connections,
        status.explanation());
  }

  private SwarmSnapshot.TrackerView sampleTracker() {
    ScrapeResponse.Counts counts =
        tracker
            .scrape(List.of(metainfo.infoHash()))
            .join()
            .counts()
            .getOrDefault(metainfo.infoHash(), new ScrapeResponse.Counts(0, 0, 0));
    return new SwarmSnapshot.TrackerView(
        counts.seeders(), counts.leechers(), counts.completed(), server.stats().httpRequests());
  }
}
