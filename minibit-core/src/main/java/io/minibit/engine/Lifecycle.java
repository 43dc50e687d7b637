package io.minibit.engine;

import io.minibit.model.TorrentState;
import io.minibit.strategy.ChokingRound;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The states of a torrent and what leads from one to the next: checked, complete, paused, in trouble with its store,
 * seeding for as long as it was asked to.
 */
final class Lifecycle {
  private final Swarm swarm;
  private final Downloader downloader;
  private final Uploader uploader;
  private final ChokingRounds choking;
  private final Announcer announcer;
  private final Connections connections;

  private long seedUntil = Long.MAX_VALUE;
  private long checkAt = Long.MAX_VALUE;
  private final StoreRetry checkRetry = new StoreRetry();

  /** Before this a store that has changed is not checked again: somebody may write to it all the time. */
  private long notAgainBefore = Long.MIN_VALUE;

  private boolean wasComplete;
  private boolean pauseWanted;
  /** Why the store is checked again, or why it cannot be, as a sentence. */
  private @Nullable String checkReason;

  Lifecycle(
      Swarm swarm,
      Downloader downloader,
      Uploader uploader,
      ChokingRounds choking,
      Announcer announcer,
      Connections connections) {
    this.swarm = swarm;
    this.downloader = downloader;
    this.uploader = uploader;
    this.choking = choking;
    this.announcer = announcer;
    this.connections = connections;
  }

  /** Whether every wanted piece is here, and that has been reported. */
  boolean isComplete() {
    return wasComplete && swarm.book.isComplete();
  }

  /** In a sentence why the store is checked again, or why it cannot be; null if it is checked for the first time. */
  @Nullable String checkReason() {
    return checkReason;
  }

  void changeState(TorrentState state) {
    if (swarm.state != state) {
      swarm.state = state;
      swarm.listener.stateChanged(state);
    }
  }

  /** The store was checked: these pieces are there and right. */
  void onChecked(PieceSet held) {
    checkReason = null;
    checkRetry.succeeded();
    swarm.book.setHeld(held);
    wasComplete = swarm.book.isComplete();
    if (wasComplete) {
      seedFrom(swarm.now);
    }
    if (pauseWanted) {
      changeState(TorrentState.PAUSED);
    } else {
      changeState(wasComplete ? TorrentState.SEEDING : TorrentState.DOWNLOADING);
      announcer.start();
    }
    if (wasComplete) {
      swarm.listener.completed();
    }
  }

  void onCheckFailed(String message) {
    checkReason = "cannot check: " + message;
    checkAt = swarm.now + checkRetry.afterFailure();
  }

  void pause() {
    pauseWanted = true;
    if (swarm.isTrading()) {
      changeState(TorrentState.PAUSED);
      stopTrading("paused");
    }
  }

  void resume() {
    pauseWanted = false;
    if (swarm.state == TorrentState.PAUSED) {
      changeState(swarm.book.isComplete() ? TorrentState.SEEDING : TorrentState.DOWNLOADING);
      announcer.start();
      compareCompletion();
    }
  }

  /** Closes all connections, gives up what is begun, and says goodbye to the tracker. */
  void stopTrading(String reason) {
    for (Connection peer : List.copyOf(swarm.connections)) {
      connections.remove(peer, reason, true);
    }
    downloader.stop();
    uploader.stop();
    announcer.stop(uploader.sent(), downloader.received());
  }

  /** The pieces that are wanted or held have changed: whether that completes the torrent, or the opposite. */
  void compareCompletion() {
    boolean complete = swarm.book.isComplete();
    if (complete && !wasComplete) {
      becomeComplete();
    } else if (!complete && wasComplete) {
      wasComplete = false;
      seedUntil = Long.MAX_VALUE;
      changeState(TorrentState.DOWNLOADING);
    }
  }

  private void becomeComplete() {
    wasComplete = true;
    changeState(TorrentState.SEEDING);
    if (swarm.book.held().isFull()) {
      announcer.onCompleted();
    }
    // The strategy may want to serve others now.
    choking.ask(ChokingRound.Trigger.INTEREST_CHANGED);
    for (Connection peer : swarm.connections) {
      connections.closeIfBothComplete(peer);
    }
    seedFrom(swarm.now);
    swarm.listener.completed();
  }

  private void seedFrom(long now) {
    long seedNanos = swarm.settings.seedNanos();
    seedUntil = seedNanos > Long.MAX_VALUE - Math.max(0, now) ? Long.MAX_VALUE : now + seedNanos;
  }

  /** A piece was stored. */
  void onStored() {
    if (swarm.state == TorrentState.STORE_TROUBLE) {
      changeState(TorrentState.DOWNLOADING);
    }
    if (swarm.isTrading()) {
      compareCompletion();
    }
  }

  void onStoreFailed() {
    if (swarm.isTrading()) {
      changeState(TorrentState.STORE_TROUBLE);
    }
  }

  /** What is in the store is not what was stored: it is checked again. */
  void checkAgain(String message) {
    if (swarm.isTrading()) {
      checkReason = "checking again: " + message;
      swarm.listener.detail(checkReason);
      stopTrading("store changed: " + message);
      changeState(TorrentState.CHECKING);
      checkAt = Math.max(swarm.now, notAgainBefore);
      runIfDue();
    }
  }

  long dueAt() {
    return Math.min(checkAt, seedUntil);
  }

  void runIfDue() {
    if (swarm.now >= checkAt) {
      checkAt = Long.MAX_VALUE;
      notAgainBefore = swarm.now + StoreRetry.LONGEST;
      swarm.port.check();
    }
    if (swarm.now >= seedUntil) {
      seedUntil = Long.MAX_VALUE;
      if (swarm.book.isComplete()) {
        swarm.listener.seedTimeOver();
      }
    }
  }
}
