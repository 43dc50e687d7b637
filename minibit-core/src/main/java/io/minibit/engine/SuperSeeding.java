package io.minibit.engine;

import io.minibit.model.PeerId;
import io.minibit.wire.MessageType;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Super-seeding (BEP 16): the first seed of a torrent pretends to have nothing and shows each peer one piece at a time,
 * so that the peers give the pieces to each other and it has to send hardly more than one copy.
 *
 * <p>A peer is shown a piece that nobody was shown yet, and the next one when somebody else has got that piece, which
 * tells that the peer passes on what it gets. Beyond that, peers are shown more as soon as the uplink would have less
 * than a second's work: then whatever has come least far goes to those who owe least. So no peer can hold up the others,
 * one peer alone is served at full speed, and an idle uplink and a wish unfulfilled never meet for long. A peer that
 * wants nothing of what it sees is shown twice as much each time.
 *
 * <p>It is over when every piece is at two other peers: the swarm can live without us. Then everybody is told of
 * everything, and we seed like others. Off unless {@link EngineSettings#superSeeding()}, and while we lack pieces.
 */
final class SuperSeeding {
  /** How long a peer may take to react to what it is shown, before that is no work for the uplink. */
  private static final long HORIZON = 1_000_000_000L;

  /** What was shown this short a time ago may have crossed with the peer's loss of interest. */
  private static final long CROSSING = 300_000_000L;

  /** Work for an uplink that has run dry, bytes, while it is not known how fast it is; doubles each time. */
  private static final long FIRST_AHEAD = 256 << 10;

  private static final long MOST_AHEAD = 16 << 20;

  /** What {@link RateMeter} looks back: before, it shows less than the rate. */
  private static final long RATE_SPAN = 4_000_000_000L;

  /** A peer is shown up to so many seconds of its own rate: others have to use the rest. */
  private static final int SECONDS_AHEAD = 2;

  /** When this many others have a piece, one of them may leave. */
  private static final int ENOUGH_COPIES = 2;

  /** Haves sent to one peer at a time and then each second, 36 KiB: a large torrent must not swamp it. */
  private static final int MOST_HAVES = 4096;

  private final Swarm swarm;
  /** Present while super-seeding. */
  private @Nullable Spread spread;
  private boolean over;
  /** Other seeds that were seen; two connections of one are one seed. */
  private final Set<PeerId> seeds = new HashSet<>();
  private boolean due;
  /** Nothing was sent in the last second, and nothing waits to be sent. */
  private boolean idle;
  private long sentBefore;
  private long tickAt = Long.MAX_VALUE;
  /** Some peer has not been told of everything yet, although nothing is hidden from it any more. */
  private boolean telling;
  /** Bytes of work to look for, whatever the rate is; fades. */
  private long ahead;

  SuperSeeding(Swarm swarm) {
    this.swarm = swarm;
    over = !swarm.settings.superSeeding();
  }

  private void stir() {
    due = true;
    swarm.stirred = true;
  }

  boolean isOn() {
    return spread != null;
  }

  /** Whether a peer may ask for a piece: we hold it and have not hidden it. */
  boolean offers(Connection peer, int piece) {
    Disclosure disclosure = peer.disclosure;
    return swarm.book.held().get(piece) && (disclosure == null || disclosure.told.get(piece));
  }

  /** Introduces us to a newcomer as somebody who has nothing; false if we have nothing to hide. */
  boolean introduce(Connection newcomer) {
    if (over || !swarm.book.held().isFull()) {
      spread = null;
      return false;
    }
    if (spread == null && !begin(newcomer)) {
      return false;
    }
    newcomer.disclosure = new Disclosure(swarm.layout.pieceCount(), swarm.now);
    stir();
    if (newcomer.fast) {
      swarm.send(newcomer, MessageType.HAVE_NONE);
    }
    return true;
  }

  /** Takes stock of those who connected before, when we still lacked something; false if there is no need for us. */
  private boolean begin(Connection newcomer) {
    int pieces = swarm.layout.pieceCount();
    Spread fresh = new Spread(pieces, swarm.random);
    for (Connection peer : swarm.connections) {
      if (peer != newcomer) {
        Disclosure all = new Disclosure(pieces, swarm.now);
        for (int p = 0; p < pieces; p++) {
          fresh.tell(all, p);
          if (peer.has(p)) {
            fresh.own(all, p);
          }
        }
        all.cursor = pieces;
        peer.disclosure = all;
      }
    }
    spread = fresh;
    if (isEnough(fresh)) {
      end();
    }
    return !over;
  }

  // What peers say and get.

  /** The peer said that it has a piece. */
  void onHave(Connection peer, int piece) {
    Disclosure disclosure = peer.disclosure;
    if (disclosure != null && spread != null) {
      own(disclosure, spread, piece);
      tellIfNothingIsHidden(peer, disclosure);
    }
  }

  /** The peer said which pieces it has. */
  void onPieces(Connection peer) {
    PieceSet has = peer.pieceSet();
    if (has != null && spread != null && peer.disclosure != null) {
      for (int p = has.next(0); p >= 0; p = has.next(p + 1)) {
        onHave(peer, p);
      }
      stir();
    }
  }

  /** A block was handed over for the peer. */
  void onServed(Connection peer, int piece, int length) {
    idle = false;
    Disclosure disclosure = peer.disclosure;
    if (disclosure != null && spread != null && disclosure.sent(piece, length)) {
      own(disclosure, spread, piece);
    }
  }

  /** A peer that has what it saw need not say so, since it takes us to have it already: losing interest tells. */
  void onInterest(Connection peer) {
    Disclosure disclosure = peer.disclosure;
    if (disclosure == null || spread == null) {
      return;
    }
    stir();
    if (peer.peerInterested) {
      disclosure.batch = 1;
      return;
    }
    for (Disclosure.Shown s : disclosure.shown.toArray(new Disclosure.Shown[0])) {
      if (s.left > 0 && s.left < s.length && swarm.now - s.at >= CROSSING) {
        own(disclosure, spread, s.piece);
      }
    }
    disclosure.dropIgnored(swarm.now - CROSSING);
  }

  void onLeft(Connection peer) {
    Disclosure disclosure = peer.disclosure;
    if (peer.seed() && seeds.size() < ENOUGH_COPIES) {
      seeds.add(peer.id());
    }
    if (disclosure != null && spread != null) {
      spread.leave(disclosure);
      stir();
    }
    peer.disclosure = null;
  }

  private void own(Disclosure owner, Spread all, int piece) {
    if (!all.own(owner, piece)) {
      return;
    }
    owner.received(piece);
    int owners = all.owners(piece);
    if (owners > ENOUGH_COPIES) {
      return;
    }
    stir();
    for (Connection peer : swarm.connections) {
      Disclosure disclosure = peer.disclosure;
      if (disclosure != null && owners > (disclosure.owned.get(piece) ? 1 : 0)) {
        disclosure.spread(piece);
      }
    }
  }

  // What they are shown.

  /**
   * Shows what is to be shown now.
   *
   * @param capacity bytes per second that we can send, as far as we know
   * @param limited whether that is a limit and not the highest rate seen
   * @param sent bytes sent so far
   */
  void showDue(long capacity, boolean limited, long sent) {
    if (swarm.connections.isEmpty() || (spread == null && !telling)) {
      tickAt = Long.MAX_VALUE;
    } else if (swarm.now >= tickAt || tickAt == Long.MAX_VALUE) {
      tick(sent);
      tickAt = swarm.now + HORIZON;
    }
    Spread all = spread;
    if (!due || all == null || !swarm.isTrading()) {
      return;
    }
    due = false;
    if (isEnough(all)) {
      end();
      return;
    }
    long work = 0;
    for (Connection peer : swarm.connections) {
      Disclosure disclosure = peer.disclosure;
      if (disclosure != null) {
        int piece = disclosure.unspread() == 0 && !disclosure.knowsAll() ? all.untouched() : -1;
        if (piece >= 0) {
          show(peer, disclosure, all, piece);
        }
        work += work(peer, disclosure);
      }
    }
    if (work == 0) {
      ahead = Math.min(MOST_AHEAD, Math.max(FIRST_AHEAD, 2 * ahead));
    }
    long wanted = limited ? capacity : Math.max(capacity, ahead);
    while (work < wanted) {
      Connection peer = whoMaySeeMore();
      Disclosure disclosure = peer == null ? null : peer.disclosure;
      if (peer == null || disclosure == null) {
        break;
      }
      work -= work(peer, disclosure);
      showMore(peer, disclosure, all);
      work += work(peer, disclosure);
    }
  }

  /** When to look again although nothing has happened. */
  long dueAt() {
    return tickAt;
  }

  /** Once a second: sees whether the uplink is idle, and goes on with telling. */
  private void tick(long sent) {
    idle = sent == sentBefore && tickAt != Long.MAX_VALUE;
    sentBefore = sent;
    ahead -= ahead / 4;
    stir();
    telling = false;
    for (Connection peer : swarm.connections) {
      idle &= peer.uploads.isEmpty() && peer.queuedBytes == 0;
      tellMore(peer);
    }
  }

  /** Bytes that this peer is about to fetch from us, as far as we can tell. */
  private long work(Connection peer, Disclosure disclosure) {
    long open = disclosure.open();
    if (swarm.now - disclosure.shownAt < HORIZON) {
      return open;
    }
    if (!peer.peerInterested || idle) {
      return 0;
    }
    boolean servedForLong = peer.slot != null && swarm.now - peer.servedSince >= RATE_SPAN;
    // Who waits for a slot will get one when others have finished.
    return servedForLong ? Math.min(open, SECONDS_AHEAD * peer.uploadRate()) : open;
  }

  private @Nullable Connection whoMaySeeMore() {
    Connection best = null;
    Disclosure bestDisclosure = null;
    for (Connection peer : swarm.connections) {
      Disclosure disclosure = peer.disclosure;
      if (disclosure != null
          && maySeeMore(peer, disclosure)
          && (bestDisclosure == null || best == null || owesLess(peer, disclosure, best, bestDisclosure))) {
        best = peer;
        bestDisclosure = disclosure;
      }
    }
    return best;
  }

  private boolean maySeeMore(Connection peer, Disclosure disclosure) {
    if (disclosure.knowsAll()) {
      return false;
    }
    long open = disclosure.open();
    boolean served = peer.slot != null;
    if (open == 0 || (served && open < SECONDS_AHEAD * peer.uploadRate())) {
      return true;
    }
    boolean reacted = swarm.now - disclosure.shownAt >= HORIZON;
    return reacted && (!peer.peerInterested || (served && idle));
  }

  /** Who has passed on more of what it was shown comes first, then who is served, then who was shown nothing for long. */
  private static boolean owesLess(Connection a, Disclosure ofA, Connection b, Disclosure ofB) {
    int byDebt = Integer.compare(ofA.unspread(), ofB.unspread());
    int bySlot = Boolean.compare(b.slot != null, a.slot != null);
    return byDebt != 0 ? byDebt < 0 : bySlot != 0 ? bySlot < 0 : ofA.shownAt < ofB.shownAt;
  }

  private void showMore(Connection peer, Disclosure disclosure, Spread all) {
    int count = 1;
    if (!peer.peerInterested) {
      disclosure.dropIgnored(swarm.now);
      count = disclosure.batch;
      disclosure.batch = Math.min(2 * count, swarm.layout.pieceCount());
    }
    for (int piece; count > 0 && (piece = all.rarestFor(disclosure)) >= 0; count--) {
      show(peer, disclosure, all, piece);
    }
  }

  private void show(Connection peer, Disclosure disclosure, Spread all, int piece) {
    all.tell(disclosure, piece);
    boolean spreads = all.owners(piece) > 0;
    disclosure.shown.add(new Disclosure.Shown(piece, swarm.layout.length(piece), spreads, swarm.now));
    disclosure.shownAt = swarm.now;
    swarm.send(peer, MessageType.HAVE, piece, 0, 0);
    tellIfNothingIsHidden(peer, disclosure);
  }

  /** What is left to tell it has itself; but without that it could not know that both have everything. */
  private void tellIfNothingIsHidden(Connection peer, Disclosure disclosure) {
    if (disclosure.knowsAll() && disclosure.cursor < 0) {
      tellEverything(peer, disclosure);
    }
  }

  // The end.

  private boolean isEnough(Spread all) {
    return seeds.size() >= ENOUGH_COPIES || all.isEverywhere(ENOUGH_COPIES - seeds.size());
  }

  private void end() {
    over = true;
    spread = null;
    for (Connection peer : swarm.connections) {
      Disclosure disclosure = peer.disclosure;
      if (disclosure != null) {
        tellEverything(peer, disclosure);
      }
    }
    swarm.listener.detail("super-seeding is over: every piece is at others");
  }

  private void tellEverything(Connection peer, Disclosure disclosure) {
    disclosure.cursor = Math.max(0, disclosure.cursor);
    tellMore(peer);
  }

  private void tellMore(Connection peer) {
    Disclosure disclosure = peer.disclosure;
    if (disclosure == null || disclosure.cursor < 0) {
      return;
    }
    int pieces = swarm.layout.pieceCount();
    for (int haves = 0; haves < MOST_HAVES && disclosure.cursor < pieces; disclosure.cursor++) {
      if (disclosure.told.set(disclosure.cursor)) {
        swarm.send(peer, MessageType.HAVE, disclosure.cursor, 0, 0);
        haves++;
      }
    }
    telling |= disclosure.cursor < pieces;
    if (over && disclosure.cursor == pieces) {
      peer.disclosure = null;
    }
  }
}
