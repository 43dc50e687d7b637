package io.minibit.engine;

import org.jspecify.annotations.Nullable;

/** Puts into one sentence what a torrent is doing and, if nothing moves, why. */
final class Explanation {
  /** Missing pieces that are named; the rest is counted. */
  private static final int MOST_NAMED = 3;

  private static final String NO_ANSWER = "no tracker answered: ";

  private final Swarm swarm;
  private final Downloader downloader;
  private final Dialer dialer;
  private final Announcer announcer;
  private final SuperSeeding superSeeding;
  private final @Nullable String checkReason;

  Explanation(
      Swarm swarm,
      Downloader downloader,
      Dialer dialer,
      Announcer announcer,
      SuperSeeding superSeeding,
      @Nullable String checkReason) {
    this.swarm = swarm;
    this.downloader = downloader;
    this.dialer = dialer;
    this.announcer = announcer;
    this.superSeeding = superSeeding;
    this.checkReason = checkReason;
  }

  String sentence() {
    return switch (swarm.state) {
      case CHECKING -> checkReason == null ? "checking what is already there" : checkReason;
      case PAUSED -> "paused";
      case FAILED -> "failed: " + swarm.failure;
      case LEFT -> "left";
      case SEEDING -> seeding();
      case STORE_TROUBLE -> "cannot store: " + downloader.storeTrouble();
      case DOWNLOADING -> downloading();
    };
  }

  private String seeding() {
    int interested = 0;
    int served = 0;
    for (Connection peer : swarm.connections) {
      interested += peer.peerInterested ? 1 : 0;
      served += peer.slot != null && peer.peerInterested ? 1 : 0;
    }
    if (swarm.connections.isEmpty()) {
      return "seeding, nobody connected" + trackerTrouble(", ");
    }
    String how = superSeeding.isOn() ? "super-seeding" : "seeding";
    return how + " to " + served + " of " + interested + " interested peers, " + connected();
  }

  private String downloading() {
    if (swarm.connections.isEmpty()) {
      return alone();
    }
    int serving = 0;
    int offering = 0;
    int stalled = 0;
    long rate = 0;
    for (Connection peer : swarm.connections) {
      offering += peer.wanted > 0 ? 1 : 0;
      serving += peer.canServe() ? 1 : 0;
      stalled += peer.canServe() && peer.stalled ? 1 : 0;
      rate += peer.downloadRate();
    }
    if (rate > 0 && serving > 0) {
      return "downloading from " + serving + " of " + connected();
    }
    if (offering == 0) {
      return connected() + ", " + missing();
    }
    if (serving == 0) {
      return offering == swarm.connections.size()
          ? connected() + (offering == 1 ? ", which chokes us" : ", all choke us")
          : connected() + ", the " + offering + " with pieces that we lack choke us";
    }
    if (stalled == serving) {
      return serving + (serving == 1 ? " peer serves us" : " peers serve us") + ", but nothing has come for 20 s";
    }
    if (downloader.waitsForMemory()) {
      return "waiting for piece memory, which begun pieces hold";
    }
    return "waiting for the first blocks from " + serving + " of " + connected();
  }

  private String alone() {
    if (dialer.dialing() > 0) {
      return "connecting to " + dialer.dialing() + (dialer.dialing() == 1 ? " peer" : " peers");
    }
    String failure = dialer.lastFailure();
    if (dialer.known() > 0 && failure != null) {
      return "no peer can be reached: " + failure + trackerTrouble("; ");
    }
    if (dialer.known() > 0) {
      return "nobody connected, " + dialer.known() + " known, to be tried again" + trackerTrouble("; ");
    }
    if (announcer.lastError() != null) {
      return "no peers known" + trackerTrouble(", ");
    }
    if (!announcer.hasTracker()) {
      return "no peers known and no tracker to ask";
    }
    return announcer.peersGiven() < 0 ? "asking the tracker for peers" : "the tracker knows no other peers";
  }

  private String trackerTrouble(String separator) {
    String error = announcer.lastError();
    if (error == null) {
      return "";
    }
    // Several trackers in turn say so themselves.
    return separator + (error.startsWith(NO_ANSWER) ? error : NO_ANSWER + error);
  }

  private String connected() {
    return swarm.connections.size() + (swarm.connections.size() == 1 ? " peer connected" : " peers connected");
  }

  private String missing() {
    StringBuilder named = new StringBuilder();
    PieceSet wanted = swarm.book.wanted();
    int piece = wanted.next(0);
    for (int i = 0; i < MOST_NAMED && piece >= 0; i++) {
      named.append(i == 0 ? "" : ", ").append(piece);
      piece = wanted.next(piece + 1);
    }
    int more = wanted.count() - MOST_NAMED;
    String rest = more > 0 ? " and " + more + " more" : "";
    return "no peer has " + (wanted.count() == 1 ? "piece " : "pieces ") + named + rest;
  }
}
