package io.minibit.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Watches a swarm in a log or a pipe: a plain line each second, how far each peer is. */
final class SwarmLines implements SwarmWatcher {
  private static final Duration INTERVAL = Duration.ofSeconds(1);

  /** More columns than these fit on no screen. */
  private static final int MOST_COLUMNS = 12;

  private final Session session;
  private Duration next = INTERVAL;

  SwarmLines(Session session) {
    this.session = session;
  }

  @Override
  public Duration interval() {
    return INTERVAL;
  }

  @Override
  public void watch(SwarmSnapshot snapshot) {
    if (snapshot.elapsed().compareTo(next) >= 0) {
      session.print(line(snapshot));
      next = Duration.ofSeconds(snapshot.elapsed().toSeconds()).plus(INTERVAL);
    }
  }

  /** How far each peer is, or for many how far the swarm is. */
  static String line(SwarmSnapshot snapshot) {
    StringBuilder line = new StringBuilder(String.format(Locale.ROOT, "%5.0f s ", snapshot.elapsed().toMillis() / 1e3));
    List<SwarmSnapshot.Member> members = snapshot.members();
    if (members.size() <= MOST_COLUMNS) {
      for (SwarmSnapshot.Member member : members) {
        line.append(String.format(Locale.ROOT, " %4s", Subsets.percent(member.heldCount(), snapshot.pieceCount())));
      }
      return line.toString();
    }
    int[] held = members.stream().mapToInt(SwarmSnapshot.Member::heldCount).sorted().toArray();
    return line.append(" ")
        .append(snapshot.completeCount())
        .append(" of ")
        .append(members.size())
        .append(" peers complete; the slowest has ")
        .append(Subsets.percent(held[0], snapshot.pieceCount()))
        .append(", the middle one ")
        .append(Subsets.percent(held[held.length / 2], snapshot.pieceCount()))
        .toString();
  }
}
