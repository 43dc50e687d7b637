package io.minibit.net;

import io.minibit.engine.EngineListener;
import io.minibit.engine.PieceSet;
import io.minibit.model.TorrentState;
import io.minibit.strategy.ChokingRound;
import io.minibit.strategy.RemotePeer;
import io.minibit.strategy.UploadPlan;
import java.util.Locale;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes the log of one torrent. INFO tells the story: joined, which pieces are held, who is served and why at each choking
 * round, completed, staying as a seeder. DEBUG tells the rest.
 */
final class TorrentLog implements EngineListener {
  private static final Logger LOG = LoggerFactory.getLogger("io.minibit.Torrent");

  /** Ranges of pieces that are named one by one. */
  private static final int MOST_RANGES = 12;

  private final String name;
  private final Supplier<PieceSet> held;
  private int heldWhenLogged = -1;

  /**
   * A log that begins its lines with a name.
   *
   * @param name who and what: several peers of one program may be in one log
   */
  TorrentLog(String name, Supplier<PieceSet> held) {
    this.name = name;
    this.held = held;
  }

  void joined(String what) {
    LOG.info("{}: joined, {}", name, what);
  }

  @Override
  public void stateChanged(TorrentState state) {
    if (LOG.isInfoEnabled()) {
      if (state == TorrentState.DOWNLOADING) {
        logHeld();
      } else if (state == TorrentState.SEEDING) {
        LOG.info("{}: holds all {} pieces, staying as a seeder", name, held.get().size());
      } else {
        LOG.info("{}: {}", name, state.name().toLowerCase(Locale.ROOT).replace('_', ' '));
      }
    }
  }

  @Override
  public void completed() {
    LOG.info("{}: completed", name);
  }

  private void logHeld() {
    PieceSet pieces = held.get();
    if (pieces.count() != heldWhenLogged) {
      heldWhenLogged = pieces.count();
      LOG.info("{}: holds {} of {} pieces: {}", name, pieces.count(), pieces.size(), ranges(pieces));
    }
  }

  /** "0-3, 7, 9-12 and 5 more", or "none". */
  static String ranges(PieceSet pieces) {
    StringBuilder text = new StringBuilder();
    int named = 0;
    int from = pieces.next(0);
    for (int range = 0; from >= 0 && range < MOST_RANGES; range++) {
      int to = from;
      while (to + 1 < pieces.size() && pieces.get(to + 1)) {
        to++;
      }
      text.append(range == 0 ? "" : ", ").append(from);
      if (to > from) {
        text.append('-').append(to);
      }
      named += to - from + 1;
      from = pieces.next(to + 1);
    }
    if (named == 0) {
      return "none";
    }
    return pieces.count() > named ? text + " and " + (pieces.count() - named) + " more" : text.toString();
  }

  @Override
  public void choked(ChokingRound round, UploadPlan plan) {
    boolean periodic = round.trigger() == ChokingRound.Trigger.PERIODIC;
    if (periodic && LOG.isInfoEnabled()) {
      logHeld();
      LOG.info("{}: choking round {}: {}", name, round.number(), describe(round, plan));
    } else if (LOG.isDebugEnabled()) {
      LOG.debug("{}: choking review ({}): {}", name, round.trigger(), describe(round, plan));
    }
  }

  private static String describe(ChokingRound round, UploadPlan plan) {
    StringBuilder text = new StringBuilder("serving ");
    if (plan.slots().isEmpty()) {
      text.append("nobody");
    }
    for (int i = 0; i < plan.slots().size(); i++) {
      UploadPlan.Slot slot = plan.slots().get(i);
      RemotePeer peer = slot.peer();
      text.append(i == 0 ? "" : ", ").append(peer.address());
      if (slot.optimistic()) {
        text.append(" (optimistic)");
      } else if (round.seeding()) {
        text.append(" (took ").append(peer.uploadRate()).append(" bytes/s)");
      } else {
        text.append(" (gave ").append(peer.downloadRate()).append(" bytes/s, has ");
        text.append(peer.wantedPieces()).append(" pieces we lack)");
      }
    }
    return text.append("; ").append(round.peers().size()).append(" connected").toString();
  }

  @Override
  public void peerConnected(RemotePeer peer) {
    LOG.debug("{}: connected to {}", name, peer);
  }

  @Override
  public void peerLeft(RemotePeer peer, String reason) {
    LOG.debug("{}: {} left: {}", name, peer, reason);
  }

  @Override
  public void pieceStored(int piece) {
    LOG.debug("{}: piece {} verified and stored", name, piece);
  }

  @Override
  public void pieceCorrupt(int piece) {
    LOG.warn("{}: piece {} does not match its hash; fetching it again", name, piece);
  }

  @Override
  public void peerBanned(RemotePeer peer, String reason) {
    LOG.warn("{}: banned {}: {}", name, peer, reason);
  }

  @Override
  public void wishDropped(String why) {
    LOG.warn("{}: {}", name, why);
  }

  @Override
  public void strategyIgnored(String what) {
    LOG.debug("{}: ignored: {}", name, what);
  }

  @Override
  public void failed(Throwable cause) {
    LOG.error("{}: the torrent ends because of an error", name, cause);
  }

  @Override
  public void detail(String what) {
    LOG.debug("{}: {}", name, what);
  }
}
