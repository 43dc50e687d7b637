package io.minibit.engine;

import io.minibit.model.Limits;
import io.minibit.model.PeerAddress;
import io.minibit.model.PeerId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Knows the endpoints of the swarm, whom to dial when, and who is banned. An endpoint that fails is tried again later
 * and later; one that was given by the user is tried more eagerly, and also when there are connections enough.
 */
final class Dialer {
  private static final long SECOND = 1_000_000_000L;
  /** The first wait after a failed dial; it doubles with each failure. */
  private static final long FIRST_WAIT = 5 * SECOND;
  private static final long LONGEST_WAIT = 600 * SECOND;
  private static final long EAGER_FIRST_WAIT = SECOND / 2;
  private static final long EAGER_LONGEST_WAIT = 30 * SECOND;
  /** Before a peer that went away is dialed again. */
  private static final long WAIT_AFTER_CONNECTION = 10 * SECOND;
  /** Offenders with one IP after which the IP itself is banned. */
  private static final int OFFENDERS_PER_HOST = 3;
  private static final int MOST_BANS = 10_000;
  private static final int MOST_OWN_ENDPOINTS = 100;
  /** With fewer connections a torrent is short of peers: slots are scarce and pieces may be missing. */
  private static final int FEW_CONNECTIONS = 20;

  private final Swarm swarm;
  private final PeerBudget budget;
  private final PeerBudget.Claimant self;
  private final Map<PeerAddress, Known> known = new HashMap<>();
  /** Endpoints that are neither connected nor being dialed. */
  private final TreeSet<Known> waiting = new TreeSet<>();
  /** Those that the user gave. */
  private final TreeSet<Known> waitingEagerly = new TreeSet<>();
  private final int target;
  private final Set<PeerAddress> bannedEndpoints = new HashSet<>();
  private final Set<PeerId> bannedIds = new HashSet<>();
  /** Where dials led to ourselves: the addresses that others see us at, which the one we listen on may not tell. */
  private final Set<PeerAddress> ownEndpoints = new HashSet<>();
  /** Offenders per IP, as an address with port 0. */
  private final Map<PeerAddress, Integer> offenders = new HashMap<>();
  private long sequence;
  private int dialing;
  private @Nullable String lastFailure;

  /** An endpoint of the swarm. */
  private static final class Known implements Comparable<Known> {
    final PeerAddress address;
    boolean eager;
    int failures;
    long notBefore;
    long order;
    /** Connected or being dialed: it does not wait. */
    boolean busy;
    boolean connected;

    Known(PeerAddress address) {
      this.address = address;
    }

    @Override
    public int compareTo(Known other) {
      int byTime = Long.compare(notBefore, other.notBefore);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return address.hashCode();
    }
  }

  Dialer(Swarm swarm, PeerBudget budget, PeerBudget.Claimant self) {
    this.swarm = swarm;
    this.budget = budget;
    this.self = self;
    Limits limits = swarm.limits;
    target = limits.dialTarget() >= 0 ? limits.dialTarget() : (limits.maxConnections() + 1) / 2;
  }

  int known() {
    return known.size();
  }

  int dialing() {
    return dialing;
  }

  /** Why the last dial failed, or null. */
  @Nullable String lastFailure() {
    return lastFailure;
  }

  /** Somebody told us of a peer. Whom the user names finds room, unless all that is known is connected or named by the user. */
  void add(PeerAddress address, boolean byUser) {
    if (address.port() == 0 || isSelf(address) || isBanned(address) || (!byUser && !address.isUnicast())) {
      return;
    }
    Known peer = known.get(address);
    if (peer == null) {
      if (known.size() >= swarm.limits.maxKnownPeers() && !makeRoom(byUser)) {
        if (byUser) {
          lastFailure = address + ": not dialed, no room for it beside " + known.size() + " known peers";
          swarm.listener.wishDropped(lastFailure);
        }
        return;
      }
      peer = new Known(address);
      known.put(address, peer);
      schedule(peer, swarm.now);
    }
    if (byUser) {
      waiting.remove(peer);
      peer.eager = true;
      peer.failures = 0;
      if (!peer.busy) {
        schedule(peer, swarm.now);
      }
    }
  }

  /** Forgets the endpoint that failed most; false if there is none that may go. */
  private boolean makeRoom(boolean byUser) {
    Known worst = null;
    for (Known peer : waiting) {
      if (worst == null || peer.failures > worst.failures) {
        worst = peer;
      }
    }
    if (!byUser && (worst == null || worst.failures == 0)) {
      return false;
    }
    if (worst == null) {
      worst = dialedLongest();
    }
    if (worst == null) {
      return false;
    }
    forget(worst.address);
    return true;
  }

  /** Of those that the user did not name; null if none is being dialed. Its dial goes on, but is not repeated. */
  private @Nullable Known dialedLongest() {
    Known longest = null;
    for (Known peer : known.values()) {
      if (peer.busy && !peer.connected && !peer.eager && (longest == null || peer.order < longest.order)) {
        longest = peer;
      }
    }
    return longest;
  }

  private boolean isSelf(PeerAddress address) {
    return address.equals(swarm.settings.self()) || ownEndpoints.contains(address);
  }

  private void schedule(Known peer, long notBefore) {
    unschedule(peer);
    peer.notBefore = notBefore;
    peer.order = sequence++;
    (peer.eager ? waitingEagerly : waiting).add(peer);
  }

  private void unschedule(Known peer) {
    (peer.eager ? waitingEagerly : waiting).remove(peer);
  }

  /** Whose turn it is next, now or later, of those who are due first whom the user named; null if nobody is to be dialed. */
  private @Nullable Known next() {
    Known ordinary = waiting.isEmpty() || hasEnough() ? null : waiting.first();
    Known eager = waitingEagerly.isEmpty() ? null : waitingEagerly.first();
    if (ordinary == null || eager == null) {
      return ordinary == null ? eager : ordinary;
    }
    return eager.notBefore <= swarm.now || eager.compareTo(ordinary) < 0 ? eager : ordinary;
  }

  private int connectedOrDialing() {
    return swarm.connections.size() + dialing;
  }

  /** Whether there are so many connections that nobody would be dialed. */
  boolean hasEnough() {
    return connectedOrDialing() >= target;
  }

  /** Whether there are few connections and nobody is left whom to dial now. */
  boolean isShortOfPeers() {
    Known next = next();
    return connectedOrDialing() < Math.min(FEW_CONNECTIONS, target) && (next == null || next.notBefore > swarm.now);
  }

  /** Dials whoever is due, as far as the budget grants it. */
  void dialDue() {
    for (Known peer; swarm.isTrading() && (peer = next()) != null && peer.notBefore <= swarm.now; ) {
      long dialable = peer.eager ? swarm.now : budget.dialableAt(peer.address, swarm.now);
      if (dialable > swarm.now) {
        peer.failures = Math.max(1, peer.failures); // its neighbours' failures: others come first where places are few
        schedule(peer, dialable);
        continue;
      }
      if (!budget.tryDial(self, peer.address, swarm.now)) {
        return;
      }
      unschedule(peer);
      peer.busy = true;
      dialing++;
      swarm.port.dial(peer.address);
    }
    budget.stopWaitingForDial(self);
  }

  /** Throws if the books disagree: an endpoint waits, or is connected, or is being dialed. */
  void audit() {
    int busy = 0;
    for (Known peer : known.values()) {
      boolean waits = (peer.eager ? waitingEagerly : waiting).contains(peer);
      if (peer.busy == waits) {
        throw new IllegalStateException(peer.address + " is busy: " + peer.busy + ", and waits: " + waits);
      }
      busy += peer.busy && !isConnected(peer.address) ? 1 : 0;
    }
    if (waiting.size() + waitingEagerly.size() > known.size()) {
      throw new IllegalStateException("endpoints wait to be dialed that are not known");
    }
    if (busy > dialing) {
      throw new IllegalStateException(busy + " endpoints are neither connected nor wait, " + dialing + " are dialed");
    }
    if (known.size() > swarm.limits.maxKnownPeers() || bannedIds.size() > MOST_BANS) {
      throw new IllegalStateException(known.size() + " peers are known, " + bannedIds.size() + " banned");
    }
  }

  private boolean isConnected(PeerAddress address) {
    for (Connection peer : swarm.connections) {
      if (Objects.equals(address, peer.listening)) {
        return true;
      }
    }
    return false;
  }

  /** When the next dial is due and may be granted. */
  long dueAt() {
    Known next = next();
    if (next == null || !swarm.isTrading() || !budget.hasConnection()) {
      return Long.MAX_VALUE;
    }
    return next.notBefore > swarm.now ? next.notBefore : budget.dialAt(self);
  }

  void onDialFailed(PeerAddress address, String reason) {
    dialing = Math.max(0, dialing - 1);
    lastFailure = address + ": " + reason;
    Known peer = known.get(address);
    if (peer == null || !peer.busy) {
      return;
    }
    peer.busy = false;
    peer.failures++;
    long first = peer.eager ? EAGER_FIRST_WAIT : FIRST_WAIT;
    long longest = peer.eager ? EAGER_LONGEST_WAIT : LONGEST_WAIT;
    long wait = Math.min(longest, first << Math.min(peer.failures - 1, 20));
    schedule(peer, swarm.now + wait + swarm.random.nextInt((int) (wait / 8_000_000)) * 1_000_000L);
  }

  /** A dial became a connection, or a peer that connected to us told where it listens. */
  void onConnected(PeerAddress address, boolean dialed) {
    if (dialed) {
      dialing = Math.max(0, dialing - 1);
      budget.dialReached(address);
    }
    Known peer = known.get(address);
    if (peer == null) {
      if (known.size() >= swarm.limits.maxKnownPeers()) {
        return;
      }
      peer = new Known(address);
      known.put(address, peer);
    }
    unschedule(peer);
    peer.busy = true;
    peer.connected = true;
  }

  /** A connection to this listening endpoint is gone. */
  void onLeft(PeerAddress address, boolean wasSeed, boolean useful) {
    Known peer = known.get(address);
    if (peer == null) {
      return;
    }
    peer.busy = false;
    peer.connected = false;
    if (isBanned(address) || (wasSeed && swarm.book.isComplete())) {
      unschedule(peer);
      known.remove(address);
      return;
    }
    peer.failures = useful ? 0 : peer.failures + 1;
    long wait = peer.eager ? 2 * SECOND : WAIT_AFTER_CONNECTION;
    wait = Math.min(LONGEST_WAIT, wait << Math.min(20, Math.max(0, peer.failures - 1)));
    schedule(peer, swarm.now + wait + swarm.random.nextInt(1000) * 1_000_000L);
  }

  /** It is ourselves: whoever names it again is not listened to. */
  void isOurs(PeerAddress address) {
    if (ownEndpoints.size() < MOST_OWN_ENDPOINTS) {
      ownEndpoints.add(address);
    }
    forget(address);
  }

  /** It is the same peer under another endpoint, or nobody we want: not dialed until somebody names it again. */
  void forget(PeerAddress address) {
    Known peer = known.remove(address);
    if (peer != null) {
      unschedule(peer);
    }
  }

  /**
   * Bans a peer: its endpoint and peer-id, and its IP if that has had several offenders and is not loopback. Whether that is
   * news.
   */
  boolean ban(PeerAddress address, PeerId id) {
    boolean news = !isBanned(address, id);
    if (bannedIds.size() < MOST_BANS) {
      bannedEndpoints.add(address);
      if (bannedIds.add(id)) {
        offenders.merge(address.withPort(0), 1, Integer::sum);
      }
    }
    forget(address);
    return news;
  }

  boolean isBanned(PeerAddress address, PeerId id) {
    return bannedIds.contains(id) || isBanned(address);
  }

  private boolean isBanned(PeerAddress address) {
    return bannedEndpoints.contains(address)
        || (!address.isLoopback() && offenders.getOrDefault(address.withPort(0), 0) >= OFFENDERS_PER_HOST);
  }
}
