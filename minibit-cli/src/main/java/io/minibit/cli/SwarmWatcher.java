package io.minibit.cli;

import java.time.Duration;

/** Shows a {@link LocalSwarm} while it trades. Called on one thread, which it must not hold for long. */
interface SwarmWatcher {
  /** How often it wants a new picture, at most; several watchers get those of the most curious one. */
  Duration interval();

  /** The swarm now; the last picture is taken when all have everything. */
  void watch(SwarmSnapshot snapshot);
}
